/**
 * One attempt at a secure sum among 3 to 15 members: gather, then reveal.
 *
 * Everyone advertises fresh keys, deals shares of two secrets, sends its masked update to everyone,
 * and signs LOCK on one survivor set and the masked sum over it. Only a certificate, that is LOCKs of
 * a threshold of members, opens anything: the self seed of each survivor, or the mask key of each
 * member that is not one. Whoever left is thereby rebuilt from shares, and the masks cancel exactly.
 *
 * Invariants, asserted by the simulator in every state:
 * - of one member, either its self seed or its mask key is ever revealed, never both;
 * - nothing is revealed without a certificate; two certificates of an attempt are equal;
 * - a member sends LOCK or ABORT, never both, and LOCK at most once;
 * - whoever finishes has the same words, equal to the sum over the survivors.
 *
 * Bonawitz et al., CCS 2017 (double masking, consistency round). The rule LOCK-or-ABORT and the
 * reveal after the sum are ours: docs/protocol.md argues for them.
 *
 * @module
 */
import { concat, equalBytes, utf8 } from '../bytes.ts';
import {
  GATHER_TIMEOUT_MS,
  LOCK_TIMEOUT_MS,
  PREPARE_TIMEOUT_MS,
  RECOVER_TIMEOUT_MS,
  REVEAL_TIMEOUT_MS,
} from '../config.ts';
import type { FailureReason } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import { unreachable, type Step } from '../machine.ts';
import { createAttempt, type AttemptSetting, type AttemptState, type Lock } from './attempt.ts';
import { contextOfKeys, contributionWords } from './context.ts';
import { encodeBare, encodeSigned, isSignedBy, openEnvelope, type Envelope } from './envelope.ts';
import { applyMasksInPlace, pairSeed, selfSeed, signOf, type Mask } from './mask.ts';
import {
  countOf,
  everybody,
  has,
  isWithin,
  NOBODY,
  only,
  placesOf,
  type Members,
} from './members.ts';
import {
  attemptBody,
  decodeAttemptMessage,
  readShares,
  sharesPlaintext,
  type AttemptMessage,
  type Piece,
} from './messages.ts';
import { split } from './shamir.ts';
import {
  canUnmask,
  commitmentOf,
  digestOfWords,
  isMaskKeyOf,
  isPlausible,
  isSeedOf,
  rebuild,
  totalOf,
  unmask,
} from './unmasking.ts';

/** What reaches an attempt. `now` is in ms on a clock that only grows. */
export type AttemptEvent = { readonly now: number } & (
  | { readonly type: 'received'; readonly from: PeerId; readonly message: ReceivedMessage }
  /** The own update as words; the state owns the array. */
  | { readonly type: 'contribution'; readonly words: Uint32Array }
  /** "Contributed" is kept durably: masked words may leave. */
  | { readonly type: 'stored' }
  /** The link to a member closed. */
  | { readonly type: 'gone'; readonly peer: PeerId }
  /** This member wants out. */
  | { readonly type: 'abort'; readonly reason: FailureReason }
  /** Time passed. */
  | { readonly type: 'tick' }
);

/** A decoded message and the bytes it came in. */
export interface ReceivedMessage {
  readonly content: AttemptMessage;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
}

/** What an attempt asks for. */
export type AttemptEffect =
  | { readonly type: 'send'; readonly to: readonly PeerId[]; readonly message: Uint8Array }
  /** Keep the mark "contributed" durably, then say `stored`. */
  | { readonly type: 'store' }
  /** A member broke the protocol; `evidence` says how. */
  | { readonly type: 'violation'; readonly peer: PeerId; readonly evidence: string }
  | { readonly type: 'outcome'; readonly outcome: AttemptOutcome };

/** How an attempt ends for this member; said once. */
export type AttemptOutcome =
  | {
      readonly type: 'result';
      readonly words: Uint32Array;
      readonly included: readonly PeerId[];
      readonly failed: readonly PeerId[];
      /** The own contribution and its masks, where the setting asks for them. */
      readonly inspection: AttemptInspection | undefined;
    }
  /** The others have or will have a result that this member cannot compute: fetch it. */
  | { readonly type: 'missed'; readonly included: readonly PeerId[] }
  | {
      readonly type: 'failed';
      readonly reason: FailureReason;
      readonly message: string;
      /** The contribution may be known to others, so it must never be masked again. */
      readonly isSpent: boolean;
      readonly failed: readonly PeerId[];
    };

