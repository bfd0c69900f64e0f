/**
 * What a server counts from its start on: numbers alone, so that nothing in them is about anybody.
 *
 * @module
 */
import type { SignalingErrorCode } from './messages.ts';

/** Messages of the rooms in one direction, and their bytes before framing and TLS. */
export interface Traffic {
  messages: number;
  bytes: number;
}

/** Counts since the start; they only grow. */
export interface Tally {
  /** WebSockets that opened, refused ones included. */
  opened: number;
  /** From clients, whatever became of them. */
  readonly received: Traffic;
  /** To clients. */
  readonly sent: Traffic;
  /** By reason. An `unknown-member` closes nothing: somebody just left. */
  readonly refusals: Record<SignalingErrorCode, number>;
}

/** All zero: also the reasons that never come, so that a graph of them starts at 0. */
export function emptyTally(): Tally {
  return {
    opened: 0,
    received: { messages: 0, bytes: 0 },
    sent: { messages: 0, bytes: 0 },
    refusals: {
      'bad-message': 0,
      'message-too-large': 0,
      'too-many-messages': 0,
      'too-many-rooms': 0,
      'room-full': 0,
      'too-many-connections': 0,
      'version-differs': 0,
      'not-joined': 0,
      'unknown-member': 0,
      'origin-not-allowed': 0,
      'too-slow': 0,
      idle: 0,
    },
  };
}

/** Adds one message. */
export function countInPlace(traffic: Traffic, bytes: number): void {
  traffic.messages += 1;
  traffic.bytes += bytes;
}
