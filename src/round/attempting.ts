/**
 * The attempt under way, and the newest finished one, inside the round.
 *
 * An attempt that ends with a result makes the next model. One that fails is followed by another in
 * the same round; whoever made it fail is remembered.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import { RECOVER_TIMEOUT_MS, RETRY_DELAY_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import {
  attemptEntropyBytes,
  attemptSetting,
  encodingOf,
  hashOfParameters,
  startAttempt,
  stepAttempt,
  type AttemptEffect,
  type AttemptEvent,
  type AttemptOutcome,
  type AttemptState,
  type Proposal,
} from '../secagg/index.ts';
import { nextEpoch } from '../gossip/index.ts';
import { withFailures, withoutRecords } from './blame.ts';
import { encodeDetail, type Detail } from './detail.ts';
import { encodeDone, type Done, type Message } from './messages.ts';
import { claimOfLine, joinClaims } from './claims.ts';
import { updateOf } from './combining.ts';
import { isFounding, nothingFor } from './founding.ts';
import { applyMean, hashOfModel, hashOfRoster, hashOfWords, isSameDone } from './result.ts';
import { minimumFor } from './roster.ts';
import {
  send,
  withNewest,
  MAX_CLOSED,
  MAX_EARLY,
  type BucketSums,
  type RoundState,
  type Effects,
} from './state.ts';
import { enter, reportOf } from './catching-up.ts';

/** Joins an attempt. */
export function begin(
  state: RoundState,
  proposal: Proposal,
  body: Uint8Array,
  now: number,
  effects: Effects,
): void {
  const { suite, signer, minPeers } = state.setting;
  const count = proposal.roster.length;
  const isNothing = isFounding(state.setting.cohort, proposal);
  const setting = attemptSetting(suite, signer, proposal, body, {
    minimum: minimumFor(count, isNothing ? 0 : minPeers),
    isInspected: state.isInspected,
    claim: state.setting.cohort?.claim,
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
  if (!isNothing) {
    effects.push({ type: 'contribute', serial: state.serial, encoding: encodingOf(proposal) });
  }
  handle(state, started, now, effects);
  if (isNothing) {
    stepCurrent(state, { type: 'contribution', words: nothingFor(proposal), now }, effects);
  }
  const early = state.early.filter(({ tag }) => equalBytes(tag, setting.tag));
  state.early = state.early.filter((other) => !early.includes(other));
  for (const { from, message } of early) {
    stepCurrent(state, { type: 'received', from, message, now }, effects);
  }
}

/** Remembers an attempt, so that its proposal is not answered again: nobody signs LOCK and ABORT of one. */
export function closeAttempt(
  state: RoundState,
  { round, roster }: Proposal,
  leader: number,
  tag: Uint8Array,
): void {
  state.closed = [...state.closed, { round, leader: roster[leader]!, tag }].slice(-MAX_CLOSED);
}

/** Leaves an attempt before shares were dealt, for a better one. */
export function abandon(state: RoundState, now: number, effects: Effects): void {
  const { proposal, leaders, tag } = state.current!.setting;
  closeAttempt(state, proposal, leaders[0]!, tag);
  const [, left] = stepAttempt(state.current!, { type: 'abort', reason: 'aborted', now });
  for (const effect of left) if (effect.type === 'send') effects.push(effect);
  state.current = undefined;
}

export function receiveAttempt(
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
    const early = { from, tag, message };
    state.early = withNewest(state.early, early, (known) => known.from, MAX_EARLY);
  }
}

export function stepCurrent(state: RoundState, event: AttemptEvent, effects: Effects): void {
  if (state.current === undefined) return;
  const [attempt, asked] = stepAttempt(state.current, event);
  state.current = attempt;
  handle(state, asked, event.now, effects);
}

/** A finished attempt goes on helping, and asks for nothing else. */
export function stepPrevious(state: RoundState, event: AttemptEvent, effects: Effects): void {
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
        const { proposal } = state.current!.setting;
        const { round, attempt } = proposal;
        const isNothing = isFounding(state.setting.cohort, proposal);
        state.joined = { round, attempt };
        effects.push({ type: 'store', serial: state.serial, round, attempt, isNothing });
        break;
      }
      case 'mask':
        effects.push({ ...effect, serial: state.serial });
        break;
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
  const { proposal, leaders, tag } = ended.setting;
  closeAttempt(state, proposal, leaders[0]!, tag);
  state.current = undefined;
  state.calledAt = Infinity;
  switch (outcome.type) {
    case 'result':
      state.previous = ended;
      return finish(state, ended, outcome, now, effects);
    case 'missed':
      state.previous = ended;
      state.missed = {
        isFounding: isFounding(state.setting.cohort, proposal),
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
        isSpent: isSpent && !isFounding(state.setting.cohort, proposal),
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
  const { words, included, buckets } = outcome;
  const meanOf = (): Float64Array => {
    const { combining } = proposal.parameters;
    return updateOf(words, buckets.length, included.length, encodingOf(proposal), {
      combining,
      length: state.model.length,
    });
  };
  const isNothing = isFounding(state.setting.cohort, proposal);
  const hasMoved = state.model.length > 0 && !isNothing;
  const model = hasMoved ? applyMean(state.model, meanOf()) : state.model;
  const detail = encodeDetail(detailOf(state, ended, outcome));
  const base = hashOfModel(suite, model);
  const done: Done = {
    room: proposal.room,
    parameters: hashOfParameters(suite, proposal.parameters),
    round: proposal.round,
    attempt: proposal.attempt,
    context,
    rosterHash: hashOfRoster(suite, roster),
    included: ended.certificate!.members,
    resultHash: hashOfWords(suite, words),
    modelHash: base,
    detailHash: detail.length === 0 ? detail : suite.hash(detail),
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
  if (!isNothing) state.call = state.callAfter;
  const within = undefined;
  enter(state, { done, roster, words, model, base, detail, within, dones }, now);
  if (isNothing) return;
  effects.push({
    type: 'result',
    report: {
      ...reportOf(state.setting, state.result!),
      durationMs: now - state.startedAt,
      isCopied: false,
      sums: bucketSums(proposal, outcome),
      inspection: outcome.inspection,
    },
  });
}

function bucketSums(
  { room, parameters, roster }: Proposal,
  { words, buckets }: AttemptOutcome & { type: 'result' },
): BucketSums | undefined {
  if (parameters.combining === undefined) return undefined;
  return { cohort: toHex(room), parameters, roster, buckets, words };
}

/** What the result says beside its words: whom it includes, and the epoch that follows. */
function detailOf(
  state: RoundState,
  ended: AttemptState,
  outcome: AttemptOutcome & { type: 'result' },
): Detail {
  const { cohort } = state.setting;
  const { proposal } = ended.setting;
  const { claims, included, beacon } = outcome;
  const epoch =
    proposal.change && nextEpoch(state.epoch, proposal.change, proposal.round + 1, beacon);
  if (cohort === undefined) return { claim: new Uint8Array(), epoch };
  if (cohort.level === 0) {
    return { claim: claimOfLine(cohort.grid, cohort.group, included), epoch };
  }
  const inside = claims.filter((_, place) => included.includes(proposal.roster[place]!));
  return { claim: joinClaims(inside), epoch };
}

/**
 * Goes on from a round and a model that the room has, whatever this cohort did or did not finish. An
 * attempt under way that can still be stopped is; one that cannot is spent, since the room is past it.
 */
export function rebase(
  state: RoundState,
  round: number,
  base: Uint8Array,
  now: number,
  effects: Effects,
): void {
  const serial = state.current === undefined ? undefined : state.serial;
  stepCurrent(state, { type: 'abort', reason: 'aborted', now }, effects);
  if (state.current !== undefined && state.serial === serial) {
    const { proposal, leaders, tag } = state.current.setting;
    closeAttempt(state, proposal, leaders[0]!, tag);
    state.previous = state.current;
    state.current = undefined;
    effects.push({
      type: 'failed',
      round: proposal.round,
      attempt: proposal.attempt,
      reason: 'spent',
      message: 'the room finished the round without this line',
      isSpent: true,
    });
  }
  state.round = round;
  state.attempt = state.joined.round === round ? state.joined.attempt + 1 : 1;
  state.base = base;
  state.missed = undefined;
  state.fetching = undefined;
  state.due = undefined;
  state.calledAt = Infinity;
  state.notBefore = 0;
  state.askers = [];
}