/** What left this member, and what it was made of. */
export interface AttemptInspection {
  readonly updateWords: Uint32Array;
  readonly masks: readonly {
    readonly peer: PeerId | undefined;
    readonly sign: 1 | -1;
    readonly words: Uint32Array;
  }[];
  readonly masked: Uint32Array;
}

type Effects = AttemptEffect[];

/** Accepts a proposal: draws keys from `entropy` and advertises them. */
export function startAttempt(
  setting: AttemptSetting,
  entropy: Uint8Array,
  now: number,
): Step<AttemptState, AttemptEffect> {
  const state = createAttempt(setting, entropy);
  const { suite, self } = setting;
  const effects: Effects = [];
  state.deadline = now + PREPARE_TIMEOUT_MS;
  const message: AttemptMessage = {
    type: 'advertise',
    maskKey: suite.agreementKey(state.maskSecret),
    sealKey: suite.agreementKey(state.sealSecret),
    commitment: commitmentOf(state, self, state.selfSecret),
  };
  const bytes = sendToAll(state, message, effects);
  const { body } = openEnvelope(bytes);
  state.advertised[self] = { ...message, hash: suite.hash(body) };
  return [state, effects];
}

/** One step of an attempt. */
export function stepAttempt(
  state: AttemptState,
  event: AttemptEvent,
): Step<AttemptState, AttemptEffect> {
  const effects: Effects = [];
  const { now } = event;
  switch (event.type) {
    case 'received':
      record(state, event.from, event.message, effects);
      break;
    case 'contribution':
      keepContribution(state, event.words);
      break;
    case 'stored':
      if (state.phase === 'storing') contribute(state, now, effects);
      break;
    case 'gone': {
      const place = placeOf(state, event.peer);
      if (place >= 0) state.gone |= only(place);
      break;
    }
    case 'abort':
      abort(state, event.reason, 'this peer left the attempt', now, effects);
      break;
    case 'tick':
      if (now >= state.deadline) passDeadline(state, now, effects);
      break;
    default:
      unreachable(event);
  }
  advance(state, now, effects);
  return [state, effects];
}

/** The tag and content of a message of an attempt, or undefined for a message of another kind. */
export function readAttemptMessage(
  envelope: Envelope,
  bytes: Uint8Array,
): { readonly tag: Uint8Array; readonly message: ReceivedMessage } | undefined {
  const decoded = decodeAttemptMessage(envelope);
  if (decoded === undefined) return undefined;
  return { tag: decoded.tag, message: { content: decoded.message, envelope, bytes } };
}

/** Moves on as far as what is known allows. */
function advance(state: AttemptState, now: number, effects: Effects): void {
  let before: string;
  do {
    before = state.phase;
    recognise(state, now, effects);
    switch (state.phase) {
      case 'advertise':
        agreeKeys(state, now, effects);
        break;
      case 'share':
        openShares(state, now, effects);
        break;
      case 'storing':
        checkPreparation(state, now, effects);
        break;
      case 'gather':
        gather(state, now, effects);
        break;
      case 'aborting':
      case 'lock':
        checkAborts(state, effects);
        break;
      case 'reveal':
      case 'done':
        reveal(state, effects);
        break;
      case 'over':
        break;
      default:
        unreachable(state.phase);
    }
  } while (state.phase !== before);
}

// ---- Recording ---------------------------------------------------------------------------------

