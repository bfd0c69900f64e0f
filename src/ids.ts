/**
 * Names of peers: the Ed25519 public key in base64url, 43 characters, the same string everywhere.
 *
 * Ids are compared as strings (ASCII order), which gives every peer the same order without decoding.
 *
 * @module
 */
import { fromBase64url, toBase64url } from './bytes.ts';

/** Base64url, without padding, of a 32-byte Ed25519 public key. */
export type PeerId = string & { readonly __brand: 'PeerId' };

/** Bytes of an Ed25519 public key. */
export const PEER_KEY_BYTES = 32;

/** The id of a public key. */
export function peerIdOf(publicKey: Uint8Array): PeerId {
  return toBase64url(publicKey) as PeerId;
}

/** The public key that an id names. */
export function publicKeyOf(id: PeerId): Uint8Array {
  return fromBase64url(id);
}

/** Whether a text is the canonical base64url form of 32 bytes. Says nothing about the curve point. */
export function isPeerId(text: unknown): text is PeerId {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]{43}$/.test(text)) return false;
  return toBase64url(fromBase64url(text)) === text;
}

/** Ascending order of ids; the roster's order and the sign of every pair mask follow it. */
export function compareIds(a: PeerId, b: PeerId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
