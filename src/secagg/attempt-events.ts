/**
 * What reaches an attempt, what it asks for, and how it ends: the outside of the machine in `protocol.ts`.
 *
 * @module
 */
import type { FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { StreamTerm } from '../ports.ts';
import type { Envelope } from './envelope.ts';
import type { AttemptMessage } from './messages.ts';

/** What reaches an attempt. `now` is in ms on a clock that only grows. */
export type AttemptEvent = { readonly now: number } & (
  | { readonly type: 'received'; readonly from: PeerId; readonly message: ReceivedMessage }
  /** The own update as words; the state owns the array. */
  | { readonly type: 'contribution'; readonly words: Uint32Array }
  /** "Contributed" is kept durably: masked words may leave. */
  | { readonly type: 'stored' }
  /** The answer to `mask`; undefined when it could not be done, and the words are lost. */
  | {
      readonly type: 'masked';
      readonly job: MaskJob;
      readonly words: Uint32Array<ArrayBuffer> | undefined;
    }
  /** The link to a member closed. */
  | { readonly type: 'gone'; readonly peer: PeerId }
  /** A link to a member opened, perhaps in place of one that lost something. */
  | { readonly type: 'linked'; readonly peer: PeerId }
  /** This member wants out. */
  | { readonly type: 'abort'; readonly reason: FailureReason }
  /** Time passed. */
  | { readonly type: 'tick' }
);

/** Putting the masks on the own update, or taking those of the survivors off the sum. */
export type MaskJob = 'on' | 'off';

/** A decoded message and the bytes it came in. */
export interface ReceivedMessage {
  readonly content: AttemptMessage;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** What an attempt asks for. */
export type AttemptEffect =
  | { readonly type: 'send'; readonly to: readonly PeerId[]; readonly message: Uint8Array }
  /** Keep the mark "contributed" durably, then say `stored`. */
  | { readonly type: 'store' }
  /** Add these keystreams to the words, which are handed over, then say `masked`. */
  | {
      readonly type: 'mask';
      readonly job: MaskJob;
      readonly words: Uint32Array<ArrayBuffer>;
      readonly terms: readonly StreamTerm[];
    }
  /** A member broke the protocol; `evidence` says how. */
  | { readonly type: 'violation'; readonly peer: PeerId; readonly evidence: string }
  | { readonly type: 'outcome'; readonly outcome: AttemptOutcome };

/** The effects of a step so far, in order: the functions of a step add to its end. */
export type Effects = AttemptEffect[];

/** How an attempt ends for this member; said once. */
export type AttemptOutcome =
  | {
      readonly type: 'result';
      readonly words: Uint32Array;
      readonly included: readonly PeerId[];
      /** Who is in each sum that `words` holds: everybody, or one bucket after the other. */
      readonly buckets: readonly (readonly PeerId[])[];
      readonly failed: readonly PeerId[];
      /** What each member claimed to stand for, by place in the roster. */
      readonly claims: readonly Uint8Array[];
      /** 32 bytes that nobody could choose or foresee, the same for everybody. */
      readonly beacon: Uint8Array;
      /** The own contribution and its masks, where the setting asks for them. */
      readonly inspection: AttemptInspection | undefined;
    }
  /** The others have or will have a result that this member cannot compute: fetch it. */
  | { readonly type: 'missed'; readonly included: readonly PeerId[] }
  | {
      readonly type: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      /** The contribution may be known to others, so it must never be masked again. */
      readonly isSpent: boolean;
      readonly failed: readonly PeerId[];
    };

/** What left this member, and what it was made of. */
export interface AttemptInspection {
  readonly updateWords: Uint32Array;
  readonly masks: readonly {
    readonly peer: PeerId | undefined;
    readonly sign: 1 | -1;
    readonly words: Uint32Array;
  }[];
  readonly masked: Uint32Array;
}
