/**
 * What a peer of a room knows, is told once, and asks for.
 *
 * @module
 */
import type { FailureReason } from '../errors.ts';
import type { Epoch } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import type { StreamTerm, Suite } from '../ports.ts';
import type {
  AttemptInspection,
  AttemptState,
  Encoding,
  EpochChange,
  MaskJob,
  ReceivedMessage,
  RoundParameters,
  Signer,
} from '../secagg/index.ts';
import type { Blame } from './blame.ts';
import type { Cohort } from './cohort.ts';
import type { ScatterSetting } from './data-plane.ts';
import type { Requests } from './leave-out.ts';
import type { Call, Done, Ready, ResultMessage } from './messages.ts';
import type { RoundResult } from './result.ts';
import type { PartialResult } from './result-parts.ts';
import type { Link } from './roster.ts';

/** Random bytes kept at hand: enough for one attempt of the largest cohort and a proposal. */
export const ENTROPY_BYTES = 1024;

/** DONEs of unknown results that are kept of one peer: one a round, and rounds come one by one. */
export const MAX_UNKNOWN_DONES = 3;

/** Messages of unknown attempts that are kept of one peer: ADVERTISE, ROSTER and ABORT of two. */
export const MAX_EARLY = 6;

/** Attempts by which a peer may be ahead: a larger number is a lie that would use the numbers up. */
export const MAX_ATTEMPTS_AHEAD = 64;

/** Attempts that are remembered as over: more than honest leaders propose in a round. */
export const MAX_CLOSED = 64;

/** Of them, those of one leader; it is answered no further. */
export const MAX_CLOSED_OF_LEADER = 16;

/** Who this peer is, where, and what it sums. */
export interface RoundSetting {
  readonly suite: Suite;
  readonly signer: Signer;
  /** SHA-256 of what names the room, 32 bytes. */
  readonly room: Uint8Array;
  readonly parameters: RoundParameters;
  /** Smallest roster and result this peer accepts; 3 at least, but for two who trust each other. */
  readonly minPeers: number;
  /** Where the machine is in the grid of a large room; undefined for a room of one cohort. */
  readonly cohort?: Cohort | undefined;
  /** How much of a large vector this peer would sum, relative to the others: 0 to 255, 1 unless given. */
  readonly uplink?: number | undefined;
  /** From how many words on vectors are scattered, and in tiles of how many; the agreed ones unless given. */
  readonly scatter?: ScatterSetting | undefined;
}

/** Where a peer was before, from its store. */
export interface Restored {
  /** The highest attempt whose contribution may have left. */
  readonly joined: { readonly round: number; readonly attempt: number } | undefined;
  /** The newest result. */
  readonly result: ResultMessage | undefined;
}

/** What a round machine knows. */
export interface RoundState {
  setting: RoundSetting;
  /** The round that comes next; the room counts its results from 1. */
  round: number;
  /** The attempt that comes next, from 1. */
  attempt: number;
  /** Number of attempts this peer was in. */
  serial: number;
  /** Global parameters, shape [P]; empty for a bare sum. */
  model: Float32Array;
  base: Uint8Array;
  call: Call;
  callAfter: Call;
  /** A line that has its sum waits for that of the room. */
  isHeld: boolean;
  trusts: string;
  isInspected: boolean;
  entropy: Uint8Array;
  links: ReadonlyMap<PeerId, Link>;
  blame: Blame;
  requests: Requests;
  /** The attempt under way. */
  current: AttemptState | undefined;
  /** When the attempt under way was accepted, ms. */
  startedAt: number;
  /** The newest finished attempt: the others may still need this peer's help. */
  previous: AttemptState | undefined;
  result: RoundResult | undefined;
  /** DONEs of results that this peer does not have yet. */
  dones: readonly { readonly signer: PeerId; readonly done: Done; readonly bytes: Uint8Array }[];
  /** Messages of attempts whose PROPOSE has not come yet: links are not ordered among each other. */
  early: readonly Early[];
  /** When the newest result came, ms: given away at once with a certificate, after a while without. */
  enteredAt: number;
  /** Peers that wait for the newest result. */
  askers: readonly PeerId[];
  /** When peers were given the newest result last, ms. */
  given: ReadonlyMap<PeerId, number>;
  /** An attempt that the others finished, and this peer could not: its result is fetched. */
  missed:
    | {
        /** It summed nothing. */
        readonly isFounding: boolean;
        readonly isIncluded: boolean;
        readonly until: number;
      }
    | undefined;
  fetching:
    | {
        readonly peer: PeerId;
        readonly until: number;
        /** What is here of a large result. */
        readonly partial?: PartialResult | undefined;
      }
    | undefined;
  /** Bytes of the newest result that each peer has got in parts: it is given those that follow. */
  parts: ReadonlyMap<PeerId, number>;
  /** When the round was first seen called, ms. */
  calledAt: number;
  /** The attempt whose leader is awaited, and since when, ms. */
  due: { readonly attempt: number; readonly since: number } | undefined;
  /** Nothing is proposed before, ms. */
  notBefore: number;
  /** When `lead` wants to look again, ms. */
  wakeAt: number;
  /** The highest attempt that this peer, or an earlier life of it, may have contributed to. */
  joined: { readonly round: number; readonly attempt: number };
  /** What `joined` was when this life began: it may have signed LOCK in any attempt up to this one. */
  inherited: { readonly round: number; readonly attempt: number };
  /** Attempts of this round and the last that this peer was in or refused: it answers none of them again. */
  closed: readonly ClosedAttempt[];
  /** READY as the others have it. */
  announced: Ready | undefined;
  /** The newest epoch of the room, also where this machine is none of its cohorts. */
  epoch: Epoch | undefined;
  /** How this peer would divide the room, if it led the next attempt. */
  change: EpochChange | undefined;
}

