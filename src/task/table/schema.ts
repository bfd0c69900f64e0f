/**
 * What a room must have in common to learn from tables together, agreed without showing a row.
 *
 * Each peer describes its table: names and types of its columns, names of categories that at least
 * `MIN_CATEGORY_ROWS` of its rows share, and what is to be learned how. Everybody makes the schema out of all
 * descriptions: the same columns, and every category that somebody named. Its hash names everything that
 * follows, so that peers whose schemas differ in anything share no sum.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../../bytes.ts';
import {
  MAX_CATEGORIES,
  MAX_CATEGORY_CHARACTERS,
  MAX_HIDDEN_LAYERS,
  MAX_HIDDEN_UNITS,
  MAX_NOTE_BYTES,
  MAX_TABLE_COLUMNS,
  MAX_TABLE_ROUNDS,
  MAX_TABLE_STEPS,
  MIN_CATEGORY_ROWS,
} from '../../config.ts';
import type { TableProfile } from './columns.ts';
import { TableMistake } from './mistakes.ts';

/** What is learned, and how: chosen by people, the same for all. */
export interface TableSettings {
  /** The column to predict. */
  readonly target: string;
  /** `class`: which of a few; `number`: how much. */
  readonly kind: 'class' | 'number';
  /** Units of each hidden layer; none is logistic or linear regression. */
  readonly hidden: readonly number[];
  readonly rounds: number;
  /** Local steps of a round; with 1, learning together is gradient descent on all rows at once. */
  readonly steps: number;
}

/** A column that is learned from. */
export interface SchemaColumn {
  readonly name: string;
  readonly type: 'number' | 'category';
  /** Names of categories, ascending; empty for numbers. */
  readonly categories: readonly string[];
}

/** What one peer says of its table. */
export interface Description extends TableSettings {
  /** Every column that is to be used, the target included, ascending by name. */
  readonly columns: readonly SchemaColumn[];
}

/** What all agreed on. */
export interface Schema extends TableSettings {
  /** Columns that are learned from, ascending by name. */
  readonly features: readonly SchemaColumn[];
  /** Names of the classes, ascending; empty where the target is a number. */
  readonly classes: readonly string[];
}

/** What comes of several descriptions. */
export type Agreement =
  | { readonly type: 'agreed'; readonly schema: Schema; readonly hash: string }
  /** One sentence for each difference, for a person. */
  | { readonly type: 'differ'; readonly differences: readonly string[] };

/** Defaults that people start from. */
export const DEFAULT_TABLE_SETTINGS = { hidden: [], rounds: 20, steps: 20 } as const;

/** What a person decides about a column, instead of what was found. */
export type ColumnChoice = 'number' | 'category' | 'skip';

/** A numeric target with so few values is taken for classes, unless the person says otherwise. */
const FEW_VALUES = 2;

/** What a target is taken for unless a person says otherwise; undefined where there is no such column. */
export function kindOf(profile: TableProfile, target: string): TableSettings['kind'] | undefined {
  const column = profile.columns.find(({ name }) => name === target);
  if (column === undefined) return undefined;
  const { type, categories } = column;
  const isNumber = type === 'number' && !(categories.size > 0 && categories.size <= FEW_VALUES);
  return isNumber ? 'number' : 'class';
}

/**
 * What a peer tells the others of its table. Rare categories and columns of text stay home.
 *
 * @throws TableMistake when the table does not fit what is to be learned.
 */
