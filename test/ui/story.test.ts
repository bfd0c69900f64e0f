/**
 * What the story's figures say, and what they watch.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { LearningRun } from '../../src/simulation/learning-run.ts';
import { ticksTo } from '../../src/ui/chart-frame.ts';
import { togetherCaption } from '../../src/ui/story/together-words.ts';

const OPTIONS = {
  task: { pattern: 'diagonal', hidden: [8], modelSeed: 'story' },
  users: 16,
  readingsEach: 3,
  seed: 'test',
} as const;

describe('a run that is watched', () => {
  it('drifts apart, and jumps at a merge to one map for all who are in it', () => {
    const run = new LearningRun({ ...OPTIONS, leftOut: new Set([3]) });
    run.advance(40);
    run.merge();
    const { before, after, drift } = run.merges[0]!;
    expect(drift).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(before);
    const shares = run.samples.at(-1)!.users;
    expect(new Set(shares.filter((_, user) => user !== 3))).toEqual(new Set([after]));
    expect(shares[3]).not.toBe(after);
    expect(togetherCaption(run)).toMatch(
      /^Merge 1 brought together .* up \d+\.\d points\. At this moment/,
    );
  });

  it('is the same again from the same seed, and another from another', () => {
    const [one, same, other] = ['a', 'a', 'b'].map((seed) => {
      const run = new LearningRun({ ...OPTIONS, seed });
      run.advance(10);
      return run.samples.at(-1)!;
    });
    expect(same).toEqual(one);
    expect(other).not.toEqual(one);
  });

  it('gives outliers cold readings only', () => {
    const run = new LearningRun({ ...OPTIONS, outliers: 2 });
    const hot = run.readings.map((readings) => readings.some(({ isHot }) => isHot));
    expect(hot.slice(0, 2)).toEqual([false, false]);
    expect(hot.slice(2)).toContain(true);
  });
});

describe('an axis', () => {
  it('has round numbers, six at most', () => {
    expect(ticksTo(100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticksTo(116)).toEqual([0, 25, 50, 75, 100]);
    expect(ticksTo(400)).toEqual([0, 100, 200, 300, 400]);
  });
});
