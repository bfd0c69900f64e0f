/**
 * The real cryptography, in pure JavaScript: it works where `crypto.subtle` is missing (plain http
 * on a local network, where phones join) and inside a synchronous step.
 *
 * X25519: RFC 7748. Ed25519: RFC 8032. HKDF: RFC 5869. ChaCha20 and ChaCha20-Poly1305: RFC 8439.
 * The implementations are those of the noble family (curves, hashes, ciphers); keystreams are made by
 * `keystream.ts`.
 *
 * @module
 */
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { ed25519, x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Suite } from '../ports.ts';
import { addKeystreamsInPlace, keystream } from './keystream.ts';

/** Every key here is used once, so the nonce may be constant. */
const NONCE = new Uint8Array(12);

/** The suite of browsers, and of Node where nothing faster is given. */
export const realSuite: Suite = {
  name: 'real',
  agreementKey: (secret) => x25519.getPublicKey(secret),
  agree: (secret, publicKey) => x25519.getSharedSecret(secret, publicKey),
  signingKey: (secret) => ed25519.getPublicKey(secret),
  sign: (secret, message) => ed25519.sign(message, secret),
  verify(publicKey, message, signature) {
    try {
      return (
        isAdmissibleKey(publicKey) &&
        ed25519.verify(signature, message, publicKey, { zip215: false })
      );
    } catch {
      return false; // A malformed point or signature is a wrong signature.
    }
  },
  hash: (message) => sha256(message),
  derive: (secret, salt, info) => hkdf(sha256, secret, salt, info, 32),
  stream: keystream,
  addStreamsInPlace: addKeystreamsInPlace,
  seal: (key, plaintext, associated) => chacha20poly1305(key, NONCE, associated).encrypt(plaintext),
  open(key, sealed, associated) {
    try {
      return chacha20poly1305(key, NONCE, associated).decrypt(sealed);
    } catch {
      return undefined; // A wrong tag: whoever sealed it had another key or another context.
    }
  },
};

/** Keys found good or bad before: decoding a point costs more than remembering it. */
const knownKeys = new Map<string, boolean>();
const MAX_KNOWN_KEYS = 4096;

/**
 * Whether an Ed25519 public key may name a peer: canonical, on the curve, of large order.
 *
 * Verifiers disagree about signatures of small-order keys; refused at admission, every verifier agrees.
 */
export function isAdmissibleKey(publicKey: Uint8Array): boolean {
  const name = publicKey.join();
  const known = knownKeys.get(name);
  if (known !== undefined) return known;
  let isGood = false;
  try {
    const point = ed25519.Point.fromBytes(publicKey, false);
    isGood = !point.isSmallOrder();
  } catch {
    isGood = false;
  }
  if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear();
  knownKeys.set(name, isGood);
  return isGood;
}
