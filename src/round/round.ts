/**
 * The whole round: peers say what they are ready for, a leader proposes a roster, an attempt sums,
 * and everyone ends with the same next model; then the next round.
 *
 * The leader of an attempt is whom a hash picks, changes with each attempt, and only proposes: each
 * member checks roster, sizes, base model and parameters itself. An attempt that fails before its
 * contributions could have been learnt is tried again in the same round; a contribution that may
 * have been learnt is spent, and never masked again. Whoever missed a result copies it with its certificate.
 *
 * docs/protocol.md tells the same at length.
 *
 * @module
 */
import type { FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { unreachable, type Step } from '../machine.ts';
import {
  isSignedBy,
  type EpochChange,
  type MaskJob,
  type RoundParameters,
} from '../secagg/index.ts';
import { readDetail } from './detail.ts';
import { withRequest, withVote } from './leave-out.ts';
import { takePart } from './result-parts.ts';
import type { Call, Message } from './messages.ts';
import { hashOfModel, verifyResult, type RoundResult } from './result.ts';
import {
  send,
  violate,
  type RoundSetting,
  type Restored,
  type RoundState,
  type RoundEffect,
  type Effects,
} from './state.ts';
import { announce, compareAll, noteReady, repeat } from './readiness.ts';
import { lead, consider } from './proposing.ts';
import { receiveAttempt, rebase, stepCurrent, stepPrevious } from './attempting.ts';
import {
  enter,
  noteDone,
  catchUp,
  answerAskers,
  answerFetch,
  answersAt,
  adopt,
} from './catching-up.ts';
import { admissionOf, ask, vote, openMessages } from './requesting.ts';

export { agreedNow } from './readiness.ts';
export { ENTROPY_BYTES } from './state.ts';
export type {
  BucketSums,
  Restored,
  RoundEffect,
  RoundReport,
  RoundSetting,
  RoundState,
} from './state.ts';

/** What reaches a peer. `now` is in ms on a clock that only grows. */
export type RoundEvent = { readonly now: number } & (
  | { readonly type: 'linked'; readonly peer: PeerId }
  | { readonly type: 'unlinked'; readonly peer: PeerId }
  | { readonly type: 'received'; readonly from: PeerId; readonly message: Message }
  /** How much this peer wants a round, and how much right after the next result it is in. */
  | {
      readonly type: 'call';
      readonly call: Call;
      readonly after: Call;
      /** It will want one so much once something else is over, and until then takes part in none. */
      readonly isHeld?: boolean;
    }
  /** With whom this peer would sum two by two: '' nobody, '*' anybody, or an id. */
  | { readonly type: 'trust'; readonly trusts: string }
  /** `ENTROPY_BYTES` fresh random bytes, asked for by `draw`. The state owns the array. */
  | { readonly type: 'entropy'; readonly bytes: Uint8Array }
  /** The own update as words, asked for by `contribute`. The state owns the array. */
  | { readonly type: 'contribution'; readonly serial: number; readonly words: Uint32Array }
  /** There is no update to give. */
  | { readonly type: 'no-contribution'; readonly serial: number; readonly reason: FailureReason }
  | { readonly type: 'stored'; readonly serial: number }
  /** The words of `mask` with the keystreams added, the state's from here on; undefined when that failed. */
  | {
      readonly type: 'masked';
      readonly serial: number;
      readonly job: MaskJob;
      readonly words: Uint32Array<ArrayBuffer> | undefined;
    }
  /** Ask the room to leave a peer out. */
  | { readonly type: 'leave-out'; readonly target: PeerId }
  /** Answer a request, by its name. */
  | { readonly type: 'vote'; readonly request: string; readonly agrees: boolean }
  | { readonly type: 'inspect'; readonly isInspected: boolean }
  /** The room goes on from this round and model: a cohort follows the room. */
  | { readonly type: 'rebase'; readonly round: number; readonly base: Uint8Array }
  /** A result that the cohorts of this room made together. */
  | { readonly type: 'total'; readonly result: RoundResult }
  /** How this peer would divide the room from the next round on; undefined to leave it as it is. */
  | { readonly type: 'change'; readonly change: EpochChange | undefined }
  /**
   * From the next attempt on, this peer sums something else; with `start`, updates of a model, and as a newcomer
   * to those rounds. Never in the middle of an attempt.
   */
  | {
      readonly type: 'parameters';
      readonly parameters: RoundParameters;
      /** The smallest sum that it takes part in from then on; as before unless given. */
      readonly minPeers?: number | undefined;
      readonly start?: { readonly model: Float32Array; readonly restored: Restored } | undefined;
    }
  | { readonly type: 'tick' }
);

/** The state of a peer that has just come to a room. `entropy`: `ENTROPY_BYTES`, owned by the state. */
export function createRound(
  setting: RoundSetting,
  model: Float32Array,
  entropy: Uint8Array,
  restored?: Restored,
): RoundState {
  const { suite } = setting;
  const verified = restored?.result && verifyResult(suite, restored.result, setting);
  const result = typeof verified === 'object' ? verified : undefined;
  const current = result?.model ?? model;
  const round = (result?.done.round ?? 0) + 1;
  const joined = restored?.joined ?? { round: 0, attempt: 0 };
  return {
    setting,
    round,
    attempt: joined.round === round ? joined.attempt + 1 : 1,
    serial: 0,
    model: current,
    base: result?.base ?? hashOfModel(suite, current),
    call: 'off',
    callAfter: 'off',
    isHeld: false,
    trusts: '',
    isInspected: false,
    entropy,
    links: new Map(),
    blame: new Map(),
    requests: new Map(),
    current: undefined,
    startedAt: 0,
    previous: undefined,
    result,
    dones: [],
    early: [],
    enteredAt: 0,
    askers: [],
    given: new Map(),
    missed: undefined,
    fetching: undefined,
    parts: new Map(),
    calledAt: Infinity,
    due: undefined,
    notBefore: 0,
    wakeAt: Infinity,
    joined,
    inherited: joined,
    closed: [],
    announced: undefined,
    epoch: result && (readDetail(result.detail).epoch ?? result.within),
    change: undefined,
  };
}

/** One step of a peer. */
export function stepRound(state: RoundState, event: RoundEvent): Step<RoundState, RoundEffect> {
  const effects: Effects = [];
  const { now } = event;
  switch (event.type) {
    case 'linked':
      if (state.links.has(event.peer)) repeat(state, event.peer, effects);
      state.links = new Map(state.links).set(event.peer, {
        since: now,
        ready: undefined,
        neighbours: new Set(),
        waits: 0,
      });
      for (const message of openMessages(state)) send(effects, [event.peer], message);
      stepCurrent(state, { type: 'linked', peer: event.peer, now }, effects);
      stepPrevious(state, { type: 'linked', peer: event.peer, now }, effects);
      break;
    case 'unlinked':
      state.links = new Map([...state.links].filter(([peer]) => peer !== event.peer));
      if (state.fetching?.peer === event.peer) state.fetching = undefined;
      state.parts = new Map([...state.parts].filter(([peer]) => peer !== event.peer));
      state.askers = state.askers.filter((peer) => peer !== event.peer);
      state.given = new Map([...state.given].filter(([peer]) => peer !== event.peer));
      stepCurrent(state, { type: 'gone', peer: event.peer, now }, effects);
      stepPrevious(state, { type: 'gone', peer: event.peer, now }, effects);
      break;
    case 'received':
      receive(state, event.from, event.message, now, effects);
      break;
    case 'call':
      state.call = event.call;
      state.callAfter = event.after;
      state.isHeld = event.isHeld ?? false;
      break;
    case 'trust':
      state.trusts = event.trusts;
      break;
    case 'entropy':
      state.entropy = event.bytes;
      break;
    case 'contribution':
      if (event.serial === state.serial) {
        stepCurrent(state, { type: 'contribution', words: event.words, now }, effects);
      }
      break;
    case 'no-contribution':
      if (event.serial === state.serial) {
        stepCurrent(state, { type: 'abort', reason: event.reason, now }, effects);
      }
      break;
    case 'stored':
      if (event.serial === state.serial) stepCurrent(state, { type: 'stored', now }, effects);
      break;
    case 'masked':
      if (event.serial === state.serial) {
        stepCurrent(state, { type: 'masked', job: event.job, words: event.words, now }, effects);
      }
      break;
    case 'leave-out':
      ask(state, event.target, effects);
      break;
    case 'vote':
      vote(state, event.request, event.agrees, effects);
      break;
    case 'inspect':
      state.isInspected = event.isInspected;
      break;
    case 'rebase':
      rebase(state, event.round, event.base, now, effects);
      break;
    case 'total':
      enter(state, event.result, now);
      break;
    case 'change':
      state.change = event.change;
      break;
    case 'parameters':
      state.setting = {
        ...state.setting,
        parameters: event.parameters,
        minPeers: event.minPeers ?? state.setting.minPeers,
      };
      if (event.start !== undefined) {
        const { model, restored } = event.start;
        startAgain(state, createRound(state.setting, model, state.entropy, restored));
      }
      compareAll(state, effects);
      break;
    case 'tick':
      stepCurrent(state, { type: 'tick', now }, effects);
      stepPrevious(state, { type: 'tick', now }, effects);
      answerAskers(state, now, effects);
      break;
    default:
      unreachable(event);
  }
  catchUp(state, now, effects);
  lead(state, now, effects);
  announce(state, effects);
  return [state, effects];
}

/** Takes the place in the room's rounds of a peer that has just come; links and requests stay. */
function startAgain(state: RoundState, fresh: RoundState): void {
  state.round = fresh.round;
  state.attempt = fresh.attempt;
  state.model = fresh.model;
  state.base = fresh.base;
  state.result = fresh.result;
  state.joined = fresh.joined;
  state.inherited = fresh.inherited;
  state.epoch = fresh.epoch;
}

/** When the machine wants a `tick`, ms; Infinity while nothing is awaited. */
export function deadlineOf(state: RoundState): number {
  return Math.min(
    state.current?.deadline ?? Infinity,
    state.previous?.deadline ?? Infinity,
    // During an attempt nothing is fetched, so an answer that never came is no reason to wake up.
    (state.current === undefined ? state.fetching?.until : undefined) ?? Infinity,
    state.missed?.until ?? Infinity,
    answersAt(state),
    state.wakeAt,
  );
}

function receive(
  state: RoundState,
  from: PeerId,
  message: Message,
  now: number,
  effects: Effects,
): void {
  const { suite } = state.setting;
  switch (message.type) {
    case 'ready':
      return noteReady(state, from, message.ready, effects);
    case 'propose':
      return consider(state, from, message, now, effects);
    case 'attempt':
      return receiveAttempt(state, from, message, now, effects);
    case 'done':
      if (!isSignedBy(suite, from, message.envelope)) {
        return violate(effects, from, 'done is not signed by its sender');
      }
      return noteDone(state, from, message.done, message.bytes, now, effects);
    case 'fetch':
      return answerFetch(state, from, message, now, effects);
    case 'part': {
      const result = takePart(state, from, message.part, now, effects);
      return result && adopt(state, from, result, now, effects);
    }
    case 'result':
      return adopt(state, from, message.result, now, effects);
    case 'leave-out':
      state.requests = withRequest(suite, state.requests, message, admissionOf(state));
      return;
    case 'vote':
      state.requests = withVote(suite, state.requests, message, admissionOf(state));
      return;
    case 'profile':
    case 'note':
      return; // For people and programs: the session passes it on.
    case 'scoped':
    case 'seat':
      return; // For the cohorts of a large room: `grid.ts` hands them on.
    case 'gossip':
      return; // For the membership machine.
    default:
      unreachable(message);
  }
}
