/**
 * Before anything is masked: members agree on everybody's keys, then deal and open shares.
 *
 * Each member splits its self seed and its mask key among all, sealed for each. Who holds everybody's
 * shares can help to rebuild whoever leaves later. Until then a retry is free, so whatever is
 * missing or differs ends the attempt at once.
 *
 * @module
 */
import { concat, equalBytes, utf8 } from '../bytes.ts';
import { PREPARE_TIMEOUT_MS } from '../config.ts';
import { publicKeyOf } from '../ids.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState } from './attempt.ts';
import { contextOfKeys } from './context.ts';
import { abort } from './ending.ts';
import { lacking, liveOf } from './knowledge.ts';
import { pairSeed, selfSeed, signOf, termsOf, type Mask } from './mask.ts';
import { countOf, has, NOBODY, only, placesOf, type Members } from './members.ts';
import { readShares, sharesPlaintext } from './messages.ts';
import { send, sendToAll } from './sending.ts';
import { split } from './shamir.ts';

/** Once all keys are here and the leader lists the same ones, chains them into the context and deals. */
export function agreeKeys(state: AttemptState, now: number, effects: Effects): void {
  const { suite, proposal, leaders, self } = state.setting;
  if (!checkPreparation(state, now, effects)) return;
  if (state.advertised.includes(undefined)) return;
  const hashes = state.advertised.map((advertised) => advertised!.hash);
  if (self === leaders[0] && state.keyHashes === undefined) {
    state.keyHashes = hashes;
    sendToAll(state, { type: 'roster', keyHashes: hashes }, effects);
  }
  const listed = state.keyHashes;
  if (listed === undefined) return;
  const differing = hashes.findIndex((hash, i) => !equalBytes(hash, listed[i] ?? new Uint8Array()));
  if (differing >= 0 || listed.length !== hashes.length) {
    const name = proposal.roster[Math.max(differing, 0)]!;
    return abort(state, 'aborted', `the leader lists other keys for ${name}`, now, effects);
  }
  if (!areDistinct(state)) {
    return abort(state, 'aborted', 'two members advertise the same key', now, effects);
  }
  state.context = contextOfKeys(suite, state.setting.context, proposal.roster, hashes);
  dealShares(state, now, effects);
}

/** Opens the shares that arrived; with everybody's and the own update, asks to store "contributed". */
export function openShares(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, proposal } = state.setting;
  if (!checkPreparation(state, now, effects)) return;
  for (const [place, sealed] of state.sealed.entries()) {
    if (sealed === undefined || state.seedShares[place] !== undefined) continue;
    const key = sealingKey(state, place, self);
    const plaintext = key && suite.open(key, sealed, state.context!);
    const shares = plaintext && readShares(plaintext);
    if (shares === undefined) {
      state.failed |= only(place);
      const name = proposal.roster[place]!;
      return abort(state, 'aborted', `the shares of ${name} do not open`, now, effects);
    }
    state.seedShares[place] = shares.seedShare;
    state.keyShares[place] = shares.keyShare;
  }
  if (state.seedShares.includes(undefined) || state.contribution === undefined) return;
  state.phase = 'storing';
  effects.push({ type: 'store' });
  if (state.scatter === undefined) return;
  const words = state.contribution as Uint32Array<ArrayBuffer>;
  state.contribution = undefined;
  effects.push({ type: 'mask', job: 'on', words, terms: termsOf(state.masks, 1) });
}

/** Before masking, an attempt that cannot include everybody ends at once: a retry costs nothing. */
export function checkPreparation(state: AttemptState, now: number, effects: Effects): boolean {
  const known = state.phase === 'advertise' ? state.advertised : state.seedShares;
  const isLacking = placesOf(state.gone).some(
    (place) => known[place] === undefined && state.sealed[place] === undefined,
  );
  const isUnlisted = state.keyHashes === undefined && has(state.gone, state.setting.leaders[0]!);
  const isTooSmall = isLacking || isUnlisted || countOf(liveOf(state)) < state.setting.minimum;
  if (!isTooSmall && state.cause === undefined) return true;
  state.failed |= state.cause === undefined ? state.gone : blamedFor(state, now);
  if (isTooSmall) {
    abort(state, 'too-few-peers', 'a peer left before anything was masked', now, effects);
  } else {
    abort(state, 'aborted', 'a member stopped before anything was masked', now, effects);
  }
  return false;
}

