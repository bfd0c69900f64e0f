/**
 * When a room is divided, how it goes over to lines and back, and who is asked to join.
 *
 * The record of an epoch comes with a certified result, so everybody who has the result divides alike.
 * Who leads the highest attempt proposes the next record from who is here (`here.ts`). A room of which too
 * few are left sums as one cohort again, without waiting for a record that the rest may never make.
 *
 * @module
 */
import {
  EPOCH_ROUNDS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_COHORT,
  MIN_COHORT,
  MIN_LINE,
  SETTLED_LINK_MS,
  SMALL_LINE,
  THIN_ROOM,
} from '../config.ts';
import { gridOf, isSameEpoch, linesOf } from '../gossip/index.ts';
import { compareIds, type PeerId } from '../ids.ts';
import { MAX_CHANGED, type EpochChange } from '../secagg/index.ts';
import { cohortRoom, lineParameters, searchesInLines } from './cohort.ts';
import { leastInLine } from './founding.ts';
import { isSummed, spend, type GridEffects, type GridState } from './grid-state.ts';
import { dial, gossip, isHere, knowsRoom, settledPeers } from './here.ts';
import { createSeat, stepLine, stepRoom, type Reported } from './machines.ts';

/** Goes over to what the room's newest result says, if that is another division than the present one. */
export function follow(
  state: GridState,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const { suite } = state.setting;
  const { epoch } = state.room;
  if (isSameEpoch(suite, epoch, (state.grid ?? state.givenUp)?.epoch)) return;
  const grid = epoch && gridOf(suite, epoch);
  state.givenUp = undefined;
  divide(
    state,
    grid !== undefined && grid.lines.length > 1 ? grid : undefined,
    now,
    effects,
    reported,
  );
  // A record of one line says the same as none; what was divided is not any more.
  if (state.grid === undefined) state.givenUp = grid;
}

/** Gives a division up when too few of it are here, and have not been for a while. */
export function thin(
  state: GridState,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const { grid } = state;
  const isThin =
    grid !== undefined &&
    knowsRoom(state) &&
    state.line !== undefined &&
    (presentMembers(state, now).length < Math.max(THIN_ROOM + 1, state.setting.minPeers) ||
      viableLines(state, now).length < 2);
  if (!isThin) {
    state.thinSince = undefined;
    return;
  }
  state.thinSince ??= now;
  const until = state.thinSince + SETTLED_LINK_MS;
  if (now < until) {
    state.wakeAt = Math.min(state.wakeAt, until);
    return;
  }
  state.thinSince = undefined;
  divide(state, undefined, now, effects, reported);
  state.givenUp = grid;
}

/** Tells the machine that could make the next record what this peer would put into it. */
export function changeOf(state: GridState, now: number): EpochChange | undefined {
  const { grid, room, setting } = state;
  if (!knowsRoom(state)) return undefined;
  // A division that was given up is still the record that the next one changes.
  const members = room.epoch?.members ?? [];
  const present = [...settledPeers(state, now), setting.signer.id].sort(compareIds);
  const known = new Set(members);
  const newcomers = present.filter((peer) => !known.has(peer));
  const joining = newcomers.slice(0, MAX_CHANGED);
  const leaving = members.filter((peer) => !isHere(state, peer, now)).slice(0, MAX_CHANGED);
  const count = members.length + joining.length - leaving.length;
  const number = (room.epoch?.number ?? 0) + 1;
  if (grid === undefined) {
    const isEnough = count > MAX_COHORT && count >= setting.minPeers;
    return isEnough ? { number, joining, leaving } : undefined;
  }
  const isOld = room.round + 1 - grid.epoch.since >= EPOCH_ROUNDS;
  // Fewer than make two buckets cannot be searched among.
  const fewest = searchesInLines(setting.parameters) ? MIN_LINE : SMALL_LINE;
  const small = Math.max(fewest, leastInLine(setting.minPeers, setting.parameters));
  const isUneven = grid.lines.some((_, line) => presentOf(state, line, now).length < small);
  // Most of the room would only copy. Whoever could bring so many could see through lines anyway.
  const isOutgrown = newcomers.length > members.length - leaving.length;
  const isOther = joining.length + leaving.length > 0;
  return isOther && (isOld || isUneven || isOutgrown) ? { number, joining, leaving } : undefined;
}

/** Lines of which enough members are here to sum; all of them where nobody can tell. */
export function viableLines(state: GridState, now: number): readonly number[] {
  const { grid } = state;
  if (grid === undefined) return [];
  const lines = [...grid.lines.keys()];
  if (!knowsRoom(state)) return lines;
  return lines.filter((line) => presentOf(state, line, now).length >= MIN_COHORT);
}

/** Seats of a group that somebody could take. */
export function viableSeats(
  state: GridState,
  level: number,
  seats: readonly number[],
  now: number,
): number {
  const viable = new Set(viableLines(state, now));
  return seats.filter((seat) =>
    linesOf(state.grid!, level - 1, seat).some((line) => viable.has(line)),
  ).length;
}

