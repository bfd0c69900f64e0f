/**
 * Steps the machines of a peer of a large room, and sorts what they ask for.
 *
 * What a cohort sends goes out behind its scope. Above the lines nothing leaves this peer's hands:
 * the sum of the level below is the contribution, and is given at once.
 *
 * @module
 */
import { toHex } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import { inOwnSlot } from './cohort.ts';
import type { GridEffects, GridState, LevelSum, Seat } from './grid-state.ts';
import { scopeOf } from './grid-state.ts';
import { encodeScoped } from './messages.ts';
import { createRound, stepRound, type RoundEvent } from './round.ts';
import type { RoundEffect, RoundReport, RoundSetting, RoundState } from './state.ts';

/** What the machine of the room or of the line reports, for `grid.ts` to act upon. */
export interface Reported {
  roomResult: RoundReport | undefined;
  lineResult: RoundReport | undefined;
}

/** Steps the machine of the whole room. */
export function stepRoom(
  state: GridState,
  event: RoundEvent,
  effects: GridEffects,
  reported: Reported,
): void {
  const [room, asked] = stepRound(state.room, event);
  state.room = room;
  for (const effect of asked) {
    if (effect.type === 'result') reported.roomResult = effect.report;
    else effects.push(effect);
  }
}

/** Steps the machine of the own line. */
export function stepLine(
  state: GridState,
  event: RoundEvent,
  effects: GridEffects,
  reported: Reported,
): void {
  const seat = state.line;
  if (seat === undefined) return;
  const [machine, asked] = stepRound(seat.machine, event);
  seat.machine = machine;
  for (const effect of asked) {
    if (effect.type === 'result') reported.lineResult = effect.report;
    else effects.push(scoped(seat, effect));
  }
}

/** Steps a machine above the lines; `sum` is what it enters. */
export function stepUpper(
  seat: Seat,
  event: RoundEvent,
  effects: GridEffects,
  sum: LevelSum | undefined,
): void {
  const waiting: RoundEvent[] = [event];
  const { now } = event;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [machine, asked] = stepRound(seat.machine, next);
    seat.machine = machine;
    for (const effect of asked) {
      switch (effect.type) {
        case 'contribute':
          waiting.push(
            sum === undefined
              ? { type: 'no-contribution', serial: effect.serial, reason: 'aborted', now }
              : { type: 'contribution', serial: effect.serial, words: entered(seat, sum), now },
          );
          break;
        case 'store':
          waiting.push({ type: 'stored', serial: effect.serial, now });
          break;
        case 'send':
        case 'mask':
        case 'draw':
        case 'violation':
          effects.push(scoped(seat, effect));
          break;
        default:
          break; // Of a level only its sum counts, and who follows tries again.
      }
    }
  }
}

/** What a seat enters: the sum of the level below, where the cohort keeps them apart in its slot. */
function entered({ machine }: Seat, { words }: LevelSum): Uint32Array<ArrayBuffer> {
  const { cohort, signer } = machine.setting;
  return inOwnSlot(words, cohort!, signer.id);
}

/** A machine of a cohort, at the room's round and model, before it is linked to anybody. */
export function createSeat(
  state: GridState,
  setting: RoundSetting,
  scopeRound: number,
  now: number,
  effects: GridEffects,
): Seat {
  const scope = scopeOf(setting.suite, setting.room, scopeRound);
  const { round, base, epoch, joined } = state.room;
  const restored = { joined, result: undefined };
  const created = createRound(setting, new Float32Array(), new Uint8Array(), restored);
  const [machine] = stepRound(
    { ...created, epoch, isInspected: state.isInspected },
    { type: 'rebase', round, base, now },
  );
  effects.push({ type: 'draw' });
  return { scope, scopeName: toHex(scope), machine };
}

/** Whether fresh random bytes are what a machine waits for. */
export function needsEntropy(machine: RoundState): boolean {
  return machine.entropy.length === 0;
}

/** Peers of a seat's machine that are linked to it. */
export function isPartner({ machine }: Seat, peer: PeerId): boolean {
  return machine.links.has(peer);
}

function scoped(seat: Seat, effect: RoundEffect): RoundEffect {
  if (effect.type !== 'send') return effect;
  return { ...effect, message: encodeScoped(seat.scope, effect.message) };
}
