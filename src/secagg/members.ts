/**
 * A set of roster members, as bits: bit i is the i-th member in ascending order of ids.
 *
 * A cohort has at most 15 members, so a set is a small number: cheap to copy, compare and send.
 *
 * @module
 */

/** Bit i set: the i-th member of the roster is in. */
export type Members = number;

/** Nobody. */
export const NOBODY: Members = 0;

/** The whole roster of so many. */
export function everybody(count: number): Members {
  return 2 ** count - 1;
}

/** Just the member at this place. */
export function only(index: number): Members {
  return 1 << index;
}

/** Whether the member at this place is in. */
export function has(members: Members, index: number): boolean {
  return (members & (1 << index)) !== 0;
}

/** How many are in. */
export function countOf(members: Members): number {
  let count = 0;
  for (let rest = members; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** The places that are in, ascending. */
export function placesOf(members: Members): readonly number[] {
  const places: number[] = [];
  for (let place = 0; members >> place !== 0; place++) if (has(members, place)) places.push(place);
  return places;
}

/** Whether everybody of `inner` is in `outer`. */
export function isWithin(inner: Members, outer: Members): boolean {
  return (inner & ~outer) === 0;
}