/**
 * Whom an ABORT before masking is blamed on: whoever made it stop, where this member sees that too; or
 * else who stopped, since a peer that always does so must not stop the room for ever.
 */
function blamedFor(state: AttemptState, now: number): Members {
  const { member, reason } = state.cause!;
  if (reason === 'too-few-peers' && state.gone !== NOBODY) return state.gone;
  const isLate = state.deadline - now < PREPARE_TIMEOUT_MS / 2;
  const known = state.phase === 'advertise' ? state.advertised : state.sealed;
  const silent = lacking(state, known);
  return reason === 'timeout' && isLate && silent !== NOBODY ? silent : only(member);
}

/** Sends each member its shares of the own secrets, and agrees a mask with it. */
function dealShares(state: AttemptState, now: number, effects: Effects): void {
  const { suite, proposal, self, threshold } = state.setting;
  const { roster } = proposal;
  const half = state.shareEntropy.length / 2;
  const seedShares = split(
    state.selfSecret,
    threshold,
    roster.length,
    state.shareEntropy.subarray(0, half),
  );
  const keyShares = split(
    state.maskSecret,
    threshold,
    roster.length,
    state.shareEntropy.subarray(half),
  );
  state.shareEntropy.fill(0);
  state.shareEntropy = new Uint8Array();
  state.seedShares[self] = seedShares[self]!.y;
  state.keyShares[self] = keyShares[self]!.y;
  const own = selfSeed(suite, state.context!, state.selfSecret, roster[self]!);
  const masks: Mask[] = [{ peer: undefined, sign: 1, seed: own }];
  for (const [place, member] of roster.entries()) {
    if (place === self) continue;
    const key = sealingKey(state, self, place);
    const mask = pairMask(state, place);
    if (key === undefined || mask === undefined) {
      state.failed |= only(place);
      return abort(state, 'aborted', `${member} advertises a key of small order`, now, effects);
    }
    const plaintext = sharesPlaintext(seedShares[place]!.y, keyShares[place]!.y);
    const sealed = suite.seal(key, plaintext, state.context!);
    send(state, [member], { type: 'shares', sealed }, effects);
    masks.push(mask);
  }
  state.masks = masks;
  state.phase = 'share';
}

function areDistinct(state: AttemptState): boolean {
  const keys = state.advertised.flatMap((known) => [known!.maskKey.join(), known!.sealKey.join()]);
  return new Set(keys).size === keys.length;
}

/** The key that the dealer's shares for the receiver are sealed with; undefined for a bad public key. */
function sealingKey(state: AttemptState, dealer: number, receiver: number): Uint8Array | undefined {
  const { suite, proposal, self } = state.setting;
  const partner = dealer === self ? receiver : dealer;
  const direction = concat(
    utf8('murmuration/1/share'),
    publicKeyOf(proposal.roster[dealer]!),
    publicKeyOf(proposal.roster[receiver]!),
  );
  try {
    const secret = suite.agree(state.sealSecret, state.advertised[partner]!.sealKey);
    return suite.derive(secret, state.context!, direction);
  } catch {
    return undefined; // A public key of small order: the shared secret would be known to everybody.
  }
}

/** The mask between this member and another; undefined for a bad public key. */
function pairMask(state: AttemptState, place: number): Mask | undefined {
  const { suite, proposal, signer } = state.setting;
  const peer = proposal.roster[place]!;
  const { maskKey } = state.advertised[place]!;
  try {
    const seed = pairSeed(suite, state.context!, state.maskSecret, maskKey, signer.id, peer);
    return { peer, sign: signOf(signer.id, peer), seed };
  } catch {
    return undefined; // A public key of small order, as in `sealingKey`.
  }
}
