/**
 * A suite with the equations of the real one and no secrecy: for thousands of peers and for
 * exploring every interleaving.
 *
 * Both sides agree on the same secret, a signature verifies only what was signed, sealed bytes open
 * only with their key and associated data, other inputs give other outputs. But anybody can compute
 * anything from public keys, so nothing is hidden, and a summary that used it says `simulated`.
 *
 * The mixing is that of MurmurHash3 (Appleby), four lanes wide: 128 bits, so that no two of the
 * inputs of a run meet by chance.
 *
 * @module
 */
import { compareBytes, equalBytes, wordsToBytes } from '../bytes.ts';
import type { Suite } from '../ports.ts';
import { checkStreams } from '../secagg/index.ts';

/** The suite for simulations. Never for a real peer. */
export const simulatedSuite: Suite = {
  name: 'simulated',
  agreementKey: (secret) => digest('agreement key', sized(secret, 32)),
  agree(secret, publicKey) {
    if (sized(publicKey, 32).every((byte) => byte === 0)) {
      throw new RangeError('publicKey is zero: the secret would be known to everybody.');
    }
    const own = this.agreementKey(secret);
    const [first, second] = compareBytes(own, publicKey) < 0 ? [own, publicKey] : [publicKey, own];
    return digest('agreement', first, second);
  },
  signingKey: (secret) => digest('signing key', sized(secret, 32)),
  sign(secret, message) {
    return signature(this.signingKey(secret), message);
  },
  verify: (publicKey, message, claimed) => equalBytes(signature(publicKey, message), claimed),
  hash: (message) => digest('hash', message),
  derive: (secret, salt, info) => digest('derive', secret, salt, info),
  stream: (key, wordCount) => streamOf(sized(key, 32), wordCount),
  addStreamsInPlace(words, terms, from = 0) {
    checkStreams(terms, from, words.length);
    for (const { key, sign } of terms) {
      const [a, b] = streamStart(key);
      for (let i = 0; i < words.length; i++) {
        words[i] = words[i]! + sign * streamWord(a, b, from + i);
      }
    }
  },
  seal(key, plaintext, associated) {
    const sealed = new Uint8Array(plaintext.length + TAG_BYTES);
    sealed.set(xored(key, plaintext));
    sealed.set(tagOf(key, sealed.subarray(0, plaintext.length), associated), plaintext.length);
    return sealed;
  },
  open(key, sealed, associated) {
    const length = sealed.length - TAG_BYTES;
    if (length < 0) return undefined;
    const ciphertext = sealed.subarray(0, length);
    if (!equalBytes(tagOf(key, ciphertext, associated), sealed.subarray(length))) return undefined;
    return xored(key, ciphertext);
  },
};

const TAG_BYTES = 16;

function signature(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(64);
  bytes.set(digest('signature', publicKey, message));
  bytes.set(digest('signature, second half', publicKey, message), 32);
  return bytes;
}

function tagOf(key: Uint8Array, ciphertext: Uint8Array, associated: Uint8Array): Uint8Array {
  return digest('tag', key, ciphertext, associated).slice(0, TAG_BYTES);
}

function xored(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const stream = wordsToBytes(streamOf(sized(key, 32), Math.ceil(bytes.length / 4)));
  return bytes.map((byte, i) => byte ^ stream[i]!);
}

function sized(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.length !== length) {
    throw new RangeError(`key is ${bytes.length} bytes: give ${length}.`);
  }
  return bytes;
}

/** 32 bytes of a label and some parts; the length of each part counts, so that none runs into the next. */
function digest(label: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const lanes = new Lanes();
  lanes.absorb(label.length);
  for (let i = 0; i < label.length; i++) lanes.absorb(label.charCodeAt(i));
  for (const part of parts) lanes.absorbBytes(part);
  const words = new Uint32Array(8);
  lanes.squeezeInto(words);
  return wordsToBytes(words);
}

/** Words that depend on all of the key; the same for a prefix. */
function streamOf(key: Uint8Array, wordCount: number): Uint32Array {
  const [a, b] = streamStart(key);
  return Uint32Array.from({ length: wordCount }, (_, at) => streamWord(a, b, at));
}

/** What a stream is made from: 64 bits of the key. */
function streamStart(key: Uint8Array): readonly [number, number] {
  const lanes = new Lanes();
  lanes.absorbBytes(key);
  const words = new Uint32Array(2);
  lanes.squeezeInto(words);
  return [words[0]!, words[1]!];
}

/** The word at a place, which any place gives by itself. */
function streamWord(a: number, b: number, at: number): number {
  return avalanche(a ^ avalanche(Math.imul(at + 1, 0x9e3779b1) + b));
}

/** 128 bits that every absorbed word stirs. */
class Lanes {
  private a = 0x239b961b;
  private b = 0xab0e9789 | 0;
  private c = 0x38b34ae5;
  private d = 0xa1e38b93 | 0;

  absorb(word: number): void {
    const k = rotated(Math.imul(word, 0xcc9e2d51), 15);
    this.a = (Math.imul(rotated(this.a ^ k, 19), 5) + this.b + 0x561ccd1b) | 0;
    this.b =
      (Math.imul(rotated(this.b ^ Math.imul(k, 0x1b873593), 17), 5) + this.c + 0x0bcaa747) | 0;
    this.c =
      (Math.imul(rotated(this.c ^ Math.imul(k, 0x85ebca6b), 15), 5) + this.d + 0x96cd1c35) | 0;
    this.d =
      (Math.imul(rotated(this.d ^ Math.imul(k, 0xc2b2ae35), 13), 5) + this.a + 0x32ac3b17) | 0;
  }

  absorbBytes(bytes: Uint8Array): void {
    this.absorb(bytes.length);
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      this.absorb(
        bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24),
      );
    }
    for (; at < bytes.length; at++) this.absorb(bytes[at]!);
  }

  squeezeInto(words: Uint32Array): void {
    for (let i = 0; i < words.length; i++) {
      const lane = i & 3;
      if (lane === 0) this.absorb(i);
      words[i] = avalanche(
        lane === 0 ? this.a : lane === 1 ? this.b : lane === 2 ? this.c : this.d,
      );
    }
  }
}

function rotated(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}

function avalanche(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
