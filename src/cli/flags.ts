/**
 * Flags of the command line: one table says what they are called, what they hold and what the help
 * says, and is all that parsing and help know.
 *
 * @module
 */
import { parseArgs } from 'node:util';
import { UsageError } from '../errors.ts';

interface FlagBase {
  /** One line for the help. */
  readonly help: string;
}

interface NumberFlag extends FlagBase {
  /** Name of the value in the help, such as `PORT`. */
  readonly value: string;
  readonly min?: number;
  readonly max?: number;
  readonly default?: number;
  readonly isRequired?: boolean;
}

/** What a flag holds. */
export type Flag =
  /** Present or not. */
  | (FlagBase & { readonly type: 'boolean' })
  /** A text; of the form `pattern`, described by `form`, when there is one. */
  | (FlagBase & {
      readonly type: 'string';
      readonly value: string;
      readonly default?: string;
      readonly isRequired?: boolean;
      /** May be given several times. */
      readonly isList?: boolean;
      readonly pattern?: RegExp;
      readonly form?: string;
    })
  | (NumberFlag & { readonly type: 'integer' | 'number' })
  | (FlagBase & {
      readonly type: 'choice';
      readonly choices: readonly string[];
      readonly default?: string;
      readonly isRequired?: boolean;
    });

/** Flags by name, without the dashes. */
export type Flags = Readonly<Record<string, Flag>>;

/** A command, for its parser and its help. */
export interface Command {
  /** As it is typed: `murmuration serve`. */
  readonly usage: string;
  /** What it does, in a sentence or a few. */
  readonly about: string;
  readonly flags: Flags;
}

type Held<F extends Flag> = F extends { readonly type: 'integer' | 'number' }
  ? number
  : F extends { readonly type: 'choice'; readonly choices: readonly (infer Choice)[] }
    ? Choice
    : string;

type Value<F extends Flag> = F extends { readonly type: 'boolean' }
  ? boolean
  : F extends { readonly isList: true }
    ? readonly string[]
    : F extends { readonly default: unknown } | { readonly isRequired: true }
      ? Held<F>
      : Held<F> | undefined;

/** The values of parsed flags: the default, or undefined, where a flag was not given. */
export type Values<T extends Flags> = { readonly [Name in keyof T]: Value<T[Name]> };

/** What parsing found: values, or that the help is wanted. */
export type Parsed<T extends Flags> =
  { readonly isHelp: true } | { readonly isHelp: false; readonly values: Values<T> };

/** Declares a command; keeps the literal types of its table. */
export function defineCommand<const T extends Flags>(
  command: Omit<Command, 'flags'> & { readonly flags: T },
): Omit<Command, 'flags'> & { readonly flags: T } {
  return command;
}

/**
 * Reads the arguments of a command. `--name VALUE` and `--name=VALUE`; a value that starts with a
 * dash needs the second form, but for numbers and lists of numbers.
 *
 * @throws UsageError that names the flag, what it was given, and what it takes.
 */
export function parseFlags<const T extends Flags>(
  command: { readonly usage: string; readonly flags: T },
  argv: readonly string[],
): Parsed<T> {
  const given = read(command.usage, command.flags, argv);
  if (given['help'] === true) return { isHelp: true };
  const values: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(command.flags)) {
    values[name] = convert(command.usage, name, flag, given[name]);
  }
  return { isHelp: false, values: values as Values<T> };
}

