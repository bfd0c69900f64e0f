/**
 * From the sum of a line to the sum of the room: who stands in for whom, level by level.
 *
 * A line's sum is held by all who are in it, and any of them can stand in for it: the first in an order
 * that changes with the round, or the next one where that peer is gone, or nothing comes of it for a
 * while. Stand-ins of up to eight lines make one cohort, and one survivor set a level, so that nobody
 * can subtract two; they enter what their lines summed, as it is, with the number of those in it. The
 * result of the highest cohort is that of the room, and goes back the way it came.
 *
 * @module
 */
import { compareBytes } from '../bytes.ts';
import {
  CERTIFICATE_WAIT_MS,
  LINK_OPEN_TIMEOUT_MS,
  SEAT_GRACE_MS,
  SEAT_REPEAT_MS,
  STAND_IN_PATIENCE_MS,
} from '../config.ts';
import { childrenOf, groupOf, levelsOfGrid, rankOf } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import { ANYBODY } from './roster.ts';
import { cohortRoom, seatOf, slotsOf, upperParameters } from './cohort.ts';
import { sumsIn, totalOfBuckets } from './combining.ts';
import { changeOf, viableSeats } from './dividing.ts';
import { readDetail } from './detail.ts';
import { scopeOf, type GridEffects, type GridState, type LevelSum } from './grid-state.ts';
import { createSeat, isPartner, stepUpper } from './machines.ts';
import { encodeResult, encodeScoped, encodeSeat } from './messages.ts';
import { hasCertificate, includedOf, messageOf, totalOfTop, type RoundResult } from './result.ts';

/** Takes the seats that are this peer's to take, and passes on what they bring. Returns a new total. */
export function climb(
  state: GridState,
  now: number,
  effects: GridEffects,
): RoundResult | undefined {
  const { grid, line } = state;
  if (grid === undefined || line === undefined) return undefined;
  const { round } = state.room;
  sayAgain(state, now, effects);
  for (let level = 0; level <= levelsOfGrid(grid); level++) {
    const machine = level === 0 ? line.machine : state.uppers[level - 1]?.machine;
    const result = machine?.result;
    if (result === undefined || result.done.round !== round) return undefined;
    if (level === levelsOfGrid(grid)) return concluded(state, result, machine!.enteredAt, now);
    if (state.sums[level] === undefined) {
      state.sums = [...state.sums, sumOf(state, result, level, now)];
    }
    if (state.uppers[level] !== undefined) continue;
    if (!isMyTurn(state, state.sums[level]!, now)) return undefined;
    takeSeat(state, level + 1, now, effects);
  }
  return undefined;
}

/** Links a seat to a peer that has one in the same cohort. */
export function meet(
  state: GridState,
  from: PeerId,
  scopeName: string,
  now: number,
  effects: GridEffects,
): void {
  const past = state.past.find((seat) => seat.scopeName === scopeName);
  if (past !== undefined && state.total !== undefined) {
    // Somebody still climbs in a round that is over; a second time it is a flood.
    const { scope, message, given } = state.total;
    if (given.has(from)) return;
    state.total = { scope, message, given: new Set([...given, from]) };
    effects.push({ type: 'send', to: [from], message: encodeScoped(scope, message) });
    return;
  }
  const level = state.uppers.findIndex((seat) => seat.scopeName === scopeName) + 1;
  const known = state.seated.get(scopeName) ?? new Set<PeerId>();
  if (level === 0 && known.size >= MAX_SEATED) return;
  state.seated = withSeat(state.seated, scopeName, from);
  if (level > 0) partner(state, level, from, now, effects);
}

/** Gives the total to those below this peer's highest seat: nobody else brings it to them. */
export function passOn(state: GridState, result: RoundResult, effects: GridEffects): void {
  const { uppers, line, links, setting, grid } = state;
  const level = levelsOfGrid(grid!);
  const room = cohortRoom(setting.suite, setting.room, grid!.epoch, level, 0);
  const scope = scopeOf(setting.suite, room, result.done.round);
  // Whoever was in the round has the model it began with, and the epoch.
  const message = encodeResult({
    ...messageOf(result),
    model: new Float32Array(),
    within: undefined,
  });
  state.total = { scope, message, given: new Set() };
  const below = [line!, ...uppers].slice(0, uppers.length);
  const mates = below.flatMap((seat, at) =>
    at === 0
      ? grid!.lines[grid!.lineOf.get(setting.signer.id)!]!
      : (seat.machine.result?.roster ?? []),
  );
  const to = [...new Set(mates)].filter((peer) => peer !== setting.signer.id && links.has(peer));
  if (to.length > 0) effects.push({ type: 'send', to, message: encodeScoped(scope, message) });
}

function sumOf(state: GridState, result: RoundResult, level: number, since: number): LevelSum {
  const { claim } = readDetail(result.detail);
  const holders = includedOf(result);
  const standIns = ranked(state, holders);
  if (level > 0) return { words: result.words.slice(), claim, standIns, since };
  const sum = totalOfBuckets(result.words, sumsIn(result.words, state.setting.parameters));
  const words = new Uint32Array(sum.length + 1);
  words.set(sum);
  words[sum.length] = holders.length;
  return { words, claim, standIns, since };
}

