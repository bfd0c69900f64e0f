/**
 * One sealed and signed introduction: what two peers say to each other through a server that neither
 * of them trusts.
 *
 * Sealed with a key derived from the room key (XChaCha20-Poly1305, a fresh random nonce each), so the
 * server reads nothing. Signed by the sender's identity over everything that gives it a meaning: the
 * room, both members of the server, the sender, its incarnation and nonce, the receiver and its nonce
 * once known, a counter, and the content. A session description is signed whole, and its DTLS
 * fingerprints are named beside it and must be the ones in it. So the server can neither swap a
 * fingerprint, nor redirect, reflect or replay, nor invent a peer.
 *
 * Everything is padded to a multiple of `INTRODUCTION_PAD_BYTES`.
 *
 * XChaCha20-Poly1305: draft-irtf-cfrg-xchacha. Fingerprints: RFC 8122. The idea of signing them:
 * RFC 8827, section 5.6.4.
 *
 * @module
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { decode, encode } from 'cborg';
import { concat, utf8 } from '../bytes.ts';
import {
  CANDIDATES_TOGETHER,
  INTRODUCTION_PAD_BYTES,
  MAX_CANDIDATE_LENGTH,
  MAX_DESCRIPTION_LENGTH,
  WIRE_VERSION,
} from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { PEER_KEY_BYTES, peerIdOf, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite, TransportName } from '../ports.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room-key.ts';

/** Bytes of the nonce of a seal, random, never used twice. */
export const SEAL_NONCE_BYTES = 24;

/** Bytes of the nonce that a peer draws for one handshake, and of an incarnation. */
export const NONCE_BYTES = 16;

/** An ICE candidate as `RTCIceCandidateInit`. */
export interface Candidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}

/** What an introduction is about, in the order in which they are sent. */
export type IntroductionContent =
  /** I am here, and link in this way; who are you? */
  | { readonly type: 'hello'; readonly transport: TransportName }
  /** I am here too. `isLinked`: a link to this very incarnation of you is open on my side. */
  | { readonly type: 'reply'; readonly isLinked: boolean; readonly transport: TransportName }
  /** I heard you; the peer with the smaller id now offers, unless both are linked. */
  | { readonly type: 'confirm'; readonly isLinked: boolean }
  | { readonly type: 'offer'; readonly sdp: string }
  | { readonly type: 'answer'; readonly sdp: string }
  | { readonly type: 'candidates'; readonly candidates: readonly Candidate[] };

/** One introduction. */
export interface Introduction {
  readonly sender: PeerId;
  /** Random for each start of the sender's program: tells a reloaded peer from the one before. */
  readonly incarnation: Uint8Array;
  /** Random for each handshake of the sender. */
  readonly nonce: Uint8Array;
  /** The receiver and its nonce; undefined in a hello, which is sent before they are known. */
  readonly receiver: { readonly id: PeerId; readonly nonce: Uint8Array } | undefined;
  /** Counts what the sender sent in this handshake. */
  readonly sequence: number;
  readonly content: IntroductionContent;
}

/** An introduction that was opened: its signature is right. */
export interface OpenedIntroduction extends Introduction {
  /** Hash of all that was signed. */
  readonly digest: Uint8Array;
}

/** Where an introduction travels: the names that the server gave to the two connections. */
export interface Route {
  readonly from: string;
  readonly to: string;
}

const DOMAIN = 'murmuration introduction 1';
const SIGNATURE_BYTES = 64;
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
const FINGERPRINT = /^a=fingerprint:(sha-(?:256|384|512)) ([0-9A-F]{2}(?::[0-9A-F]{2})+)\s*$/i;

/**
 * Seals and signs an introduction.
 *
 * @param sealNonce - 24 random bytes, used once.
 * @returns The payload for the server and the hash of what was signed.
 * @throws ProtocolViolation when a session description has no fingerprint that can be signed.
 */
export function sealIntroduction(
  suite: Suite,
  room: Room,
  identity: Identity,
  route: Route,
  introduction: Omit<Introduction, 'sender'>,
  sealNonce: Uint8Array,
): { readonly payload: Uint8Array; readonly digest: Uint8Array } {
  const { incarnation, nonce, receiver, sequence, content } = introduction;
  const body = encode([
    WIRE_VERSION,
    publicKeyOf(identity.id),
    incarnation,
    nonce,
    receiver ? [publicKeyOf(receiver.id), receiver.nonce] : null,
    sequence,
    encodeContent(content),
  ]);
  const digest = digestOf(suite, room, route, body);
  const signature = suite.sign(identity.secretKey, signedBytes(digest));
  const plain = pad(body, signature);
  const sealed = xchacha20poly1305(
    room.introductionKey,
    sealNonce,
    associated(room, route),
  ).encrypt(plain);
  return { payload: concat(sealNonce, sealed), digest };
}

