/**
 * What peers that ask each other tell beside sums: questions, and who would answer them. Never an answer.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { toHex, utf8 } from '../bytes.ts';
import { MAX_LINKS } from '../config.ts';
import { isPeerId, type PeerId } from '../ids.ts';
import type { Note } from '../round/messages.ts';
import { checkedQuestion, type Question } from '../task/question.ts';

/** The topic of these notes. */
export const ASK_TOPIC = 'ask';

/** A note about questions. A question is named by its hash and who asks it. */
export type AskNote =
  /** The sender asks; `serial` tells apart the times that it asks the same. */
  | { readonly type: 'question'; readonly question: Question; readonly serial: number }
  /** The sender would answer, or would not. */
  | { readonly type: 'reply'; readonly name: string; readonly accepts: boolean }
  /** The sender, who asks, has all the replies it waits for: these, who accepted, give their answers now. */
  | { readonly type: 'go'; readonly name: string; readonly company: readonly PeerId[] }
  /** The sender does not want to know any more. */
  | { readonly type: 'withdrawn'; readonly name: string }
  /** The sender has just come, and wants to hear what is asked. */
  | { readonly type: 'hello' };

/** The note as it is sent. */
export function encodeAskNote(note: AskNote): Note {
  return { topic: ASK_TOPIC, body: utf8(JSON.stringify(note)) };
}

/** Reads a note; undefined for what no honest peer of this version would send. */
export function readAskNote({ topic, body }: Note): AskNote | undefined {
  if (topic !== ASK_TOPIC) return undefined;
  try {
    return noteOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown);
  } catch {
    return undefined;
  }
}

/** What names a question: 32 hexadecimal digits, the same for everybody who reads it alike. */
export function nameOfQuestion(asker: string, question: Question, serial: number): string {
  const { text, kind, low, high, edges, unit, minGroup, epsilon } = question;
  const parts = [text, kind, low, high, edges, unit, minGroup, epsilon].map((part) => part ?? null);
  const said = utf8(JSON.stringify(['murmuration/1/question', asker, serial, ...parts]));
  return toHex(sha256(said)).slice(0, 32);
}

function noteOf(value: unknown): AskNote | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, question, serial, name, accepts, company } = value as Readonly<
    Record<string, unknown>
  >;
  switch (type) {
    case 'question':
      if (!Number.isInteger(serial) || typeof question !== 'object' || question === null)
        return undefined;
      if (typeof (question as Question).text !== 'string') return undefined;
      return { type, question: checkedQuestion(question as Question), serial: serial as number };
    case 'reply':
      return isName(name) && typeof accepts === 'boolean' ? { type, name, accepts } : undefined;
    case 'go':
      if (!isName(name) || !isCompany(company)) return undefined;
      return { type, name, company };
    case 'withdrawn':
      return isName(name) ? { type, name } : undefined;
    case 'hello':
      return { type };
    default:
      return undefined;
  }
}

function isCompany(value: unknown): value is readonly PeerId[] {
  return Array.isArray(value) && value.length <= MAX_LINKS && value.every(isPeerId);
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value);
}
