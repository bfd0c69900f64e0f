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
import { equalBytes, toHex } from '../bytes.ts';
import {
  CALL_GRACE_MS,
  PROPOSE_TIMEOUT_MS,
  RECOVER_TIMEOUT_MS,
  RETRY_DELAY_MS,
} from '../config.ts';
import type { FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { unreachable, type Step } from '../machine.ts';
import type { Suite } from '../ports.ts';
import {
  attemptEntropyBytes,
  attemptSetting,
  cloneAttempt,
  contextOfProposal,
  decodeAggregate,
  encodeSigned,
  encodingOf,
  isSignedBy,
  leadersOf,
  MAX_REQUESTS,
  openEnvelope,
  startAttempt,
  stepAttempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptInspection,
  type AttemptOutcome,
  type AttemptState,
  type Encoding,
  type Proposal,
  type ReceivedMessage,
  type RoundParameters,
  type Signer,
} from '../secagg/index.ts';
import { withFailures, withoutRecords, type Blame } from './blame.ts';
import {
  agreedRequests,
  evidenceOf,
  nameOf,
  withEvidence,
  withoutExpired,
  withRequest,
  withVote,
  type OpenRequest,
  type Requests,
} from './leave-out.ts';
import {
  decodeMessage,
  encodeDone,
  encodeFetch,
  encodeLeaveOut,
  encodeProposal,
  encodeReady,
  encodeResult,
  encodeVote,
  hashOfRequest,
  type Call,
  type Done,
  type LeaveOutRequest,
  type Message,
  type Ready,
  type ResultMessage,
} from './messages.ts';
import {
  applyMean,
  compareStanding,
  hasCertificate,
  hashOfModel,
  hashOfRoster,
  hashOfWords,
  includedOf,
  isSameDone,
  messageOf,
  verifyResult,
  type RoundResult,
} from './result.ts';
import {
  attemptOf,
  chooseRoster,
  differingField,
  isCalled,
  isEverybodyReady,
  minimumFor,
  objectionTo,
  type Link,
  type Situation,
} from './roster.ts';

/** Random bytes kept at hand: enough for one attempt of the largest cohort and a proposal. */
export const ENTROPY_BYTES = 1024;

/** How long an answer to FETCH is awaited before another peer is asked, ms. */
const FETCH_TIMEOUT_MS = 2_000;

/** DONEs of unknown results, and messages of unknown attempts, kept at a time: three of a full cohort. */
const MAX_UNKNOWN = 45;

/** Attempts by which a peer may be ahead: a larger number is a lie that would use the numbers up. */
const MAX_ATTEMPTS_AHEAD = 64;

/** What does not change while a peer is in a room. */
export interface RoundSetting {
  readonly suite: Suite;
  readonly signer: Signer;
  /** SHA-256 of what names the room, 32 bytes. */
  readonly room: Uint8Array;
  readonly parameters: RoundParameters;
  /** Smallest roster and result this peer accepts; 3 at least, but for two who trust each other. */
  readonly minPeers: number;
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
  readonly setting: RoundSetting;
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
  /** Peers that wait for the certificate of the newest result. */
  askers: readonly PeerId[];
  /** An attempt that the others finished, and this peer could not: its result is fetched. */
  missed: { readonly isIncluded: boolean; readonly until: number } | undefined;
  fetching: { readonly peer: PeerId; readonly until: number } | undefined;
  /** When the round was first seen called, ms. */
  calledAt: number;
  /** The attempt whose leader is awaited, and since when, ms. */
  due: { readonly attempt: number; readonly since: number } | undefined;
  /** Nothing is proposed before, ms. */
  notBefore: number;
  /** When `lead` wants to look again, ms. */
  wakeAt: number;
  /** The highest attempt that an earlier life of this peer may have contributed to. */
  joined: { readonly round: number; readonly attempt: number };
  /** READY as the others have it. */
  announced: Uint8Array | undefined;
}

/** A message that came before its proposal. */
interface Early {
  readonly from: PeerId;
  readonly tag: Uint8Array;
  readonly message: ReceivedMessage;
}

/** What reaches a peer. `now` is in ms on a clock that only grows. */
export type RoundEvent = { readonly now: number } & (
  | { readonly type: 'linked'; readonly peer: PeerId }
  | { readonly type: 'unlinked'; readonly peer: PeerId }
  | { readonly type: 'received'; readonly from: PeerId; readonly message: Message }
  /** How much this peer wants a round, and how much right after the next result it is in. */
  | { readonly type: 'call'; readonly call: Call; readonly after: Call }
  /** With whom this peer would sum two by two: '' nobody, '*' anybody, or an id. */
  | { readonly type: 'trust'; readonly trusts: string }
  /** `ENTROPY_BYTES` fresh random bytes, asked for by `draw`. The state owns the array. */
  | { readonly type: 'entropy'; readonly bytes: Uint8Array }
  /** The own update as words, asked for by `contribute`. The state owns the array. */
  | { readonly type: 'contribution'; readonly serial: number; readonly words: Uint32Array }
  /** There is no update to give. */
  | { readonly type: 'no-contribution'; readonly serial: number; readonly reason: FailureReason }
  | { readonly type: 'stored'; readonly serial: number }
  /** Ask the room to leave a peer out. */
  | { readonly type: 'leave-out'; readonly target: PeerId }
  /** Answer a request, by its name. */
  | { readonly type: 'vote'; readonly request: string; readonly agrees: boolean }
  | { readonly type: 'inspect'; readonly isInspected: boolean }
  | { readonly type: 'tick' }
);

/** What a peer asks for. */
export type RoundEffect =
  | { readonly type: 'send'; readonly to: readonly PeerId[]; readonly message: Uint8Array }
  /** Answer with `entropy`. */
  | { readonly type: 'draw' }
  /** Answer with `contribution`, encoded in this way. */
  | { readonly type: 'contribute'; readonly serial: number; readonly encoding: Encoding }
  /** Keep durably that this attempt was contributed to, then answer `stored`. */
  | {
      readonly type: 'store';
      readonly serial: number;
      readonly round: number;
      readonly attempt: number;
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
  /** Taken over from others, without the own update. */
  readonly isCopied: boolean;
  readonly inspection: AttemptInspection | undefined;
}

type Effects = RoundEffect[];

/** The state of a peer that has just come to a room. `entropy`: `ENTROPY_BYTES`, owned by the state. */
export function createRound(
  setting: RoundSetting,
  model: Float32Array,
  entropy: Uint8Array,
  restored?: Restored,
): RoundState {
  const { suite, parameters } = setting;
  const verified = restored?.result && verifyResult(suite, restored.result, parameters.mode);
  const result = typeof verified === 'object' ? verified : undefined;
  const current = result?.model ?? model;
  return {
    setting,
    round: (result?.done.round ?? 0) + 1,
    attempt: 1,
    serial: 0,
    model: current,
    base: hashOfModel(suite, current),
    call: 'off',
    callAfter: 'off',
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
    askers: [],
    missed: undefined,
    fetching: undefined,
    calledAt: Infinity,
    due: undefined,
    notBefore: 0,
    wakeAt: Infinity,
    joined: restored?.joined ?? { round: 0, attempt: 0 },
    announced: undefined,
  };
}

/** One step of a peer. */
export function stepRound(state: RoundState, event: RoundEvent): Step<RoundState, RoundEffect> {
  const effects: Effects = [];
  const { now } = event;
  switch (event.type) {
    case 'linked':
      state.links = new Map(state.links).set(event.peer, { since: now, ready: undefined });
      for (const message of openMessages(state)) send(effects, [event.peer], message);
      break;
    case 'unlinked':
      state.links = new Map([...state.links].filter(([peer]) => peer !== event.peer));
      if (state.fetching?.peer === event.peer) state.fetching = undefined;
      stepCurrent(state, { type: 'gone', peer: event.peer, now }, effects);
      stepPrevious(state, { type: 'gone', peer: event.peer, now }, effects);
      break;
    case 'received':
      receive(state, event.from, event.message, now, effects);
      break;
    case 'call':
      state.call = event.call;
      state.callAfter = event.after;
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
    case 'leave-out':
      ask(state, event.target, effects);
      break;
    case 'vote':
      vote(state, event.request, event.agrees, effects);
      break;
    case 'inspect':
      state.isInspected = event.isInspected;
      break;
    case 'tick':
      stepCurrent(state, { type: 'tick', now }, effects);
      stepPrevious(state, { type: 'tick', now }, effects);
      break;
    default:
      unreachable(event);
  }
  catchUp(state, now, effects);
  lead(state, now, effects);
  announce(state, effects);
  return [state, effects];
}

/** When the machine wants a `tick`, ms; Infinity while nothing is awaited. */
export function deadlineOf(state: RoundState): number {
  return Math.min(
    state.current?.deadline ?? Infinity,
    state.previous?.deadline ?? Infinity,
    state.fetching?.until ?? Infinity,
    state.missed?.until ?? Infinity,
    state.wakeAt,
  );
}

/** An independent copy. */
export function cloneRound(state: RoundState): RoundState {
  return {
    ...state,
    current: state.current && cloneAttempt(state.current),
    previous: state.previous && cloneAttempt(state.previous),
  };
}

/** Requests to leave somebody out that are open or hold, with the votes for them. */
export function agreedNow(state: RoundState): readonly OpenRequest[] {
  const room = [...state.links.keys(), state.setting.signer.id];
  return agreedRequests(state.requests, state.round, room, state.setting.minPeers);
}

// ---- Messages ----------------------------------------------------------------------------------

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
      return noteDone(state, from, message.done, message.bytes, effects);
    case 'fetch':
      return answerFetch(state, from, message.round, effects);
    case 'result':
      return adopt(state, from, message.result, effects);
    case 'leave-out':
      if (equalBytes(message.request.room, state.setting.room)) {
        state.requests = withRequest(suite, state.requests, message);
      }
      return;
    case 'vote':
      state.requests = withVote(suite, state.requests, message);
      return;
    case 'profile':
      return; // For people: the session shows it.
    default:
      unreachable(message);
  }
}

