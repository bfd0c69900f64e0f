/**
 * Experiments: the article's numbers over many seeds, and what makes two runs comparable.
 */
import { describe, expect, it } from 'vitest';
import {
  readingsOf,
  runExperiment,
  type ExperimentRun,
  type ExperimentSettings,
} from '../../src/simulation/experiment.ts';

const ARTICLE: ExperimentSettings = {
  recipe: 'article',
  pattern: 'diagonal',
  hidden: [4],
  users: 16,
  points: 4,
  outliers: 0,
  steps: 1000,
  stepsBetween: 20,
};

const SHORT = { ...ARTICLE, steps: 60 };

describe('an experiment', () => {
  it('gives the means of the article’s system: alone 77, federated 97, pooled 98', () => {
    const runs = Array.from({ length: 24 }, (_, seed) => runExperiment(ARTICLE, `many ${seed}`));
    const mean = (of: (run: ExperimentRun) => number): number =>
      (100 * runs.reduce((sum, run) => sum + of(run), 0)) / runs.length;
    // One run deviates by 6 to 9 (measured over 100 seeds), a mean of 24 by less than 2.
    expect(Math.abs(mean((run) => run.alone) - 77.8)).toBeLessThan(4);
    expect(Math.abs(mean((run) => run.global) - 97.1)).toBeLessThan(4);
    expect(Math.abs(mean((run) => run.pooled) - 98.1)).toBeLessThan(4);
  }, 120_000);

  it('is the same for the same seed, and another for another', () => {
    const settings = { ...SHORT, noise: 1, sampled: 0.5, dropRate: 0.1 };
    const run = runExperiment(settings, 'a');
    expect(runExperiment(settings, 'a')).toEqual(run);
    expect(runExperiment(settings, 'b').moments).not.toEqual(run.moments);
  });

  it('gives a user the same first readings however many it takes', () => {
    const few = readingsOf('circle', 'a', 3, 4, 0.5);
    expect(readingsOf('circle', 'a', 3, 32, 0.5).slice(0, 4)).toEqual(few);
  });

  it('leaves users where they are while too few of a merge stay, and says so', () => {
    const run = runExperiment({ ...SHORT, dropRate: 1 }, 'a');
    expect(run.merges).toEqual([]);
    expect(run.merged).toBe(0);
    expect(run.perUser.reduce((sum, accuracy) => sum + accuracy, 0) / 16).toBeCloseTo(run.alone, 9);
  });

  it('loses a line of which too few stay, and sums the others', () => {
    const { merges } = runExperiment(
      { ...ARTICLE, users: 64, steps: 20, stepsBetween: 1, dropRate: 0.3, lineSize: 8 },
      'a',
    );
    // Lines of 8 need 6: of some merges whole lines are missing, beside those who left themselves.
    const included = merges.map((merge) => merge.included);
    expect(included.length).toBeGreaterThan(15);
    expect(Math.min(...included)).toBeLessThan(0.5 * 64);
  });

  it('scores a user on its own readings apart from the truth', () => {
    const run = runExperiment({ ...ARTICLE, outliers: 4, steps: 400 }, 'a');
    const [outliers, others] = [run.ownData.slice(0, 4), run.ownData.slice(4)].map(
      (shares) => shares.reduce((sum, share) => sum + share, 0) / shares.length,
    );
    expect(others!).toBeGreaterThan(outliers! + 0.1);
  });

  it('counts what noise tells', () => {
    expect(runExperiment(SHORT, 'a').epsilon).toBeUndefined();
    const [much, little] = [4, 1].map((noise) => runExperiment({ ...SHORT, noise }, 'a').epsilon!);
    expect(much!).toBeGreaterThan(0);
    expect(little!).toBeGreaterThan(2 * much!);
  });

  it('refuses what it cannot play', () => {
    expect(() => runExperiment({ ...SHORT, users: 0 }, 'a')).toThrow(/users is 0/);
    expect(() => runExperiment({ ...SHORT, skew: Number.NaN }, 'a')).toThrow(/skew is NaN/);
  });
});
