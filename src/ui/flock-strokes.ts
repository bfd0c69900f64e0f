/**
 * Strokes that every part of the flock is painted with, and the picture that they paint.
 *
 * @module
 */
import type { FlockLayout, Link, Place } from './flock-geometry.ts';
import type { GridLayout } from './flock-grid-geometry.ts';
import type { Palette } from './flock-palette.ts';
import type { FlockScene } from './flock-scene.ts';

/** What to paint, and how. */
export interface FlockPicture {
  readonly scene: FlockScene;
  /** Of the whole element, px. */
  readonly width: number;
  readonly height: number;
  /** Of the birds that this tab sums with. */
  readonly layout: FlockLayout;
  /** Of the lines, if there are any. */
  readonly grid: GridLayout | undefined;
  /** Where each bird of the scene is now, and after them each courier, px. */
  readonly places: readonly Place[];
  readonly palette: Palette;
  /** Nothing flies: no swarms, no disc on its way. */
  readonly isStill: boolean;
  /** Numbers of the vector, at most `MAX_SHOWN_NUMBERS`. */
  readonly numbers: number;
  /** The newest aggregate, for the sizes of ink dots; undefined: all alike. */
  readonly sums: Float64Array | undefined;
  /** Members of the round, for the budget of specks. */
  readonly members: number;
}

/** Strokes a curve; `alpha` 0 to 1. */
export function strokeLink(
  context: CanvasRenderingContext2D,
  { from, bend, to }: Link,
  style: string | CanvasGradient,
  width: number,
  alpha: number,
  dash: readonly number[] = [],
): void {
  context.globalAlpha = alpha;
  context.strokeStyle = style;
  context.lineWidth = width;
  context.setLineDash(dash as number[]);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(bend.x, bend.y, to.x, to.y);
  context.stroke();
  if (dash.length > 0) context.setLineDash([]);
}

/** A filled circle in the context's style. */
export function fillCircle(context: CanvasRenderingContext2D, at: Place, radius: number): void {
  context.beginPath();
  context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  context.fill();
}

/** The colour of a peer; ink without one. */
export function peer(palette: Palette, colour: number | undefined): string {
  if (colour === undefined) return palette.ink;
  return palette.peers[colour % palette.peers.length]!;
}

/** Slow at both ends. */
export function eased(share: number): number {
  const bounded = Math.max(0, Math.min(1, share));
  return bounded * bounded * (3 - 2 * bounded);
}

/** Inside a link, clear of both birds. */
export function clampShare(share: number): number {
  return Math.max(0.02, Math.min(0.98, share));
}