/** Notes a message, once a sender and kind. What contradicts an earlier one is a violation. */
function record(
  state: AttemptState,
  from: PeerId,
  { content, envelope, bytes }: ReceivedMessage,
  effects: Effects,
): void {
  const { suite } = state.setting;
  const place = placeOf(state, from);
  if (place < 0 || place === state.setting.self) return;
  if (envelope.signature !== undefined && !isSignedBy(suite, from, envelope)) {
    return violate(state, place, `${content.type} is not signed by its sender`, effects);
  }
  switch (content.type) {
    case 'advertise': {
      const advertised = { ...content, hash: suite.hash(envelope.body) };
      const known = state.advertised[place];
      if (known === undefined) state.advertised[place] = advertised;
      else if (!equalBytes(known.hash, advertised.hash)) {
        violate(state, place, 'advertised two different keys', effects);
      }
      return;
    }
    case 'roster':
      if (place === state.setting.leaders[0]) recordRoster(state, place, content, effects);
      return;
    case 'shares':
      state.sealed[place] ??= content.sealed;
      return;
    case 'masked':
      recordMasked(state, place, content, effects);
      return;
    case 'have':
      if (content.digests.length !== digestCount(state, content.members)) {
        return violate(state, place, 'sent HAVE with a wrong number of digests', effects);
      }
      state.haves[place] ??= content;
      return;
    case 'survivors':
      state.proposed[place] ??= content.members;
      return;
    case 'lock':
      recordLock(state, place, content, bytes, effects);
      return;
    case 'unmask':
      recordUnmask(state, place, content, effects);
      return;
    case 'abort':
      if (state.locks[place] !== undefined) {
        return violate(state, place, 'signed LOCK and ABORT of one attempt', effects);
      }
      state.aborted |= only(place);
      return;
    default:
      unreachable(content);
  }
}

function recordRoster(
  state: AttemptState,
  place: number,
  { keyHashes }: AttemptMessage & { type: 'roster' },
  effects: Effects,
): void {
  const known = state.keyHashes;
  if (known === undefined) state.keyHashes = keyHashes;
  else if (!equalBytes(concat(...known), concat(...keyHashes))) {
    violate(state, place, 'listed two different sets of keys', effects);
  }
}

function recordMasked(
  state: AttemptState,
  place: number,
  { words, signature }: AttemptMessage & { type: 'masked' },
  effects: Effects,
): void {
  const { suite, proposal } = state.setting;
  if (words.length !== contributionWords(proposal)) {
    return violate(state, place, 'sent a contribution of another length', effects);
  }
  if (state.context === undefined) {
    return violate(state, place, 'sent a contribution before it could hold all shares', effects);
  }
  // After own HAVE a late contribution would change what was said to be held.
  if (state.haves[state.setting.self] !== undefined && state.masked[place] === undefined) return;
  const digest = digestOfWords(state, words);
  if (state.masked[place] !== undefined) {
    if (!equalBytes(digest, state.digests[place]!)) {
      violate(state, place, 'sent two different contributions', effects);
    }
    return;
  }
  if (isActive(state)) {
    const signed = maskedStatement(state, digest);
    if (!suite.verify(publicKeyOf(proposal.roster[place]!), signed, signature)) {
      return violate(state, place, 'sent a contribution with a wrong signature', effects);
    }
  }
  state.masked[place] = words;
  state.digests[place] = digest;
}

function recordLock(
  state: AttemptState,
  place: number,
  lock: AttemptMessage & { type: 'lock' },
  bytes: Uint8Array,
  effects: Effects,
): void {
  if (state.context === undefined || !equalBytes(lock.context, state.context)) return;
  if (has(state.aborted, place)) {
    return violate(state, place, 'signed LOCK and ABORT of one attempt', effects);
  }
  const known = state.locks[place];
  if (known === undefined) {
    state.locks[place] = { members: lock.members, digest: lock.digest, message: bytes };
  } else if (known.members !== lock.members || !equalBytes(known.digest, lock.digest)) {
    violate(state, place, 'signed two different LOCKs', effects);
  }
}

function recordUnmask(
  state: AttemptState,
  place: number,
  content: AttemptMessage & { type: 'unmask' },
  effects: Effects,
): void {
  certify(state);
  if (state.certificate === undefined) adoptCertificate(state, content.locks, effects);
  const survivors = state.certificate?.members;
  if (survivors === undefined) {
    return violate(state, place, 'opened secrets without a certificate', effects);
  }
  for (const { member, bytes } of content.seeds) {
    if (!has(survivors, member) || state.seeds[member] !== undefined) continue;
    if (isSeedOf(state, member, bytes)) state.seeds[member] = bytes;
    else violate(state, place, 'opened a seed that nobody committed to', effects);
  }
  for (const { member, bytes } of content.seedShares) {
    if (has(survivors, member)) takeSeedPiece(state, member, place, bytes);
  }
  const lost = everybody(rosterSize(state)) & ~survivors;
  for (const { member, bytes } of content.keyShares) {
    if (has(lost, member)) takeKeyPiece(state, member, place, bytes);
  }
  for (const { member, bytes } of content.keys) {
    if (!has(lost, member) || state.keys[member] !== undefined) continue;
    if (isMaskKeyOf(state, member, bytes)) state.keys[member] = bytes;
    else violate(state, place, 'opened a mask key that nobody advertised', effects);
  }
  if (content.isAsking) state.asking |= only(place);
}