/** An attempt that is over for this peer. */
export interface ClosedAttempt {
  readonly round: number;
  readonly leader: PeerId;
  readonly tag: Uint8Array;
}

/** A message that came before its proposal. */
export interface Early {
  readonly from: PeerId;
  readonly tag: Uint8Array;
  readonly message: ReceivedMessage;
}

/** What a peer asks for. */
export type RoundEffect =
  | { readonly type: 'send'; readonly to: readonly PeerId[]; readonly message: Uint8Array }
  /** Answer with `entropy`. */
  | { readonly type: 'draw' }
  /** Answer with `contribution`, encoded in this way. */
  | { readonly type: 'contribute'; readonly serial: number; readonly encoding: Encoding }
  /** Add these keystreams to the words, which are handed over, then answer `masked`. */
  | {
      readonly type: 'mask';
      readonly serial: number;
      readonly job: MaskJob;
      readonly words: Uint32Array<ArrayBuffer>;
      readonly terms: readonly StreamTerm[];
    }
  /** Keep durably that this attempt was contributed to, then answer `stored`. */
  | {
      readonly type: 'store';
      readonly serial: number;
      readonly round: number;
      readonly attempt: number;
      /** It sums nothing, so nothing of this peer's is spent in it. */
      readonly isNothing: boolean;
    }
  | { readonly type: 'result'; readonly report: RoundReport }
  | {
      readonly type: 'failed';
      readonly round: number;
      readonly attempt: number;
      readonly reason: FailureReason;
      readonly message: string;
      /** Drop the pending update: it must never be sent again. */
      readonly isSpent: boolean;
    }
  | { readonly type: 'violation'; readonly peer: PeerId; readonly evidence: string }
  /** A linked peer sums something else. */
  | {
      readonly type: 'differs';
      readonly peer: PeerId;
      readonly field: string;
      readonly own: string;
      readonly theirs: string;
    };

/** The sums of one cohort of fresh updates, bucket by bucket: of the room, or of this peer's line. */
export interface BucketSums {
  /** Names the cohort: votes on its buckets mean nothing in another one. */
  readonly cohort: string;
  /** What it was summed under. */
  readonly parameters: RoundParameters;
  readonly roster: readonly PeerId[];
  /** Who is in each sum: all that are included, or one bucket after the other. */
  readonly buckets: readonly (readonly PeerId[])[];
  /** The sums, one after the other, weight word and all. */
  readonly words: Uint32Array;
}

/** A result, for whoever drives the machine. */
export interface RoundReport {
  readonly round: number;
  readonly attempt: number;
  readonly roster: readonly PeerId[];
  readonly included: readonly PeerId[];
  readonly words: Uint32Array;
  /** The new global parameters, shape [P]. */
  readonly model: Float32Array;
  readonly resultHash: string;
  /** From accepting the proposal to the result, ms; 0 for a copy. */
  readonly durationMs: number;
  /** The epoch that begins with the next round, where one does. */
  readonly epoch: Epoch | undefined;
  /** What was summed where this peer was, if that may be in buckets; undefined in a copy. */
  readonly sums?: BucketSums | undefined;
  /** Taken over from others, without the own update. */
  readonly isCopied: boolean;
  readonly inspection: AttemptInspection | undefined;
}

/** Effects of a step, as they are gathered. */
export type Effects = RoundEffect[];

export function send(effects: Effects, to: readonly PeerId[], message: Uint8Array): void {
  if (to.length > 0) effects.push({ type: 'send', to, message });
}

/** A list with one more item, of which only the newest `max` of each peer stay. */
export function withNewest<Item>(
  items: readonly Item[],
  item: Item,
  peerOf: (item: Item) => PeerId,
  max: number,
): readonly Item[] {
  const own = items.filter((known) => peerOf(known) === peerOf(item));
  const dropped = own.slice(0, Math.max(0, own.length + 1 - max));
  return [...items.filter((known) => !dropped.includes(known)), item];
}

export function violate(effects: Effects, peer: PeerId, evidence: string): void {
  effects.push({ type: 'violation', peer, evidence });
}
