/**
 * Behind the certificate: every member opens what takes the masks off, and helps those who lack some.
 *
 * A survivor opens its own self seed and its shares of the mask keys of members that are none. Of a
 * survivor that stays silent, the others give their shares of its seed, never of its key. Whoever has
 * the result goes on answering those who ask.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import { REVEAL_TIMEOUT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { AttemptOutcome, Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { slotsOf } from './buckets.ts';
import { certify, lockPieces } from './certificate.ts';
import { digestOfSums, mayStillCome, pullSums } from './chunk-sums.ts';
import { fail, finish, inspect } from './ending.ts';
import { idsOf, placeOf, rosterSize, widelyHeld } from './knowledge.ts';
import { everybody, has, NOBODY, only, placesOf, type Members } from './members.ts';
import type { AttemptMessage, Piece } from './messages.ts';
import { termsOf } from './mask.ts';
import { freeWords } from './scatter.ts';
import { send, sendToAll } from './sending.ts';
import {
  beaconOf,
  canUnmask,
  digestOfWords,
  isPlausible,
  masksOnSum,
  takeKeyPiece,
  takeSeedPiece,
  totalOf,
  unmask,
} from './unmasking.ts';

/** A certificate, wherever the attempt is by then, opens the reveal. */
export function recognise(state: AttemptState, now: number, effects: Effects): void {
  const isWaiting =
    state.phase === 'gather' || state.phase === 'lock' || state.phase === 'aborting';
  if (!isWaiting) return;
  certify(state);
  const { certificate, setting } = state;
  if (certificate === undefined) return;
  state.phase = 'reveal';
  state.patience = 0;
  state.deadline = now + REVEAL_TIMEOUT_MS;
  if (state.scatter === undefined) {
    const total = totalOf(state, certificate.members);
    state.total =
      total && equalBytes(digestOfWords(state, total), certificate.digest) ? total : undefined;
  } else {
    freeWords(state.scatter);
    state.total = undefined;
    takeSums(state, effects);
    if (state.total === undefined) state.deadline += state.setting.transferMs;
  }
  const { self } = setting;
  if (has(certificate.members, self)) state.seeds[self] = state.selfSecret.slice();
  const keyShares = sharesOf(state.keyShares, lostOf(state));
  for (const { member, bytes } of keyShares) takeKeyPiece(state, member, self, bytes);
  sendToAll(state, unmaskMessage(state, { seeds: ownSeed(state), keyShares }), effects);
  if (state.total === undefined && state.scatter === undefined) miss(state, effects);
}

/** Asks for what silent survivors keep back; unmasks the sum once everything is open. */
export function reveal(state: AttemptState, effects: Effects): void {
  if (state.phase === 'done') return answer(state, effects);
  takeSums(state, effects);
  const { members } = state.certificate!;
  const silent = placesOf(members).filter((place) => state.seeds[place] === undefined);
  const isLacking = !canUnmask(state) && state.scatter?.isUnmasking !== true;
  const isLate = state.patience > 0 && !state.hasAsked && isLacking;
  const given = silent.filter(
    (place) => (isLate || has(state.gone, place)) && !has(state.sharedSeedsOf, place),
  );
  if (isLate || given.length > 0) ask(state, given, effects);
  if (state.hasOutcome || !canUnmask(state)) return;
  if (state.scatter === undefined) return conclude(state, unmask(state), effects);
  const words = state.total as Uint32Array<ArrayBuffer>;
  state.total = undefined;
  state.scatter.isUnmasking = true;
  const terms = termsOf(masksOnSum(state), -1);
  effects.push({ type: 'mask', job: 'off', words, terms });
}

/** Takes the sum without its masks from the masker; a sum that got lost there is fetched. */
export function keepUnmasked(
  state: AttemptState,
  words: Uint32Array | undefined,
  effects: Effects,
): void {
  if (state.phase !== 'reveal' || state.scatter?.isUnmasking !== true) return;
  if (words === undefined) miss(state, effects);
  else conclude(state, words, effects);
}

