/**
 * What a peer of a room of any size knows: the room as a whole, its line, and the seats it has taken.
 *
 * A room of up to 15 is one machine, `room`. In a larger one `room` only keeps the model and copies
 * results; the sums are made by further machines of the same kind, each a small room of its own: one
 * for the own line, and one for each level at which this peer stands in for those below.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import type { Grid, MembershipState } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { AttemptInspection } from '../secagg/index.ts';
import type { Call, CohortMessage } from './messages.ts';
import { SCOPE_BYTES } from './messages.ts';
import type { RoundEvent } from './round.ts';
import type { BucketSums, RoundEffect, RoundSetting, RoundState } from './state.ts';

/** Who this peer is, where, and how rooms beyond one cohort are divided. */
export interface GridSetting extends RoundSetting {
  /** Everybody is linked to everybody; else links are opened where lines and seats need them. */
  readonly isMesh: boolean;
  /**
   * Above those of all earlier lives, for gossip about who is here; milliseconds since 1970 are. Undefined in a
   * mesh, and where nobody comes or goes: then the room is divided as its epoch says, and stays so.
   */
  readonly incarnation?: number | undefined;
}

/** One machine among those of a peer. */
export interface Seat {
  /** Names the cohort in messages. */
  readonly scope: Uint8Array;
  readonly scopeName: string;
  machine: RoundState;
  /** When SEAT was said last, above the lines, ms. */
  saidAt?: number;
}

/** What one level brings: a sum as words, the number included last, and whom it includes. */
export interface LevelSum {
  readonly words: Uint32Array<ArrayBuffer>;
  readonly claim: Uint8Array;
  /** Who can stand in for it, in the order in which they do. */
  readonly standIns: readonly PeerId[];
  /** When this peer had it, ms. */
  readonly since: number;
}

/** What a peer knows. */
export interface GridState {
  setting: GridSetting;
  /** The room as a whole. */
  room: RoundState;
  /** How the room is divided; undefined while everybody sums with everybody. */
  grid: Grid | undefined;
  /** Own line; undefined for one that is not in the epoch. */
  line: Seat | undefined;
  /** Seats taken this round, by level from 1. */
  uppers: readonly Seat[];
  /** The sums of this round that this peer holds, by level from 0. */
  sums: readonly LevelSum[];
  /** Seats of the round before: they still help others to its result. */
  past: readonly Seat[];
  /** Topic and scope by which the newest result is given away, and its bytes. */
  total: Total | undefined;
  /** Who is here, where links do not say so. */
  membership: MembershipState | undefined;
  /** Others that gossip holds alive or suspect, and those of them that sum the same. */
  here: ReadonlySet<PeerId>;
  alike: ReadonlySet<PeerId>;
  /** Who sums for the room as long as it has no epoch. */
  founders: readonly PeerId[];
  /** What the founders were chosen from. */
  founding: { readonly alike: ReadonlySet<PeerId>; readonly turn: number } | undefined;
  /** Since when the room is too large for one cohort and has no epoch, ms. */
  foundingSince: number | undefined;
  /** Since when the first round waits for those that gossip names, ms. */
  awaitingSince: number | undefined;
  /** Whether this peer may sum with the whole room. */
  isFounder: boolean;
  /** When links were asked for, ms. */
  dialled: ReadonlyMap<PeerId, number>;
  /** When the room was divided as it is, ms. */
  dividedAt: number;
  /** When each link opened, ms. */
  links: ReadonlyMap<PeerId, number>;
  /** Peers that spoke to this one as a whole room, or are asked about it, though not of the own line. */
  contacts: ReadonlySet<PeerId>;
  /** Peers that say they have a seat, by scope. */
  seated: ReadonlyMap<string, ReadonlySet<PeerId>>;
  /** READYs of cohorts that this peer is not in yet, newest of each peer and scope. */
  early: readonly Early[];
  call: Call;
  callAfter: Call;
  isInspected: boolean;
  /** The division that this peer gave up, since too few of it are left. */
  givenUp: Grid | undefined;
  /** Since when too few are left, ms. */
  thinSince: number | undefined;
  /** Seats taken so far: keeps the numbers of their attempts apart. */
  seatCount: number;
  /** When the attempt of the own line began, ms. */
  startedAt: number;
  /** Kept of the own line's attempt until the total is here. */
  inspection: AttemptInspection | undefined;
  lineSums: BucketSums | undefined;
  /** When the machine wants a `tick` of its own, ms. */
  wakeAt: number;
}

/** The newest result as it is given away. */
export interface Total {
  readonly scope: Uint8Array;
  readonly message: Uint8Array;
  /** Who got it from this peer because it still had a seat: once is enough. */
  readonly given: ReadonlySet<PeerId>;
}

/** A message that came before its cohort. */
export interface Early {
  readonly from: PeerId;
  readonly scopeName: string;
  readonly message: CohortMessage;
}

/** What reaches a peer of a room of any size. */
export type GridEvent =
  | RoundEvent
  /** A message of a topic; its sender need not be linked. */
  | {
      readonly type: 'heard';
      readonly from: PeerId;
      readonly scope: Uint8Array;
      readonly now: number;
    }
  /** The membership machine's deadline has come. `random`: `TICK_WORDS` fresh random words. */
  | { readonly type: 'gossip-tick'; readonly random: Uint32Array; readonly now: number }
  /** This peer goes, and says so. */
  | { readonly type: 'leave'; readonly now: number };

/** What it asks for. */
export type GridEffect =
  | RoundEffect
  /** Open a link to this peer, if there is none. */
  | { readonly type: 'dial'; readonly peer: PeerId }
  /** Say something to whoever hears a topic. */
  | { readonly type: 'publish'; readonly topic: string; readonly message: Uint8Array }
  | { readonly type: 'subscribe'; readonly topic: string; readonly isHeard: boolean };

/** Effects of a step, as they are gathered. */
export type GridEffects = GridEffect[];

/** Whether the own update is, or may be, in a sum of its line: it must enter no other one. */
export function isSummed({ sums, line, setting }: GridState): boolean {
  const isHeld = sums[0]?.standIns.includes(setting.signer.id) === true;
  return isHeld || line?.machine.missed?.isIncluded === true;
}

/** Says that the own update is spent: the room goes on without the sum that it is in. */
export function spend({ room, line }: GridState, effects: GridEffects): void {
  effects.push({
    type: 'failed',
    round: room.round,
    attempt: line?.machine.result?.done.attempt ?? 1,
    reason: 'spent',
    message: 'the room finished the round without this line',
    isSpent: true,
  });
}

/** The name of a cohort in messages: of a line for the whole epoch, above it for one round. */
export function scopeOf(suite: Suite, room: Uint8Array, round: number): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(round));
  return suite.hash(concat(utf8('murmuration/1/scope'), room, number)).slice(0, SCOPE_BYTES);
}