function noteReady(state: RoundState, from: PeerId, ready: Ready, effects: Effects): void {
  const link = state.links.get(from);
  if (link === undefined) return;
  const { parameters } = state.setting;
  const field = differingField(parameters, ready.parameters);
  const before = link.ready && differingField(parameters, link.ready.parameters);
  if (field !== undefined && field !== before) {
    const [own, theirs] = [String(parameters[field]), String(ready.parameters[field])];
    effects.push({ type: 'differs', peer: from, field, own, theirs });
  }
  const attempt = Math.min(ready.attempt, state.attempt + MAX_ATTEMPTS_AHEAD);
  state.links = new Map(state.links).set(from, { ...link, ready: { ...ready, attempt } });
}

function receiveAttempt(
  state: RoundState,
  from: PeerId,
  { tag, message }: Message & { type: 'attempt' },
  now: number,
  effects: Effects,
): void {
  const event: AttemptEvent = { type: 'received', from, message, now };
  if (state.current !== undefined && equalBytes(state.current.setting.tag, tag)) {
    stepCurrent(state, event, effects);
  } else if (state.previous !== undefined && equalBytes(state.previous.setting.tag, tag)) {
    stepPrevious(state, event, effects);
  } else if (['advertise', 'roster', 'abort'].includes(message.content.type)) {
    // Everything later answers something that this peer must have sent first.
    state.early = [...state.early, { from, tag, message }].slice(-MAX_UNKNOWN);
  }
}