/**
 * Opens a payload that the server handed over, and checks everything that one introduction alone can
 * show. Whether it fits the handshake under way is for `handshake.ts`.
 *
 * @param route - As the server told it: the sender's name, and this peer's own as the receiver.
 * @throws ProtocolViolation whose text tells which check failed and holds nothing of the payload.
 */
export function openIntroduction(
  suite: Suite,
  room: Room,
  route: Route,
  payload: Uint8Array,
): OpenedIntroduction {
  if (payload.length <= SEAL_NONCE_BYTES + TAG_BYTES) {
    throw new ProtocolViolation('An introduction is too short.');
  }
  const { body, signature } = unpad(unseal(room, route, payload));
  const introduction = decodeBody(body);
  const digest = digestOf(suite, room, route, body);
  if (!suite.verify(publicKeyOf(introduction.sender), signedBytes(digest), signature)) {
    throw new ProtocolViolation('An introduction is not signed by the peer that it names.');
  }
  return { ...introduction, digest };
}

/** The DTLS fingerprints that a session description names, sorted, each once, such as `sha-256 AB:CD`. */
export function fingerprintsOf(sdp: string): readonly string[] {
  const found = new Set<string>();
  for (const line of sdp.split('\n')) {
    if (!/^a=fingerprint/i.test(line)) continue;
    const match = FINGERPRINT.exec(line);
    if (!match)
      throw new ProtocolViolation('A session description has a weak or broken fingerprint.');
    found.add(`${match[1]!.toLowerCase()} ${match[2]!.toUpperCase()}`);
  }
  if (found.size === 0) throw new ProtocolViolation('A session description has no fingerprint.');
  return [...found].sort();
}

function associated(room: Room, route: Route): Uint8Array {
  return utf8([DOMAIN, room.id, route.from, route.to].join('\0'));
}

function digestOf(suite: Suite, room: Room, route: Route, body: Uint8Array): Uint8Array {
  return suite.hash(concat(associated(room, route), Uint8Array.of(0), body));
}

function signedBytes(digest: Uint8Array): Uint8Array {
  return concat(utf8(`${DOMAIN} signature\0`), digest);
}

function unseal(room: Room, route: Route, payload: Uint8Array): Uint8Array {
  const nonce = payload.subarray(0, SEAL_NONCE_BYTES);
  const sealed = payload.subarray(SEAL_NONCE_BYTES);
  try {
    return xchacha20poly1305(room.introductionKey, nonce, associated(room, route)).decrypt(sealed);
  } catch {
    throw new ProtocolViolation(
      'An introduction is not sealed with the key of this room, for this pair of members.',
    );
  }
}

/** Length of the body, body, signature, zeros. */
function pad(body: Uint8Array, signature: Uint8Array): Uint8Array {
  const used = LENGTH_BYTES + body.length + SIGNATURE_BYTES;
  const plain = new Uint8Array(Math.ceil(used / INTRODUCTION_PAD_BYTES) * INTRODUCTION_PAD_BYTES);
  new DataView(plain.buffer).setUint32(0, body.length, true);
  plain.set(body, LENGTH_BYTES);
  plain.set(signature, LENGTH_BYTES + body.length);
  return plain;
}

function unpad(plain: Uint8Array): { readonly body: Uint8Array; readonly signature: Uint8Array } {
  if (plain.length < LENGTH_BYTES + SIGNATURE_BYTES) throw malformed();
  const length = new DataView(plain.buffer, plain.byteOffset, plain.length).getUint32(0, true);
  const end = LENGTH_BYTES + length + SIGNATURE_BYTES;
  if (end > plain.length || plain.subarray(end).some((byte) => byte !== 0)) {
    throw new ProtocolViolation('An introduction is padded wrongly.');
  }
  const bodyEnd = LENGTH_BYTES + length;
  return { body: plain.subarray(LENGTH_BYTES, bodyEnd), signature: plain.subarray(bodyEnd, end) };
}

