/**
 * Results that this peer has, gives to others, or takes over from them.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import { CERTIFICATE_WAIT_MS } from '../config.ts';
import { assumedMalicious } from '../secagg/index.ts';
import { gridOf, isSameEpoch } from '../gossip/index.ts';
import { peersOfClaim } from './claims.ts';
import { readDetail } from './detail.ts';
import { hasFounded } from './founding.ts';
import { withoutExpired } from './leave-out.ts';
import {
  encodeFetch,
  encodeResult,
  type Done,
  type Message,
  type ResultMessage,
  type Ready,
} from './messages.ts';
import { givePart, isLargeResult } from './result-parts.ts';
import {
  compareStanding,
  hasCertificate,
  hashOfWords,
  includedOf,
  isSameDone,
  messageOf,
  modelAfter,
  sumOfRoom,
  standingOfResult,
  verifyResult,
  type RoundResult,
} from './result.ts';
import { ANYBODY, areOfOnePlan, differingField } from './roster.ts';
import {
  send,
  violate,
  withNewest,
  MAX_UNKNOWN_DONES,
  type RoundReport,
  type RoundSetting,
  type RoundState,
  type Effects,
} from './state.ts';
import { standingOf } from './readiness.ts';

/** How long an answer to FETCH is awaited before another peer is asked, ms. */
const FETCH_TIMEOUT_MS = 2_000;

/** How long one RESULT to a peer keeps it from the next, ms: it may be megabytes. */
const ANSWER_PAUSE_MS = 1_000;

/** Takes a result on: the next round begins from its model. */
export function enter(state: RoundState, result: RoundResult, now: number): void {
  state.result = result;
  state.round = result.done.round + 1;
  state.attempt = 1;
  state.model = result.model;
  state.base = result.base;
  state.epoch = readDetail(result.detail).epoch ?? result.within;
  state.change = undefined;
  state.missed = undefined;
  state.fetching = undefined;
  state.enteredAt = now;
  state.askers = [];
  state.given = new Map();
  state.parts = new Map();
  state.due = undefined;
  state.notBefore = 0;
  state.closed = state.closed.filter(({ round }) => round >= result.done.round);
  state.dones = state.dones.filter(({ done }) => done.round >= state.round);
  state.requests = withoutExpired(state.requests, state.round);
}

export function noteDone(
  state: RoundState,
  from: PeerId,
  done: Done,
  bytes: Uint8Array,
  now: number,
  effects: Effects,
): void {
  const { result } = state;
  if (result !== undefined && isSameDone(result.done, done)) {
    if (result.roster.includes(from) && !result.dones.has(from)) {
      state.result = { ...result, dones: new Map(result.dones).set(from, bytes) };
      answerAskers(state, now, effects);
    }
  } else if (done.round >= state.round) {
    const others = state.dones.filter(
      (known) => known.signer !== from || known.done.round !== done.round,
    );
    const known = { signer: from, done, bytes };
    state.dones = withNewest(others, known, ({ signer }) => signer, MAX_UNKNOWN_DONES);
  }
}

/** Fetches a result that others have and this peer has not. */
export function catchUp(state: RoundState, now: number, effects: Effects): void {
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
      isSpent: !missed.isFounding,
    });
  }
  if (state.current !== undefined) return;
  if (state.fetching !== undefined && now < state.fetching.until) return;
  const asked = state.fetching?.peer;
  state.fetching = undefined;
  const own = standingOf(state);
  const isPart = state.setting.cohort !== undefined;
  const ahead = [...state.links].filter(
    ([, { ready }]) =>
      ready !== undefined &&
      // A cohort's results have no model of their own, so only a later round is news.
      (isPart ? ready.round > state.round : compareStanding(ready, own) > 0) &&
      hasResultFor(state, ready),
  );
  if (ahead.length === 0) return;
  // Whoever did not answer is asked again only when everybody else was.
  const next = (ahead.findIndex(([peer]) => peer === asked) + 1) % ahead.length;
  const [peer, link] = ahead[next]!;
  state.fetching = { peer, until: now + FETCH_TIMEOUT_MS };
  send(effects, [peer], encodeFetch(Math.min(state.round, link.ready!.round - 1)));
}

/** Whether what a peer sums means something to this one: the same, or another step of the same plan. */
function hasResultFor({ model, setting }: RoundState, { parameters }: Ready): boolean {
  if (differingField(setting.parameters, parameters) === undefined) return true;
  return model.length === 0 && areOfOnePlan(setting.parameters.task, parameters.task);
}

export function answerFetch(
  state: RoundState,
  from: PeerId,
  { round, offset }: Message & { type: 'fetch' },
  now: number,
  effects: Effects,
): void {
  if (state.result === undefined || state.result.done.round < round) return;
  if (offset > 0) {
    if (state.result.done.round === round) givePart(state, from, offset, effects);
    return;
  }
  if (now - (state.given.get(from) ?? -Infinity) < ANSWER_PAUSE_MS) return;
  if (!state.links.has(from)) return;
  if (!state.askers.includes(from)) state.askers = [...state.askers, from];
  answerAskers(state, now, effects);
}