// ---- Proposals ---------------------------------------------------------------------------------

/** Proposes a roster when this peer is the one to do it; waits, with bounds, for whoever is. */
function lead(state: RoundState, now: number, effects: Effects): void {
  state.wakeAt = Infinity;
  if (state.current !== undefined || state.missed !== undefined) return;
  const situation = situationOf(state);
  const roster = chooseRoster(situation);
  if (roster === undefined || !isCalled(situation, roster)) {
    state.calledAt = Infinity;
    state.due = undefined;
    return;
  }
  if (state.calledAt === Infinity) state.calledAt = now;
  const graceEnds = state.calledAt + CALL_GRACE_MS;
  if (now < state.notBefore) {
    state.wakeAt = state.notBefore;
  } else if (now < graceEnds && !isEverybodyReady(situation, roster)) {
    state.wakeAt = graceEnds;
  } else {
    const attempt = attemptOf(situation, roster);
    const { suite, room, signer } = state.setting;
    const [leader] = leadersOf(suite, { room, round: state.round, attempt, roster });
    if (leader === signer.id) propose(state, situation, roster, attempt, now, effects);
    else awaitLeader(state, attempt, now);
  }
}

function awaitLeader(state: RoundState, attempt: number, now: number): void {
  if (state.due?.attempt !== attempt) state.due = { attempt, since: now };
  if (now >= state.due.since + PROPOSE_TIMEOUT_MS) {
    state.attempt = attempt + 1;
    state.due = { attempt: state.attempt, since: now };
  }
  state.wakeAt = state.due.since + PROPOSE_TIMEOUT_MS;
}

