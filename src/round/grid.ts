/**
 * A room of any size: one cohort as long as that is enough, lines and a grid of sums beyond it.
 *
 * This machine owns others of one kind (`round.ts`) and hands them what concerns them: the room's, the
 * own line's, and one for each level at which this peer stands in for those below. With up to 15 peers
 * there is only the room's, and nothing here adds to what it does. How a room goes over to lines and back
 * is in `dividing.ts`, who is here in `here.ts`, how sums climb in `levels.ts`.
 *
 * Invariants, asserted by the simulation (`simulation/measured-room.ts`):
 * - whoever has a result of a round has the same words, the sum over exactly those it names;
 * - nobody is in two lines of an epoch, and a line has one seat above it;
 * - a contribution enters the sum of one line, once.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import { createMembership, levelsOfGrid } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import type { Step } from '../machine.ts';
import { unreachable } from '../machine.ts';
import type { AttemptState } from '../secagg/index.ts';
import { cohortRoom, lineParameters } from './cohort.ts';
import { callAgain, changeOf, follow, isOfRoom, missInLine, thin } from './dividing.ts';
import {
  isSummed,
  scopeOf,
  spend,
  type Early,
  type GridEffect,
  type GridEffects,
  type GridEvent,
  type GridSetting,
  type GridState,
  type Seat,
} from './grid-state.ts';
import { leastInLine, waitsToFound } from './founding.ts';
import { gossip, lookAround, statusOf } from './here.ts';
import { climb, meet, passOn } from './levels.ts';
import {
  isPartner,
  needsEntropy,
  stepLine,
  stepRoom,
  stepUpper,
  type Reported,
} from './machines.ts';
import type { CohortMessage, Message, ResultMessage } from './messages.ts';
import { hasCertificate, totalOfTop, verifyResult, type RoundResult } from './result.ts';
import { reportOf } from './catching-up.ts';
import { createRound, deadlineOf, type RoundEvent } from './round.ts';
import type { Restored, RoundReport, RoundState } from './state.ts';

export { levelsOfGrid as levelsOf, TICK_WORDS } from '../gossip/index.ts';
export { gossipDeadlineOf } from './here.ts';
export type { GridEffect, GridEvent, GridSetting, GridState } from './grid-state.ts';

/** READYs of unknown cohorts that are kept of one peer. */
const MAX_EARLY = 4;

/** The state of a peer that has just come to a room. See `createRound`. */
export function createGrid(
  setting: GridSetting,
  model: Float32Array,
  entropy: Uint8Array,
  restored?: Restored,
): GridState {
  return {
    setting,
    room: createRound(setting, model, entropy, restored),
    grid: undefined,
    line: undefined,
    uppers: [],
    sums: [],
    past: [],
    total: undefined,
    membership: membershipOf(setting),
    here: new Set(),
    alike: new Set(),
    founders: [],
    founding: undefined,
    foundingSince: undefined,
    awaitingSince: undefined,
    isFounder: true,
    dialled: new Map(),
    dividedAt: 0,
    links: new Map(),
    contacts: new Set(),
    seated: new Map(),
    early: [],
    call: 'off',
    callAfter: 'off',
    isInspected: false,
    givenUp: undefined,
    thinSince: undefined,
    startedAt: 0,
    seatCount: 0,
    inspection: undefined,
    lineSums: undefined,
    wakeAt: Infinity,
  };
}

/** One step of a peer. */
export function stepGrid(state: GridState, event: GridEvent): Step<GridState, GridEffect> {
  const effects: GridEffects = [];
  const reported: Reported = { roomResult: undefined, lineResult: undefined };
  state.wakeAt = Infinity;
  take(state, event, effects, reported);
  settle(state, event.now, effects, reported);
  return [state, effects];
}

/** When the machine wants a `tick`, ms; Infinity while nothing is awaited. */
export function deadlineOfGrid(state: GridState): number {
  const machines = [
    state.room,
    state.line?.machine,
    ...[...state.uppers, ...state.past].map((seat) => seat.machine),
  ];
  return Math.min(
    state.wakeAt,
    ...machines.map((machine) => (machine === undefined ? Infinity : deadlineOf(machine))),
  );
}

/** The attempt under way: of the highest seat that is in one, or of the own update. */
export function attemptOf(state: GridState): AttemptState | undefined {
  const busy = state.uppers.findLast(({ machine }) => machine.current !== undefined);
  return (busy?.machine ?? summing(state)).current;
}