/** A new line does not wait for a member whose link has closed. */
export function missInLine({ line }: GridState, peer: PeerId): void {
  const { machine } = line ?? {};
  const { cohort } = machine?.setting ?? {};
  if (machine === undefined || cohort === undefined || !machine.links.has(peer)) return;
  machine.setting = { ...machine.setting, cohort: { ...cohort, seats: cohort.seats - 1 } };
}

/** Whether the machine of the room listens to a peer: everybody, or in a grid its line and its contacts. */
export function isOfRoom(state: GridState, peer: PeerId): boolean {
  const { grid, line, contacts } = state;
  if (grid === undefined || line === undefined) return true;
  const own = grid.lineOf.get(state.setting.signer.id);
  const theirs = grid.lineOf.get(peer);
  return theirs === undefined || theirs === own || contacts.has(peer);
}

/** Divides the room otherwise: a machine for the new line, and links told to whom they concern. */
function divide(
  state: GridState,
  grid: GridState['grid'],
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const serial = Math.max(state.room.serial, state.line?.machine.serial ?? 0);
  const { round, base } = state.room;
  if (isSummed(state)) spend(state, effects);
  stepLine(state, { type: 'rebase', round, base, now }, effects, reported);
  state.grid = grid;
  state.dividedAt = now;
  state.foundingSince = undefined;
  state.uppers = [];
  state.sums = [];
  state.lineSums = undefined;
  state.past = [];
  state.seated = new Map();
  state.line = undefined;
  state.contacts = new Set();
  state.room.serial = serial;
  const { signer, suite, room, parameters, minPeers } = state.setting;
  const own = grid?.lineOf.get(signer.id);
  if (grid !== undefined && own !== undefined) {
    const { epoch } = grid;
    const claim = new Uint8Array();
    const members = knowsRoom(state) ? presentOf(state, own, now) : grid.lines[own]!;
    const seats = members.length;
    const gatherUntil = now + LINK_OPEN_TIMEOUT_MS;
    const setting = {
      ...state.setting,
      room: cohortRoom(suite, room, epoch, 0, own),
      parameters: lineParameters(parameters, epoch),
      minPeers: leastInLine(minPeers, parameters),
      cohort: { grid, level: 0, group: own, claim, seats, gatherUntil, slots: 1, round },
    };
    state.line = createSeat(state, setting, 0, now, effects);
    state.line.machine.serial = serial;
    state.contacts = new Set(contactsOf(state, own));
    for (const peer of [...grid.lines[own]!, ...state.contacts]) {
      if (peer !== signer.id && !state.links.has(peer)) dial(state, peer, now, effects);
    }
  }
  // Line and contacts are whom a peer misses first; without a grid it watches whom it is linked to.
  const mates = state.line && [...grid!.lines[own!]!, ...state.contacts];
  const peers = mates?.filter((peer) => peer !== signer.id);
  gossip(state, { type: 'watch', peers, now }, effects);
  // What a line hears first of a peer is what it wants.
  const { call } = state;
  stepLine(state, { type: 'call', call, after: 'off', now }, effects, reported);
  relink(state, now, effects, reported);
  callAgain(state, now, effects, reported);
}

/** Who wants a round: the line in a grid, the founders without one, nobody while waiting for the next epoch. */
export function callAgain(
  state: GridState,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const { call, callAfter: after } = state;
  const held = { type: 'call', call: after, after, isHeld: true, now } as const;
  const isWhole = state.grid === undefined && state.isFounder;
  // A line that has its sum waits for the room's before it may begin again.
  const isWaiting = state.sums.length > 0;
  const off = { type: 'call', call: 'off', after: 'off', now } as const;
  stepRoom(state, isWhole ? { type: 'call', call, after, now } : off, effects, reported);
  stepLine(state, isWaiting ? held : { ...off, call }, effects, reported);
}

/** Tells the machines of room and line about the links that concern them now. */
function relink(state: GridState, now: number, effects: GridEffects, reported: Reported): void {
  const own = state.line?.machine.setting.cohort;
  for (const peer of state.links.keys()) {
    const isKnown = state.room.links.has(peer);
    if (isOfRoom(state, peer) !== isKnown) {
      stepRoom(state, { type: isKnown ? 'unlinked' : 'linked', peer, now }, effects, reported);
    }
    if (own?.grid.lines[own.group]!.includes(peer) === true) {
      stepLine(state, { type: 'linked', peer, now }, effects, reported);
    }
  }
}

/** Two members of other lines, by whom a line that failed still hears of the room. */
function contactsOf({ grid, setting }: GridState, own: number): readonly PeerId[] {
  const { lines } = grid!;
  const place = lines[own]!.indexOf(setting.signer.id);
  const next = [1, Math.ceil(lines.length / 2)].map((by) => lines[(own + by) % lines.length]!);
  return [...new Set(next)]
    .filter((line) => line !== lines[own])
    .map((line) => line[place % line.length]!);
}

/** Members of a line that are here, this peer included. */
function presentOf(state: GridState, line: number, now: number): readonly PeerId[] {
  return state.grid!.lines[line]!.filter((peer) => isHere(state, peer, now));
}

function presentMembers(state: GridState, now: number): readonly PeerId[] {
  return state.grid?.lines.flatMap((_, line) => presentOf(state, line, now)) ?? [];
}