/** Peers in the order in which they stand in this round. */
function ranked({ setting, grid, room }: GridState, peers: readonly PeerId[]): readonly PeerId[] {
  return peers
    .map((peer) => ({ peer, rank: rankOf(setting.suite, grid!.epoch, peer, room.round) }))
    .sort((a, b) => compareBytes(a.rank, b.rank))
    .map(({ peer }) => peer);
}

/** Whether nobody before this peer stands in for a sum, or they have had their time. */
function isMyTurn(state: GridState, { standIns, since }: LevelSum, now: number): boolean {
  const place = standIns.indexOf(state.setting.signer.id);
  // Whoever is not in the sum holds a copy of it, and stands in when all others were silent.
  const before = place < 0 ? standIns : standIns.slice(0, place);
  const here = before.filter((peer) => state.links.has(peer)).length + (place < 0 ? 1 : 0);
  const at = since + here * STAND_IN_PATIENCE_MS;
  if (now < at) state.wakeAt = Math.min(state.wakeAt, at);
  return now >= at;
}

function takeSeat(state: GridState, level: number, now: number, effects: GridEffects): void {
  const { setting, room, sums } = state;
  const grid = state.grid!;
  const { epoch } = grid;
  const group = groupOf(grid, grid.lineOf.get(setting.signer.id)!, level);
  const { round } = room;
  const children = childrenOf(grid, level, group);
  const seat = createSeat(
    state,
    {
      ...setting,
      room: cohortRoom(setting.suite, setting.room, epoch, level, group),
      parameters: upperParameters(setting.parameters, grid, level),
      minPeers: 2,
      cohort: {
        grid,
        level,
        group,
        claim: sums[level - 1]!.claim,
        seats: viableSeats(state, level, children, now),
        // In the first round of an epoch, lines still gather.
        gatherUntil: state.dividedAt + LINK_OPEN_TIMEOUT_MS + SEAT_GRACE_MS,
        slots: slotsOf(setting.parameters, grid, level),
        round,
      },
    },
    round,
    now,
    effects,
  );
  seat.machine.serial = SERIALS_PER_SEAT * ++state.seatCount;
  seat.saidAt = now;
  state.uppers = [...state.uppers, seat];
  const sum = sums[level - 1];
  stepUpper(seat, { type: 'trust', trusts: ANYBODY, now }, effects, sum);
  if (level === levelsOfGrid(grid)) {
    stepUpper(seat, { type: 'change', change: changeOf(state, now), now }, effects, sum);
  }
  stepUpper(seat, { type: 'call', call: 'calling', after: 'off', now }, effects, sum);
  const topic = seat.scopeName;
  effects.push({ type: 'subscribe', topic, isHeard: true });
  effects.push({ type: 'publish', topic, message: encodeSeat(seat.scope) });
  for (const peer of state.seated.get(seat.scopeName) ?? []) {
    partner(state, level, peer, now, effects);
  }
}

/** Says SEAT anew while others are missing: to a topic that is new to them, the first one goes astray. */
function sayAgain(state: GridState, now: number, effects: GridEffects): void {
  for (const seat of state.uppers) {
    const { result, links, setting, current } = seat.machine;
    const isMissed = links.size + 1 < setting.cohort!.seats;
    if (result !== undefined || current !== undefined || !isMissed) continue;
    const at = seat.saidAt! + SEAT_REPEAT_MS;
    if (now >= at) {
      seat.saidAt = now;
      effects.push({ type: 'publish', topic: seat.scopeName, message: encodeSeat(seat.scope) });
    }
    state.wakeAt = Math.min(state.wakeAt, now >= at ? now + SEAT_REPEAT_MS : at);
  }
}

/** Links the machine of a seat to somebody who sits beside it; both say so, once each. */
function partner(
  state: GridState,
  level: number,
  peer: PeerId,
  now: number,
  effects: GridEffects,
): void {
  const seat = state.uppers[level - 1]!;
  // Whoever says that it sits here without a seat would be waited for, and missed in every roster.
  if (isPartner(seat, peer) || seatOf(seat.machine.setting.cohort!, peer) === undefined) return;
  if (!state.links.has(peer)) {
    effects.push({ type: 'dial', peer });
    return;
  }
  effects.push({ type: 'send', to: [peer], message: encodeSeat(seat.scope) });
  stepUpper(seat, { type: 'linked', peer, now }, effects, state.sums[level - 1]);
}

/** The room's result once enough have signed it, or after a while without. */
function concluded(
  state: GridState,
  top: RoundResult,
  enteredAt: number,
  now: number,
): RoundResult | undefined {
  const { setting, grid, room } = state;
  const until = enteredAt + CERTIFICATE_WAIT_MS;
  if (!hasCertificate(top, setting.parameters.mode) && now < until) {
    state.wakeAt = Math.min(state.wakeAt, until);
    return undefined;
  }
  return totalOfTop(setting, grid!, top, room.model);
}

/** Numbers of attempts that a seat can use up: far from those of a line in any session. */
const SERIALS_PER_SEAT = 2 ** 24;

/** Peers that are remembered to sit in a cohort that this peer is not in. */
const MAX_SEATED = 64;

/** Cohorts that seats are remembered of. */
const MAX_SCOPES = 16;

function withSeat(
  seated: GridState['seated'],
  scopeName: string,
  peer: PeerId,
): GridState['seated'] {
  const next = new Map(seated);
  next.set(scopeName, new Set([...(seated.get(scopeName) ?? []), peer]));
  return new Map([...next].slice(-MAX_SCOPES));
}