/** The machine that sums this peer's own update: that of its line, or of the room. */
export function summing({ line, room }: GridState): RoundState {
  return line?.machine ?? room;
}

/** Hands an event to the machines that it concerns. */
function take(state: GridState, event: GridEvent, effects: GridEffects, reported: Reported): void {
  switch (event.type) {
    case 'linked':
      return takeLinked(state, event.peer, event.now, effects, reported);
    case 'unlinked':
      state.links = new Map([...state.links].filter(([peer]) => peer !== event.peer));
      state.early = state.early.filter(({ from }) => from !== event.peer);
      gossip(state, event, effects);
      missInLine(state, event.peer);
      return toAll(state, event, effects, reported);
    case 'received':
      return receive(state, event.from, event.message, event.now, effects, reported);
    case 'heard':
      return meet(state, event.from, toHex(event.scope), event.now, effects);
    case 'call':
      state.call = event.call;
      state.callAfter = event.after;
      state.isFounder &&= !waitsToFound(state, event.now);
      return callAgain(state, event.now, effects, reported);
    case 'inspect':
      state.isInspected = event.isInspected;
      return toAll(state, event, effects, reported);
    case 'entropy': {
      const waiting = [
        state.room,
        state.line?.machine,
        ...state.uppers.map((seat) => seat.machine),
      ].find((machine) => machine !== undefined && needsEntropy(machine));
      return toOne(state, waiting ?? state.room, event, effects, reported);
    }
    case 'parameters': {
      state.setting = {
        ...state.setting,
        parameters: event.parameters,
        minPeers: event.minPeers ?? state.setting.minPeers,
      };
      tellStatus(state, event.now, effects);
      const { grid } = state;
      const parameters = grid && lineParameters(event.parameters, grid.epoch);
      stepRoom(state, event, effects, reported);
      // A line sums; the model is the room's.
      if (parameters) {
        const minPeers = leastInLine(state.setting.minPeers, parameters);
        stepLine(state, { ...event, parameters, minPeers, start: undefined }, effects, reported);
      }
      return;
    }
    case 'masked': {
      const machines = [
        state.room,
        state.line?.machine,
        ...state.uppers.map(({ machine }) => machine),
      ];
      const masking = machines.find((machine) => machine?.serial === event.serial);
      if (masking !== undefined) toOne(state, masking, event, effects, reported);
      return;
    }
    case 'trust':
      return stepRoom(state, event, effects, reported);
    case 'contribution':
    case 'no-contribution':
    case 'stored':
    case 'leave-out':
    case 'vote':
      return toOne(state, summing(state), event, effects, reported);
    case 'rebase':
    case 'total':
    case 'change':
      return stepRoom(state, event, effects, reported);
    case 'tick':
      return toAll(state, event, effects, reported);
    case 'gossip-tick':
      return gossip(state, { ...event, type: 'tick' }, effects);
    case 'leave':
      return gossip(state, event, effects);
    default:
      unreachable(event);
  }
}

/** Acts upon what the machines reported, until nothing new comes of it. */
function settle(state: GridState, now: number, effects: GridEffects, reported: Reported): void {
  for (;;) {
    if (reported.lineResult !== undefined) {
      const { durationMs, inspection, sums } = reported.lineResult;
      reported.lineResult = undefined;
      state.startedAt = now - durationMs;
      state.inspection = inspection;
      state.lineSums = sums;
      const { callAfter: call } = state;
      const held = { type: 'call', call, after: call, isHeld: true, now } as const;
      stepLine(state, held, effects, reported);
    }
    const total = climb(state, now, effects);
    if (total !== undefined) conclude(state, total, now, effects, reported);
    if (reported.roomResult !== undefined) {
      const report = completed(state, reported.roomResult, now);
      reported.roomResult = undefined;
      if (report.isCopied && isSummed(state)) spend(state, effects);
      effects.push({ type: 'result', report });
      if (!report.isCopied) state.call = state.callAfter;
      if (state.grid !== undefined) follows(state, now, effects, reported);
    }
    follow(state, now, effects, reported);
    thin(state, now, effects, reported);
    propose(state, now, effects, reported);
    const isFounder = lookAround(state, now, effects) && !waitsToFound(state, now);
    if (isFounder !== state.isFounder) {
      state.isFounder = isFounder;
      callAgain(state, now, effects, reported);
    }
    if (
      reported.lineResult === undefined &&
      reported.roomResult === undefined &&
      total === undefined
    )
      return;
  }
}