function propose(
  state: RoundState,
  situation: Situation,
  roster: readonly PeerId[],
  attempt: number,
  now: number,
  effects: Effects,
): void {
  if (state.entropy.length < ENTROPY_BYTES) return; // Fresh bytes are on their way.
  const { suite, signer, room, parameters } = state.setting;
  const agreed = agreedNow(state).filter(({ request }) =>
    situation.leftOut.includes(request.target),
  );
  const proposal: Proposal = {
    room,
    round: state.round,
    attempt,
    nonce: state.entropy.slice(0, 16),
    base: state.base,
    parameters,
    roster,
    requests: evidenceOf(agreed).slice(0, MAX_REQUESTS),
  };
  const message = encodeProposal(suite, signer, proposal);
  send(
    effects,
    roster.filter((peer) => peer !== signer.id),
    message,
  );
  begin(state, proposal, openEnvelope(message).body, now, effects);
}

/** Judges a proposal: joins it, or says at once that this peer will not. */
function consider(
  state: RoundState,
  from: PeerId,
  { proposal, envelope }: Message & { type: 'propose' },
  now: number,
  effects: Effects,
): void {
  const { suite, signer } = state.setting;
  const { roster } = proposal;
  if (!isSignedBy(suite, from, envelope)) {
    return violate(effects, from, 'propose is not signed by its sender');
  }
  if (!roster.includes(signer.id) || leadersOf(suite, proposal)[0] !== from) {
    return violate(effects, from, 'proposed a roster that it does not lead');
  }
  state.requests = withEvidence(suite, state.requests, proposal.requests);
  const reason = reasonAgainst(state, proposal, now);
  if (reason !== undefined) {
    const tag = contextOfProposal(suite, envelope.body).slice(0, 16);
    const refusal = encodeSigned(suite, signer, 'abort', { tag, reason });
    return send(
      effects,
      roster.filter((peer) => peer !== signer.id),
      refusal,
    );
  }
  if (state.current !== undefined) abandon(state, now, effects);
  begin(state, proposal, envelope.body, now, effects);
}

