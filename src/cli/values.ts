/**
 * The values of `murmuration peer --task sum`: a list on the command line, or a file for long ones.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { MAX_VECTOR_WORDS, SUM_CLIP } from '../config.ts';
import { UsageError } from '../errors.ts';

/** Where the values come from. */
export interface ValueFlags {
  /** Numbers with commas. */
  readonly values: string | undefined;
  /** A file that holds a JSON array of numbers, or one number a line. */
  readonly 'values-file': string | undefined;
  readonly clip: number | undefined;
}

/**
 * Reads the values.
 *
 * @throws UsageError that names the flag, or the line of the file, and says what to do.
 */
export function readValues(flags: ValueFlags): Float64Array {
  const clip = flags.clip ?? SUM_CLIP;
  if (!(clip > 0 && clip <= 1e30)) {
    throw new UsageError(`--clip is ${clip}: choose a bound above 0, such as ${SUM_CLIP}.`);
  }
  if (flags.values !== undefined && flags['values-file'] !== undefined) {
    throw new UsageError('--values and --values-file are both there: give one of them.');
  }
  if (flags.values !== undefined) {
    const parts = flags.values.split(',');
    return numbersOf(parts, clip, '--values', 'give numbers with commas, such as 1,2.5,-3');
  }
  const file = flags['values-file'];
  if (file === undefined) {
    throw new UsageError(
      '--task sum needs --values, a list of numbers such as --values 1,2.5,-3, or --values-file.',
    );
  }
  const text = textOf(file);
  const form = 'give a JSON array of numbers, or one number a line';
  return numbersOf(text.startsWith('[') ? arrayOf(file, text) : linesOf(text), clip, file, form);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--values-file cannot be read (${reason}): name a file that exists.`);
  }
}

function arrayOf(file: string, text: string): readonly unknown[] {
  try {
    return JSON.parse(text) as readonly unknown[];
  } catch {
    throw new UsageError(`${file} begins like a JSON array and is none: check that it is whole.`);
  }
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(/\r?\n/);
}

function numbersOf(
  parts: readonly unknown[],
  clip: number,
  source: string,
  form: string,
): Float64Array {
  if (parts.length < 1 || parts.length > MAX_VECTOR_WORDS) {
    throw new UsageError(`${source} holds ${parts.length} values: give 1 to ${MAX_VECTOR_WORDS}.`);
  }
  const values = new Float64Array(parts.length);
  for (const [at, part] of parts.entries()) {
    const isWritten = typeof part === 'number' || (typeof part === 'string' && part.trim() !== '');
    const value = isWritten ? Number(part) : Number.NaN;
    if (!Number.isFinite(value)) {
      const shown = typeof part === 'string' ? `"${part.slice(0, 40)}"` : 'something else';
      throw new UsageError(`${source} holds ${shown} as value ${at + 1}: ${form}.`);
    }
    if (Math.abs(value) > clip) {
      throw new UsageError(
        `${source} holds ${value}, beyond --clip ${clip}: raise it for everybody.`,
      );
    }
    values[at] = value;
  }
  return values;
}