/** The text of `--help`. */
export function helpOf(command: Command): string {
  const rows: [string, string][] = Object.entries(command.flags).map(([name, flag]) => [
    `--${name}${placeholder(flag)}`,
    flag.help + remark(flag),
  ]);
  rows.push(['--help', 'Show this text.']);
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return [
    `Usage: ${command.usage} [flags]`,
    '',
    command.about,
    '',
    'Flags:',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`),
    '',
  ].join('\n');
}

type Given = string | boolean | readonly (string | boolean)[] | undefined;

function read(usage: string, flags: Flags, argv: readonly string[]): Record<string, Given> {
  const options = {
    help: { type: 'boolean' as const },
    ...Object.fromEntries(
      Object.entries(flags).map(([name, flag]) => [
        name,
        {
          type: flag.type === 'boolean' ? ('boolean' as const) : ('string' as const),
          multiple: true,
        },
      ]),
    ),
  };
  for (const argument of argv) {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name !== undefined && !Object.hasOwn(options, name)) {
      throw new UsageError(
        `There is no flag --${name}${suggestion(name, flags)}: see ${usage} --help.`,
      );
    }
  }
  try {
    return parseArgs({
      args: joinNegatives(flags, argv),
      options,
      strict: true,
      allowPositionals: false,
    }).values;
  } catch (error) {
    throw new UsageError(`${explain(error, flags)}: see ${usage} --help.`);
  }
}

/** `--clip -3` as `--clip=-3`: a number after a flag that takes a value is that value. */
function joinNegatives(flags: Flags, argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const flag = flags[/^--([^=]+)$/.exec(joined.at(-1) ?? '')?.[1] ?? ''];
    if (flag !== undefined && flag.type !== 'boolean' && /^-[\d.]/.test(argument)) {
      joined.push(`${joined.pop()!}=${argument}`);
    } else joined.push(argument);
  }
  return joined;
}

function explain(error: unknown, flags: Flags): string {
  const { code, message } = error as { readonly code?: string; readonly message: string };
  const name = /--([a-z-]+)/.exec(message)?.[1];
  switch (code) {
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `"${/'([^']*)'/.exec(message)?.[1] ?? ''}" stands alone: every value follows a flag`;
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE': {
      if (flags[name ?? '']?.type === 'boolean') return `--${name} takes no value`;
      if (name === 'help') return '--help takes no value';
      return `--${name} needs a value; one that starts with a dash is written --${name}=VALUE`;
    }
    default:
      return `Flags are written --name VALUE (${message.split('.', 1)[0]})`;
  }
}

function convert(usage: string, name: string, flag: Flag, given: Given): unknown {
  const all = Array.isArray(given) ? (given as readonly (string | boolean)[]) : [];
  if (flag.type === 'boolean') return all.length > 0;
  const texts = all as readonly string[];
  if (flag.type === 'string' && flag.isList === true) {
    return texts.map((text) => checkText(name, flag, text));
  }
  if (texts.length > 1) {
    throw new UsageError(`--${name} is given ${texts.length} times: give it once.`);
  }
  const text = texts[0];
  if (text === undefined) {
    if (flag.isRequired === true) {
      throw new UsageError(
        `--${name} is missing: add --${name}${placeholder(flag)}, see ${usage} --help.`,
      );
    }
    return flag.default;
  }
  if (flag.type === 'string') return checkText(name, flag, text);
  if (flag.type === 'choice') {
    if (flag.choices.includes(text)) return text;
    throw new UsageError(`--${name} is "${text}": choose ${flag.choices.join(' or ')}.`);
  }
  return toNumber(name, flag, text);
}

function checkText(name: string, flag: Extract<Flag, { type: 'string' }>, text: string): string {
  if (text !== '' && (flag.pattern?.test(text) ?? true)) return text;
  throw new UsageError(
    `--${name} is "${text}": give ${flag.form ?? `a ${flag.value} that is not empty`}.`,
  );
}

function toNumber(
  name: string,
  flag: Extract<Flag, { type: 'integer' | 'number' }>,
  text: string,
): number {
  const { min = -Infinity, max = Infinity } = flag;
  const isWritten = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text);
  const value = isWritten ? Number(text) : Number.NaN;
  const isRight = flag.type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
  if (isRight && value >= min && value <= max) return value;
  const kind = flag.type === 'integer' ? 'a whole number' : 'a number';
  throw new UsageError(`--${name} is "${text}": give ${kind}${rangeOf(min, max)}.`);
}

function rangeOf(min: number, max: number): string {
  if (min !== -Infinity && max !== Infinity) return ` from ${min} to ${max}`;
  if (min !== -Infinity) return ` of at least ${min}`;
  return max === Infinity ? '' : ` of at most ${max}`;
}

function placeholder(flag: Flag): string {
  if (flag.type === 'boolean') return '';
  return flag.type === 'choice' ? ` ${flag.choices.join('|')}` : ` ${flag.value}`;
}

function remark(flag: Flag): string {
  if (flag.type === 'boolean') return '';
  if (flag.isRequired === true) return ' Required.';
  if (flag.type === 'string' && flag.isList === true) return ' May be repeated.';
  return flag.default === undefined ? '' : ` Default: ${flag.default}.`;
}

/** The flag that was probably meant: one that differs by a slip of the finger. */
function suggestion(name: string, flags: Flags): string {
  const near = Object.keys(flags).find((candidate) => distance(name, candidate) <= 2);
  return near === undefined ? '' : ` (did you mean --${near}?)`;
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
