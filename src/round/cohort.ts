/**
 * A cohort of a large room: a line, or the stand-ins of what one level of the grid brings together.
 *
 * To the round machine it is a small room of its own. It differs in three things: peers have seats, of
 * which a roster fills each at most once; what is summed may be a sum already, with the number of
 * those in it as last word; and the result says whom it includes.
 *
 * @module
 */
import { compareBytes, concat, utf8 } from '../bytes.ts';
import {
  childrenOf,
  groupOf,
  hashOfEpoch,
  levelsOfGrid,
  rankOf,
  type Epoch,
  type Grid,
} from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { MIN_BUCKETS, type RoundParameters } from '../secagg/index.ts';

/** Where a cohort is in the grid. */
export interface Cohort {
  readonly grid: Grid;
  /** 0 for a line. */
  readonly level: number;
  /** The line, or the group of that level. */
  readonly group: number;
  /** What is entered for the own seat, above the lines: whom it includes. */
  readonly claim: Uint8Array;
  /** Seats that somebody could take, as far as this peer knows. */
  readonly seats: number;
  /** In the first round of an epoch a cohort waits until then for those that are here, ms. */
  readonly gatherUntil?: number | undefined;
  /** Sums that its vector holds: see `slotsOf`. */
  readonly slots: number;
  /** The round that is summed; seats are taken in another order each round. */
  readonly round: number;
}

/** The seat of a peer: in a line everybody has one, above it each line or group below. */
export function seatOf({ grid, level, group }: Cohort, peer: PeerId): number | undefined {
  const line = grid.lineOf.get(peer);
  if (line === undefined || groupOf(grid, line, level) !== group) return undefined;
  return level === 0 ? grid.lines[line]!.indexOf(peer) : groupOf(grid, line, level - 1);
}

/** Of each seat the peer that comes first. */
export function seated(
  suite: Suite,
  cohort: Cohort,
  candidates: readonly PeerId[],
): readonly PeerId[] {
  if (cohort.level === 0) return candidates;
  const first = new Map<number, { readonly peer: PeerId; readonly rank: Uint8Array }>();
  for (const peer of candidates) {
    const seat = seatOf(cohort, peer);
    if (seat === undefined) continue;
    const rank = rankOf(suite, cohort.grid.epoch, peer, cohort.round);
    const known = first.get(seat);
    if (known === undefined || compareBytes(rank, known.rank) < 0) first.set(seat, { peer, rank });
  }
  return candidates.filter((peer) => first.get(seatOf(cohort, peer) ?? -1)?.peer === peer);
}

/** Whether every peer of a roster has a seat, and none the same as another. */
export function haveOwnSeats(cohort: Cohort, roster: readonly PeerId[]): boolean {
  const seats = roster.map((peer) => seatOf(cohort, peer));
  return !seats.includes(undefined) && new Set(seats).size === roster.length;
}

/** What names a cohort in its messages and signatures, as a room of its own: 32 bytes. */
export function cohortRoom(
  suite: Suite,
  room: Uint8Array,
  epoch: Epoch,
  level: number,
  group: number,
): Uint8Array {
  const place = new Uint8Array(8);
  const view = new DataView(place.buffer);
  view.setUint32(0, level);
  view.setUint32(4, group);
  return suite.hash(concat(utf8('murmuration/1/cohort'), room, hashOfEpoch(suite, epoch), place));
}

/**
 * What is summed in a line: as in the room, but so that the sum of all lines still cannot wrap, and in buckets only
 * where the room searches. The line's sum is then the buckets added up, whatever the room makes of it.
 */
export function lineParameters(parameters: RoundParameters, epoch: Epoch): RoundParameters {
  return {
    ...parameters,
    capacity: epoch.members.length,
    combining: searchesInLines(parameters) ? 'bucket-mean' : undefined,
  };
}

/** Whether lines sum in buckets, for the search. With noise nothing does. */
export function searchesInLines({ search, combining }: RoundParameters): boolean {
  return search !== undefined && combining !== undefined;
}

/**
 * What is summed above the lines: sums as they are, weight word and all, and the number of those in them; at the
 * top of a room with robust combining, in slots.
 */
export function upperParameters(
  parameters: RoundParameters,
  grid: Grid,
  level: number,
): RoundParameters {
  const words = parameters.dimension + (parameters.weightCap > 0 ? 1 : 0) + 1;
  const dimension = slotsOf(parameters, grid, level) * words;
  const line = lineParameters(parameters, grid.epoch);
  return { ...line, dimension, weightCap: 0, combining: undefined };
}

/**
 * Sums that the vector of a cohort above the lines holds. At the top of a room with robust combining each seat has
 * a slot, so that what the lines summed, or groups of them, can be told apart; else there is one.
 */
export function slotsOf({ combining }: RoundParameters, grid: Grid, level: number): number {
  const isRobust = combining !== undefined && combining !== 'bucket-mean';
  if (!isRobust || level !== levelsOfGrid(grid)) return 1;
  const seats = childrenOf(grid, level, 0).length;
  return seats < MIN_BUCKETS ? 1 : seats;
}

/** A sum of the level below in the slot of its seat, zero elsewhere. */
export function inOwnSlot(
  words: Uint32Array<ArrayBuffer>,
  cohort: Cohort,
  peer: PeerId,
): Uint32Array<ArrayBuffer> {
  const { grid, level, group, slots } = cohort;
  if (slots === 1) return words.slice();
  const place = childrenOf(grid, level, group).indexOf(seatOf(cohort, peer)!);
  const vector = new Uint32Array(slots * words.length);
  vector.set(words, place * words.length);
  return vector;
}

/** The cohort that makes the sum of the whole room, to somebody who is not in it. */
export function topCohort(grid: Grid, slots: number): Cohort {
  const claim = new Uint8Array();
  return { grid, level: levelsOfGrid(grid), group: 0, claim, seats: 0, slots, round: 0 };
}
