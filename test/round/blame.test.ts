import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import {
  isExcused,
  sitsOut,
  withFailures,
  withoutRecords,
  type Blame,
} from '../../src/round/blame.ts';

const [a, b] = ['a', 'b'] as PeerId[] as [PeerId, PeerId];
const nobody: Blame = new Map();

describe('blame', () => {
  it('excuses a first failure for three attempts, without sitting out', () => {
    const blame = withFailures(nobody, [a], 5, 10);
    expect(sitsOut(blame, a, 5)).toBe(false);
    // The attempts that follow are judged while the newest own one is 10, 11, 12 and 13.
    const excuses = [10, 11, 12, 13].map((serial) => isExcused(blame, a, 5, serial));
    expect(excuses).toEqual([true, true, true, false]);
    expect(isExcused(blame, b, 5, 10)).toBe(false);
  });

  it('makes a peer sit out 1, 2, 4 ... 64 rounds from its second failure on', () => {
    let blame = withFailures(nobody, [a], 1, 1);
    const rounds: number[] = [];
    for (let failure = 2; failure <= 10; failure++) {
      blame = withFailures(blame, [a], 1, failure);
      let round = 1;
      while (sitsOut(blame, a, round)) round++;
      rounds.push(round - 1);
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
  });

  it('forgets a peer that is in a result, and nobody else', () => {
    const blame = withFailures(nobody, [a, b], 1, 1);
    const after = withoutRecords(blame, [a]);
    expect(isExcused(after, a, 1, 1)).toBe(false);
    expect(isExcused(after, b, 1, 1)).toBe(true);
  });

  it('keeps a bounded number of records', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 900 }), (peers) => {
        const blame = withFailures(nobody, peers.map(String) as PeerId[], 1, 1);
        expect(blame.size).toBeLessThanOrEqual(256);
      }),
      { numRuns: 20 },
    );
  });
});
