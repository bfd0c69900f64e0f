/**
 * Users who learn alone, beside one model that has all their readings: what federated learning stands between.
 *
 * @module
 */
import type { TaskSettings } from '../task/heat-map.ts';
import { accuracyOf } from '../task/patterns.ts';
import { PlainModel, PlainTraining } from '../task/plain-training.ts';
import type { Reading } from '../task/readings.ts';
import { firstParametersBy } from '../task/recipe.ts';
import { readingsOf } from './experiment.ts';

/** Who learns what. */
export interface PooledOptions {
  readonly task: TaskSettings;
  readonly users: number;
  readonly readingsEach: number;
  /** Users whose readings are not in the pool. */
  readonly leftOut?: ReadonlySet<number>;
  /** Decides the readings: the first of a user are the same however many there are. */
  readonly seed: string;
}

/** A map, and how much of the true one is right, 0 to 1. */
export interface Learned {
  /** Shape [SURFACE_SIDE, SURFACE_SIDE]; a new array for each new map. */
  readonly surface: Float32Array;
  readonly accuracy: number;
}

/** The run, between two steps. */
export class PooledRun {
  readonly readings: readonly (readonly Reading[])[];
  /** All readings that are in the pool. */
  readonly pool: readonly Reading[];
  locals: readonly Learned[];
  pooled: Learned;
  steps = 0;
  private readonly trainings: readonly PlainTraining[];
  private readonly look: PlainModel;
  private readonly options: PooledOptions;

  constructor(options: PooledOptions) {
    const { task, users, readingsEach, leftOut, seed } = options;
    this.options = options;
    this.look = new PlainModel(task.hidden);
    this.readings = Array.from({ length: users }, (_, user) =>
      // All of them from the own corner.
      readingsOf(task.pattern, seed, user, readingsEach, 1),
    );
    this.pool = this.readings.flatMap((own, user) => (leftOut?.has(user) ? [] : own));
    this.trainings = [...this.readings, this.pool].map((readings) => {
      const training = new PlainTraining(task.hidden, firstParametersBy('room', task));
      training.learnFrom(readings);
      return training;
    });
    const first = this.learned(this.trainings[0]!);
    this.locals = this.readings.map(() => first);
    this.pooled = first;
  }

  /** Steps of everybody, each on all of the own readings. */
  advance(steps: number): void {
    for (const training of this.trainings) for (let i = 0; i < steps; i++) training.step();
    this.steps += steps;
    const learned = this.trainings.map((training) => this.learned(training));
    this.locals = learned.slice(0, -1);
    this.pooled = learned.at(-1)!;
  }

  private learned({ parameters }: PlainTraining): Learned {
    const surface = this.look.surfaceOf(parameters);
    return { surface, accuracy: accuracyOf(this.options.task.pattern, surface) };
  }
}
