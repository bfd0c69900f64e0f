/**
 * Passing on pieces between two neighbours that have no direct link: bounded, and blind to what is in them.
 *
 * Of the two links, one is direct and the other direct or itself relayed between direct ones, so a way has
 * at most two peers in between. Of each
 * pair and direction at most `CARRY_WINDOW_BYTES` are under way: the receiver says how much it has
 * taken, and only then the sender may send as much again. So the queue of the link to the receiver never
 * holds more than that for each pair, and this peer's own messages wait no longer. Beyond
 * `CARRIED_BYTES_PER_SECOND` the word that something was taken waits, and with it the sender.
 *
 * Invariant: `underWay` of a lane is what was passed on and not yet taken, at most the window and its slack.
 *
 * @module
 */
import {
  CARRIED_BYTES_PER_SECOND,
  CARRIED_PAIR_IDLE_MS,
  CARRY_SLACK_BYTES,
  CARRY_WINDOW_BYTES,
  MAX_CARRIED_PAIRS,
  MAX_CARRIED_PAIRS_PER_PEER,
} from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable, type Step } from '../machine.ts';
import { costOfPiece, type CarryMessage, type CarryRefusal } from './carry-messages.ts';

/** What reaches a carrier. `now` is in ms on a clock that only grows. */
export type CarrierEvent = { readonly now: number } &
  /** A neighbour: linked directly, or through another one. */
  (
    | { readonly type: 'linked'; readonly peer: PeerId; readonly isDirect: boolean }
    | { readonly type: 'unlinked'; readonly peer: PeerId }
    /** A neighbour asks to pass a piece on. */
    | {
        readonly type: 'carry';
        readonly from: PeerId;
        readonly to: PeerId;
        readonly piece: Uint8Array;
      }
    /** `by` has taken bytes that came from `from`. */
    | { readonly type: 'taken'; readonly by: PeerId; readonly from: PeerId; readonly bytes: number }
    /** Time passed. */
    | { readonly type: 'tick' }
  );

/** A message for a neighbour. */
export interface CarrierEffect {
  readonly type: 'send';
  readonly to: PeerId;
  readonly message: CarryMessage;
}

/** One direction of a pair. */
interface Lane {
  readonly from: PeerId;
  readonly to: PeerId;
  /** Passed on, not taken. */
  underWay: number;
  /** Taken, which the sender does not know yet. */
  owed: number;
}

interface Pair {
  readonly lanes: readonly [Lane, Lane];
  usedAt: number;
}

/** What is passed on. */
export interface CarrierState {
  /** And whether their links are direct. */
  readonly neighbours: Map<PeerId, boolean>;
  /** By both ids, the smaller first. */
  readonly pairs: Map<string, Pair>;
  /** Bytes that may be said to be taken now; below 0, the sender waits. */
  allowance: number;
  allowanceAt: number;
}

type Effects = CarrierEffect[];

/** A peer that passes nothing on yet. */
export function createCarrier(now: number): CarrierState {
  return {
    neighbours: new Map(),
    pairs: new Map(),
    allowance: CARRIED_BYTES_PER_SECOND,
    allowanceAt: now,
  };
}

/** One step. */
export function stepCarrier(
  state: CarrierState,
  event: CarrierEvent,
): Step<CarrierState, CarrierEffect> {
  const effects: Effects = [];
  const { now } = event;
  refill(state, now);
  switch (event.type) {
    case 'linked':
      state.neighbours.set(event.peer, event.isDirect);
      break;
    case 'unlinked':
      state.neighbours.delete(event.peer);
      forget(state, event.peer, effects);
      break;
    case 'carry':
      carry(state, event, effects);
      break;
    case 'taken': {
      const lane = laneOf(state, event.from, event.by);
      if (lane === undefined) break;
      const bytes = Math.min(event.bytes, lane.underWay);
      lane.underWay -= bytes;
      lane.owed += bytes;
      break;
    }
    case 'tick':
      for (const [name, { usedAt }] of state.pairs) {
        if (now - usedAt >= CARRIED_PAIR_IDLE_MS) state.pairs.delete(name);
      }
      break;
    default:
      unreachable(event);
  }
  settle(state, effects);
  return [state, effects];
}

