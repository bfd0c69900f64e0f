/**
 * What a session is made of, and what happens in it.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Masker, RoomStore, Store, Suite, Transport } from '../ports.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { Note } from '../round/messages.ts';
import type { ANYBODY } from '../round/roster.ts';
import type { RoundState } from '../round/round.ts';
import type { RoundParameters, Signer } from '../secagg/index.ts';
import type { Kept } from './keeping.ts';
import type { Learner } from './learner.ts';
import type { Searching } from './searching.ts';
import type { SpamLearner } from './spam-learner.ts';
import type { AggregateResult } from './summing.ts';
import type { FailureView, ProblemView, ResultView } from './view.ts';

/** What happens in a session, for programs; `SessionView` is for pages. */
export type SessionEvent =
  | { readonly type: 'peer-joined'; readonly peer: PeerId }
  | { readonly type: 'peer-left'; readonly peer: PeerId }
  | {
      readonly type: 'round';
      readonly result: ResultView;
      /** With the task `sum`. */
      readonly aggregate: AggregateResult | undefined;
      /** With a heat-map or spam, 0 to 1: on the true map, or on messages kept apart, so seen only in a demonstration. */
      readonly accuracy: { readonly local: number; readonly federation: number } | undefined;
      /** With noise: what all rounds so far tell of this peer's data, the others being honest. */
      readonly epsilon: number | undefined;
    }
  | { readonly type: 'round-failed'; readonly failure: FailureView }
  /** What another peer tells beside rounds; whoever reads it checks it. */
  | { readonly type: 'note'; readonly from: PeerId; readonly note: Note }
  | { readonly type: 'problem'; readonly problem: ProblemView };

/** What a session is made of. */
export interface SessionOptions {
  readonly suite: Suite;
  readonly signer: Signer;
  readonly transport: Transport;
  /** Puts masks on large vectors; this thread does unless given. */
  readonly masker?: Masker | undefined;
  /** Keeps what a peer that comes back must know; undefined for one that cannot. */
  readonly store: Store | undefined;
  /** The part of the same store that belongs to another task. */
  readonly storeOf: (task: string) => RoomStore | undefined;
  readonly kept: Kept;
  readonly room: { readonly name: string; readonly isOpen: boolean; readonly hash: Uint8Array };
  readonly parameters: RoundParameters;
  /** The first model, shape [dimension]; empty for a bare sum. */
  readonly model: Float32Array;
  /** Starts the learning side, from where the rounds stand. */
  readonly learner:
    | ((
        restored: RoundState,
        changed: () => void,
        problem: ProblemSink,
      ) => Promise<Learner | SpamLearner>)
    | undefined;
  readonly name: string;
  readonly kind: 'tab' | 'program';
  readonly minPeers: number;
  /** How much of a large vector this peer sums, relative to the others; 1 unless given. */
  readonly uplink?: number | undefined;
  readonly trustsAnybody: boolean;
  /** Where everybody opted in to search for spoiled contributions. */
  readonly searching?: Searching | undefined;
  /** The noise this peer comes with. */
  readonly noise: NoiseSetting | undefined;
  /** Spending stops before epsilon exceeds this. */
  readonly budget: number | undefined;
  /** Requests of these peers are agreed to at once; '*': those of everybody (a program has no person to ask). */
  readonly agreesWith: PeerId | typeof ANYBODY | undefined;
}

/** Hears of something that a person must know. */
export type ProblemSink = (code: string, message: string) => void;