function encodeContent(content: IntroductionContent): readonly unknown[] {
  switch (content.type) {
    case 'hello':
      return [content.type, content.transport];
    case 'reply':
      return [content.type, content.isLinked, content.transport];
    case 'confirm':
      return [content.type, content.isLinked];
    case 'offer':
    case 'answer':
      return [content.type, content.sdp, fingerprintsOf(content.sdp)];
    case 'candidates':
      return [
        content.type,
        content.candidates.map(({ candidate, sdpMid, sdpMLineIndex }) => [
          candidate,
          sdpMid,
          sdpMLineIndex,
        ]),
      ];
  }
}

function decodeBody(body: Uint8Array): Introduction {
  let value: unknown;
  try {
    value = decode(body, { strict: true, allowIndefinite: false, allowUndefined: false });
  } catch {
    throw new ProtocolViolation('An introduction is not CBOR.');
  }
  if (!Array.isArray(value) || value.length !== 7) throw malformed();
  const [version, sender, incarnation, nonce, receiver, sequence, content] = value as unknown[];
  if (version !== WIRE_VERSION) {
    throw new ProtocolViolation(
      `A peer speaks version ${typeof version === 'number' ? version : '?'} and this page version ${WIRE_VERSION}: reload both.`,
    );
  }
  if (typeof sequence !== 'number' || !Number.isSafeInteger(sequence) || sequence < 0) {
    throw malformed();
  }
  return {
    sender: peerIdOf(bytesOf(sender, PEER_KEY_BYTES)),
    incarnation: bytesOf(incarnation, NONCE_BYTES),
    nonce: bytesOf(nonce, NONCE_BYTES),
    receiver: decodeReceiver(receiver),
    sequence,
    content: decodeContent(content),
  };
}

function decodeReceiver(value: unknown): Introduction['receiver'] {
  if (value === null) return undefined;
  if (!Array.isArray(value) || value.length !== 2) throw malformed();
  return {
    id: peerIdOf(bytesOf(value[0], PEER_KEY_BYTES)),
    nonce: bytesOf(value[1], NONCE_BYTES),
  };
}

function decodeContent(value: unknown): IntroductionContent {
  if (!Array.isArray(value)) throw malformed();
  const [type, first, second] = value as unknown[];
  switch (type) {
    case 'hello':
      return { type, transport: transportOf(first) };
    case 'reply':
      if (typeof first !== 'boolean') throw malformed();
      return { type, isLinked: first, transport: transportOf(second) };
    case 'confirm':
      if (typeof first !== 'boolean') throw malformed();
      return { type, isLinked: first };
    case 'offer':
    case 'answer': {
      if (typeof first !== 'string' || first.length > MAX_DESCRIPTION_LENGTH) throw malformed();
      const named: readonly unknown[] = Array.isArray(second) ? second : [];
      const shown = fingerprintsOf(first);
      if (named.length !== shown.length || named.some((print, i) => print !== shown[i])) {
        throw new ProtocolViolation(
          'A session description has other fingerprints than were signed.',
        );
      }
      return { type, sdp: first };
    }
    case 'candidates':
      if (!Array.isArray(first) || first.length > CANDIDATES_TOGETHER) throw malformed();
      return { type, candidates: first.map(decodeCandidate) };
    default:
      throw malformed();
  }
}

function transportOf(value: unknown): TransportName {
  if (value !== 'simple-peer' && value !== 'libp2p') throw malformed();
  return value;
}

function decodeCandidate(value: unknown): Candidate {
  if (!Array.isArray(value)) throw malformed();
  const [candidate, sdpMid, sdpMLineIndex] = value as unknown[];
  if (typeof candidate !== 'string' || candidate.length > MAX_CANDIDATE_LENGTH) throw malformed();
  if (sdpMid !== null && (typeof sdpMid !== 'string' || sdpMid.length > 64)) throw malformed();
  if (
    sdpMLineIndex !== null &&
    (typeof sdpMLineIndex !== 'number' || sdpMLineIndex < 0 || sdpMLineIndex > 255)
  ) {
    throw malformed();
  }
  return { candidate, sdpMid, sdpMLineIndex };
}

function bytesOf(value: unknown, length: number): Uint8Array {
  if (!(value instanceof Uint8Array) || value.length !== length) throw malformed();
  return value;
}

function malformed(): ProtocolViolation {
  return new ProtocolViolation('An introduction is malformed.');
}
