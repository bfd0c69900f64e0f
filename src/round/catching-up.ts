/**
 * Results that this peer has, gives to others, or takes over from them.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import { withoutExpired } from './leave-out.ts';
import { encodeFetch, encodeResult, type Done, type ResultMessage } from './messages.ts';
import {
  compareStanding,
  hasCertificate,
  includedOf,
  isSameDone,
  messageOf,
  standingOfResult,
  verifyResult,
  type RoundResult,
} from './result.ts';
import { differingField } from './roster.ts';
import {
  send,
  violate,
  MAX_UNKNOWN,
  type RoundState,
  type RoundReport,
  type Effects,
} from './state.ts';
import { standingOf } from './readiness.ts';

/** How long an answer to FETCH is awaited before another peer is asked, ms. */
const FETCH_TIMEOUT_MS = 2_000;

/** Takes a result on: the next round begins from its model. */
export function enter(state: RoundState, result: RoundResult, effects: Effects): void {
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
  state.closed = state.closed.filter(({ round }) => round >= result.done.round);
  state.dones = state.dones.filter(({ done }) => done.round >= state.round);
  state.requests = withoutExpired(state.requests, state.round);
  answerAskers(state, effects);
}

export function noteDone(
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

export function answerFetch(
  state: RoundState,
  from: PeerId,
  round: number,
  effects: Effects,
): void {
  if (state.result === undefined || state.result.done.round < round) return;
  if (!state.askers.includes(from)) state.askers = [...state.askers, from].slice(-MAX_UNKNOWN);
  answerAskers(state, effects);
}

/** Copies a result that is ahead of the own one, if somebody this peer knows stands behind it. */
export function adopt(
  state: RoundState,
  from: PeerId,
  message: ResultMessage,
  effects: Effects,
): void {
  if (state.current !== undefined || state.fetching?.peer !== from) return;
  const { suite, parameters, signer } = state.setting;
  const result = verifyResult(suite, message, parameters);
  if (typeof result === 'string') return violate(effects, from, `sent a result, but ${result}`);
  if (result.model.length !== state.model.length) return;
  if (compareStanding(standingOfResult(result), standingOf(state)) <= 0) return;
  if (!isSignedByNeighbour(state, result) && !isNamedByMost(state, result)) return;
  const isIncluded = state.missed?.isIncluded === true && includedOf(result).includes(signer.id);
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

/** Whether a peer that this one is linked to, or itself in an earlier life, signed for a result. */
function isSignedByNeighbour({ links, setting }: RoundState, { dones }: RoundResult): boolean {
  return [...dones.keys()].some((peer) => links.has(peer) || peer === setting.signer.id);
}

/** Whether most linked peers name the model of a result as theirs. */
function isNamedByMost({ links }: RoundState, { done }: RoundResult): boolean {
  const naming = [...links.values()].filter(
    ({ ready }) => ready !== undefined && equalBytes(ready.base, done.modelHash),
  );
  return 2 * naming.length > links.size;
}

export function reportOf(
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

function answerAskers(state: RoundState, effects: Effects): void {
  const { result, setting } = state;
  if (result === undefined || state.askers.length === 0) return;
  if (!hasCertificate(result, setting.parameters.mode)) return;
  send(effects, state.askers, encodeResult(messageOf(result)));
  state.askers = [];
}