/** Says the result. */
function conclude(state: AttemptState, words: Uint32Array, effects: Effects): void {
  const { members } = state.certificate!;
  const { weightCap } = state.setting.proposal.parameters;
  const inside = state.buckets.map((bucket) => bucket & members);
  const sums = slotsOf(words, inside.length);
  if (!sums.every((sum, bucket) => isPlausible(sum, inside[bucket]!, weightCap))) {
    return fail(state, 'aborted', 'the sum of the weights cannot be right', true, effects);
  }
  state.phase = 'done';
  const lost = everybody(rosterSize(state)) & ~members;
  const result: AttemptOutcome = {
    type: 'result',
    words,
    included: idsOf(state, members),
    buckets: inside.map((bucket) => idsOf(state, bucket)),
    failed: idsOf(state, (lost & ~widelyHeld(state)) | state.failed),
    claims: state.advertised.map((advertised) => advertised!.claim),
    beacon: beaconOf(state),
    inspection: inspect(state),
  };
  finish(state, result, effects);
}

/** The certified sum, as soon as all of its chunks are here; given up when what is missing cannot come. */
function takeSums(state: AttemptState, effects: Effects): void {
  const { certificate, scatter } = state;
  const isTaken = state.total !== undefined || scatter?.isUnmasking !== false;
  if (isTaken || certificate === undefined || state.hasOutcome) return;
  const digest = digestOfSums(state, certificate.members);
  if (digest !== undefined && equalBytes(digest, certificate.digest)) {
    state.total = scatter.total;
  } else if (
    digest !== undefined ||
    state.patience > 0 ||
    !mayStillCome(state, certificate.members)
  ) {
    miss(state, effects);
  } else pullSums(state, certificate.members, effects);
}

/** The others finish what this member cannot: it fetches their result. */
function miss(state: AttemptState, effects: Effects): void {
  finish(state, { type: 'missed', included: idsOf(state, state.certificate!.members) }, effects);
}

/** Says again what a link that was replaced may have lost: what is open, and what is lacking. */
export function remind(state: AttemptState, peer: PeerId, effects: Effects): void {
  const place = placeOf(state, peer);
  if (place < 0) return;
  state.answered &= ~only(place);
  if (state.phase !== 'reveal') return;
  const seedShares = sharesOf(state.seedShares, state.sharedSeedsOf);
  const keyShares = sharesOf(state.keyShares, lostOf(state));
  const content = { seeds: ownSeed(state), seedShares, keyShares, isAsking: true };
  send(state, [peer], unmaskMessage(state, content), effects);
}

/** Gives the own shares of seeds of silent survivors, and asks for what is lacking. */
function ask(state: AttemptState, silent: readonly number[], effects: Effects): void {
  const { self } = state.setting;
  state.hasAsked = state.patience > 0;
  for (const place of silent) {
    state.sharedSeedsOf |= only(place);
    takeSeedPiece(state, place, self, state.seedShares[place]!);
  }
  const asked = silent.reduce<Members>((members, place) => members | only(place), NOBODY);
  const seedShares = sharesOf(state.seedShares, asked);
  sendToAll(state, unmaskMessage(state, { seedShares, isAsking: true }), effects);
}

/** Whoever asks gets what is open already: it is checked against what was advertised, not trusted. */
function answer(state: AttemptState, effects: Effects): void {
  const to = idsOf(state, state.asking & ~state.answered);
  if (to.length === 0) return;
  state.answered |= state.asking;
  const seeds = piecesOf(state.seeds);
  send(state, to, unmaskMessage(state, { seeds, keys: piecesOf(state.keys) }), effects);
}

function unmaskMessage(
  state: AttemptState,
  content: Partial<AttemptMessage & { type: 'unmask' }>,
): AttemptMessage {
  const nothing = { seeds: [], seedShares: [], keyShares: [], keys: [], isAsking: false };
  return { ...nothing, ...content, type: 'unmask', locks: lockPieces(state) };
}

/** The others that are no survivors. */
function lostOf(state: AttemptState): Members {
  const { self } = state.setting;
  return everybody(rosterSize(state)) & ~state.certificate!.members & ~only(self);
}

/** The own shares of secrets of these members. */
function sharesOf(shares: readonly (Uint8Array | undefined)[], members: Members): readonly Piece[] {
  return placesOf(members).map((member) => ({ member, bytes: shares[member]! }));
}

function piecesOf(secrets: readonly (Uint8Array | undefined)[]): readonly Piece[] {
  return secrets.flatMap((bytes, member) => (bytes === undefined ? [] : [{ member, bytes }]));
}

function ownSeed(state: AttemptState): readonly Piece[] {
  const { self } = state.setting;
  return has(state.certificate!.members, self) ? [{ member: self, bytes: state.selfSecret }] : [];
}
