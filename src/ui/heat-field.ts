/**
 * Arithmetic of a heat-map: pixels, the boundary line and single places of a grid of logits.
 *
 * Logits are interpolated, not probabilities: a steep edge then stays smooth between two grid points,
 * where mixed probabilities would show stairs.
 *
 * @module
 */
import { SURFACE_SIDE } from '../peer/view.ts';
import type { Reading } from '../peer/view.ts';
import { LOGIT_ENTRIES, LOGIT_LIMIT } from './heat-scale.ts';

const CELLS = SURFACE_SIDE - 1;

/**
 * Colours every pixel of a square picture.
 *
 * @param pixels - RGBA words, shape [side, side]; overwritten.
 * @param side - Pixels on a side, at least 2.
 * @param surface - Logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top.
 * @param colours - As `logitColours` gives them.
 */
export function paintFieldInPlace(
  pixels: Uint32Array,
  side: number,
  surface: Float32Array,
  colours: Uint32Array,
): void {
  const perLogit = (LOGIT_ENTRIES - 1) / (2 * LOGIT_LIMIT);
  const middle = (LOGIT_ENTRIES - 1) / 2 + 0.5;
  const last = LOGIT_ENTRIES - 1;
  const perPixel = CELLS / (side - 1);
  const row = new Float64Array(SURFACE_SIDE);
  // First pixel of each column of cells; the last entry is one past the end.
  const starts = new Int32Array(CELLS + 1);
  for (let cell = 0; cell < CELLS; cell++) starts[cell] = Math.ceil(cell / perPixel - 1e-9);
  starts[CELLS] = side;
  let at = 0;
  for (let y = 0; y < side; y++) {
    const v = y * perPixel;
    const above = Math.min(CELLS - 1, Math.floor(v));
    const share = v - above;
    const from = above * SURFACE_SIDE;
    for (let i = 0; i < SURFACE_SIDE; i++) {
      const top = surface[from + i]!;
      row[i] = (top + (surface[from + SURFACE_SIDE + i]! - top) * share) * perLogit + middle;
    }
    for (let cell = 0; cell < CELLS; cell++) {
      const left = row[cell]!;
      const slope = (row[cell + 1]! - left) * perPixel;
      const start = starts[cell]!;
      const end = starts[cell + 1]!;
      let value = left + slope * (start - cell / perPixel);
      for (let x = start; x < end; x++) {
        const entry = value < 0 ? 0 : value > last ? last : value | 0;
        pixels[at++] = colours[entry]!;
        value += slope;
      }
    }
  }
}

/**
 * The line where the model is undecided, as segments in the unit square with y downwards.
 *
 * Marching squares over the grid; a saddle gives two segments.
 *
 * @returns x0, y0, x1, y1 of each segment, shape [segments, 4].
 */
export function boundarySegments(surface: Float32Array): Float32Array {
  const segments: number[] = [];
  for (let j = 0; j < CELLS; j++)
    for (let i = 0; i < CELLS; i++) {
      const at = j * SURFACE_SIDE + i;
      const isHot = surface[at]! > 0;
      // Most cells are far from the line.
      if (
        surface[at + 1]! > 0 === isHot &&
        surface[at + SURFACE_SIDE + 1]! > 0 === isHot &&
        surface[at + SURFACE_SIDE]! > 0 === isHot
      )
        continue;
      const corners = [
        surface[at]!,
        surface[at + 1]!,
        surface[at + SURFACE_SIDE + 1]!,
        surface[at + SURFACE_SIDE]!,
      ];
      const crossings: number[] = [];
      for (let edge = 0; edge < 4; edge++) {
        const a = corners[edge]!;
        const b = corners[(edge + 1) % 4]!;
        if (a > 0 === b > 0) continue;
        const share = a / (a - b);
        const [x0, y0] = CORNERS[edge]!;
        const [x1, y1] = CORNERS[(edge + 1) % 4]!;
        crossings.push((i + x0 + (x1 - x0) * share) / CELLS, (j + y0 + (y1 - y0) * share) / CELLS);
      }
      for (let k = 0; k + 3 < crossings.length; k += 4) segments.push(...crossings.slice(k, k + 4));
    }
  return Float32Array.from(segments);
}

/** The logit at a place of the unit square, y upwards; places outside count as on the border. */
export function logitAt(surface: Float32Array, x: number, y: number): number {
  const u = Math.min(1, Math.max(0, x)) * CELLS;
  const v = (1 - Math.min(1, Math.max(0, y))) * CELLS;
  const i = Math.min(CELLS - 1, Math.floor(u));
  const j = Math.min(CELLS - 1, Math.floor(v));
  const at = j * SURFACE_SIDE + i;
  const mix = (a: number, b: number, share: number) => a + (b - a) * share;
  return mix(
    mix(surface[at]!, surface[at + 1]!, u - i),
    mix(surface[at + SURFACE_SIDE]!, surface[at + SURFACE_SIDE + 1]!, u - i),
    v - j,
  );
}

/** A surface between two others; `share` is 0 to 1. A new array. */
export function blendedSurface(from: Float32Array, to: Float32Array, share: number): Float32Array {
  const blend = new Float32Array(to.length);
  for (let i = 0; i < to.length; i++) blend[i] = from[i]! + (to[i]! - from[i]!) * share;
  return blend;
}

/** The index of the reading nearest to a place, if it is within `reach` (unit square). */
export function nearestReading(
  readings: readonly Reading[],
  x: number,
  y: number,
  reach = Number.POSITIVE_INFINITY,
): number | undefined {
  let nearest: number | undefined;
  let shortest = reach;
  readings.forEach((reading, index) => {
    const distance = Math.hypot(reading.x - x, reading.y - y);
    if (distance > shortest) return;
    shortest = distance;
    nearest = index;
  });
  return nearest;
}

const CORNERS: readonly (readonly [number, number])[] = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
];
