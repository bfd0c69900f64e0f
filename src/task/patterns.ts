/**
 * True maps of the unit square, and how right a model's map is.
 *
 * A map is scored on the points of the surface that is drawn, without those so close to a border that
 * their colour is a matter of rounding.
 *
 * @module
 */
import { SURFACE_POINTS, placeOf } from './surface.ts';

/** Names of the true maps, from easy to hard. */
export const PATTERNS = ['diagonal', 'circle', 'checkerboard', 'stripes', 'spiral'] as const;

/** The name of a true map. */
export type Pattern = (typeof PATTERNS)[number];

/** Places closer than this to a border are not scored; the article's 0.05 in x - y, at right angles. */
export const BORDER_MARGIN = 0.035;

/** Half of the square is hot. */
const CIRCLE_RADIUS = 0.4;

/** Vertical bands, cold and hot in turn: every corner has a border. */
const STRIPES = 4;

/** Turns of the spiral's arm between the middle and a corner. */
const SPIRAL_TURNS = 1;

/** Whether a text names a true map. */
export function isPattern(text: unknown): text is Pattern {
  return (PATTERNS as readonly unknown[]).includes(text);
}

/** Whether a place is hot in truth. `x` to the right and `y` upwards, 0 to 1. */
export function isHotAt(pattern: Pattern, x: number, y: number): boolean {
  switch (pattern) {
    case 'diagonal':
      return y > x;
    case 'circle':
      return (x - 0.5) ** 2 + (y - 0.5) ** 2 < CIRCLE_RADIUS ** 2;
    case 'checkerboard':
      return x < 0.5 === y < 0.5;
    case 'stripes':
      return Math.floor(x * STRIPES) % 2 === 1;
    case 'spiral': {
      const turn = Math.atan2(y - 0.5, x - 0.5) / (2 * Math.PI);
      const radius = Math.hypot(x - 0.5, y - 0.5) / Math.SQRT1_2;
      const phase = turn - SPIRAL_TURNS * radius;
      return phase - Math.floor(phase) < 0.5;
    }
  }
}

/** Whether the truth changes within a distance of a place, looking in eight directions. */
export function isNearBorder(pattern: Pattern, x: number, y: number, distance: number): boolean {
  const isHot = isHotAt(pattern, x, y);
  const slant = distance * Math.SQRT1_2;
  for (const [right, up] of [
    [distance, 0],
    [0, distance],
    [slant, slant],
    [slant, -slant],
  ] as const) {
    if (isHotAt(pattern, x + right, y + up) !== isHot) return true;
    if (isHotAt(pattern, x - right, y - up) !== isHot) return true;
  }
  return false;
}

/**
 * Share of the true map that a surface has right, 0 to 1.
 *
 * @param surface - Logits, shape [SURFACE_SIDE, SURFACE_SIDE]; above 0 is hot.
 */
export function accuracyOf(pattern: Pattern, surface: Float32Array): number {
  const { points, truths } = scoredPoints(pattern);
  let right = 0;
  for (let i = 0; i < points.length; i++) {
    if (surface[points[i]!]! > 0 === (truths[i] === 1)) right += 1;
  }
  return right / points.length;
}

/** The points of a surface that are scored, and their truth (1 is hot); both of one length. */
export interface ScoredPoints {
  readonly points: Uint16Array;
  readonly truths: Uint8Array;
}

const scored = new Map<Pattern, ScoredPoints>();

/** The points at which a map is scored: those with no border within `BORDER_MARGIN` in eight directions. */
export function scoredPoints(pattern: Pattern): ScoredPoints {
  const known = scored.get(pattern);
  if (known) return known;
  const points: number[] = [];
  const truths: number[] = [];
  for (let point = 0; point < SURFACE_POINTS; point++) {
    const { x, y } = placeOf(point);
    const isHot = isHotAt(pattern, x, y);
    if (isNearBorder(pattern, x, y, BORDER_MARGIN)) continue;
    points.push(point);
    truths.push(isHot ? 1 : 0);
  }
  const found = { points: Uint16Array.from(points), truths: Uint8Array.from(truths) };
  scored.set(pattern, found);
  return found;
}
