/**
 * What the columns of a table hold: numbers, a few categories, or text that nothing can be learned from.
 *
 * Found by one pass over the file, of which nothing is kept but counts and a bounded list of categories.
 *
 * @module
 */
import {
  MAX_CATEGORIES,
  MAX_CATEGORY_CHARACTERS,
  MAX_TABLE_CELLS,
  MAX_TABLE_ROWS,
} from '../../config.ts';
import { readCsv, type ByteSource, type CsvOptions } from './csv.ts';
import { TableMistake } from './mistakes.ts';

/** What a column is taken for. `text` and `empty` ones are left out. */
export type ColumnType = 'number' | 'category' | 'text' | 'empty';

/** A column as it is in one file. */
export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  /** Rows without a value. */
  readonly missing: number;
  /** Rows with a number, written with a point or a comma. */
  readonly numbers: number;
  /** Numbers are written with a comma, as in 3,14. */
  readonly hasComma: boolean;
  /** In a column of numbers, rows that hold something else; they count as missing. */
  readonly strays: number;
  /** The first of them, for the person whose file it is. */
  readonly firstStray: { readonly row: number; readonly text: string } | undefined;
  /** Rows of each category, by its name; empty where there are more than `MAX_CATEGORIES`. */
  readonly categories: ReadonlyMap<string, number>;
}

/** A file's columns. */
export interface TableProfile {
  readonly rows: number;
  readonly columns: readonly ColumnProfile[];
}

/** A column is one of numbers when this share of what is there is; the rest is told and counts as missing. */
const NUMBER_SHARE = 0.8;

/** Values that stand for none. */
const MISSING = new Set(['', 'NA', 'N/A', 'n/a', 'na', 'NaN', 'nan', 'null', 'NULL', '?']);

/**
 * Reads a file and says what its columns are.
 *
 * @throws TableMistake when it is no table, or too large to learn from.
 */
export async function profileOf(
  source: ByteSource,
  options: CsvOptions = {},
): Promise<TableProfile> {
  let columns: readonly ColumnScan[] = [];
  let rows = 0;
  const header = (names: readonly string[]): void => {
    columns = names.map((name) => new ColumnScan(name));
  };
  const row = (values: readonly string[], number: number): void => {
    rows += 1;
    checkSize(rows, columns.length);
    for (let i = 0; i < values.length; i++) columns[i]!.take(values[i]!, number);
  };
  await readCsv(source, { header, row }, options);
  return { rows, columns: columns.map((column) => column.profile()) };
}

/**
 * Refuses a table that would not fit in memory.
 *
 * @throws TableMistake that says how many rows fit.
 */
export function checkSize(rows: number, columns: number): void {
  const most = Math.min(MAX_TABLE_ROWS, Math.floor(MAX_TABLE_CELLS / columns));
  if (rows <= most) return;
  throw new TableMistake(
    'too-large',
    `The file has more than ${most} rows of ${columns} columns: take a sample of it, or leave columns out.`,
  );
}

/** Whether a cell holds no value. */
export function isMissing(cell: string): boolean {
  return MISSING.has(cell.trim());
}

/** The number in a cell; NaN where there is none. */
export function numberOf(cell: string, hasComma: boolean): number {
  const text = cell.trim();
  if (text === '') return Number.NaN;
  if (hasComma && /^[+-]?\d+,\d+$/.test(text)) return Number(text.replace(',', '.'));
  // Hexadecimal and its like are codes, not numbers.
  if (/^[+-]?0[xob]/i.test(text)) return Number.NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Number.NaN;
}

/** The category in a cell: without spaces around it; 1.0 and 1 are one category. */
export function categoryOf(cell: string): string {
  const text = cell.trim();
  const value = numberOf(text, false);
  return Number.isNaN(value) ? text : String(value);
}

/** Counts what one column holds. */
class ColumnScan {
  private readonly name: string;
  private rows = 0;
  private missing = 0;
  private points = 0;
  private commas = 0;
  private firstWord: { readonly row: number; readonly text: string } | undefined;
  private categories: Map<string, number> | undefined = new Map<string, number>();

  constructor(name: string) {
    this.name = name;
  }

  take(cell: string, row: number): void {
    this.rows += 1;
    if (isMissing(cell)) {
      this.missing += 1;
      return;
    }
    if (!Number.isNaN(numberOf(cell, false))) this.points += 1;
    else if (!Number.isNaN(numberOf(cell, true))) this.commas += 1;
    else this.firstWord ??= { row, text: cell.trim().slice(0, MAX_CATEGORY_CHARACTERS) };
    if (this.categories === undefined) return;
    const category = categoryOf(cell);
    this.categories.set(category, (this.categories.get(category) ?? 0) + 1);
    const isFree =
      this.categories.size > MAX_CATEGORIES || category.length > MAX_CATEGORY_CHARACTERS;
    if (isFree) this.categories = undefined;
  }

  profile(): ColumnProfile {
    const present = this.rows - this.missing;
    const numbers = this.points + this.commas;
    const type = this.typeOf(present, numbers);
    return {
      name: this.name,
      type,
      missing: this.missing,
      numbers,
      hasComma: this.commas > 0,
      strays: type === 'number' ? present - numbers : 0,
      firstStray: type === 'number' ? this.firstWord : undefined,
      categories: this.categories ?? new Map<string, number>(),
    };
  }

  private typeOf(present: number, numbers: number): ColumnType {
    if (present === 0) return 'empty';
    if (numbers >= NUMBER_SHARE * present) return 'number';
    // Where most rows have a value of their own it names the row, and says nothing of the next one.
    const isFew = this.categories !== undefined && this.categories.size <= present / 2;
    return isFew ? 'category' : 'text';
  }
}
