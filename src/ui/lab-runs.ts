/**
 * What the lab has played so far: runs by point and seed, their means and bands, and all of it as CSV.
 *
 * @module
 */
import type { ExperimentRun } from '../simulation/experiment.ts';
import { KNOBS, pointsOf, pointText, type KnobName, type Plan, type Values } from './lab-knobs.ts';

/** One run to play. */
export interface Task {
  readonly values: Values;
  readonly seed: number;
}

/** A mean over seeds, and the standard deviation. */
export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

/** A point with what came of it. */
export interface PointResult {
  readonly values: Values;
  readonly runs: readonly ExperimentRun[];
}

/** Runs that were played. */
export class Runs {
  private readonly byTask = new Map<string, ExperimentRun>();

  /** Adds a run. */
  add(task: Task, run: ExperimentRun): void {
    this.byTask.set(keyOf(task), run);
  }

  /** Forgets all. */
  clear(): void {
    this.byTask.clear();
  }

  /** Runs of plans that are not played yet: every point once, then every point again. */
  missing(plans: readonly Plan[]): readonly Task[] {
    const tasks = new Map<string, Task>();
    for (const plan of plans) {
      const points = pointsOf(plan);
      for (const seed of seedsOf(plan)) {
        for (const values of points) {
          const task = { values, seed };
          if (!this.byTask.has(keyOf(task))) tasks.set(keyOf(task), task);
        }
      }
    }
    return [...tasks.values()];
  }

  /** The points of plans, each once, with the runs that there are. */
  results(plans: readonly Plan[]): readonly PointResult[] {
    const found = new Map<string, PointResult>();
    for (const plan of plans) {
      for (const values of pointsOf(plan)) {
        const runs = seedsOf(plan).flatMap(
          (seed) => this.byTask.get(keyOf({ values, seed })) ?? [],
        );
        const key = pointText(values);
        if (runs.length >= (found.get(key)?.runs.length ?? 0)) found.set(key, { values, runs });
      }
    }
    return [...found.values()];
  }

  /** Every run of plans as a line of comma-separated values, names first. */
  csv(plans: readonly Plan[]): string {
    const names = KNOBS.map(({ name }) => name);
    const lines = this.played(plans).map(({ values, seed, run }) =>
      [
        ...names.map((name) => values[name]),
        seed,
        run.global,
        meanOf(run.perUser),
        Math.min(...run.perUser),
        meanOf(run.ownData),
        run.alone,
        run.pooled,
        run.epsilon ?? '',
        run.merged,
        run.merges.map(({ step, global }) => `${step}:${global}`).join(' '),
      ].join(','),
    );
    const columns =
      'seed,global,locals,worst_local,own_data,alone,pooled,epsilon,merged,global_by_step';
    return [`${names.join(',')},${columns}`, ...lines, ''].join('\r\n');
  }

  private played(plans: readonly Plan[]): readonly (Task & { readonly run: ExperimentRun })[] {
    const found = new Map<string, Task & { readonly run: ExperimentRun }>();
    for (const plan of plans) {
      for (const values of pointsOf(plan)) {
        for (const seed of seedsOf(plan)) {
          const key = keyOf({ values, seed });
          const run = this.byTask.get(key);
          if (run) found.set(key, { values, seed, run });
        }
      }
    }
    return [...found.values()];
  }
}

/** Mean and standard deviation; undefined of nothing. */
export function spreadOf(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** Mean accuracy of local models by step over all runs of a point; merges have two looks at one step. */
export function localCurve(runs: readonly ExperimentRun[]): readonly (Spread & { step: number })[] {
  return (runs[0]?.moments ?? []).map(({ step }, at) => ({
    step,
    ...spreadOf(runs.map((run) => run.moments[at]!.locals))!,
  }));
}

/** Accuracy of the merged model by step, over the runs in which that merge came about. */
export function globalMarks(
  runs: readonly ExperimentRun[],
): readonly (Spread & { step: number })[] {
  const bySteps = new Map<number, number[]>();
  for (const { step, global } of runs.flatMap((run) => run.merges)) {
    const known = bySteps.get(step);
    if (known) known.push(global);
    else bySteps.set(step, [global]);
  }
  return [...bySteps]
    .sort(([one], [other]) => one - other)
    .map(([step, values]) => ({ step, ...spreadOf(values)! }));
}

/** Knobs in which points differ. */
export function differing(points: readonly { readonly values: Values }[]): readonly KnobName[] {
  return KNOBS.map(({ name }) => name).filter(
    (name) => new Set(points.map(({ values }) => values[name])).size > 1,
  );
}

/** The mean of numbers. */
export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function seedsOf({ seed, seeds }: Plan): readonly number[] {
  return Array.from({ length: seeds }, (_, at) => seed + at);
}

function keyOf({ values, seed }: Task): string {
  return `${pointText(values)} ${seed}`;
}