/** A report of the room's machine: it cannot know that the own line is in a sum that it copied. */
function completed(state: GridState, report: RoundReport, now: number): RoundReport {
  const { signer } = state.setting;
  const isIncluded = report.included.includes(signer.id);
  const isGiven = isSummed(state) || state.line?.machine.current !== undefined;
  if (!isIncluded || !isGiven) return report;
  const { startedAt, inspection, lineSums: sums } = state;
  const durationMs = state.sums.length > 0 ? now - startedAt : 0;
  return { ...report, isCopied: false, durationMs, sums, inspection };
}

/** The room has a result: everybody below hears of it, and the next round begins. */
function conclude(
  state: GridState,
  total: RoundResult,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const { signer } = state.setting;
  if (hasCertificate(total, state.setting.parameters.mode)) passOn(state, total, effects);
  const report = reportOf(state.setting, total);
  const isIncluded = report.included.includes(signer.id);
  if (!isIncluded && isSummed(state)) spend(state, effects);
  stepRoom(state, { type: 'total', result: total, now }, effects, reported);
  if (isIncluded) state.call = state.callAfter;
  effects.push({
    type: 'result',
    report: {
      ...report,
      durationMs: isIncluded ? now - state.startedAt : 0,
      isCopied: !isIncluded,
      sums: isIncluded ? state.lineSums : undefined,
      inspection: isIncluded ? state.inspection : undefined,
    },
  });
  follows(state, now, effects, reported);
}

/** The line goes on from the room's newest result. */
function follows(state: GridState, now: number, effects: GridEffects, reported: Reported): void {
  for (const { scopeName } of state.past) {
    effects.push({ type: 'subscribe', topic: scopeName, isHeard: false });
  }
  state.past = state.uppers;
  state.uppers = [];
  state.sums = [];
  state.inspection = undefined;
  state.lineSums = undefined;
  const { round, base } = state.room;
  stepLine(state, { type: 'rebase', round, base, now }, effects, reported);
  callAgain(state, now, effects, reported);
}

/** Keeps the next record that this peer would propose at hand, where its attempt could carry one. */
function propose(state: GridState, now: number, effects: GridEffects, reported: Reported): void {
  if (state.grid !== undefined || state.room.current !== undefined) return;
  const change = changeOf(state, now);
  const known = state.room.change;
  const isSame =
    known?.number === change?.number &&
    known?.joining.join() === change?.joining.join() &&
    known?.leaving.join() === change?.leaving.join();
  if (!isSame) stepRoom(state, { type: 'change', change, now }, effects, reported);
}

function membershipOf(setting: GridSetting): GridState['membership'] {
  const { suite, signer, room, parameters, incarnation } = setting;
  if (incarnation === undefined) return undefined;
  const status = statusOf(suite, parameters);
  return createMembership({ suite, signer, room, incarnation, status }, 0);
}

/** Lets the others know what this peer sums, when that is something else than before. */
function tellStatus(state: GridState, now: number, effects: GridEffects): void {
  const { suite, parameters } = state.setting;
  const status = statusOf(suite, parameters);
  if (state.membership === undefined || equalBytes(status, state.membership.status)) return;
  gossip(state, { type: 'status', status, now }, effects);
}

function takeLinked(
  state: GridState,
  peer: PeerId,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const event = { type: 'linked', peer, now } as const;
  state.links = new Map(state.links).set(peer, now);
  gossip(state, event, effects);
  if (isOfRoom(state, peer)) stepRoom(state, event, effects, reported);
  const { grid, line } = state;
  if (grid !== undefined && line !== undefined) {
    const own = grid.lineOf.get(state.setting.signer.id);
    if (grid.lineOf.get(peer) === own) stepLine(state, event, effects, reported);
  }
  for (const [at, seat] of state.uppers.entries()) {
    if (isPartner(seat, peer)) stepUpper(seat, event, effects, state.sums[at]);
    else if (state.seated.get(seat.scopeName)?.has(peer) === true) {
      meet(state, peer, seat.scopeName, now, effects);
    }
  }
  const early = state.early.filter(({ from }) => from === peer);
  state.early = state.early.filter(({ from }) => from !== peer);
  for (const { scopeName, message } of early) {
    receiveScoped(state, peer, scopeName, message, now, effects, reported);
  }
}

