/**
 * Masks to hold: what may be turned, what stays, and what can be worked out.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import {
  gatheredOf,
  inferencesOf,
  leavingEntropyBytes,
  leavingOf,
  nobody,
  piecesNeeded,
  rebuiltMasks,
  totalOf,
  turned,
  withHidden,
  withLeaver,
  withoutLast,
  withPerson,
  withPiece,
  type HeldMasks,
  type Numbers,
} from '../../src/simulation/held-masks.ts';

function people(hidden: readonly number[], numbers: Numbers): HeldMasks {
  return hidden.reduce(
    (held, number, at) => withPerson(held, new Uint8Array(32).fill(at + 1), number),
    nobody(numbers),
  );
}

describe.each(['words', 'small'] as const)('masks in %s', (numbers) => {
  it('leave the sum alone whichever is turned, while what leaves two phones changes', () => {
    const before = people([5, 4, 8, 0], numbers);
    expect(before.masks).toHaveLength(6);
    before.masks.forEach(({ adds, subtracts }, at) => {
      const after = turned(before, at, 42 - at);
      expect(totalOf(after)).toBe(17);
      const changed = before.people.flatMap((_, place) =>
        leavingOf(after, place) === leavingOf(before, place) ? [] : [place],
      );
      expect(changed).toEqual([adds, subtracts].sort());
    });
  });

  it('let the sum follow a hidden number, and people come and go', () => {
    const held = withHidden(people([5, 4, 8], numbers), 1, 40);
    expect(totalOf(held)).toBe(53);
    expect(totalOf(withPerson(held, new Uint8Array(32).fill(9), 7))).toBe(60);
    expect(withoutLast(people([5, 4, 8, 1], numbers)).masks).toHaveLength(3);
  });

  it('are rebuilt from enough pieces when somebody leaves, and from no fewer', () => {
    const held = people([5, 4, 8, 20, 3], numbers);
    const entropy = Uint8Array.from({ length: leavingEntropyBytes(5) }, (_, at) => at * 37);
    let left = withLeaver(held, 2, entropy);
    expect(piecesNeeded(5)).toBe(3);
    expect(gatheredOf(left)).not.toBe(32);
    for (const place of [0, 4]) left = withPiece(left, place);
    // The one who left hands over nothing, and nobody twice.
    left = withPiece(withPiece(left, 2), 4);
    expect(totalOf(left)).toBeUndefined();
    left = withPiece(left, 1);
    expect(totalOf(left)).toBe(32);
    expect(rebuiltMasks(left)).toEqual(
      held.masks.filter(({ adds, subtracts }) => adds === 2 || subtracts === 2),
    );
  });
});

describe('what can be worked out', () => {
  it('is nothing but the sum for a listener of words', () => {
    const found = inferencesOf(people([50, 40, 60], 'words'), []);
    // 150 in all, each at most 99: nobody is above 99, and nothing else follows.
    expect(found.map(({ least, most }) => [least, most])).toEqual([
      [0, 99],
      [0, 99],
      [0, 99],
    ]);
  });

  it('is the third number for two of three, in any numbers', () => {
    for (const numbers of ['words', 'small'] as const) {
      expect(inferencesOf(people([5, 4, 8], numbers), [0, 1])).toEqual([
        { place: 2, least: 8, most: 8 },
      ]);
    }
  });

  it('is a range that holds the truth, and a narrower one where small masks are large', () => {
    let held = people([90, 4, 8], 'small');
    held.masks.forEach(({ adds }, at) => {
      if (adds === 0) held = turned(held, at, 99);
      else if (held.masks[at]!.subtracts === 0) held = turned(held, at, -99);
    });
    const [first] = inferencesOf(held, []);
    expect(first).toEqual({ place: 0, least: 90, most: 99 });
  });
});
