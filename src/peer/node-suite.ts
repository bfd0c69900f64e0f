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
import { bytesToWords, concat, fromHex } from '../bytes.ts';
import type { Suite } from '../ports.ts';
import { isAdmissibleKey, realSuite } from '../secagg/index.ts';

/** The suite of Node peers. */
export const nodeSuite: Suite = {
  name: 'real',
  agreementKey: (secret) => publicBytes(privateKey(X25519, secret)),
  agree(secret, publicKey) {
    const pair = { privateKey: privateKey(X25519, secret), publicKey: x25519Key(publicKey) };
    return plain(diffieHellman(pair));
  },
  signingKey: (secret) => publicBytes(privateKey(ED25519, secret)),
  sign: (secret, message) => plain(sign(null, message, privateKey(ED25519, secret))),
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
  stream(key, wordCount) {
    const cipher = createCipheriv('chacha20', sized(key, 32), COUNTER_AND_NONCE);
    return bytesToWords(cipher.update(new Uint8Array(4 * wordCount)));
  },
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

/** What stands before the 32 bytes of a key in DER (RFC 8410). */
const X25519 = {
  secret: fromHex('302e020100300506032b656e04220420'),
  public: fromHex('302a300506032b656e032100'),
};
const ED25519 = {
  secret: fromHex('302e020100300506032b657004220420'),
  public: fromHex('302a300506032b6570032100'),
};

const AEAD = 'chacha20-poly1305';
const TAG_BYTES = 16;
const FIRST_BLOCK = Uint8Array.of(1);

/** Every key here is used once, so the nonce may be constant. */
const NONCE = new Uint8Array(12);
const COUNTER_AND_NONCE = new Uint8Array(16);

/** Identities met before: reading a key takes as long as half of a verification. Public keys only. */
const knownKeys = new Map<string, KeyObject>();
const MAX_KNOWN_KEYS = 1024;

function ed25519Key(bytes: Uint8Array): KeyObject {
  const name = bytes.join();
  let key = knownKeys.get(name);
  if (key === undefined) {
    if (knownKeys.size >= MAX_KNOWN_KEYS) knownKeys.clear();
    key = publicKey(ED25519, bytes);
    knownKeys.set(name, key);
  }
  return key;
}

function x25519Key(bytes: Uint8Array): KeyObject {
  return publicKey(X25519, bytes);
}

function publicKey(curve: typeof X25519, bytes: Uint8Array): KeyObject {
  const der = Buffer.from(concat(curve.public, sized(bytes, 32)));
  return createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function privateKey(curve: typeof X25519, secret: Uint8Array): KeyObject {
  const der = Buffer.from(concat(curve.secret, sized(secret, 32)));
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

function publicBytes(secret: KeyObject): Uint8Array {
  const der = createPublicKey(secret).export({ format: 'der', type: 'spki' });
  return plain(der.subarray(der.length - 32));
}

/** A copy that is no Buffer: those of Node may share memory with others. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes);
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length)
    throw new RangeError(`key is ${bytes.length} bytes: give ${length}.`);
  return bytes;
}
