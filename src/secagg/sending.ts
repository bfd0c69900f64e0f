/**
 * What leaves an attempt: messages, signed where a third party must be able to check them, and word
 * of members that broke the protocol.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { encodeBare, encodeSigned } from './envelope.ts';
import { others } from './knowledge.ts';
import { only } from './members.ts';
import { attemptBody, type AttemptMessage } from './messages.ts';

/** Sends a message to all others. Returns its bytes. */
export function sendToAll(
  state: AttemptState,
  message: AttemptMessage,
  effects: Effects,
): Uint8Array {
  return send(state, others(state), message, effects);
}

/** Sends a message to some members. Returns its bytes. */
export function send(
  state: AttemptState,
  to: readonly PeerId[],
  message: AttemptMessage,
  effects: Effects,
): Uint8Array {
  const { suite, signer, tag } = state.setting;
  const body = attemptBody(tag, message);
  const isSigned = ['advertise', 'roster', 'digests', 'lock', 'abort'].includes(message.type);
  const bytes = isSigned
    ? encodeSigned(suite, signer, message.type, body)
    : encodeBare(message.type, body);
  effects.push({ type: 'send', to, message: bytes });
  return bytes;
}

/** Reports that the member at a place broke the protocol; it counts as failed from here on. */
export function violate(
  state: AttemptState,
  place: number,
  evidence: string,
  effects: Effects,
): void {
  state.failed |= only(place);
  effects.push({ type: 'violation', peer: state.setting.proposal.roster[place]!, evidence });
}
