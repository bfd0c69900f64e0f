import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeAggregate, encodeUpdate } from '../../../src/secagg/index.ts';
import {
  DIGIT_CLIP,
  digitCountOf,
  fromDigits,
  MAX_EXACT_PEERS,
  toDigits,
  type EntryKind,
} from '../../../src/task/table/exact-sum.ts';

const KINDS: readonly EntryKind[] = ['count', 'number'];

/** Through the very words of a masked sum, every one rounded up or down as far as it goes. */
function summed(rows: readonly (readonly number[])[], round: number): readonly number[] {
  const encoding = { members: rows.length, clip: DIGIT_CLIP, weightCap: 0 };
  const sum = new Uint32Array(digitCountOf(KINDS));
  for (const row of rows) {
    const digits = toDigits(row, KINDS);
    const words = encodeUpdate(digits, 1, encoding, () => round);
    for (let i = 0; i < sum.length; i++) sum[i]! += words[i]!;
  }
  return fromDigits(decodeAggregate(sum, rows.length, encoding).sum, KINDS);
}

describe('exact sums', () => {
  it('are exact for whole numbers and dyadic fractions, however words are rounded', () => {
    const row = fc.tuple(
      fc.integer({ min: -(2 ** 33), max: 2 ** 33 }),
      fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((value) => value / 2 ** 8),
    );
    const rows = fc.array(row, { minLength: 1, maxLength: MAX_EXACT_PEERS });
    fc.assert(
      fc.property(rows, fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), (table, round) => {
        const counts = table.reduce((sum, [count]) => sum + count, 0);
        const numbers = table.reduce((sum, [, number]) => sum + number, 0);
        expect(summed(table, round)).toEqual([counts, numbers]);
      }),
    );
  });

  it('hold the square of a time in milliseconds beside that of a nanogram', () => {
    const table = [
      [3, 2.9e24],
      [5, 1e-18],
      [7, -2.9e24],
    ];
    const [count, number] = summed(table, 2 ** 31);
    expect(count).toBe(15);
    expect(number).toBeCloseTo(1e-18, 26);
  });

  it('of the most peers with the largest digits do not wrap', () => {
    const largest = new Array<number[]>(MAX_EXACT_PEERS).fill([2 ** 34 - 1, -(2 ** 100)]);
    expect(summed(largest, 2 ** 32 - 1)).toEqual([
      MAX_EXACT_PEERS * (2 ** 34 - 1),
      -MAX_EXACT_PEERS * 2 ** 100,
    ]);
  });

  it('refuse what does not fit', () => {
    for (const row of [
      [0.5, 0],
      [2 ** 39, 0],
      [0, 2 ** 110],
      [0, Number.NaN],
      [Infinity, 0],
    ]) {
      expect(() => toDigits(row, KINDS)).toThrow(RangeError);
    }
  });
});