/** Why this peer will not join a proposal. */
function reasonAgainst(
  state: RoundState,
  proposal: Proposal,
  now: number,
): FailureReason | undefined {
  const { setting, joined } = state;
  const field = differingField(setting.parameters, proposal.parameters);
  if (field !== undefined || !equalBytes(proposal.room, setting.room)) return 'parameters-differ';
  if (proposal.round !== state.round || !equalBytes(proposal.base, state.base))
    return 'base-differs';
  if (state.call === 'off' || state.missed !== undefined) return 'aborted';
  if (state.entropy.length < ENTROPY_BYTES) return 'aborted';
  const isOld =
    proposal.attempt < state.attempt - 1 ||
    proposal.attempt > state.attempt + MAX_ATTEMPTS_AHEAD ||
    (joined.round === proposal.round && proposal.attempt <= joined.attempt) ||
    joined.round > proposal.round;
  if (isOld) return 'aborted';
  if (state.current !== undefined && !isBetter(proposal, state.current)) return 'aborted';
  const objection = objectionTo(situationOf(state, false), proposal.roster, now);
  return objection === undefined ? undefined : 'left-out';
}

/** Of two proposals before any share was dealt, everybody follows the same one. */
function isBetter(proposal: Proposal, current: AttemptState): boolean {
  if (current.phase !== 'advertise') return false;
  const { setting } = current;
  const [known, leader] = [setting.proposal, setting.proposal.roster[setting.leaders[0]!]!];
  if (proposal.attempt !== known.attempt) return proposal.attempt > known.attempt;
  if (proposal.roster.length !== known.roster.length) {
    return proposal.roster.length > known.roster.length;
  }
  return leadersOf(setting.suite, proposal)[0]! < leader;
}

/** Joins an attempt. */
function begin(
  state: RoundState,
  proposal: Proposal,
  body: Uint8Array,
  now: number,
  effects: Effects,
): void {
  const { suite, signer, minPeers } = state.setting;
  const count = proposal.roster.length;
  const setting = attemptSetting(suite, signer, proposal, body, {
    minimum: minimumFor(count, minPeers),
    isInspected: state.isInspected,
  });
  const entropy = state.entropy.slice(16, 16 + attemptEntropyBytes(count, proposal));
  state.entropy.fill(0);
  state.entropy = new Uint8Array();
  state.serial++;
  state.startedAt = now;
  state.attempt = Math.max(state.attempt, proposal.attempt);
  state.due = undefined;
  const [attempt, started] = startAttempt(setting, entropy, now);
  state.current = attempt;
  effects.push({ type: 'draw' });
  effects.push({ type: 'contribute', serial: state.serial, encoding: encodingOf(proposal) });
  handle(state, started, now, effects);
  const early = state.early.filter(({ tag }) => equalBytes(tag, setting.tag));
  state.early = state.early.filter((other) => !early.includes(other));
  for (const { from, message } of early) {
    stepCurrent(state, { type: 'received', from, message, now }, effects);
  }
}

/** Leaves an attempt before shares were dealt, for a better one. */
function abandon(state: RoundState, now: number, effects: Effects): void {
  const [, left] = stepAttempt(state.current!, { type: 'abort', reason: 'aborted', now });
  for (const effect of left) if (effect.type === 'send') effects.push(effect);
  state.current = undefined;
}

// ---- The attempt under way ---------------------------------------------------------------------

function stepCurrent(state: RoundState, event: AttemptEvent, effects: Effects): void {
  if (state.current === undefined) return;
  const [attempt, asked] = stepAttempt(state.current, event);
  state.current = attempt;
  handle(state, asked, event.now, effects);
}

/** A finished attempt goes on helping, and asks for nothing else. */
function stepPrevious(state: RoundState, event: AttemptEvent, effects: Effects): void {
  if (state.previous === undefined) return;
  const [attempt, asked] = stepAttempt(state.previous, event);
  state.previous = attempt;
  for (const effect of asked) {
    if (effect.type === 'send' || effect.type === 'violation') effects.push(effect);
  }
}