/**
 * Takes over a certificate that somebody else holds. It counts whatever its signers told this member
 * themselves: else who signs twice could keep some members from seeing it.
 */
function adoptCertificate(state: AttemptState, pieces: readonly Piece[], effects: Effects): void {
  const signed = pieces.flatMap(({ member, bytes }) => {
    const lock = readLock(state, member, bytes);
    return lock === undefined ? [] : [{ member, lock }];
  });
  for (const { lock } of signed) {
    const equal = signed.filter((other) => isSameLock(lock, other.lock));
    if (equal.length < state.setting.threshold) continue;
    state.certificate = { members: lock.members, digest: lock.digest };
    for (const { member, lock: own } of equal) {
      const known = state.locks[member];
      if (known !== undefined && !isSameLock(known, own)) {
        violate(state, member, 'signed two different LOCKs', effects);
      }
      if (has(state.aborted, member)) {
        violate(state, member, 'signed LOCK and ABORT of one attempt', effects);
      }
      state.locks[member] = own;
    }
    return;
  }
}

/** The LOCK of a member as somebody forwards it; undefined unless it is one of this attempt. */
function readLock(state: AttemptState, member: number, bytes: Uint8Array): Lock | undefined {
  const { suite, proposal, tag } = state.setting;
  const signer = proposal.roster[member];
  const known = state.locks[member];
  if (known !== undefined && equalBytes(known.message, bytes)) return known;
  if (signer === undefined || member === state.setting.self) return undefined;
  try {
    const envelope = openEnvelope(bytes);
    const read = decodeAttemptMessage(envelope);
    if (read?.message.type !== 'lock' || !equalBytes(read.tag, tag)) return undefined;
    const { context, members, digest } = read.message;
    if (state.context === undefined || !equalBytes(context, state.context)) return undefined;
    return isSignedBy(suite, signer, envelope) ? { members, digest, message: bytes } : undefined;
  } catch {
    return undefined; // What does not decode certifies nothing.
  }
}

/** Adds a share of a survivor's self seed, and rebuilds the seed once there are enough. */
function takeSeedPiece(
  state: AttemptState,
  member: number,
  holder: number,
  bytes: Uint8Array,
): void {
  const pieces = state.seedPieces[member]!;
  if (pieces[holder] !== undefined) return;
  pieces[holder] = bytes;
  state.seeds[member] ??= rebuild(pieces, holder, state.setting.threshold, (seed) =>
    isSeedOf(state, member, seed),
  );
}

/** Adds a share of the mask key of a member that is no survivor, and rebuilds the key likewise. */
function takeKeyPiece(
  state: AttemptState,
  member: number,
  holder: number,
  bytes: Uint8Array,
): void {
  const pieces = state.keyPieces[member]!;
  if (pieces[holder] !== undefined) return;
  pieces[holder] = bytes;
  state.keys[member] ??= rebuild(pieces, holder, state.setting.threshold, (secret) =>
    isMaskKeyOf(state, member, secret),
  );
}

/** Keeps the own update; too late for this attempt, it is left alone. */
function keepContribution(state: AttemptState, words: Uint32Array): void {
  const expected = contributionWords(state.setting.proposal);
  if (words.length !== expected) {
    throw new RangeError(`contribution is ${words.length} words: all agreed on ${expected}.`);
  }
  if (state.phase === 'advertise' || state.phase === 'share') state.contribution ??= words;
}

// ---- Keys and shares ---------------------------------------------------------------------------

