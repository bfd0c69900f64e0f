/**
 * How the two ends of a libp2p stream show each other that they belong to the room.
 *
 * libp2p proves keys, not membership: anybody who knows a peer id and the relay may connect. So each end
 * first sends a challenge (its incarnation and a fresh nonce), then its signature over a digest of both
 * challenges and both ids that only somebody with the room's key can compute. Signer and direction are
 * part of it, so nothing can be sent back or passed on. An open room has a public constant for a key, and
 * lets in whoever knows its name.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { Identity } from './identity.ts';
import { NONCE_BYTES } from './introduction.ts';
import type { Room } from './room-key.ts';

/** Bytes of a challenge: incarnation and nonce. */
export const CHALLENGE_BYTES = 2 * NONCE_BYTES;

/** Both ends of one stream, the one that opened it first. */
export interface StreamEnds {
  readonly dialler: PeerId;
  readonly dialled: PeerId;
  readonly diallersChallenge: Uint8Array;
  readonly dialledsChallenge: Uint8Array;
}

/** This peer's challenge for one stream. */
export function newChallenge(incarnation: Uint8Array): Uint8Array {
  return concat(incarnation, crypto.getRandomValues(new Uint8Array(NONCE_BYTES)));
}

/** The incarnation in a challenge. */
export function incarnationOf(challenge: Uint8Array): Uint8Array {
  return challenge.slice(0, NONCE_BYTES);
}

/** This peer's answer: 64 bytes. */
export function proveMembership(
  suite: Suite,
  room: Room,
  identity: Identity,
  ends: StreamEnds,
): Uint8Array {
  return suite.sign(identity.secretKey, proofBytes(suite, room, ends, identity.id));
}

/** Whether an answer shows that `peer` holds its key and the room's. */
export function provesMembership(
  suite: Suite,
  room: Room,
  peer: PeerId,
  ends: StreamEnds,
  proof: Uint8Array,
): boolean {
  return suite.verify(publicKeyOf(peer), proofBytes(suite, room, ends, peer), proof);
}

function proofBytes(suite: Suite, room: Room, ends: StreamEnds, signer: PeerId): Uint8Array {
  const challenges = concat(ends.diallersChallenge, ends.dialledsChallenge);
  const info = utf8(`murmuration libp2p link 1\0${ends.dialler}\0${ends.dialled}`);
  const digest = suite.derive(room.introductionKey, challenges, info);
  return concat(utf8('murmuration libp2p proof 1\0'), digest, utf8(signer));
}
