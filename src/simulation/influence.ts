/**
 * With and without me: the same federation, with one user in its merges and without, and whether whoever
 * looks at the final model can tell which of the two it was.
 *
 * Each pair shares all draws (readings of the others, rounding, noise), so what differs is that user alone.
 *
 * @module
 */
import type { NoiseSetting } from '../privacy/noise.ts';
import { SeededRandom } from '../seeded-random.ts';
import { blurred } from '../task/blur.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import { PlainModel } from '../task/plain-training.ts';
import { localReadings, type Reading } from '../task/readings.ts';
import { Federation } from './federation.ts';

/** What is replayed. */
export interface InfluenceOptions {
  readonly task: TaskSettings;
  /** Of the user in question. */
  readonly mine: readonly Reading[];
  /** Others in each merge; their readings are made up anew for each pair. */
  readonly others: number;
  readonly rounds: number;
  readonly stepsBetween: number;
  readonly noise: NoiseSetting | undefined;
  /** How far everybody's places are pulled to random ones before anything is learned, 0 to 1; 0 unless given. */
  readonly blur?: number | undefined;
}

/** One federation of a pair. */
export interface Replay {
  /** Accuracy of the merged model on the true map after each round, 0 to 1. */
  readonly accuracies: readonly number[];
  /** The final merged model, shape [P]. */
  readonly model: Float32Array;
}

/** The same federation with the user in it, and without. */
export interface Pair {
  readonly with: Replay;
  readonly without: Replay;
}

/** Accuracy after a round, over all pairs. */
export interface BandPoint {
  readonly mean: number;
  /** Standard deviation. */
  readonly spread: number;
}

/** What all pairs say together. */
export interface Influence {
  readonly pairs: number;
  readonly with: readonly BandPoint[];
  readonly without: readonly BandPoint[];
  /**
   * How often an observer who is shown one final model of each kind names the right one, 0 to 1, a half is
   * guessing: the area under its ROC curve. Undefined below four pairs.
   */
  readonly success: number | undefined;
}

/** Plays one pair. */
export function playPair(options: InfluenceOptions, seed: number): Pair {
  return { with: play(options, seed, true), without: play(options, seed, false) };
}

function play(options: InfluenceOptions, seed: number, isIn: boolean): Replay {
  const { task, mine, others, rounds, stepsBetween, noise, blur = 0 } = options;
  const random = new SeededRandom(`blur ${seed}`);
  const seen = (readings: readonly Reading[]): readonly Reading[] =>
    readings.map((reading) => blurred(reading, blur, () => random.uniform()));
  const users = Array.from({ length: others }, (_, at) => ({
    readings: seen(localReadings(task.pattern, `other ${at} of ${seed}`, at)),
  }));
  const federation = new Federation({
    task,
    users: [...users, { readings: seen(mine), isLeftOut: !isIn }],
    stepsBetween,
    noise,
    seed: String(seed),
  });
  const look = new PlainModel(task.hidden);
  const accuracies = Array.from({ length: rounds }, () => {
    federation.advance();
    return look.accuracyOn(task.pattern, federation.global);
  });
  return { accuracies, model: federation.global };
}

/** Puts pairs together. */
export function influenceOf(pairs: readonly Pair[]): Influence {
  return {
    pairs: pairs.length,
    with: bandOf(pairs.map((pair) => pair.with.accuracies)),
    without: bandOf(pairs.map((pair) => pair.without.accuracies)),
    success: pairs.length < 4 ? undefined : successOf(pairs),
  };
}

function bandOf(curves: readonly (readonly number[])[]): readonly BandPoint[] {
  return (curves[0] ?? []).map((_, round) => {
    const values = curves.map((curve) => curve[round]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, spread: Math.sqrt(squares / Math.max(1, values.length - 1)) };
  });
}

/**
 * The observer knows how models with and without the user look on average, from all pairs but those it is
 * asked about, and projects a model on the difference.
 */
function successOf(pairs: readonly Pair[]): number {
  const differences = pairs.map((pair) =>
    Float64Array.from(pair.with.model, (value, i) => value - pair.without.model[i]!),
  );
  const total = differences[0]!.map((_, i) =>
    differences.reduce((sum, difference) => sum + difference[i]!, 0),
  );
  let right = 0;
  let asked = 0;
  for (const [a, one] of pairs.entries()) {
    for (const [b, other] of pairs.entries()) {
      if (a === b) continue;
      const direction = total.map((sum, i) => sum - differences[a]![i]! - differences[b]![i]!);
      const [inside, outside] = [one.with.model, other.without.model].map((model) =>
        model.reduce((sum, value, i) => sum + value * direction[i]!, 0),
      );
      right += inside! > outside! ? 1 : inside === outside ? 0.5 : 0;
      asked += 1;
    }
  }
  return right / asked;
}