function handle(
  state: RoundState,
  asked: readonly AttemptEffect[],
  now: number,
  effects: Effects,
): void {
  for (const effect of asked) {
    switch (effect.type) {
      case 'send':
      case 'violation':
        effects.push(effect);
        break;
      case 'store': {
        const { round, attempt } = state.current!.setting.proposal;
        state.joined = { round, attempt };
        effects.push({ type: 'store', serial: state.serial, round, attempt });
        break;
      }
      case 'outcome':
        conclude(state, effect.outcome, now, effects);
        break;
      default:
        unreachable(effect);
    }
  }
}

function conclude(state: RoundState, outcome: AttemptOutcome, now: number, effects: Effects): void {
  const ended = state.current!;
  const { proposal } = ended.setting;
  state.current = undefined;
  state.calledAt = Infinity;
  switch (outcome.type) {
    case 'result':
      state.previous = ended;
      return finish(state, ended, outcome, now, effects);
    case 'missed':
      state.previous = ended;
      state.missed = {
        isIncluded: outcome.included.includes(state.setting.signer.id),
        until: now + RECOVER_TIMEOUT_MS,
      };
      return;
    case 'failed': {
      const { reason, message, isSpent, failed } = outcome;
      state.blame = withFailures(state.blame, failed, state.round, state.serial);
      state.attempt = Math.max(state.attempt, proposal.attempt + 1);
      state.notBefore = now + RETRY_DELAY_MS;
      effects.push({
        type: 'failed',
        round: proposal.round,
        attempt: proposal.attempt,
        reason,
        message,
        isSpent,
      });
      return;
    }
    default:
      unreachable(outcome);
  }
}

/** Makes the next model from a sum, and signs for it. */
function finish(
  state: RoundState,
  ended: AttemptState,
  outcome: AttemptOutcome & { type: 'result' },
  now: number,
  effects: Effects,
): void {
  const { suite, signer } = state.setting;
  const { proposal, context } = ended.setting;
  const { roster } = proposal;
  const { words, included } = outcome;
  const { mean } = decodeAggregate(words, included.length, encodingOf(proposal));
  const model = state.model.length > 0 ? applyMean(state.model, mean) : state.model;
  const done: Done = {
    round: proposal.round,
    attempt: proposal.attempt,
    context,
    rosterHash: hashOfRoster(suite, roster),
    included: ended.certificate!.members,
    resultHash: hashOfWords(suite, words),
    modelHash: hashOfModel(suite, model),
  };
  const bytes = encodeDone(suite, signer, done);
  send(
    effects,
    roster.filter((peer) => peer !== signer.id),
    bytes,
  );
  const known = state.dones.filter(
    (other) => roster.includes(other.signer) && isSameDone(other.done, done),
  );
  const dones = new Map([
    [signer.id, bytes],
    ...known.map((other) => [other.signer, other.bytes] as const),
  ]);
  state.blame = withoutRecords(
    withFailures(state.blame, outcome.failed, state.round, state.serial),
    included,
  );
  state.call = state.callAfter;
  enter(state, { done, roster, words, model, dones }, effects);
  effects.push({
    type: 'result',
    report: {
      ...reportOf(state.result!),
      durationMs: now - state.startedAt,
      isCopied: false,
      inspection: outcome.inspection,
    },
  });
}

// ---- Results -----------------------------------------------------------------------------------

/** Takes a result on: the next round begins from its model. */
function enter(state: RoundState, result: RoundResult, effects: Effects): void {
  state.result = result;
  state.round = result.done.round + 1;
  state.attempt = 1;
  state.model = result.model;
  state.base = result.done.modelHash;
  state.missed = undefined;
  state.fetching = undefined;
  state.askers = [];
  state.due = undefined;
  state.notBefore = 0;
  state.dones = state.dones.filter(({ done }) => done.round >= state.round);
  state.requests = withoutExpired(state.requests, state.round);
  answerAskers(state, effects);
}

