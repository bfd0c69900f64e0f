/**
 * Who spoils a model, from sums over buckets: found when it is there, and nobody named when it is not.
 */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/seeded-random.ts';
import {
  FEWEST_ROUNDS,
  isSuspect,
  LARGEST_VOTE,
  suspicions,
  voteOf,
  type BucketRound,
} from '../../src/task/group-testing.ts';

const MEMBERS = Array.from({ length: 12 }, (_, at) => `peer ${at}`);

/** Rounds in which each of some members makes the score of its bucket worse by `harm`. */
function rounds(
  seed: string,
  count: number,
  spoilers: readonly string[],
  harm: number,
): BucketRound[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, (): BucketRound => {
    const order = [...MEMBERS].map((member) => ({ member, at: random.uniform() }));
    order.sort((a, b) => a.at - b.at);
    const buckets = [0, 1, 2].map((bucket) =>
      order.filter((_, at) => at % 3 === bucket).map(({ member }) => member),
    );
    const scores = buckets.map((bucket) => {
      const bad = bucket.filter((member) => spoilers.includes(member)).length;
      return 0.02 - harm * bad + 0.02 * (random.uniform() - 0.5);
    });
    return { buckets, scores };
  });
}

describe('group testing', () => {
  it('names whoever spoils its buckets, and hardly anybody else, in 20 rooms of 12', () => {
    let wronged = 0;
    for (let seed = 0; seed < 20; seed++) {
      const spoilers = [MEMBERS[seed % 12]!, MEMBERS[(seed + 5) % 12]!];
      const found = suspicions(rounds(`room ${seed}`, 60, spoilers, 0.15));
      expect(found).toHaveLength(12);
      const named = found.filter((one) => isSuspect(one, 60)).map(({ member }) => member);
      expect(named).toEqual(expect.arrayContaining(spoilers));
      wronged += named.length - spoilers.length;
    }
    expect(wronged).toBeLessThanOrEqual(2);
  });

  it('suspects nobody of a harm as small as honest peers do each other', () => {
    const [first] = suspicions(rounds('small harm', 120, [MEMBERS[3]!], 0.05));
    expect(first!.member).toBe(MEMBERS[3]);
    expect(isSuspect(first!, 120)).toBe(false);
  });

  it('names one honest peer in a hundred at most where nobody spoils anything', () => {
    let named = 0;
    for (let seed = 0; seed < 50; seed++) {
      named += suspicions(rounds(`calm ${seed}`, 60, [], 0)).filter((one) =>
        isSuspect(one, 60),
      ).length;
    }
    expect(named).toBeLessThanOrEqual(6);
  });

  it('says how unsure it is: the error shrinks with rounds, and nobody is named too early', () => {
    const [early] = suspicions(rounds('growing', 10, [MEMBERS[3]!], 0.05));
    const [late] = suspicions(rounds('growing', 90, [MEMBERS[3]!], 0.05));
    expect(early!.error / early!.score).toBeGreaterThan(late!.error / late!.score);
    expect(isSuspect({ member: '', score: 50, error: 0 }, FEWEST_ROUNDS - 1)).toBe(false);
    expect(isSuspect({ member: '', score: 50, error: 60 }, FEWEST_ROUNDS)).toBe(false);
  });

  it('lets no vote decide alone, not even one that is no number', () => {
    expect(voteOf(0.5, 0.25)).toBe(0.25);
    expect(voteOf(0, 1e9)).toBe(-LARGEST_VOTE);
    expect(voteOf(1e9, 0)).toBe(LARGEST_VOTE);
    expect(voteOf(0.5, NaN)).toBe(-LARGEST_VOTE);
  });

  it('has nothing to say of no rounds', () => {
    expect(suspicions([])).toEqual([]);
  });
});