function agreeKeys(state: AttemptState, now: number, effects: Effects): void {
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

function openShares(state: AttemptState, now: number, effects: Effects): void {
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
}

/** Before masking, an attempt that cannot include everybody ends at once: a retry costs nothing. */
function checkPreparation(state: AttemptState, now: number, effects: Effects): boolean {
  const lacking = state.phase === 'advertise' ? state.advertised : state.seedShares;
  const missing = placesOf(state.gone).some(
    (place) => lacking[place] === undefined && state.sealed[place] === undefined,
  );
  const isUnlisted = state.keyHashes === undefined && has(state.gone, state.setting.leaders[0]!);
  if (missing || isUnlisted || countOf(liveOf(state)) < state.setting.minimum) {
    state.failed |= state.gone;
    abort(state, 'too-few-peers', 'a peer left before anything was masked', now, effects);
    return false;
  }
  if (state.aborted !== NOBODY) {
    abort(state, 'aborted', 'a member stopped before anything was masked', now, effects);
    return false;
  }
  return true;
}

// ---- Masked words, survivors, LOCK -------------------------------------------------------------

/** Masks the update and sends it: from here on, the contribution counts. */
function contribute(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, signer } = state.setting;
  const words = state.contribution!.slice();
  applyMasksInPlace(suite, words, state.masks);
  state.masked[self] = words;
  const digest = digestOfWords(state, words);
  state.digests[self] = digest;
  const signature = isActive(state)
    ? suite.sign(signer.secretKey, maskedStatement(state, digest))
    : new Uint8Array();
  sendToAll(state, { type: 'masked', words, signature }, effects);
  state.phase = 'gather';
  state.patience = 0;
  state.deadline = now + GATHER_TIMEOUT_MS;
}

function gather(state: AttemptState, now: number, effects: Effects): void {
  const { self, minimum, threshold, leaders } = state.setting;
  const live = liveOf(state);
  const held = heldOf(state);
  if (countOf(live | lockersOf(state)) < threshold || countOf(held | live) < minimum) {
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
    if (countOf(members) < minimum) {
      return abort(state, 'too-few-peers', 'too few contributions arrived', now, effects);
    }
    state.proposed[self] = members;
    sendToAll(state, { type: 'survivors', members }, effects);
  }
  lock(state, now, effects);
}