export function describe(
  profile: TableProfile,
  settings: TableSettings,
  choices: Readonly<Record<string, ColumnChoice>> = {},
): Description {
  checkSettings(settings);
  const { target, kind } = settings;
  const unknown = Object.keys(choices).find((name) => !isColumn(profile, name));
  if (unknown !== undefined) throw noColumn(profile, unknown, 'settings');
  if (!isColumn(profile, target)) throw noColumn(profile, target, 'no-target');
  const columns = profile.columns.flatMap((column): SchemaColumn[] => {
    const { name } = column;
    const found = column.type === 'number' || column.type === 'category' ? column.type : 'skip';
    const type = name === target ? typeOfTarget(kind) : (choices[name] ?? found);
    if (type === 'skip') return [];
    if (type === 'number') {
      if (column.numbers === 0) throw notNumbers(name, name === target);
      return [{ name, type, categories: [] }];
    }
    if (column.categories.size === 0) throw tooMany(name, name === target);
    const told = [...column.categories].filter(([, rows]) => rows >= MIN_CATEGORY_ROWS);
    return [{ name, type, categories: told.map(([category]) => category).sort(byCode) }];
  });
  if (columns.length < 2) {
    throw new TableMistake(
      'no-columns',
      `There is no column to learn from beside "${target}": numbers, or words of which there are at most ${MAX_CATEGORIES}, are needed.`,
    );
  }
  const description = {
    ...plain(settings),
    columns: columns.sort((a, b) => byCode(a.name, b.name)),
  };
  if (utf8(JSON.stringify(description)).length > MAX_NOTE_BYTES - 64) {
    throw new TableMistake(
      'too-large',
      'The names of columns and categories are too long to be told: leave out columns with many categories.',
    );
  }
  return description;
}

/** Makes the schema of all descriptions, or says how they differ. Names are those that people gave their peers. */
export function agree(own: Description, others: ReadonlyMap<string, Description>): Agreement {
  const differences = [...others].flatMap(([name, theirs]) => differencesOf(own, theirs, name));
  if (differences.length > 0) return { type: 'differ', differences };
  const all = [own, ...others.values()];
  const columns = own.columns.map((column) => {
    const named = all.flatMap(
      ({ columns: theirs }) => theirs.find(({ name }) => name === column.name)!.categories,
    );
    return { ...column, categories: [...new Set(named)].sort(byCode) };
  });
  const large = columns.find(({ categories }) => categories.length > 2 * MAX_CATEGORIES);
  if (large !== undefined) {
    const sentence = `Together, column "${large.name}" has ${large.categories.length} categories: leave it out.`;
    return { type: 'differ', differences: [sentence] };
  }
  const target = columns.find(({ name }) => name === own.target)!;
  const schema = {
    ...plain(own),
    features: columns.filter((column) => column !== target),
    classes: target.categories,
  };
  return { type: 'agreed', schema, hash: hashOfSchema(schema) };
}

/** Lowercase hex SHA-256 of everything that was agreed on. */
export function hashOfSchema(schema: Schema): string {
  const { features, classes } = schema;
  const listed = features.map(({ name, type, categories }) => [name, type, ...categories]);
  const settings = plain(schema);
  return toHex(sha256(utf8(JSON.stringify(['table 1', settings, listed, classes]))));
}

/**
 * Reads a description that another peer sent.
 *
 * @throws TableMistake when it is none, or larger than any can be.
 */
export function readDescription(value: unknown): Description {
  if (!isDescription(value)) {
    throw new TableMistake('columns-differ', 'A peer sent a description of a table that is none.');
  }
  checkSettings(value);
  const columns = value.columns.map(({ name, type, categories }) => ({ name, type, categories }));
  return { ...plain(value), columns };
}

/**
 * Refuses settings that nothing can be learned with.
 *
 * @throws TableMistake naming the setting.
 */
export function checkSettings({ hidden, rounds, steps }: TableSettings): void {
  const isSmall = (units: number): boolean =>
    Number.isInteger(units) && units >= 1 && units <= MAX_HIDDEN_UNITS;
  if (hidden.length > MAX_HIDDEN_LAYERS || !hidden.every(isSmall)) {
    throw new TableMistake(
      'settings',
      `Hidden layers are ${hidden.join('-')}: choose none, or up to ${MAX_HIDDEN_LAYERS} of 1 to ${MAX_HIDDEN_UNITS} units.`,
    );
  }
  for (const [name, value, most] of [
    ['Rounds', rounds, MAX_TABLE_ROUNDS],
    ['Steps', steps, MAX_TABLE_STEPS],
  ] as const) {
    if (Number.isInteger(value) && value >= 1 && value <= most) continue;
    throw new TableMistake('settings', `${name} are ${value}: choose 1 to ${most}.`);
  }
}

