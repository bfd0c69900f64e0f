/**
 * What a local randomiser would tell of somebody's readings: worked out before it is chosen.
 *
 * @module
 */
import { CHECKS_PER_PEER } from '../config.ts';
import type { DisguiseChoice, LearningView } from '../peer/view.ts';
import { rhoOfReading } from '../privacy/local-randomiser.ts';
import { DEFAULT_DELTA } from '../privacy/noise.ts';
import { epsilonOf } from '../privacy/zcdp.ts';
import { epsilonFigure, worthOf } from './privacy-words.ts';

/** Epsilons at a delta of 0.00001, whatever the number of rounds. */
export interface RandomiserPromise {
  /** Of one reading. */
  readonly one: number;
  /** Of all that would be randomised, and of what was told by those that were before. */
  readonly all: number;
  /** Readings that would be randomised: those to learn from, and those that only check. */
  readonly count: number;
}

/** What choosing a randomiser would promise: each reading is drawn anew, and what was told stays told. */
export function promiseOfRandomiser(
  { readings, disguise }: Pick<LearningView, 'readings' | 'disguise'>,
  choice: Extract<DisguiseChoice, { readonly type: 'randomise' }>,
): RandomiserPromise {
  const count = readings.length + CHECKS_PER_PEER;
  const each = rhoOfReading(choice);
  const told = disguise?.rho ?? 0;
  return {
    one: epsilonOf(each, DEFAULT_DELTA),
    all: epsilonOf(told + count * each, DEFAULT_DELTA),
    count,
  };
}

/** The same in words, such as "epsilon 17.9 for one reading, above 50 for your 12, checks included: too weak to be called private". */
export function randomiserWords({ one, all, count }: RandomiserPromise): string {
  return `epsilon ${epsilonFigure(one)} for one reading, ${epsilonFigure(all)} for your ${count}, checks included: ${worthOf(all)}`;
}
