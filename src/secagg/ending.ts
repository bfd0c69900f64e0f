/**
 * How an attempt ends: by ABORT, by a deadline, by failing, or with a result.
 *
 * Before the own masked words are out, ABORT ends it at once and a retry is free. After that, only
 * ABORTs of enough members prove that no certificate can come; without that proof, whoever waited in
 * vain takes its contribution for spent.
 *
 * @module
 */
import { GATHER_TIMEOUT_MS, LOCK_TIMEOUT_MS, RECOVER_TIMEOUT_MS } from '../config.ts';
import type { FailureReason } from '../errors.ts';
import { unreachable } from '../machine.ts';
import type { AttemptInspection, AttemptOutcome, Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { idsOf, isFree, lacking, rosterSize, widelyHeld } from './knowledge.ts';
import { countOf, only } from './members.ts';
import { freeWords, scatterOf } from './scatter.ts';
import { sendToAll } from './sending.ts';

/** How often the masker is awaited for `RECOVER_TIMEOUT_MS` when the masks come off. */
const MAX_MASKER_WAITS = 4;

/** Promises never to LOCK. Impossible after the own LOCK; needless once there is a certificate. */
export function abort(
  state: AttemptState,
  reason: FailureReason,
  message: string,
  now: number,
  effects: Effects,
): void {
  const isEarly = isFree(state);
  if (!isEarly && state.phase !== 'gather') return;
  state.aborted |= only(state.setting.self);
  sendToAll(state, { type: 'abort', reason, cause: isEarly ? state.cause : undefined }, effects);
  if (isEarly) return fail(state, reason, message, false, effects);
  state.phase = 'aborting';
  state.deadline = now + LOCK_TIMEOUT_MS + state.setting.transferMs;
  if (state.scatter !== undefined) freeWords(state.scatter);
}

/** With ABORTs of enough members no certificate can come: nothing will ever be opened. */
export function checkAborts(state: AttemptState, effects: Effects): void {
  if (countOf(state.aborted) < state.setting.abortThreshold) return;
  state.failed |= state.gone;
  fail(state, 'too-few-peers', 'too few peers were left to finish it', false, effects);
}

/** The wait of the current phase is over: asks again, gives up, or takes the contribution for spent. */
export function passDeadline(state: AttemptState, now: number, effects: Effects): void {
  state.patience++;
  switch (state.phase) {
    case 'advertise':
      state.failed |= lacking(state, state.advertised);
      return abort(state, 'timeout', 'a member did not send its keys in time', now, effects);
    case 'share':
    case 'storing':
      state.failed |= lacking(state, state.sealed);
      return abort(state, 'timeout', 'a member did not send its shares in time', now, effects);
    case 'gather':
      state.failed |= lacking(state, state.digests) & ~widelyHeld(state);
      state.deadline = now + GATHER_TIMEOUT_MS / 2 + state.setting.transferMs;
      if (state.patience > 2) {
        abort(state, 'timeout', 'no survivor set could be agreed in time', now, effects);
      }
      return;
    case 'lock':
    case 'aborting':
      return fail(state, 'spent', 'it stayed open whether the others finished it', true, effects);
    case 'reveal':
      state.deadline = now + RECOVER_TIMEOUT_MS;
      // Whoever takes the masks off says so when it has, or could not.
      if (state.patience < (state.scatter?.isUnmasking === true ? MAX_MASKER_WAITS : 2)) return;
      return fail(state, 'spent', 'too few peers stayed to take the masks off', true, effects);
    case 'done':
    case 'over':
      state.deadline = Infinity;
      return;
    default:
      unreachable(state.phase);
  }
}

/** Ends without a result; nothing follows. */
export function fail(
  state: AttemptState,
  reason: FailureReason,
  message: string,
  isSpent: boolean,
  effects: Effects,
): void {
  state.phase = 'over';
  const failed = idsOf(state, state.failed);
  finish(state, { type: 'failed', reason, message, isSpent, failed }, effects);
}

/** Says the outcome, once, and wipes the secrets when nobody needs them any more. */
export function finish(state: AttemptState, outcome: AttemptOutcome, effects: Effects): void {
  if (!state.hasOutcome) effects.push({ type: 'outcome', outcome });
  state.hasOutcome = true;
  if (state.phase === 'over' || state.phase === 'done') {
    state.deadline = Infinity;
    state.masks = [];
    if (state.scatter !== undefined) {
      state.scatter = scatterOf(state.setting.chunks!, rosterSize(state));
      state.contribution = undefined;
      state.total = undefined;
    }
    state.seedShares.fill(undefined);
    state.keyShares.fill(undefined);
    const { maskSecret, sealSecret, selfSecret, shareEntropy } = state;
    for (const secret of [maskSecret, sealSecret, selfSecret, shareEntropy]) secret.fill(0);
  }
}

/** What left this member and what it was made of, where the setting asks for it. */
export function inspect(state: AttemptState): AttemptInspection | undefined {
  const { setting, contribution, masks, masked } = state;
  const own = masked[setting.self];
  if (!setting.isInspected || contribution === undefined || own === undefined) return undefined;
  return {
    updateWords: contribution.slice(),
    masks: masks.map(({ peer, sign, seed }) => ({
      peer,
      sign,
      words: setting.suite.stream(seed, own.length),
    })),
    masked: own.slice(),
  };
}
