/**
 * The run that the figure of outliers plays: sixteen users, six of whose thermometers say cold everywhere.
 *
 * @module
 */
import type { RunOptions } from '../../simulation/learning-run.ts';

/** Users, of whom the first `OUTLIERS` report cold everywhere. */
export const USERS = 16;
export const OUTLIERS = 6;

/** Local steps from one merge to the next, and merges of a run. */
export const STEPS_BETWEEN = 20;
export const MERGES = 10;

const READINGS_EACH = 8;

/** The six, and the ten others. */
export const OUTLYING: readonly number[] = Array.from({ length: OUTLIERS }, (_, user) => user);
export const OTHERS: readonly number[] = Array.from(
  { length: USERS - OUTLIERS },
  (_, at) => at + OUTLIERS,
);

/** The run without those who are left out of the merges. */
export function runWithout(leftOut: ReadonlySet<number>): RunOptions {
  return {
    task: { pattern: 'diagonal', hidden: [8], modelSeed: 'story' },
    users: USERS,
    readingsEach: READINGS_EACH,
    outliers: OUTLIERS,
    leftOut,
    seed: 'outliers',
  };
}