function receive(
  state: GridState,
  from: PeerId,
  message: Message,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  if (state.membership !== undefined) {
    if (message.type === 'gossip') {
      return gossip(state, { type: 'received', from, message: message.message, now }, effects);
    }
    gossip(state, { type: 'heard', peer: from, now }, effects);
  }
  switch (message.type) {
    case 'scoped':
      return receiveScoped(
        state,
        from,
        toHex(message.scope),
        message.message,
        now,
        effects,
        reported,
      );
    case 'seat':
      return meet(state, from, toHex(message.scope), now, effects);
    default:
      if (!state.room.links.has(from) && state.links.has(from)) {
        // It listens to this peer, as a contact of another line does: so this one listens to it.
        state.contacts = new Set([...state.contacts, from]);
        stepRoom(state, { type: 'linked', peer: from, now }, effects, reported);
      }
      return stepRoom(state, { type: 'received', from, message, now }, effects, reported);
  }
}

function receiveScoped(
  state: GridState,
  from: PeerId,
  scopeName: string,
  message: CohortMessage,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const event = { type: 'received', from, message, now } as const;
  const isOf = (seat: Seat | undefined): boolean => seat?.scopeName === scopeName;
  if (message.type === 'result' && isTotal(state, scopeName)) {
    return takeTotal(state, message.result, now, effects, reported);
  }
  if (isOf(state.line)) return stepLine(state, event, effects, reported);
  const seat = [...state.uppers, ...state.past].find(isOf);
  if (seat !== undefined && isPartner(seat, from)) {
    return stepUpper(seat, event, effects, state.sums[state.uppers.indexOf(seat)]);
  }
  if (message.type !== 'ready') return;
  const known: Early = { from, scopeName, message };
  const others = state.early.filter((early) => early.from !== from);
  const own = state.early.filter((early) => early.from === from && early.scopeName !== scopeName);
  state.early = [...others, ...own.slice(1 - MAX_EARLY), known];
}

/** Whether a scope is that of the round's sum of the whole room. */
function isTotal(state: GridState, scopeName: string): boolean {
  const { grid, setting, room } = state;
  if (grid === undefined) return false;
  const top = cohortRoom(setting.suite, setting.room, grid.epoch, levelsOfGrid(grid), 0);
  return toHex(scopeOf(setting.suite, top, room.round)) === scopeName;
}

/** The room's result, from somebody who brings it down. */
function takeTotal(
  state: GridState,
  message: ResultMessage,
  now: number,
  effects: GridEffects,
  reported: Reported,
): void {
  const { setting, grid, room } = state;
  const within = grid!.epoch;
  // The model before stands in for the one after, which the words have yet to give.
  const top = verifyResult(setting.suite, { ...message, within, model: room.model }, setting);
  if (typeof top === 'string' || top.done.round !== room.round) return;
  if (!hasCertificate(top, setting.parameters.mode)) return;
  conclude(state, totalOfTop(setting, grid!, top, room.model), now, effects, reported);
}

/** Steps one of the machines of room and line, or a seat's. */
function toOne(
  state: GridState,
  machine: RoundState,
  event: RoundEvent,
  effects: GridEffects,
  reported: Reported,
): void {
  if (machine === state.room) return stepRoom(state, event, effects, reported);
  if (machine === state.line?.machine) return stepLine(state, event, effects, reported);
  const at = state.uppers.findIndex((seat) => seat.machine === machine);
  if (at >= 0) stepUpper(state.uppers[at]!, event, effects, state.sums[at]);
}

function toAll(
  state: GridState,
  event: RoundEvent,
  effects: GridEffects,
  reported: Reported,
): void {
  const concerns = (machine: RoundState): boolean =>
    event.type !== 'unlinked' || machine.links.has(event.peer);
  if (concerns(state.room)) stepRoom(state, event, effects, reported);
  if (state.line !== undefined && concerns(state.line.machine)) {
    stepLine(state, event, effects, reported);
  }
  for (const [at, seat] of state.uppers.entries()) {
    if (concerns(seat.machine)) stepUpper(seat, event, effects, state.sums[at]);
  }
  for (const seat of state.past)
    if (concerns(seat.machine)) stepUpper(seat, event, effects, undefined);
}
