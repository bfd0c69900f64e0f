/**
 * What peers that learn from tables tell each other beside sums: columns, and how far they are.
 *
 * @module
 */
import { utf8 } from '../bytes.ts';
import { MAX_TABLE_ROUNDS } from '../config.ts';
import type { Note } from '../round/messages.ts';
import { readDescription, type Description } from '../task/table/schema.ts';

/** The topic of these notes. */
export const TABLE_TOPIC = 'table';

/** A note about tables. */
export type TableNote =
  /** What the table holds; `ready` is the hash of the schema that this peer would begin with. */
  | { readonly type: 'offer'; readonly description: Description; readonly ready: string }
  /** It learns: the step that it is ready for, of the plan with this hash. */
  | { readonly type: 'step'; readonly hash: string; readonly step: number }
  /** It has just come to the tables, and wants to hear what the others have. */
  | { readonly type: 'ask' }
  /** It has no table to learn from, any more. */
  | { readonly type: 'none' };

/** The note as it is sent. */
export function encodeTableNote(note: TableNote): Note {
  return { topic: TABLE_TOPIC, body: utf8(JSON.stringify(note)) };
}

/** Reads a note; undefined for what no honest peer of this version would send. */
export function readTableNote({ topic, body }: Note): TableNote | undefined {
  if (topic !== TABLE_TOPIC) return undefined;
  try {
    const value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
    return noteOf(value);
  } catch {
    return undefined;
  }
}

function noteOf(value: unknown): TableNote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, description, ready, hash, step } = value as Readonly<Record<string, unknown>>;
  switch (type) {
    case 'offer':
      if (!isHash(ready) && ready !== '') return undefined;
      return { type, description: readDescription(description), ready };
    case 'step':
      if (!isHash(hash) || !isStep(step)) return undefined;
      return { type, hash, step };
    case 'ask':
    case 'none':
      return { type };
    default:
      return undefined;
  }
}

function isHash(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
}

/** Statistics are step 0, rounds follow, the test comes after them, and past it is the end. */
function isStep(value: unknown): value is number {
  return (
    typeof value === 'number' &&
    Number.isInteger(value) &&
    value >= 0 &&
    value <= MAX_TABLE_ROUNDS + 2
  );
}
