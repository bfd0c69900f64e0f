/**
 * The real cryptography by OpenSSL: the fast form of `realSuite` in Node, byte for byte the same.
 *
 * Only entry points of Node import this file; a browser has no `node:crypto`.
 *
 * One rule differs between verifiers of Ed25519: noble multiplies the equation by the cofactor, OpenSSL
 * does not, so whoever signs with a point of small order added to R is accepted by one of them alone.
 * A LOCK that only browsers accept would split a roster. OpenSSL accepts a part of what noble accepts
 * (`test/peer/node-suite.test.ts`), so what it refuses is asked again of noble, whose word holds.
 *
 * X25519: RFC 7748. Ed25519: RFC 8032. HKDF: RFC 5869. ChaCha20 and ChaCha20-Poly1305: RFC 8439.
 *
 * @module
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { concat, fromBase64url } from '../bytes.ts';
import type { Suite } from '../ports.ts';
import { isAdmissibleKey, realSuite } from '../secagg/index.ts';

/** The suite of Node peers. */
export const nodeSuite: Suite = {
  name: 'real',
  agreementKey: (secret) => publicBytes(privateKey('X25519', secret)),
  agree(secret, publicKey) {
    const pair = { privateKey: privateKey('X25519', secret), publicKey: x25519Key(publicKey) };
    return plain(diffieHellman(pair));
  },
  signingKey: (secret) => publicBytes(privateKey('Ed25519', secret)),
  sign: (secret, message) => plain(sign(null, message, privateKey('Ed25519', secret))),
  verify(publicKey, message, signature) {
    if (!isAdmissibleKey(publicKey)) return false;
    return (
      verify(null, message, ed25519Key(publicKey), signature) ||
      realSuite.verify(publicKey, message, signature)
    );
  },
  hash: (message) => plain(createHash('sha256').update(message).digest()),
  derive(secret, salt, info) {
    // RFC 5869 for one block of output. `hkdfSync` does the same, but refuses an info above 1 KiB.
    const extracted = createHmac('sha256', salt).update(secret).digest();
    return plain(createHmac('sha256', extracted).update(info).update(FIRST_BLOCK).digest());
  },
  stream: realSuite.stream,
  addStreamsInPlace: realSuite.addStreamsInPlace,
  seal(key, plaintext, associated) {
    const cipher = createCipheriv(AEAD, sized(key, 32), NONCE, { authTagLength: TAG_BYTES });
    cipher.setAAD(associated, { plaintextLength: plaintext.length });
    return concat(cipher.update(plaintext), cipher.final(), cipher.getAuthTag());
  },
  open(key, sealed, associated) {
    if (sealed.length < TAG_BYTES) return undefined;
    const decipher = createDecipheriv(AEAD, sized(key, 32), NONCE, { authTagLength: TAG_BYTES });
    const ciphertext = sealed.subarray(0, sealed.length - TAG_BYTES);
    decipher.setAAD(associated, { plaintextLength: ciphertext.length });
    decipher.setAuthTag(sealed.subarray(ciphertext.length));
    const plaintext = decipher.update(ciphertext);
    try {
      return concat(plaintext, decipher.final());
    } catch {
      return undefined; // A wrong tag: whoever sealed it had another key or another context.
    }
  },
};

const ANY_PUBLIC = 'A'.repeat(43);
const AEAD = 'chacha20-poly1305';
const TAG_BYTES = 16;
const FIRST_BLOCK = Uint8Array.of(1);

/** Every key here is used once, so the nonce may be constant. */
const NONCE = new Uint8Array(12);

/** Identities met before: reading a key takes as long as half of a verification. Public keys only. */
const knownKeys = new Map<string, KeyObject>();
const MAX_KNOWN_KEYS = 1024;

function ed25519Key(bytes: Uint8Array): KeyObject {
  const name = bytes.join();
  let key = knownKeys.get(name);
  if (key === undefined) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear();
    key = publicKey('Ed25519', bytes);
    knownKeys.set(name, key);
  }
  return key;
}

function x25519Key(bytes: Uint8Array): KeyObject {
  return publicKey('X25519', bytes);
}

/** Names of curves in a JSON Web Key (RFC 8037). OpenSSL takes 330 us to read a secret key in DER, 25 this way. */
type Curve = 'X25519' | 'Ed25519';

function publicKey(crv: Curve, bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv, x: text(sized(bytes, 32)) }, format: 'jwk' });
}

function privateKey(crv: Curve, secret: Uint8Array): KeyObject {
  // A key must name its public half; OpenSSL computes it anew, so any will do.
  const key = { kty: 'OKP', crv, d: text(sized(secret, 32)), x: ANY_PUBLIC };
  return createPrivateKey({ key, format: 'jwk' });
}

function publicBytes(secret: KeyObject): Uint8Array {
  return fromBase64url(secret.export({ format: 'jwk' }).x!);
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url');
}

/** A copy that is no Buffer: those of Node may share memory with others. */
function plain(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length)
    throw new RangeError(`key is ${bytes.length} bytes: give ${length}.`);
  return bytes;
}
