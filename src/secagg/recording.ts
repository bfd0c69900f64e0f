/**
 * What arrives in an attempt: checked and noted, once a sender and kind.
 *
 * A message only adds to what is known; `protocol.ts` then looks at all of it and moves on, so the
 * order in which links deliver does not matter. What contradicts an earlier message of its sender
 * is a violation.
 *
 * @module
 */
import { concat, equalBytes } from '../bytes.ts';
import { MAX_PROPOSED_SETS } from '../config.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import { unreachable } from '../machine.ts';
import type { Effects, ReceivedMessage } from './attempt-events.ts';
import type { AttemptState, Cause } from './attempt.ts';
import { adoptCertificate, certify } from './certificate.ts';
import { recordSum, serveSum } from './chunk-sums.ts';
import { bucketsOfProposal, contributionWords } from './context.ts';
import { isSignedBy, openEnvelope, type Envelope } from './envelope.ts';
import { isActive, isFree, placeOf, rosterSize } from './knowledge.ts';
import { countOf, everybody, has, NOBODY, only, type Members } from './members.ts';
import {
  decodeAttemptMessage,
  maskedStatement,
  type AttemptMessage,
  type Piece,
} from './messages.ts';
import type { Scatter } from './scatter.ts';
import { recordChunk, recordDigests } from './scattering.ts';
import { violate } from './sending.ts';
import { digestOfWords, isMaskKeyOf, isSeedOf, takeKeyPiece, takeSeedPiece } from './unmasking.ts';

/** The tag and content of a message of an attempt, or undefined for a message of another kind. */
export function readAttemptMessage(
  envelope: Envelope,
  bytes: Uint8Array,
): { readonly tag: Uint8Array; readonly message: ReceivedMessage } | undefined {
  const decoded = decodeAttemptMessage(envelope);
  if (decoded === undefined) return undefined;
  return { tag: decoded.tag, message: { content: decoded.message, envelope, bytes } };
}

/** Notes a message, once a sender and kind. What contradicts an earlier one is a violation. */
export function record(
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
      if (state.scatter === undefined) state.proposed[place] ??= content.members;
      else recordProposal(state.scatter, place, content.members);
      return;
    case 'digests':
    case 'chunk':
    case 'held':
    case 'sum':
    case 'want':
      recordScattered(state, place, content, effects);
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
      recordAbort(state, place, content, bytes, effects);
      return;
    default:
      unreachable(content);
  }
}

/** Keeps the own update; too late for this attempt, it is left alone. */
export function keepContribution(state: AttemptState, words: Uint32Array): void {
  const expected = contributionWords(state.setting.proposal);
  if (words.length !== expected) {
    throw new RangeError(`contribution is ${words.length} words: all agreed on ${expected}.`);
  }
  if (state.phase === 'advertise' || state.phase === 'share') state.contribution ??= words;
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

/** What only the members of a scattered vector say to each other. */
function recordScattered(
  state: AttemptState,
  place: number,
  content: AttemptMessage & { type: 'digests' | 'chunk' | 'held' | 'sum' | 'want' },
  effects: Effects,
): void {
  const { scatter, context } = state;
  if (scatter === undefined) {
    return violate(state, place, 'scatters words that are broadcast', effects);
  }
  switch (content.type) {
    case 'digests':
      if (context === undefined || !equalBytes(content.context, context)) {
        return violate(
          state,
          place,
          'sent a contribution before it could hold all shares',
          effects,
        );
      }
      return recordDigests(state, place, content, effects);
    case 'chunk':
      return recordChunk(state, place, content, effects);
    case 'sum':
      return recordSum(state, place, content, effects);
    default:
  }
  const reports = scatter.reports[content.chunk];
  if (reports === undefined) {
    return violate(state, place, 'names a chunk that there is not', effects);
  }
  if (content.type === 'held') reports[place] ??= content.members;
  else if (content.members !== NOBODY) {
    serveSum(state, place, content.chunk, content.members, effects);
  } else scatter.wanted[content.chunk]! |= only(place);
}

/** A member may propose again when an owner left, and not for ever. */
function recordProposal({ proposals }: Scatter, place: number, members: Members): void {
  const known = proposals[place]!;
  if (known.at(-1) === members || known.length === MAX_PROPOSED_SETS) return;
  proposals[place] = [...known, members];
}

function recordMasked(
  state: AttemptState,
  place: number,
  { words, signature }: AttemptMessage & { type: 'masked' },
  effects: Effects,
): void {
  const { suite, proposal } = state.setting;
  if (state.scatter !== undefined) {
    return violate(state, place, 'broadcasts words that are scattered', effects);
  }
  if (words.length !== contributionWords(proposal) * bucketsOfProposal(proposal)) {
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
    const signed = maskedStatement(state.context, digest);
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

/** Remembers who stopped by itself: whoever only followed says whom, and proves it. */
function recordAbort(
  state: AttemptState,
  place: number,
  { reason, cause }: AttemptMessage & { type: 'abort' },
  bytes: Uint8Array,
  effects: Effects,
): void {
  const first = cause === undefined ? { member: place, reason, bytes } : readCause(state, cause);
  if (first === undefined) {
    return violate(state, place, 'follows an ABORT that nobody signed', effects);
  }
  state.aborted |= only(place);
  if (isFree(state)) state.cause ??= first;
}

/** An ABORT as a follower forwards it; undefined unless a member of this attempt stopped with it by itself. */
function readCause(state: AttemptState, { member, bytes }: Piece): Cause | undefined {
  const { suite, proposal, tag } = state.setting;
  const signer = proposal.roster[member];
  if (signer === undefined) return undefined;
  if (state.cause !== undefined && equalBytes(state.cause.bytes, bytes)) return state.cause;
  try {
    const envelope = openEnvelope(bytes);
    const read = decodeAttemptMessage(envelope);
    if (read?.message.type !== 'abort' || !equalBytes(read.tag, tag)) return undefined;
    if (read.message.cause !== undefined || !isSignedBy(suite, signer, envelope)) return undefined;
    return { member, reason: read.message.reason, bytes };
  } catch {
    return undefined; // What does not decode proves nothing.
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

function digestCount(state: AttemptState, members: Members): number {
  return isActive(state) ? countOf(members) : 0;
}
