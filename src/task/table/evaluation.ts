/**
 * How good a model is on rows that nobody learned from, as numbers that add up over peers.
 *
 * Each peer tests two models on its own held-out rows: the federation's, and the one it learned alone. What
 * leaves are counts and sums, masked: nobody learns how good anybody else's model is on its own.
 *
 * @module
 */
import { fromDigits, toDigits, type EntryKind } from './exact-sum.ts';
import type { Examples, Layout } from './layout.ts';
import { predict } from './prediction.ts';

/** How well one class is found. */
export interface ClassMetrics {
  readonly name: string;
  /** Held-out rows of this class. */
  readonly rows: number;
  /** Share of the rows called so that are so, 0 to 1; undefined where none is called so. */
  readonly precision: number | undefined;
  /** Share of the rows that are so that are called so, 0 to 1; undefined where there are none. */
  readonly recall: number | undefined;
  /** Harmonic mean of the two; undefined where either is. */
  readonly f1: number | undefined;
}

/** A test of one kind of model, over all held-out rows of the room. */
export type Metrics =
  | {
      readonly kind: 'class';
      readonly rows: number;
      /** Share of rows that are right, 0 to 1. */
      readonly accuracy: number;
      /** What saying the commonest class every time would reach, 0 to 1. */
      readonly baseline: number;
      /** Rows by true class (first) and predicted class, shape [classes][classes]. */
      readonly confusion: readonly (readonly number[])[];
      readonly classes: readonly ClassMetrics[];
    }
  | {
      readonly kind: 'number';
      readonly rows: number;
      /** Root of the mean squared error, in the target's unit. */
      readonly rootMeanSquare: number;
      /** Mean absolute error, in the target's unit. */
      readonly meanAbsolute: number;
      /** What saying the mean every time would reach, as root mean square. */
      readonly baseline: number;
      /** Share of the variance that is explained; below 0 is worse than the mean. */
      readonly explained: number;
    };

/** The federation's model, and the models that peers learned alone, each tested where it was learned. */
export interface Evaluation {
  readonly federation: Metrics;
  readonly local: Metrics;
}

/** What the entries of the vector are, in order. */
export function evaluationKinds(layout: Layout): readonly EntryKind[] {
  if (layout.kind === 'class') {
    return new Array<EntryKind>(2 * layout.classes.length ** 2).fill('count');
  }
  return ['count', 'number', 'number', ...new Array<EntryKind>(4).fill('number')];
}

/**
 * Tests two models on the own held-out rows.
 *
 * @param federation - Shape [P].
 * @param local - Shape [P].
 * @returns Digits for a masked sum.
 */
export function evaluationDigits(
  layout: Layout,
  heldOut: Examples,
  federation: Float64Array,
  local: Float64Array,
): Float64Array {
  const values =
    layout.kind === 'class'
      ? [...confusion(layout, heldOut, federation), ...confusion(layout, heldOut, local)]
      : [
          ...moments(layout, heldOut),
          ...errors(layout, heldOut, federation),
          ...errors(layout, heldOut, local),
        ];
  return toDigits(values, evaluationKinds(layout));
}

/** The evaluation that summed digits stand for. */
export function readEvaluation(layout: Layout, sums: ArrayLike<number>): Evaluation {
  const values = fromDigits(sums, evaluationKinds(layout));
  if (layout.kind === 'class') {
    const size = layout.classes.length ** 2;
    return {
      federation: classMetrics(layout, values.slice(0, size)),
      local: classMetrics(layout, values.slice(size)),
    };
  }
  return {
    federation: numberMetrics(values, values[3]!, values[4]!),
    local: numberMetrics(values, values[5]!, values[6]!),
  };
}

function confusion(layout: Layout, heldOut: Examples, parameters: Float64Array): number[] {
  const size = layout.classes.length;
  const counts = new Array<number>(size * size).fill(0);
  const { values } = predict({ layout, parameters }, heldOut);
  values.forEach((predicted, row) => {
    counts[heldOut.targets[row]! * size + predicted]! += 1;
  });
  return counts;
}

/** Count, sum and sum of squares of the targets, in their own unit. */
function moments(layout: Layout, heldOut: Examples): number[] {
  let sum = 0;
  let squares = 0;
  for (const standardised of heldOut.targets) {
    const value = standardised * layout.targetDeviation + layout.targetMean;
    sum += value;
    squares += value * value;
  }
  return [heldOut.rows, sum, squares];
}

/** Sum of squared and of absolute errors, in the target's unit. */
function errors(layout: Layout, heldOut: Examples, parameters: Float64Array): number[] {
  let squares = 0;
  let absolute = 0;
  const { values } = predict({ layout, parameters }, heldOut);
  values.forEach((predicted, row) => {
    const truth = heldOut.targets[row]! * layout.targetDeviation + layout.targetMean;
    squares += (predicted - truth) ** 2;
    absolute += Math.abs(predicted - truth);
  });
  return [squares, absolute];
}

function classMetrics(layout: Layout, flat: readonly number[]): Metrics {
  const size = layout.classes.length;
  const rowsOf = (place: number): readonly number[] => flat.slice(place * size, (place + 1) * size);
  const table = layout.classes.map((_, place) => rowsOf(place));
  const rows = sumOf(flat);
  const right = sumOf(table.map((row, place) => row[place]!));
  const classes = layout.classes.map((name, place): ClassMetrics => {
    const hits = table[place]![place]!;
    const called = sumOf(table.map((row) => row[place]!));
    const there = sumOf(table[place]!);
    const precision = called > 0 ? hits / called : undefined;
    const recall = there > 0 ? hits / there : undefined;
    const both = precision === undefined || recall === undefined ? undefined : precision + recall;
    const f1 = both === undefined ? undefined : both > 0 ? (2 * precision! * recall!) / both : 0;
    return { name, rows: there, precision, recall, f1 };
  });
  const commonest = Math.max(...classes.map((one) => one.rows));
  return {
    kind: 'class',
    rows,
    accuracy: rows > 0 ? right / rows : 0,
    baseline: rows > 0 ? commonest / rows : 0,
    confusion: table,
    classes,
  };
}

function numberMetrics(moments: readonly number[], squares: number, absolute: number): Metrics {
  const [rows = 0, sum = 0, square = 0] = moments;
  const count = Math.max(rows, 1);
  const spread = Math.max(square - (sum * sum) / count, 0);
  return {
    kind: 'number',
    rows,
    rootMeanSquare: Math.sqrt(squares / count),
    meanAbsolute: absolute / count,
    baseline: Math.sqrt(spread / count),
    explained: spread > 0 ? 1 - squares / spread : 0,
  };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
