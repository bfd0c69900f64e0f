/**
 * Fresh masks: keys drawn in the browser, as in a room.
 *
 * @module
 */
import {
  KEY_BYTES,
  nobody,
  withPerson,
  type HeldMasks,
  type Numbers,
} from '../../simulation/held-masks.ts';
import type { Steps } from '../../simulation/steps.ts';

/** Numbers that people come with. */
export const FIRST_NUMBERS = [5, 4, 8, 21, 2, 13, 34, 1] as const;

/** People with hidden numbers, and fresh masks between each two; one comes after the other. */
export function* drawn(numbers: Numbers, hidden: readonly number[]): Steps<HeldMasks> {
  let held = nobody(numbers);
  for (const number of hidden) {
    held = withPerson(held, freshKey(), number);
    yield;
  }
  return held;
}

/** One more, with the next of the first numbers. */
export function withNext(held: HeldMasks): HeldMasks {
  return withPerson(held, freshKey(), FIRST_NUMBERS[held.people.length]!);
}

function freshKey(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(KEY_BYTES));
}
