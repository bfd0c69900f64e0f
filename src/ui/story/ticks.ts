/**
 * Where an axis of steps has its numbers.
 *
 * @module
 */

/** Round numbers from 0 on, five or six of them at most. */
export function ticksTo(last: number): readonly number[] {
  const apart = [5, 10, 20, 25, 50, 100, 200, 500].find((step) => last / step <= 5) ?? last;
  return Array.from({ length: Math.floor(last / apart) + 1 }, (_, at) => at * apart);
}