/** Signs the first proposed survivor set that this member can vouch for. */
function lock(state: AttemptState, now: number, effects: Effects): void {
  const { suite, self, signer, minimum, tag } = state.setting;
  const expected = commonlyHeld(state, everybody(rosterSize(state))) & liveOf(state);
  const candidates = [...state.proposed, ...state.locks.map((known) => known?.members)];
  for (const members of candidates) {
    if (members === undefined || countOf(members) < minimum) continue;
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

/** A certificate, wherever the attempt is by then, opens the reveal. */
function recognise(state: AttemptState, now: number, effects: Effects): void {
  const isWaiting =
    state.phase === 'gather' || state.phase === 'lock' || state.phase === 'aborting';
  if (!isWaiting) return;
  certify(state);
  const { certificate, setting } = state;
  if (certificate === undefined) return;
  const total = totalOf(state, certificate.members);
  state.total =
    total && equalBytes(digestOfWords(state, total), certificate.digest) ? total : undefined;
  state.phase = 'reveal';
  state.patience = 0;
  state.deadline = now + REVEAL_TIMEOUT_MS;
  const { self } = setting;
  if (has(certificate.members, self)) state.seeds[self] = state.selfSecret.slice();
  const lost = everybody(rosterSize(state)) & ~certificate.members & ~only(self);
  const keyShares = placesOf(lost).map((member) => ({ member, bytes: state.keyShares[member]! }));
  for (const { member, bytes } of keyShares) takeKeyPiece(state, member, self, bytes);
  sendToAll(state, unmaskMessage(state, { seeds: ownSeed(state), keyShares }), effects);
  if (state.total === undefined) {
    finish(state, { type: 'missed', included: idsOf(state, certificate.members) }, effects);
  }
}

/** Looks for LOCKs of a threshold of members on one survivor set and digest. */
function certify(state: AttemptState): void {
  if (state.certificate !== undefined) return;
  for (const lock of state.locks) {
    if (lock === undefined) continue;
    const equal = state.locks.filter((other) => other !== undefined && isSameLock(lock, other));
    if (equal.length >= state.setting.threshold) {
      state.certificate = { members: lock.members, digest: lock.digest };
      return;
    }
  }
}

// ---- Reveal ------------------------------------------------------------------------------------

function reveal(state: AttemptState, effects: Effects): void {
  if (state.phase === 'done') return answer(state, effects);
  const { members } = state.certificate!;
  const silent = placesOf(members).filter((place) => state.seeds[place] === undefined);
  const isLate = state.patience > 0 && !state.hasAsked && !canUnmask(state);
  const given = silent.filter(
    (place) => (isLate || has(state.gone, place)) && !has(state.sharedSeedsOf, place),
  );
  if (isLate || given.length > 0) ask(state, given, effects);
  if (state.hasOutcome || !canUnmask(state)) return;
  const words = unmask(state);
  if (!isPlausible(words, members, state.setting.proposal.parameters.weightCap)) {
    return fail(state, 'aborted', 'the sum of the weights cannot be right', true, effects);
  }
  state.phase = 'done';
  const result: AttemptOutcome = {
    type: 'result',
    words,
    included: idsOf(state, members),
    failed: idsOf(state, (everybody(rosterSize(state)) & ~members) | state.failed),
    inspection: inspect(state),
  };
  finish(state, result, effects);
}

/** Gives the own shares of seeds of silent survivors, and asks for what is lacking. */
function ask(state: AttemptState, silent: readonly number[], effects: Effects): void {
  const { self } = state.setting;
  state.hasAsked = state.patience > 0;
  for (const place of silent) {
    state.sharedSeedsOf |= only(place);
    takeSeedPiece(state, place, self, state.seedShares[place]!);
  }
  const seedShares = silent.map((member) => ({ member, bytes: state.seedShares[member]! }));
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

function piecesOf(secrets: readonly (Uint8Array | undefined)[]): readonly Piece[] {
  return secrets.flatMap((bytes, member) => (bytes === undefined ? [] : [{ member, bytes }]));
}

// ---- Ends --------------------------------------------------------------------------------------

/** Promises never to LOCK. Impossible after the own LOCK; needless once there is a certificate. */
function abort(
  state: AttemptState,
  reason: FailureReason,
  message: string,
  now: number,
  effects: Effects,
): void {
  const isFree =
    state.phase === 'advertise' || state.phase === 'share' || state.phase === 'storing';
  if (!isFree && state.phase !== 'gather') return;
  state.aborted |= only(state.setting.self);
  sendToAll(state, { type: 'abort', reason }, effects);
  if (isFree) return fail(state, reason, message, false, effects);
  state.phase = 'aborting';
  state.deadline = now + LOCK_TIMEOUT_MS;
}

/** With ABORTs of enough members no certificate can come: nothing will ever be opened. */
function checkAborts(state: AttemptState, effects: Effects): void {
  if (countOf(state.aborted) < state.setting.abortThreshold) return;
  state.failed |= state.gone;
  fail(state, 'too-few-peers', 'too few peers were left to finish it', false, effects);
}

function passDeadline(state: AttemptState, now: number, effects: Effects): void {
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
      state.failed |= lacking(state, state.masked);
      state.deadline = now + GATHER_TIMEOUT_MS / 2;
      if (state.patience > 2) {
        abort(state, 'timeout', 'no survivor set could be agreed in time', now, effects);
      }
      return;
    case 'lock':
    case 'aborting':
      return fail(state, 'spent', 'it stayed open whether the others finished it', true, effects);
    case 'reveal':
      state.deadline = now + RECOVER_TIMEOUT_MS;
      if (state.patience < 2) return;
      return fail(state, 'spent', 'too few peers stayed to take the masks off', true, effects);
    case 'done':
    case 'over':
      state.deadline = Infinity;
      return;
    default:
      unreachable(state.phase);
  }
}

function fail(
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

function finish(state: AttemptState, outcome: AttemptOutcome, effects: Effects): void {
  if (!state.hasOutcome) effects.push({ type: 'outcome', outcome });
  state.hasOutcome = true;
  if (state.phase === 'over' || state.phase === 'done') {
    state.deadline = Infinity;
    state.masks = [];
    state.seedShares.fill(undefined);
    state.keyShares.fill(undefined);
    const { maskSecret, sealSecret, selfSecret, shareEntropy } = state;
    for (const secret of [maskSecret, sealSecret, selfSecret, shareEntropy]) secret.fill(0);
  }
}

function inspect(state: AttemptState): AttemptInspection | undefined {
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

// ---- What is known -----------------------------------------------------------------------------

function rosterSize(state: AttemptState): number {
  return state.setting.proposal.roster.length;
}

function placeOf(state: AttemptState, peer: PeerId): number {
  return state.setting.proposal.roster.indexOf(peer);
}

function idsOf(state: AttemptState, members: Members): readonly PeerId[] {
  return placesOf(members).map((place) => state.setting.proposal.roster[place]!);
}

function others(state: AttemptState): readonly PeerId[] {
  return state.setting.proposal.roster.filter((_, place) => place !== state.setting.self);
}

function isActive(state: AttemptState): boolean {
  return state.setting.proposal.parameters.mode === 'active';
}

/** Members that have neither left nor aborted; this one included until it aborts. */
function liveOf(state: AttemptState): Members {
  return everybody(rosterSize(state)) & ~state.gone & ~state.aborted;
}

function heldOf(state: AttemptState): Members {
  return state.masked.reduce<Members>(
    (members, words, place) => (words === undefined ? members : members | only(place)),
    NOBODY,
  );
}

function lockersOf(state: AttemptState): Members {
  return state.locks.reduce<Members>(
    (members, lock, place) => (lock === undefined ? members : members | only(place)),
    NOBODY,
  );
}

function lacking(state: AttemptState, known: readonly unknown[]): Members {
  return (
    known.reduce<Members>(
      (members, value, place) => (value === undefined ? members | only(place) : members),
      NOBODY,
    ) & ~only(state.setting.self)
  );
}

/** Members whose contribution each of `reporters` that sent HAVE holds, with one digest. */
function commonlyHeld(state: AttemptState, reporters: Members): Members {
  const reports = placesOf(reporters).flatMap((place) => state.haves[place] ?? []);
  return reports.reduce((common, report) => {
    const agreed = placesOf(report.members).filter((place, i) => {
      const own = state.digests[place];
      return (
        report.digests.length === 0 || own === undefined || equalBytes(own, report.digests[i]!)
      );
    });
    return common & agreed.reduce((members, place) => members | only(place), NOBODY);
  }, heldOf(state));
}

function digestCount(state: AttemptState, members: Members): number {
  return isActive(state) ? countOf(members) : 0;
}

function areDistinct(state: AttemptState): boolean {
  const keys = state.advertised.flatMap((known) => [known!.maskKey.join(), known!.sealKey.join()]);
  return new Set(keys).size === keys.length;
}

function isSameLock(
  a: { readonly members: Members; readonly digest: Uint8Array },
  b: { readonly members: Members; readonly digest: Uint8Array },
): boolean {
  return a.members === b.members && equalBytes(a.digest, b.digest);
}

function lockPieces(state: AttemptState): readonly Piece[] {
  return state.locks.flatMap((lock, member) =>
    lock !== undefined && isSameLock(lock, state.certificate!)
      ? [{ member, bytes: lock.message }]
      : [],
  );
}

function ownSeed(state: AttemptState): readonly Piece[] {
  const { self } = state.setting;
  return has(state.certificate!.members, self) ? [{ member: self, bytes: state.selfSecret }] : [];
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

/** What the signature of a contribution says. */
function maskedStatement(state: AttemptState, digest: Uint8Array): Uint8Array {
  return concat(utf8('murmuration/1/masked\0'), state.context!, digest);
}

// ---- Sending -----------------------------------------------------------------------------------

function sendToAll(state: AttemptState, message: AttemptMessage, effects: Effects): Uint8Array {
  return send(state, others(state), message, effects);
}

function send(
  state: AttemptState,
  to: readonly PeerId[],
  message: AttemptMessage,
  effects: Effects,
): Uint8Array {
  const { suite, signer, tag } = state.setting;
  const body = attemptBody(tag, message);
  const isSigned = ['advertise', 'roster', 'lock', 'abort'].includes(message.type);
  const bytes = isSigned
    ? encodeSigned(suite, signer, message.type, body)
    : encodeBare(message.type, body);
  effects.push({ type: 'send', to, message: bytes });
  return bytes;
}

function violate(state: AttemptState, place: number, evidence: string, effects: Effects): void {
  state.failed |= only(place);
  effects.push({ type: 'violation', peer: state.setting.proposal.roster[place]!, evidence });
}
