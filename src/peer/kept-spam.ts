/**
 * What a peer of a spam room keeps over a reload: its messages and flags, and nothing that was learned from them.
 *
 * @module
 */
import { WEIGHT_CAP } from '../config.ts';

/** A message that somebody has got, and whether they flagged it. */
export interface FlaggedMessage {
  /** Who sent it, as the person has it. */
  readonly from: string;
  /** What it says; it never leaves this device. */
  readonly text: string;
  /** The person says that it is spam. */
  readonly isFlagged: boolean;
}

/** The learning side of a peer of a spam room. */
export interface KeptSpam {
  /** Whose messages it started from. */
  readonly inbox: number;
  readonly messages: readonly FlaggedMessage[];
}

/** Whether something from a store is that. */
export function isKeptSpam(value: unknown): value is KeptSpam {
  const kept = value as Partial<KeptSpam> | undefined;
  return (
    Number.isInteger(kept?.inbox) &&
    Array.isArray(kept?.messages) &&
    kept.messages.length <= WEIGHT_CAP &&
    kept.messages.every(isMessage)
  );
}

function isMessage(value: unknown): boolean {
  const message = value as Partial<FlaggedMessage> | undefined;
  return (
    typeof message?.from === 'string' &&
    typeof message.text === 'string' &&
    typeof message.isFlagged === 'boolean'
  );
}
