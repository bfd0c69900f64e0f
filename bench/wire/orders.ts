/**
 * What the measurement of the wire tells its peers, and what they answer: the same for Node and for tabs.
 *
 * @module
 */
import type { LinkSignal } from '../../src/peer/link.ts';

/** How one run hands bytes to raw channels. */
export interface Setting {
  /** Bytes of one data-channel message. */
  readonly frameBytes: number;
  /** Bytes that a channel holds before its sender waits. */
  readonly highWaterBytes: number;
  /** Data channels of one connection, used in turns. */
  readonly channels: number;
  readonly isOrdered: boolean;
  /** A full channel is looked at again after this, ms; 0 waits for its own event, which Node has not. */
  readonly pollMs: number;
  /** Bytes on their way to one peer, by its own acknowledgements; 0 leaves it to SCTP. */
  readonly windowBytes: number;
  /** The same to all peers together. */
  readonly budgetBytes: number;
}

/** How a link is made: a bare connection, or the project's own. */
export type LinkKind = 'raw' | 'link';

/** To a peer. */
export type Order =
  | { readonly type: 'open'; readonly to: number; readonly isInitiator: boolean }
  | { readonly type: 'signal'; readonly from: number; readonly signal: WireSignal }
  | {
      readonly type: 'move';
      readonly setting: Setting;
      /** To whom this peer sends, and from whom it waits for as much. */
      readonly to: readonly number[];
      readonly from: readonly number[];
      readonly bytes: number;
    };

/** From a peer. */
export type Answer =
  | { readonly type: 'ready' }
  | { readonly type: 'signal'; readonly to: number; readonly signal: WireSignal }
  | { readonly type: 'linked'; readonly to: number }
  /** It has whatever it waited for. */
  | { readonly type: 'moved'; readonly moved: Moved }
  | { readonly type: 'failed'; readonly message: string };

/** One peer's side of a run. */
export interface Moved {
  /** ms since 1970. */
  readonly began: number;
  readonly ended: number;
  /** Round trips of pings that were sent beside the bytes, ms. */
  readonly pingMs: readonly number[];
  /** Processor time, ms; 0 where it cannot be told. */
  readonly cpuMs: number;
}

/** What a connection says to the other side. */
export type WireSignal = LinkSignal | { readonly type: 'raw'; readonly text: string };

/** The side of the measurement that a peer sees. */
export interface Port {
  answer(answer: Answer): void;
  /** Processor time so far, ms. */
  cpuMs(): number;
}