/** When the carrier wants a `tick`, ms; Infinity while nothing waits. Idle pairs wait for any event. */
export function carrierDeadline(state: CarrierState): number {
  if (state.allowance > 0) return Infinity;
  return state.allowanceAt + (1 - state.allowance) / (CARRIED_BYTES_PER_SECOND / 1000);
}

function carry(
  state: CarrierState,
  { from, to, piece, now }: CarrierEvent & { type: 'carry' },
  effects: Effects,
): void {
  const refuse = (code: CarryRefusal): void => {
    effects.push({ type: 'send', to: from, message: { type: 'refused', peer: to, code } });
  };
  const legs = [state.neighbours.get(from), state.neighbours.get(to)];
  if (legs[0] === undefined) return;
  // Two relayed legs would make a way of three or more in between.
  if (legs[1] === undefined || !(legs[0] || legs[1])) return refuse('no-link');
  const name = nameOf(from, to);
  let pair = state.pairs.get(name);
  if (pair === undefined) {
    if (isFull(state, from) || isFull(state, to)) return refuse('full');
    pair = { lanes: [laneBetween(from, to), laneBetween(to, from)], usedAt: now };
    state.pairs.set(name, pair);
  }
  pair.usedAt = now;
  const lane = pair.lanes.find((one) => one.from === from)!;
  if (lane.underWay + costOfPiece(piece) > CARRY_WINDOW_BYTES + CARRY_SLACK_BYTES) {
    state.pairs.delete(name);
    refuse('overflow');
    const message = { type: 'refused', peer: from, code: 'overflow' } as const;
    effects.push({ type: 'send', to, message });
    return;
  }
  lane.underWay += costOfPiece(piece);
  effects.push({ type: 'send', to, message: { type: 'carried', peer: from, piece } });
}

/** Tells senders what was taken, as far as the pace allows: one lane after the other. */
function settle(state: CarrierState, effects: Effects): void {
  for (const [name, pair] of [...state.pairs]) {
    for (const lane of pair.lanes) {
      if (lane.owed === 0) continue;
      if (state.allowance <= 0) return;
      // To the end of the row: the next time, the others come first.
      state.pairs.delete(name);
      state.pairs.set(name, pair);
      state.allowance -= lane.owed;
      const message = { type: 'credit', peer: lane.to, bytes: lane.owed } as const;
      effects.push({ type: 'send', to: lane.from, message });
      lane.owed = 0;
    }
  }
}

function refill(state: CarrierState, now: number): void {
  const earned = ((now - state.allowanceAt) * CARRIED_BYTES_PER_SECOND) / 1000;
  state.allowance = Math.min(state.allowance + earned, CARRIED_BYTES_PER_SECOND);
  state.allowanceAt = now;
}

/** The pairs of a peer are over; the other ends hear of it. */
function forget(state: CarrierState, peer: PeerId, effects: Effects): void {
  for (const [name, { lanes }] of state.pairs) {
    const lane = lanes.find(({ to }) => to === peer);
    if (lane === undefined) continue;
    state.pairs.delete(name);
    const message = { type: 'refused', peer, code: 'no-link' } as const;
    effects.push({ type: 'send', to: lane.from, message });
  }
}

function isFull(state: CarrierState, peer: PeerId): boolean {
  if (state.pairs.size >= MAX_CARRIED_PAIRS) return true;
  let count = 0;
  for (const { lanes } of state.pairs.values()) if (lanes.some(({ to }) => to === peer)) count++;
  return count >= MAX_CARRIED_PAIRS_PER_PEER;
}

function laneOf(state: CarrierState, from: PeerId, to: PeerId): Lane | undefined {
  return state.pairs.get(nameOf(from, to))?.lanes.find((lane) => lane.from === from);
}

function laneBetween(from: PeerId, to: PeerId): Lane {
  return { from, to, underWay: 0, owed: 0 };
}

function nameOf(a: PeerId, b: PeerId): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
