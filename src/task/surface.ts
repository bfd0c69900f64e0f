/**
 * The grid on which a model is looked at: places of the unit square, row by row from the top.
 *
 * @module
 */

/** Points on a side of a surface. Odd, so that the middle is a point; 2,401 points take about a millisecond. */
export const SURFACE_SIDE = 49;

/** Points of a surface. */
export const SURFACE_POINTS = SURFACE_SIDE * SURFACE_SIDE;

/**
 * The place of a point of a surface; the outermost points lie on the edges of the square.
 *
 * @param index - From 0 (top left) to `SURFACE_POINTS` - 1 (bottom right).
 * @returns x to the right and y upwards, 0 to 1.
 */
export function placeOf(index: number): { readonly x: number; readonly y: number } {
  const row = Math.floor(index / SURFACE_SIDE);
  const column = index % SURFACE_SIDE;
  return { x: column / (SURFACE_SIDE - 1), y: 1 - row / (SURFACE_SIDE - 1) };
}
