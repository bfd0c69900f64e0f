/**
 * Masked words to everybody, then one survivor set, then LOCK.
 *
 * Members say whose contributions they hold (HAVE); the first live one in the order of leading proposes
 * who is in the sum (SURVIVORS); whoever holds all of these and misses nobody signs LOCK, once.
 *
 * @module
 */
import { GATHER_TIMEOUT_MS, LOCK_TIMEOUT_MS } from '../config.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { drawBuckets, hidesEach, inSlot } from './buckets.ts';
import { bucketsOfProposal } from './context.ts';
import { abort } from './ending.ts';
import { encodeSigned } from './envelope.ts';
import {
  commonlyHeld,
  heldOf,
  isActive,
  liveOf,
  lockersOf,
  others,
  rosterSize,
} from './knowledge.ts';
import { applyMasksInPlace } from './mask.ts';
import { countOf, everybody, has, isWithin, placesOf, type Members } from './members.ts';
import { attemptBody, maskedStatement, type AttemptMessage } from './messages.ts';
import { sendToAll } from './sending.ts';
import { digestOfWords, totalOf } from './unmasking.ts';

/** Masks the update and sends it: from here on, the contribution counts. */
export function contribute(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, signer } = state.setting;
  const { proposal } = state.setting;
  const count = bucketsOfProposal(proposal);
  state.buckets = drawBuckets(suite, state.context!, rosterSize(state), count);
  const own = state.buckets.findIndex((bucket) => has(bucket, self));
  state.contribution = inSlot(state.contribution!, own, count);
  const words = state.contribution.slice();
  applyMasksInPlace(suite, words, state.masks);
  state.masked[self] = words;
  const digest = digestOfWords(state, words);
  state.digests[self] = digest;
  const signature = isActive(state)
    ? suite.sign(signer.secretKey, maskedStatement(state.context!, digest))
    : new Uint8Array();
  sendToAll(state, { type: 'masked', words, signature }, effects);
  state.phase = 'gather';
  state.patience = 0;
  state.deadline = now + GATHER_TIMEOUT_MS;
}

/** Says what is held once every live member's words are here, proposes when it is the turn, and signs. */
export function gather(state: AttemptState, now: number, effects: Effects): void {
  const { self, threshold, leaders } = state.setting;
  const live = liveOf(state);
  const held = heldOf(state);
  if (countOf(live | lockersOf(state)) < threshold || !isEnough(state, held | live)) {
    state.failed |= state.gone;
    return abort(state, 'too-few-peers', 'too many peers left', now, effects);
  }
  if (state.haves[self] === undefined && (isWithin(live, held) || state.patience > 0)) {
    const digests = isActive(state) ? placesOf(held).map((place) => state.digests[place]!) : [];
    state.haves[self] = { members: held, digests };
    sendToAll(state, { type: 'have', members: held, digests }, effects);
  }
  if (state.haves[self] === undefined) return;
  const proposer = leaders.find((place) => has(live, place));
  const isComplete = placesOf(live).every((place) => state.haves[place] !== undefined);
  if (
    proposer === self &&
    state.proposed[self] === undefined &&
    (isComplete || state.patience > 1)
  ) {
    const members = commonlyHeld(state, live);
    if (!isEnough(state, members)) {
      return abort(state, 'too-few-peers', 'too few contributions arrived', now, effects);
    }
    state.proposed[self] = members;
    sendToAll(state, { type: 'survivors', members }, effects);
  }
  lock(state, now, effects);
}

/** Whether a sum over these members hides each of them, among all and among its bucket. */
function isEnough({ setting, buckets }: AttemptState, members: Members): boolean {
  return countOf(members) >= setting.minimum && hidesEach(buckets, members);
}

/** Signs the first proposed survivor set that this member can vouch for. */
function lock(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, signer, tag } = state.setting;
  const expected = commonlyHeld(state, everybody(rosterSize(state))) & liveOf(state);
  const candidates = [...state.proposed, ...state.locks.map((known) => known?.members)];
  for (const members of candidates) {
    if (members === undefined || !isEnough(state, members)) continue;
    if (!isWithin(members, heldOf(state)) || !isWithin(expected, members)) continue;
    const total = totalOf(state, members)!;
    const digest = digestOfWords(state, total);
    const content: AttemptMessage = { type: 'lock', context: state.context!, members, digest };
    const message = encodeSigned(suite, signer, 'lock', attemptBody(tag, content));
    state.locks[self] = { members, digest, message };
    state.total = total;
    effects.push({ type: 'send', to: others(state), message });
    state.phase = 'lock';
    state.deadline = now + LOCK_TIMEOUT_MS;
    return;
  }
}
