/**
 * A federation that is watched: its steps, its merges, and how right everybody was at each time.
 *
 * The models and merges are those of `federation.ts`. What is kept beside them is what a figure draws, and most
 * of it no server could know: it sees a merged model only.
 *
 * @module
 */
import { accuracyOf } from '../task/patterns.ts';
import { PlainModel } from '../task/plain-training.ts';
import { asOutlier, localReadings, type Reading } from '../task/readings.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import { Federation } from './federation.ts';

/** Who learns what. */
export interface RunOptions {
  readonly task: TaskSettings;
  readonly users: number;
  readonly readingsEach: number;
  /** Users, from the first, whose thermometer is broken. */
  readonly outliers?: number;
  /** Users that are in no merge. */
  readonly leftOut?: ReadonlySet<number>;
  /** Decides readings and rounding. */
  readonly seed: string;
}

/** One merge. */
export interface MergeMark {
  /** Local steps before it. */
  readonly step: number;
  /** Mean accuracy of those who were in it, just before, 0 to 1. */
  readonly before: number;
  /** Accuracy of the merged model, 0 to 1. */
  readonly after: number;
  /** Root mean square distance of the merged models' parameters to their mean. */
  readonly drift: number;
}

/** Shares of the true map that are right, after so many local steps. */
export interface Sample {
  readonly step: number;
  readonly users: readonly number[];
  /** Of those who are in merges. */
  readonly mean: number;
}

/** The readings that somebody starts with, the same for the same seed. */
export function readingsOf(options: RunOptions, user: number): readonly Reading[] {
  const { task, readingsEach, outliers = 0, seed } = options;
  const readings = localReadings(task.pattern, `${seed} ${user}`, user, readingsEach);
  return user < outliers ? asOutlier(readings) : readings;
}

/** The run, between two steps. */
export class LearningRun {
  readonly readings: readonly (readonly Reading[])[];
  /** Maps of all users, shape [SURFACE_SIDE, SURFACE_SIDE] each; a new array for each new map. */
  surfaces: readonly Float32Array[] = [];
  /** The newest merged map; undefined before the first merge. */
  merged: Float32Array | undefined;
  readonly samples: Sample[] = [];
  readonly merges: MergeMark[] = [];
  steps = 0;
  private readonly federation: Federation;
  private readonly look: PlainModel;
  private readonly options: RunOptions;

  constructor(options: RunOptions) {
    const { task, users, seed, leftOut } = options;
    this.options = options;
    this.readings = Array.from({ length: users }, (_, user) => readingsOf(options, user));
    this.look = new PlainModel(task.hidden);
    this.federation = new Federation({
      task,
      users: this.readings.map((readings, user) => ({
        readings,
        isLeftOut: leftOut?.has(user) === true,
      })),
      stepsBetween: 1,
      seed,
    });
    this.sample();
  }

  /** Local steps of everybody. */
  advance(steps: number): void {
    this.federation.step(steps);
    this.steps += steps;
    this.sample();
  }

  /** Merges everybody's model, and gives it to everybody. */
  merge(): void {
    const before = this.samples.at(-1)!.mean;
    const drift = this.drift();
    this.federation.merge();
    this.merged = this.look.surfaceOf(this.federation.global);
    const after = accuracyOf(this.options.task.pattern, this.merged);
    this.merges.push({ step: this.steps, before, after, drift });
    this.sample();
  }

  /** Share of own readings that the merged model has right, 0 to 1, on average over some users. */
  ownAccuracyOf(users: readonly number[]): number {
    const own = users.map((user) =>
      this.look.accuracyOf(this.readings[user]!, this.federation.global),
    );
    return own.reduce((sum, share) => sum + share, 0) / Math.max(1, own.length);
  }

  private get included(): readonly number[] {
    return this.readings.flatMap((_, user) => (this.options.leftOut?.has(user) ? [] : [user]));
  }

  private sample(): void {
    const { task } = this.options;
    // At the start and after a merge all have one model: its map takes longer than their steps.
    const drawn: { readonly local: Float32Array; readonly surface: Float32Array }[] = [];
    this.surfaces = this.federation.locals.map((local) => {
      const same = drawn.find((other) => local.every((value, i) => value === other.local[i]));
      if (same) return same.surface;
      const surface = this.look.surfaceOf(local);
      drawn.push({ local, surface });
      return surface;
    });
    const users = this.surfaces.map((surface) => accuracyOf(task.pattern, surface));
    const { included } = this;
    const mean = included.reduce((sum, user) => sum + users[user]!, 0) / included.length;
    this.samples.push({ step: this.steps, users, mean });
  }

  private drift(): number {
    const models = this.included.map((user) => this.federation.locals[user]!);
    const squares = models[0]!.reduce((total, _, i) => {
      const mean = models.reduce((sum, model) => sum + model[i]!, 0) / models.length;
      return total + models.reduce((sum, model) => sum + (model[i]! - mean) ** 2, 0);
    }, 0);
    return Math.sqrt(squares / models.length);
  }
}