function noteDone(
  state: RoundState,
  from: PeerId,
  done: Done,
  bytes: Uint8Array,
  effects: Effects,
): void {
  const { result } = state;
  if (result !== undefined && isSameDone(result.done, done)) {
    if (result.roster.includes(from) && !result.dones.has(from)) {
      state.result = { ...result, dones: new Map(result.dones).set(from, bytes) };
      answerAskers(state, effects);
    }
  } else if (done.round >= state.round) {
    const others = state.dones.filter(
      (known) => known.signer !== from || known.done.round !== done.round,
    );
    state.dones = [...others, { signer: from, done, bytes }].slice(-MAX_UNKNOWN);
  }
}

/** Fetches a result that others have and this peer has not. */
function catchUp(state: RoundState, now: number, effects: Effects): void {
  const { missed } = state;
  if (missed !== undefined && now >= missed.until) {
    state.missed = undefined;
    state.attempt++;
    effects.push({
      type: 'failed',
      round: state.round,
      attempt: state.attempt - 1,
      reason: 'spent',
      message: 'the others finished it, and nobody could hand over the result',
      isSpent: true,
    });
  }
  if (state.current !== undefined) return;
  if (state.fetching !== undefined && now < state.fetching.until) return;
  const asked = state.fetching?.peer;
  state.fetching = undefined;
  const own = standingOf(state);
  const ahead = [...state.links].filter(
    ([, { ready }]) =>
      ready !== undefined &&
      compareStanding(ready, own) > 0 &&
      differingField(state.setting.parameters, ready.parameters) === undefined,
  );
  if (ahead.length === 0) return;
  // Whoever did not answer is asked again only when everybody else was.
  const next = (ahead.findIndex(([peer]) => peer === asked) + 1) % ahead.length;
  const [peer, link] = ahead[next]!;
  state.fetching = { peer, until: now + FETCH_TIMEOUT_MS };
  send(effects, [peer], encodeFetch(Math.min(state.round, link.ready!.round - 1)));
}

function answerFetch(state: RoundState, from: PeerId, round: number, effects: Effects): void {
  if (state.result === undefined || state.result.done.round < round) return;
  if (!state.askers.includes(from)) state.askers = [...state.askers, from].slice(-MAX_UNKNOWN);
  answerAskers(state, effects);
}

function answerAskers(state: RoundState, effects: Effects): void {
  const { result, setting } = state;
  if (result === undefined || state.askers.length === 0) return;
  if (!hasCertificate(result, setting.parameters.mode)) return;
  send(effects, state.askers, encodeResult(messageOf(result)));
  state.askers = [];
}

/** Copies a result that is ahead of the own one, if somebody this peer knows stands behind it. */
function adopt(state: RoundState, from: PeerId, message: ResultMessage, effects: Effects): void {
  if (state.current !== undefined || state.fetching?.peer !== from) return;
  const { suite, parameters, signer } = state.setting;
  const result = verifyResult(suite, message, parameters.mode);
  if (typeof result === 'string') return violate(effects, from, `sent a result, but ${result}`);
  const { done } = result;
  const included = includedOf(result);
  const theirs = { round: done.round + 1, included: included.length, base: done.modelHash };
  if (compareStanding(theirs, standingOf(state)) <= 0) return;
  const isFitting =
    message.model.length === state.model.length &&
    [...state.links.values()].filter(({ ready }) => ready && equalBytes(ready.base, done.modelHash))
      .length *
      2 >
      state.links.size;
  const isVouched = [...result.dones.keys()].some(
    (peer) => state.links.has(peer) || peer === signer.id,
  );
  if (message.model.length !== state.model.length || !(isVouched || isFitting)) return;
  const isIncluded = state.missed?.isIncluded === true && included.includes(signer.id);
  if (isIncluded) state.call = state.callAfter;
  enter(state, result, effects);
  effects.push({
    type: 'result',
    report: {
      ...reportOf(result),
      durationMs: 0,
      isCopied: !isIncluded,
      inspection: undefined,
    },
  });
}

