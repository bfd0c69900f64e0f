/**
 * The second reading of a file: its columns in memory, as the agreed schema wants them.
 *
 * Rows without a target, or with a class that nobody named, cannot be learned from and are counted. Which rows
 * are held out is a function of their place alone, so that nobody has to remember it.
 *
 * @module
 */
import { HELD_OUT_EVERY, MIN_TABLE_ROWS } from '../../config.ts';
import { categoryOf, checkSize, isMissing, numberOf, type TableProfile } from './columns.ts';
import { readCsv, type ByteSource, type CsvOptions } from './csv.ts';
import { TableMistake } from './mistakes.ts';
import type { Schema, SchemaColumn } from './schema.ts';

/** Codes of a category: its place in the schema, or one of these. */
export const OTHER = -2;
/** Code of a row without a category. */
export const MISSING = -1;

/** A table in memory, column by column. */
export interface TableData {
  readonly rows: number;
  /** Numbers of the columns of numbers, in the schema's order, each of shape [rows]; NaN where there is none. */
  readonly numbers: readonly Float64Array[];
  /** Codes of the columns of categories, in the schema's order, each of shape [rows]. */
  readonly codes: readonly Int16Array[];
  /** Shape [rows]: a number, or the place of a class; all 0 where the file has no target. */
  readonly targets: Float64Array;
  /** Rows that were read and left out, by reason. */
  readonly dropped: { readonly withoutTarget: number; readonly unknownClass: number };
}

/** Whether a row is held out of training, by its place among the kept rows. */
export function isHeldOut(row: number): boolean {
  // An odd multiplier scatters places, so that a table in some order is not tested on one kind of row.
  return (Math.imul(row ^ (row >>> 7), 0x9e3779b1) >>> 0) % HELD_OUT_EVERY === 0;
}

/**
 * Reads a file by the schema.
 *
 * @param isForPrediction - The target may be missing, and no row is left out.
 * @throws TableMistake when a column of the schema is not there, or too few rows can be learned from.
 */
export async function loadTable(
  source: ByteSource,
  schema: Schema,
  profile: TableProfile,
  options: CsvOptions = {},
  isForPrediction = false,
): Promise<TableData> {
  const commas = new Map(profile.columns.map(({ name, hasComma }) => [name, hasComma]));
  const loader = new Loader(schema, commas, isForPrediction);
  await readCsv(source, loader, options);
  const data = loader.data();
  if (!isForPrediction && data.rows < MIN_TABLE_ROWS) {
    const { withoutTarget, unknownClass } = data.dropped;
    throw new TableMistake(
      'too-few-rows',
      `Only ${data.rows} rows can be learned from (${withoutTarget} have no "${schema.target}", ${unknownClass} a class that nobody has often enough to name): give at least ${MIN_TABLE_ROWS}.`,
    );
  }
  return data;
}

class Loader {
  private readonly schema: Schema;
  private readonly commas: ReadonlyMap<string, boolean>;
  private readonly isForPrediction: boolean;
  private readonly numbers: readonly Growing[];
  private readonly codes: readonly Growing[];
  private readonly targets = new Growing();
  private readonly readers: ((row: readonly string[]) => void)[] = [];
  private readTarget: (row: readonly string[]) => number = () => 0;
  private read = 0;
  private columns = 0;
  private withoutTarget = 0;
  private unknownClass = 0;

  constructor(schema: Schema, commas: ReadonlyMap<string, boolean>, isForPrediction: boolean) {
    this.schema = schema;
    this.commas = commas;
    this.isForPrediction = isForPrediction;
    this.numbers = numbersOf(schema).map(() => new Growing());
    this.codes = categoriesOf(schema).map(() => new Growing());
  }

  header(names: readonly string[]): void {
    this.columns = names.length;
    const placeOf = (name: string): number => {
      const place = names.indexOf(name);
      if (place >= 0) return place;
      throw new TableMistake(
        'columns-differ',
        `There is no column "${name}": it is needed, so add or rename one.`,
      );
    };
    numbersOf(this.schema).forEach(({ name }, at) => {
      const place = placeOf(name);
      const hasComma = this.commas.get(name) ?? false;
      this.readers.push((row) => {
        this.numbers[at]!.push(numberOf(row[place]!, hasComma));
      });
    });
    categoriesOf(this.schema).forEach((column, at) => {
      const place = placeOf(column.name);
      const known = placesOf(column.categories);
      this.readers.push((row) => {
        const cell = row[place]!;
        this.codes[at]!.push(isMissing(cell) ? MISSING : (known.get(categoryOf(cell)) ?? OTHER));
      });
    });
    if (!this.isForPrediction || names.includes(this.schema.target)) {
      this.readTarget = this.targetReader(placeOf(this.schema.target));
    }
  }

  row(row: readonly string[]): void {
    checkSize(++this.read, this.columns);
    const target = this.readTarget(row);
    if (!this.isForPrediction && Number.isNaN(target)) return;
    this.targets.push(target);
    for (const read of this.readers) read(row);
  }

  data(): TableData {
    const { withoutTarget, unknownClass } = this;
    return {
      rows: this.targets.length,
      numbers: this.numbers.map((column) => column.values()),
      codes: this.codes.map((column) => Int16Array.from(column.values())),
      targets: this.targets.values(),
      dropped: { withoutTarget, unknownClass },
    };
  }

  /** Reads a target as a number, or as the place of its class; NaN where it cannot be learned from. */
  private targetReader(place: number): (row: readonly string[]) => number {
    const { kind, classes, target } = this.schema;
    const known = placesOf(classes);
    const hasComma = this.commas.get(target) ?? false;
    return (row) => {
      const cell = row[place]!;
      const value = kind === 'number' ? numberOf(cell, hasComma) : known.get(categoryOf(cell));
      if (value !== undefined && !Number.isNaN(value)) return value;
      if (kind === 'number' || isMissing(cell)) this.withoutTarget += 1;
      else this.unknownClass += 1;
      return Number.NaN;
    };
  }
}

/** The columns of numbers of a schema. */
export function numbersOf(schema: Schema): readonly SchemaColumn[] {
  return schema.features.filter(({ type }) => type === 'number');
}

/** The columns of categories of a schema. */
export function categoriesOf(schema: Schema): readonly SchemaColumn[] {
  return schema.features.filter(({ type }) => type === 'category');
}

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  return new Map(names.map((name, place) => [name, place]));
}

/** Numbers that become more: an array of JavaScript would take several times the space. */
class Growing {
  length = 0;
  private held = new Float64Array(1024);

  push(value: number): void {
    if (this.length === this.held.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.held);
      this.held = larger;
    }
    this.held[this.length++] = value;
  }

  values(): Float64Array {
    return this.held.subarray(0, this.length);
  }
}
