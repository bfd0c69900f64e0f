/**
 * What a room has to know of its tables before it can learn: counts, sums and sums of squares, each as a sum
 * over all peers that nobody sees the parts of.
 *
 * Rows that are held out are counted, and tell nothing else.
 *
 * @module
 */
import { toDigits, fromDigits, type EntryKind } from './exact-sum.ts';
import { categoriesOf, isHeldOut, MISSING, numbersOf, OTHER, type TableData } from './load.ts';
import { TableMistake } from './mistakes.ts';
import type { Schema } from './schema.ts';

/** A column of numbers, over all training rows of the room. */
export interface NumberStatistics {
  /** Rows with a number. */
  readonly count: number;
  readonly sum: number;
  readonly squares: number;
}

/** A column of categories, over all training rows of the room. */
export interface CategoryStatistics {
  /** Rows of each category, in the schema's order. */
  readonly counts: readonly number[];
  /** Rows of categories that nobody named. */
  readonly others: number;
  readonly missing: number;
}

/** Everything that was summed. */
export interface TableStatistics {
  readonly trainingRows: number;
  readonly heldOutRows: number;
  readonly numbers: readonly NumberStatistics[];
  readonly categories: readonly CategoryStatistics[];
  /** Training rows of each class; empty where the target is a number. */
  readonly classes: readonly number[];
  /** The target, where it is a number. */
  readonly target: NumberStatistics;
}

/** What the entries of the vector are, in order. */
export function statisticKinds(schema: Schema): readonly EntryKind[] {
  const number: readonly EntryKind[] = ['count', 'number', 'number'];
  return [
    'count',
    'count',
    ...numbersOf(schema).flatMap(() => number),
    ...categoriesOf(schema).flatMap(({ categories }): EntryKind[] =>
      new Array<EntryKind>(categories.length + 2).fill('count'),
    ),
    ...schema.classes.map((): EntryKind => 'count'),
    ...number,
  ];
}

/** The statistics of one table as digits for a masked sum. */
export function statisticDigits(schema: Schema, data: TableData): Float64Array {
  const { trainingRows, heldOutRows, numbers, categories, classes, target } = statisticsOf(
    schema,
    data,
  );
  const flat = ({ count, sum, squares }: NumberStatistics): number[] => [count, sum, squares];
  const values = [
    trainingRows,
    heldOutRows,
    ...numbers.flatMap(flat),
    ...categories.flatMap(({ counts, others, missing }) => [...counts, others, missing]),
    ...classes,
    ...flat(target),
  ];
  return toDigits(values, statisticKinds(schema));
}

/** The statistics that summed digits stand for. */
export function readStatistics(schema: Schema, sums: ArrayLike<number>): TableStatistics {
  const values = fromDigits(sums, statisticKinds(schema));
  let at = 0;
  const next = (): number => values[at++]!;
  const number = (): NumberStatistics => ({ count: next(), sum: next(), squares: next() });
  return {
    trainingRows: next(),
    heldOutRows: next(),
    numbers: numbersOf(schema).map(number),
    categories: categoriesOf(schema).map(({ categories }) => ({
      counts: categories.map(next),
      others: next(),
      missing: next(),
    })),
    classes: schema.classes.map(next),
    target: number(),
  };
}

/**
 * Refuses what no model can be learned from, however long it is tried.
 *
 * @throws TableMistake when all rows of the room are of one class, all targets are one number, or no column
 *   tells rows apart.
 */
export function checkStatistics(schema: Schema, statistics: TableStatistics): void {
  const { classes, target, numbers, categories } = statistics;
  const present = schema.classes.filter((_, place) => classes[place]! > 0);
  if (schema.kind === 'class' && present.length < 2) {
    const found = present.length === 0 ? 'no class' : `one class only, "${present[0]!}"`;
    throw new TableMistake(
      'one-class',
      `All tables together hold ${found} in "${schema.target}": there is nothing to tell apart.`,
    );
  }
  if (schema.kind === 'number' && spreadOf(target) === 0) {
    throw new TableMistake(
      'one-class',
      `"${schema.target}" is the same number in all rows of all tables: there is nothing to predict.`,
    );
  }
  const isUseful =
    numbers.some((column) => spreadOf(column) > 0) ||
    categories.some(
      ({ counts, others, missing }) =>
        [...counts, others, missing].filter((count) => count > 0).length > 1,
    );
  if (!isUseful) {
    throw new TableMistake(
      'no-columns',
      `No column beside "${schema.target}" differs from row to row: there is nothing to learn from.`,
    );
  }
}

/** Mean of a column; 0 where it is empty. */
export function meanOf({ count, sum }: NumberStatistics): number {
  return count > 0 ? sum / count : 0;
}

/** Standard deviation of a column; 0 where all numbers are one, as far as double precision can tell. */
export function spreadOf(column: NumberStatistics): number {
  if (column.count === 0) return 0;
  const mean = meanOf(column);
  const square = column.squares / column.count;
  const variance = square - mean * mean;
  return variance > square * 1e-12 ? Math.sqrt(variance) : 0;
}

function statisticsOf(schema: Schema, data: TableData): TableStatistics {
  const training: number[] = [];
  for (let row = 0; row < data.rows; row++) if (!isHeldOut(row)) training.push(row);
  const classes = new Array<number>(schema.classes.length).fill(0);
  if (schema.kind === 'class') for (const row of training) classes[data.targets[row]!]! += 1;
  return {
    trainingRows: training.length,
    heldOutRows: data.rows - training.length,
    numbers: data.numbers.map((column) => numberStatistics(column, training)),
    categories: categoriesOf(schema).map(({ categories }, at) => {
      const counts = new Array<number>(categories.length).fill(0);
      let others = 0;
      let missing = 0;
      for (const row of training) {
        const code = data.codes[at]![row]!;
        if (code === OTHER) others += 1;
        else if (code === MISSING) missing += 1;
        else counts[code]! += 1;
      }
      return { counts, others, missing };
    }),
    classes,
    target:
      schema.kind === 'number'
        ? numberStatistics(data.targets, training)
        : { count: 0, sum: 0, squares: 0 },
  };
}

function numberStatistics(column: Float64Array, rows: readonly number[]): NumberStatistics {
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const row of rows) {
    const value = column[row]!;
    if (Number.isNaN(value)) continue;
    count += 1;
    sum += value;
    squares += value * value;
  }
  return { count, sum, squares };
}
