/**
 * What a peer of a spam room keeps over a reload: its messages and flags, and nothing that was learned from them.
 *
 * @module
 */
import { WEIGHT_CAP } from '../config.ts';

/** A message that somebody has got, and whether they flagged it. */
export interface FlaggedMessage {
  readonly from: string;
  readonly text: string;
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