/** Copies a result that is ahead of the own one, if somebody this peer knows stands behind it. */
export function adopt(
  state: RoundState,
  from: PeerId,
  message: ResultMessage,
  now: number,
  effects: Effects,
): void {
  if (state.current !== undefined || state.fetching?.peer !== from) return;
  const { suite, signer } = state.setting;
  const result = verifyResult(suite, message, state.setting);
  if (typeof result === 'string') return violate(effects, from, `sent a result, but ${result}`);
  if (result.model.length !== state.model.length) return;
  if (compareStanding(standingOfResult(result), standingOf(state)) <= 0) return;
  if (!isCertified(state, result) && !isNamedByMost(state, result)) return;
  const isNothing = hasFounded(result);
  const isIncluded =
    !isNothing && state.missed?.isIncluded === true && includedOf(result).includes(signer.id);
  if (isIncluded) state.call = state.callAfter;
  const isNews = !isNothing || !equalBytes(state.base, result.base);
  enter(state, result, now);
  if (!isNews) return;
  effects.push({
    type: 'result',
    report: {
      ...reportOf(state.setting, result),
      durationMs: 0,
      isCopied: !isIncluded,
      inspection: undefined,
    },
  });
}

/**
 * Whether a certificate stands behind a result that means something to this peer: to a newcomer, one
 * signer that it is linked to; to whoever has a model to lose, more such signers than may lie. What
 * it signed itself in an earlier life it believes.
 */
function isCertified(state: RoundState, result: RoundResult): boolean {
  const { setting, trusts } = state;
  const { roster, dones } = result;
  const { mode } = setting.parameters;
  if (!hasCertificate(result, mode)) return false;
  if (result.within !== undefined) return isOfKnownGrid(state, result);
  if (dones.has(setting.signer.id)) return true;
  // Two identities are had for nothing, so two say nothing to others.
  if (roster.length === 2 && trusts !== ANYBODY && !roster.includes(trusts as PeerId)) return false;
  const liars = state.result === undefined ? 0 : assumedMalicious(roster.length, mode);
  return linkedSigners(state, result) > liars;
}

/**
 * Whether a sum of sums with a certificate can be believed: by whoever knows the epoch and can compute the
 * model itself, at once; else if a linked peer names the model and another does too or is past it, since its signers sit in
 * other lines and are hardly ever linked to this peer.
 */
function isOfKnownGrid(
  state: RoundState,
  { done, within, words, detail, base }: RoundResult,
): boolean {
  const { setting, links } = state;
  if (done.round === state.round && isSameEpoch(setting.suite, state.epoch, within)) {
    return equalBytes(modelAfter(setting, within!, words, detail, state.model).base, base);
  }
  const standing = [...links.values()].flatMap(({ ready }) => ready ?? []);
  const naming = standing.filter(
    (ready) => ready.round === done.round + 1 && equalBytes(ready.base, base),
  );
  // In a room that goes on, some are past it by the time it is here: they had it, or one like it.
  const past = standing.filter((ready) => ready.round > done.round + 1);
  return naming.length > 0 && naming.length + past.length >= 2;
}

/**
 * Whether more than half of the linked peers name the round and the model of a result as theirs; among
 * newcomers, more than half of those that have any, since others have nothing to name. A bare
 * sum has no model, so there more of them than may lie must have signed it, too.
 */
function isNamedByMost(state: RoundState, result: RoundResult): boolean {
  const { links, setting } = state;
  const { done, model, roster } = result;
  const isNewcomer = state.result === undefined;
  const asked = [...links.values()].filter(({ ready }) => !isNewcomer || ready?.included !== 0);
  const naming = asked.filter(
    ({ ready }) =>
      ready !== undefined && ready.round === done.round + 1 && equalBytes(ready.base, result.base),
  );
  const liars = assumedMalicious(roster.length, setting.parameters.mode);
  return (
    2 * naming.length > asked.length && (model.length > 0 || linkedSigners(state, result) > liars)
  );
}

function linkedSigners({ links }: RoundState, { dones }: RoundResult): number {
  return [...dones.keys()].filter((peer) => links.has(peer)).length;
}

export function reportOf(
  setting: Pick<RoundSetting, 'suite' | 'parameters'>,
  result: RoundResult,
): Omit<RoundReport, 'durationMs' | 'isCopied' | 'inspection'> {
  const { done, roster, words, model, detail, within } = result;
  const { claim, epoch } = readDetail(detail);
  if (within !== undefined) {
    const sum = sumOfRoom(setting, within, words);
    return {
      round: done.round,
      attempt: done.attempt,
      roster: within.members,
      included: peersOfClaim(gridOf(setting.suite, within), claim),
      words: sum,
      model,
      resultHash: toHex(hashOfWords(setting.suite, sum)),
      epoch,
    };
  }
  return {
    round: done.round,
    attempt: done.attempt,
    roster,
    included: hasFounded(result) ? [] : includedOf(result),
    words,
    model,
    resultHash: toHex(done.resultHash),
    epoch,
  };
}

/** When those who wait get the newest result, ms; Infinity where nobody does. */
export function answersAt({ askers, enteredAt }: RoundState): number {
  return askers.length === 0 ? Infinity : enteredAt + CERTIFICATE_WAIT_MS;
}

/** Gives the newest result to those who wait for it, once it is certified or will hardly ever be. */
export function answerAskers(state: RoundState, now: number, effects: Effects): void {
  const { result, setting, askers } = state;
  if (result === undefined || askers.length === 0) return;
  if (!hasCertificate(result, setting.parameters.mode) && now < answersAt(state)) return;
  if (isLargeResult(result)) for (const peer of askers) givePart(state, peer, 0, effects);
  else send(effects, askers, encodeResult(messageOf(result)));
  state.given = new Map([...state.given, ...askers.map((peer) => [peer, now] as const)]);
  state.askers = [];
}
