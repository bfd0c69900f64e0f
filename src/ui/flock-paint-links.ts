/**
 * Paints links: who is connected to whom, which two share a mask, and what becomes of it.
 *
 * @module
 */
import { type Link, type Place, linkBetween, partOf } from './flock-geometry.ts';
import { arcBetween } from './flock-grid-geometry.ts';
import type { Palette } from './flock-palette.ts';
import { type SceneLink, drawnAt } from './flock-scene.ts';
import { type FlockPicture, peer, strokeLink } from './flock-strokes.ts';

/** Distance between a bird's centre and the end of its links, px. */
const BIRD_CLEARANCE = 21;

/** The same for a stand-in, whose bird is small. */
const COURIER_CLEARANCE = 11;

/** From more links on they are drawn thinner. */
const MANY_LINKS = 36;

/** All links of the scene. */
export function paintLinks(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  for (const link of picture.scene.links) paintLink(context, picture, link);
}

/** The curve between two of those that are drawn; undefined while one has no place. */
export function linkOf(picture: FlockPicture, from: number, to: number): Link | undefined {
  const a = picture.places[from];
  const b = picture.places[to];
  if (a === undefined || b === undefined) return undefined;
  return isCourier(picture, from) ? arcBetween(a, b) : linkBetween(picture.layout, a, b);
}

function isCourier({ scene }: FlockPicture, at: number): boolean {
  return at >= scene.birds.length;
}

function paintLink(
  context: CanvasRenderingContext2D,
  picture: FlockPicture,
  link: SceneLink,
): void {
  const from = picture.places[link.from];
  const to = picture.places[link.to];
  if (from === undefined || to === undefined) return;
  const { palette, scene } = picture;
  if (link.isRelayed && link.kind !== 'dead') {
    paintRelayed(context, picture, link, from, to);
    return;
  }
  const whole = linkOf(picture, link.from, link.to)!;
  const clearance = isCourier(picture, link.from) ? COURIER_CLEARANCE : BIRD_CLEARANCE;
  const span = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const end = Math.min(0.3, clearance / span);
  const curve = partOf(whole, end, 1 - end);
  // Many links share little room: they get thinner, so that the swarms stay what one sees.
  const air =
    scene.links.length > MANY_LINKS ? { width: 1.1, alpha: 0.4 } : { width: 1.6, alpha: 0.62 };
  const pair = (): CanvasGradient =>
    pairColours(context, palette, from, to, [
      drawnAt(scene, link.from)!.colour,
      drawnAt(scene, link.to)!.colour,
    ]);
  switch (link.kind) {
    case 'free':
      strokeLink(context, curve, palette.hairlineStrong, 1.25, 0.55, [2, 5]);
      return;
    case 'linking':
      strokeLink(context, curve, palette.hairlineStrong, 1.25, 0.8, [3, 5]);
      return;
    case 'plain':
      strokeLink(context, curve, palette.hairline, 1, 1);
      return;
    case 'dead':
      if (link.share < 1) strokeLink(context, curve, palette.hairlineStrong, 1.1, 0.5, [2, 5]);
      return;
    case 'keyed':
      strokeLink(context, curve, pair(), air.width, palette.isDark ? air.alpha + 0.1 : air.alpha);
      return;
    case 'cancelling': {
      const half = 0.5 * (picture.isStill ? 0 : link.share);
      strokeLink(context, curve, palette.hairline, 1, link.share);
      strokeLink(context, partOf(curve, half, 1 - half), pair(), 1.9, 0.85);
      return;
    }
    case 'loose':
      strokeLink(context, curve, pair(), 2.2, 0.95, [1, 5]);
      return;
    case 'returning': {
      // It runs back to the end that stayed.
      const rest = picture.isStill ? 1 : 1 - link.share;
      const isFromGone = drawnAt(scene, link.from)!.state === 'gone';
      const part = isFromGone ? partOf(curve, 1 - rest, 1) : partOf(curve, 0, rest);
      strokeLink(context, part, pair(), 2.2, 0.95, [1, 5]);
      return;
    }
  }
}

/**
 * A link that passes through a helper's bird is drawn double, as a pipe within its link: what goes
 * through is sealed. Without the helper in the picture it is a dashed pipe of its own.
 */
function paintRelayed(
  context: CanvasRenderingContext2D,
  picture: FlockPicture,
  link: SceneLink,
  from: Place,
  to: Place,
): void {
  const { palette, places, scene } = picture;
  const helper = link.via === undefined ? undefined : places[link.via];
  const parts =
    helper === undefined
      ? [linkBetween(picture.layout, from, to)]
      : [linkBetween(picture.layout, from, helper), linkBetween(picture.layout, helper, to)];
  const isKeyed = link.kind === 'keyed' || link.kind === 'cancelling' || link.kind === 'loose';
  const isCancelling = link.kind === 'cancelling';
  const style = isKeyed
    ? pairColours(context, palette, from, to, [
        drawnAt(scene, link.from)!.colour,
        drawnAt(scene, link.to)!.colour,
      ])
    : palette.hairlineStrong;
  const alpha = isCancelling ? 1 - 0.7 * link.share : isKeyed ? 0.9 : 0.75;
  for (const part of parts) {
    const span = Math.hypot(part.to.x - part.from.x, part.to.y - part.from.y) || 1;
    const end = Math.min(0.4, BIRD_CLEARANCE / span);
    const curve = partOf(part, end, 1 - end);
    strokeLink(context, curve, style, 4.5, alpha, helper === undefined ? [7, 6] : []);
    strokeLink(context, curve, palette.ground, 2.2, 1);
  }
}

function pairColours(
  context: CanvasRenderingContext2D,
  palette: Palette,
  from: Place,
  to: Place,
  colours: readonly [number, number],
): CanvasGradient {
  const gradient = context.createLinearGradient(from.x, from.y, to.x, to.y);
  gradient.addColorStop(0.15, peer(palette, colours[0]));
  gradient.addColorStop(0.85, peer(palette, colours[1]));
  return gradient;
}