function differencesOf(own: Description, theirs: Description, peer: string): readonly string[] {
  const told: string[] = [];
  const compare = (what: string, here: string, there: string): void => {
    if (here !== there) told.push(`${peer} has ${what} ${there}; here it is ${here}.`);
  };
  compare('the target', `"${own.target}"`, `"${theirs.target}"`);
  compare('as kind of answer', wordOf(own.kind), wordOf(theirs.kind));
  compare('as hidden layers', layersOf(own), layersOf(theirs));
  compare('as number of rounds', String(own.rounds), String(theirs.rounds));
  compare('as steps in a round', String(own.steps), String(theirs.steps));
  const here = new Map(own.columns.map((column) => [column.name, column.type]));
  const there = new Map(theirs.columns.map((column) => [column.name, column.type]));
  for (const [name, type] of here) {
    const other = there.get(name);
    if (other === undefined) {
      told.push(
        `${peer} has no column "${name}": leave it out here, or let ${peer} add or rename one.`,
      );
    } else compare(`column "${name}" as`, typeWord(type), typeWord(other));
  }
  for (const name of there.keys()) {
    if (!here.has(name)) {
      told.push(
        `${peer} has a column "${name}" that is not here: let ${peer} leave it out, or add or rename one.`,
      );
    }
  }
  return told;
}

function plain({ target, kind, hidden, rounds, steps }: TableSettings): TableSettings {
  return { target, kind, hidden: [...hidden], rounds, steps };
}

function typeOfTarget(kind: TableSettings['kind']): 'number' | 'category' {
  return kind === 'number' ? 'number' : 'category';
}

function wordOf(kind: TableSettings['kind']): string {
  return kind === 'number' ? 'a number' : 'a class';
}

function typeWord(type: SchemaColumn['type']): string {
  return type === 'number' ? 'numbers' : 'categories';
}

function layersOf({ hidden }: TableSettings): string {
  return hidden.length === 0 ? 'none' : hidden.join('-');
}

function isColumn(profile: TableProfile, name: string): boolean {
  return profile.columns.some((column) => column.name === name);
}

function noColumn(
  profile: TableProfile,
  name: string,
  code: 'no-target' | 'settings',
): TableMistake {
  const names = profile.columns.map((column) => column.name);
  const shown = names.length > 12 ? `${names.slice(0, 12).join(', ')}, ...` : names.join(', ');
  return new TableMistake(code, `There is no column "${name}": the file has ${shown}.`);
}

function notNumbers(name: string, isTarget: boolean): TableMistake {
  return new TableMistake(
    isTarget ? 'target-type' : 'not-a-number',
    `Column "${name}" holds no numbers: ${isTarget ? 'predict its classes instead' : 'take it for categories, or leave it out'}.`,
  );
}

function tooMany(name: string, isTarget: boolean): TableMistake {
  return new TableMistake(
    isTarget ? 'target-type' : 'too-large',
    `Column "${name}" has more than ${MAX_CATEGORIES} different values, or none: ${isTarget ? 'predict it as a number, or choose another column' : 'leave it out'}.`,
  );
}

/** The same order on every engine and in every language. */
function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function isDescription(value: unknown): value is Description {
  if (!isObject(value)) return false;
  const { target, kind, hidden, rounds, steps, columns } = value;
  return (
    isName(target) &&
    (kind === 'class' || kind === 'number') &&
    isListOf(hidden, isNumber, MAX_HIDDEN_LAYERS) &&
    isNumber(rounds) &&
    isNumber(steps) &&
    isListOf(columns, isSchemaColumn, MAX_TABLE_COLUMNS) &&
    isAscending(columns.map(({ name }) => name)) &&
    columns.some(({ name, type }) => name === target && type === typeOfTarget(kind))
  );
}

function isSchemaColumn(value: unknown): value is SchemaColumn {
  if (!isObject(value)) return false;
  const { name, type, categories } = value;
  return (
    isName(name) &&
    (type === 'number' || type === 'category') &&
    isListOf(categories, isName, MAX_CATEGORIES) &&
    isAscending(categories) &&
    (type === 'category' || categories.length === 0)
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** A name is shown as text, never as anything else. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= 4 * MAX_CATEGORY_CHARACTERS;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isListOf<T>(
  value: unknown,
  isItem: (item: unknown) => item is T,
  most: number,
): value is readonly T[] {
  return Array.isArray(value) && value.length <= most && value.every(isItem);
}

function isAscending(names: readonly string[]): boolean {
  return names.every((name, at) => at === 0 || byCode(names[at - 1]!, name) < 0);
}