function reportOf(
  result: RoundResult,
): Omit<RoundReport, 'durationMs' | 'isCopied' | 'inspection'> {
  const { done, roster, words, model } = result;
  return {
    round: done.round,
    attempt: done.attempt,
    roster,
    included: includedOf(result),
    words,
    model,
    resultHash: toHex(done.resultHash),
  };
}

// ---- Leaving somebody out ----------------------------------------------------------------------

function ask(state: RoundState, target: PeerId, effects: Effects): void {
  const { suite, signer, room } = state.setting;
  const request: LeaveOutRequest = { room, by: signer.id, target, fromRound: state.round };
  if (state.requests.has(nameOf(suite, request)) || target === signer.id) return;
  const bytes = encodeLeaveOut(suite, signer, request);
  const message = decodeMessage(bytes);
  if (message.type === 'leave-out') state.requests = withRequest(suite, state.requests, message);
  send(effects, [...state.links.keys()], bytes);
}

function vote(state: RoundState, name: string, agrees: boolean, effects: Effects): void {
  const { suite, signer } = state.setting;
  const open = state.requests.get(name);
  if (open === undefined) return;
  const requestHash = hashOfRequest(suite, open.request);
  const bytes = encodeVote(suite, signer, { by: signer.id, requestHash, agrees });
  const message = decodeMessage(bytes);
  if (message.type === 'vote') state.requests = withVote(suite, state.requests, message);
  send(effects, [...state.links.keys()], bytes);
}

/** Requests and votes, for a peer that has just come. */
function openMessages(state: RoundState): readonly Uint8Array[] {
  return [...state.requests.values()].flatMap(({ bytes, votes }) => [
    bytes,
    ...[...votes.values()].filter((known) => known.bytes.length > 0).map((known) => known.bytes),
  ]);
}

// ---- What this peer says -----------------------------------------------------------------------

function readyOf(state: RoundState): Ready {
  return {
    round: state.round,
    attempt: state.attempt,
    base: state.base,
    included: standingOf(state).included,
    parameters: state.setting.parameters,
    call: state.call,
    isBusy: state.current !== undefined,
    minPeers: state.setting.minPeers,
    trusts: state.trusts,
    links: [...state.links.keys()].sort().slice(0, 64),
  };
}

/** Tells everybody what changed; that this peer is busy, only those who are not busy with it. */
function announce(state: RoundState, effects: Effects): void {
  const ready = readyOf(state);
  const bytes = encodeReady(ready);
  const known = state.announced;
  if (known !== undefined && equalBytes(known, bytes)) return;
  const isOnlyBusy =
    known !== undefined &&
    state.current !== undefined &&
    equalBytes(known, encodeReady({ ...ready, isBusy: false }));
  const roster = isOnlyBusy ? state.current!.setting.proposal.roster : [];
  send(
    effects,
    [...state.links.keys()].filter((peer) => !roster.includes(peer)),
    bytes,
  );
  state.announced = bytes;
}

function situationOf(state: RoundState, isBusy = state.current !== undefined): Situation {
  return {
    self: state.setting.signer.id,
    own: { ...readyOf(state), isBusy },
    links: state.links,
    blame: state.blame,
    attemptSerial: state.serial,
    leftOut: agreedNow(state).map(({ request }) => request.target),
  };
}

function standingOf(state: RoundState): { round: number; included: number; base: Uint8Array } {
  const included = state.result === undefined ? 0 : includedOf(state.result).length;
  return { round: state.round, included, base: state.base };
}

function send(effects: Effects, to: readonly PeerId[], message: Uint8Array): void {
  if (to.length > 0) effects.push({ type: 'send', to, message });
}

function violate(effects: Effects, peer: PeerId, evidence: string): void {
  effects.push({ type: 'violation', peer, evidence });
}
