/**
 * How a row becomes the inputs of a model: numbers with mean 0 and deviation 1, and one input for each category.
 *
 * Everything here follows from the schema and the summed statistics, so it is the same for all peers. A column
 * that is the same in every row of the room has no input. A missing number is the mean, and where some were
 * missing in training an input of its own says so. One-hot inputs are kept as codes: a row of a hundred
 * categories has one number to remember, not a hundred.
 *
 * @module
 */
import { categoriesOf, isHeldOut, MISSING, numbersOf, OTHER, type TableData } from './load.ts';
import type { Schema } from './schema.ts';
import { meanOf, spreadOf, type TableStatistics } from './statistics.ts';

/** A column of numbers as input. */
export interface NumberInput {
  readonly name: string;
  readonly mean: number;
  /** Above 0. */
  readonly deviation: number;
  /** The input that is 1 where the number is missing; undefined where none was missing in training. */
  readonly missingAt: number | undefined;
}

/** A column of categories as inputs, one for each name of `categories`. */
export interface CategoryInput {
  readonly name: string;
  readonly categories: readonly string[];
  /** Input of the first category. */
  readonly at: number;
  /** The input of categories that nobody named; undefined where there were none in training. */
  readonly otherAt: number | undefined;
  /** The input of rows without a category; undefined where there were none in training. */
  readonly missingAt: number | undefined;
}

/** The inputs and outputs of a model, and what they mean. */
export interface Layout {
  readonly target: string;
  readonly kind: Schema['kind'];
  readonly classes: readonly string[];
  readonly hidden: readonly number[];
  /** Standardised numbers are the first inputs, in this order. */
  readonly numbers: readonly NumberInput[];
  readonly categories: readonly CategoryInput[];
  /** Inputs in all. */
  readonly width: number;
  /** One logit for two classes, one a class for more, one standardised number. */
  readonly outputs: number;
  /** Of a target that is a number. */
  readonly targetMean: number;
  readonly targetDeviation: number;
  /** Columns without an input: the same in every row. */
  readonly constant: readonly string[];
  /** Sum over inputs of their mean square, and 1 for the bias: bounds how sharply a loss can bend. */
  readonly power: number;
}

/** Rows as inputs. */
export interface Examples {
  readonly rows: number;
  /** Standardised numbers, shape [rows, layout.numbers]. */
  readonly numbers: Float32Array;
  /** Inputs that are 1, shape [rows, codesPerRow]; -1 for none. */
  readonly codes: Int16Array;
  readonly codesPerRow: number;
  /** Shape [rows]: standardised numbers, or places of classes. */
  readonly targets: Float32Array;
}

/** Makes the layout. */
export function layoutOf(schema: Schema, statistics: TableStatistics): Layout {
  const constant: string[] = [];
  const numbers: NumberInput[] = [];
  const categories: CategoryInput[] = [];
  const schemaNumbers = numbersOf(schema);
  const rows = statistics.trainingRows;
  let at = schemaNumbers.filter((_, i) => spreadOf(statistics.numbers[i]!) > 0).length;
  let power = 1;
  schemaNumbers.forEach(({ name }, i) => {
    const found = statistics.numbers[i]!;
    const deviation = spreadOf(found);
    if (deviation === 0) {
      constant.push(name);
      return;
    }
    const missingAt = found.count < rows ? at++ : undefined;
    power += 1;
    numbers.push({ name, mean: meanOf(found), deviation, missingAt });
  });
  categoriesOf(schema).forEach(({ name, categories: names }, i) => {
    const { counts, others, missing } = statistics.categories[i]!;
    const kept = names.filter((_, place) => counts[place]! > 0);
    if (kept.length + (others > 0 ? 1 : 0) + (missing > 0 ? 1 : 0) < 2) {
      constant.push(name);
      return;
    }
    const first = at;
    at += kept.length;
    const otherAt = others > 0 ? at++ : undefined;
    const missingAt = missing > 0 ? at++ : undefined;
    power += 1;
    categories.push({ name, categories: kept, at: first, otherAt, missingAt });
  });
  const { target } = statistics;
  return {
    target: schema.target,
    kind: schema.kind,
    classes: schema.classes,
    hidden: schema.hidden,
    numbers,
    categories,
    width: at,
    outputs: schema.kind === 'class' && schema.classes.length > 2 ? schema.classes.length : 1,
    targetMean: schema.kind === 'number' ? meanOf(target) : 0,
    targetDeviation: schema.kind === 'number' ? spreadOf(target) : 1,
    constant,
    power: power + numbers.filter(({ missingAt }) => missingAt !== undefined).length,
  };
}

/** Which rows to make inputs of. */
export type Which = 'training' | 'held-out' | 'all';

/** Rows of a table as inputs. */
export function examplesOf(
  schema: Schema,
  layout: Layout,
  data: TableData,
  which: Which,
): Examples {
  const rows = rowsOf(data, which);
  const width = layout.numbers.length;
  const withMissing = layout.numbers.filter(({ missingAt }) => missingAt !== undefined).length;
  const codesPerRow = withMissing + layout.categories.length;
  const numbers = new Float32Array(rows.length * width);
  const codes = new Int16Array(rows.length * codesPerRow).fill(-1);
  let slot = 0;
  layout.numbers.forEach(({ name, mean, deviation, missingAt }, column) => {
    const values = data.numbers[numbersOf(schema).findIndex((known) => known.name === name)]!;
    rows.forEach((row, at) => {
      const value = values[row]!;
      if (!Number.isNaN(value)) numbers[at * width + column] = (value - mean) / deviation;
      else if (missingAt !== undefined) codes[at * codesPerRow + slot] = missingAt;
    });
    if (missingAt !== undefined) slot += 1;
  });
  layout.categories.forEach((input, column) => {
    const place = categoriesOf(schema).findIndex(({ name }) => name === input.name);
    const inputs = inputsOf(input, categoriesOf(schema)[place]!.categories);
    const values = data.codes[place]!;
    rows.forEach((row, at) => {
      codes[at * codesPerRow + withMissing + column] = inputs(values[row]!);
    });
  });
  const targets = Float32Array.from(rows, (row) => {
    const value = data.targets[row]!;
    return layout.kind === 'number' ? (value - layout.targetMean) / layout.targetDeviation : value;
  });
  return { rows: rows.length, numbers, codes, codesPerRow, targets };
}

/** The input of each code of a column. */
function inputsOf(input: CategoryInput, names: readonly string[]): (code: number) => number {
  const places = names.map((name) => {
    const place = input.categories.indexOf(name);
    return place < 0 ? (input.otherAt ?? -1) : input.at + place;
  });
  return (code) => {
    if (code === OTHER) return input.otherAt ?? -1;
    if (code === MISSING) return input.missingAt ?? -1;
    return places[code]!;
  };
}

function rowsOf(data: TableData, which: Which): Int32Array {
  const rows = new Int32Array(data.rows);
  let count = 0;
  for (let row = 0; row < data.rows; row++) {
    if (which === 'all' || isHeldOut(row) === (which === 'held-out')) rows[count++] = row;
  }
  return rows.subarray(0, count);
}
