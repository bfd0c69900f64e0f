/**
 * Numbers of any size as small whole numbers, so that a masked sum of them is exact.
 *
 * A masked sum has 32 bits a word for all peers together: the squares of salaries and a count of three do not
 * fit one scale. So a number becomes digits in base 2^20, each with its sign. Digits add up without carrying
 * as long as the peers are few, and what a word's rounding at random adds is less than half: rounding the
 * sums of digits gives the exact sum.
 *
 * @module
 */

/** How large an entry can become: `count`, whole and below 2^39; `number`, below 2^109 with a step of 2^-90. */
export type EntryKind = 'count' | 'number';

/** Bound of |value| of every digit: the clip of a sum of digits. */
export const DIGIT_CLIP = 2 ** 20;

/** Peers at most: with more, the rounding of words could add up to half. */
export const MAX_EXACT_PEERS = 31;

const DIGIT_BITS = 20n;
const BASE = 1n << DIGIT_BITS;
const DIGITS = { count: 2, number: 10 } as const;
const FRACTION_BITS = { count: 0, number: 90 } as const;
/** One bit less than fits, so that what peers add up to fits as well. */
const LIMIT = { count: 2 ** 39, number: 2 ** 109 } as const;

/** Words that entries take. */
export function digitCountOf(kinds: readonly EntryKind[]): number {
  return kinds.reduce((sum, kind) => sum + DIGITS[kind], 0);
}

/**
 * Numbers as digits.
 *
 * @param values - Shape [entries]; a number is cut to a multiple of 2^-90.
 * @returns Shape [digitCountOf(kinds)], whole numbers below `DIGIT_CLIP`, the smallest digit first.
 * @throws RangeError when a value is not finite or too large, or a count is no whole number.
 */
export function toDigits(values: readonly number[], kinds: readonly EntryKind[]): Float64Array {
  const digits = new Float64Array(digitCountOf(kinds));
  let at = 0;
  kinds.forEach((kind, entry) => {
    const value = values[entry]!;
    if (!(Math.abs(value) < LIMIT[kind]) || (kind === 'count' && !Number.isInteger(value))) {
      throw new RangeError(
        `A ${kind} is ${value}: it must be ${kind === 'count' ? 'whole and ' : ''}below ${LIMIT[kind]}.`,
      );
    }
    const sign = Math.sign(value);
    // Powers of two change the exponent alone, so nothing is lost before the cut.
    let rest = BigInt(Math.trunc(Math.abs(value) * 2 ** FRACTION_BITS[kind]));
    for (let digit = 0; digit < DIGITS[kind]; digit++) {
      digits[at++] = sign * Number(rest % BASE);
      rest /= BASE;
    }
  });
  return digits;
}

/**
 * The numbers that sums of digits stand for.
 *
 * @param sums - Shape [digitCountOf(kinds)], each within 0.5 of a whole number.
 * @returns Shape [entries].
 */
export function fromDigits(
  sums: ArrayLike<number>,
  kinds: readonly EntryKind[],
): readonly number[] {
  let at = 0;
  return kinds.map((kind) => {
    let value = 0n;
    for (let digit = DIGITS[kind] - 1; digit >= 0; digit--) {
      value = value * BASE + BigInt(Math.round(sums[at + digit]!));
    }
    at += DIGITS[kind];
    return Number(value) / 2 ** FRACTION_BITS[kind];
  });
}
