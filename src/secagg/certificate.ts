/**
 * The certificate of an attempt: LOCKs of a threshold of members on one survivor set and masked sum.
 *
 * It is seen in the LOCKs that arrived here, or taken over from a member that forwards them. Nothing is
 * ever opened without one.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import type { Effects } from './attempt-events.ts';
import type { AttemptState, Lock } from './attempt.ts';
import { isSignedBy, openEnvelope } from './envelope.ts';
import { has, type Members } from './members.ts';
import { decodeAttemptMessage, type Piece } from './messages.ts';
import { violate } from './sending.ts';

/** Looks for LOCKs of a threshold of members on one survivor set and digest. */
export function certify(state: AttemptState): void {
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

/**
 * Takes over a certificate that somebody else holds. It counts whatever its signers told this member
 * themselves: else who signs twice could keep some members from seeing it.
 */
export function adoptCertificate(
  state: AttemptState,
  pieces: readonly Piece[],
  effects: Effects,
): void {
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

/** The LOCKs that make up the certificate, for those who missed them. */
export function lockPieces(state: AttemptState): readonly Piece[] {
  return state.locks.flatMap((lock, member) =>
    lock !== undefined && isSameLock(lock, state.certificate!)
      ? [{ member, bytes: lock.message }]
      : [],
  );
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

function isSameLock(
  a: { readonly members: Members; readonly digest: Uint8Array },
  b: { readonly members: Members; readonly digest: Uint8Array },
): boolean {
  return a.members === b.members && equalBytes(a.digest, b.digest);
}
