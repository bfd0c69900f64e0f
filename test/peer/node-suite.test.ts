import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { createCipheriv, createPublicKey, verify as opensslVerify } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesToWords, concat, equalBytes, fromHex, wordsToBytes } from '../../src/bytes.ts';
import { TILE_WORDS } from '../../src/config.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { isAdmissibleKey, realSuite } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes = fc.uint8Array({ maxLength: 300 });
const few = { numRuns: 20 };
const many = { numRuns: 100 };

/** Order of the base point of Ed25519, little-endian in a signature's second half. */
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

describe('the suite of Node', () => {
  it('agrees byte for byte with the pure one on keys, secrets and signatures', () => {
    const property = fc.property(key, key, bytes, (a, b, message) => {
      const publicKey = nodeSuite.agreementKey(b);
      expect(publicKey).toEqual(realSuite.agreementKey(b));
      expect(nodeSuite.agree(a, publicKey)).toEqual(realSuite.agree(a, publicKey));
      expect(nodeSuite.signingKey(a)).toEqual(realSuite.signingKey(a));
      expect(nodeSuite.sign(a, message)).toEqual(realSuite.sign(a, message));
    });
    fc.assert(property, few);
  });

  it('agrees byte for byte with the pure one on hashes, keys, streams and sealed bytes', () => {
    const property = fc.property(key, bytes, bytes, fc.nat(200), (secret, a, b, words) => {
      expect(nodeSuite.hash(a)).toEqual(realSuite.hash(a));
      expect(nodeSuite.derive(secret, a, b)).toEqual(realSuite.derive(secret, a, b));
      expect(nodeSuite.derive(a, b, secret)).toEqual(realSuite.derive(a, b, secret));
      expect(nodeSuite.stream(secret, words)).toEqual(realSuite.stream(secret, words));
      const sealed = nodeSuite.seal(secret, a, b);
      expect(sealed).toEqual(realSuite.seal(secret, a, b));
      expect(nodeSuite.open(secret, sealed, b)).toEqual(a);
      for (const suite of [nodeSuite, realSuite]) {
        expect(suite.open(secret, sealed, concat(b, Uint8Array.of(1)))).toBeUndefined();
        expect(suite.open(secret, sealed.subarray(1), b)).toBeUndefined();
        expect(suite.open(secret, sealed.subarray(0, 15), b)).toBeUndefined();
      }
    });
    fc.assert(property, many);
  });

  it('adds and subtracts the very words of the stream, from any block on', () => {
    const property = fc.property(key, fc.nat(5), fc.nat(100), (secret, block, count) => {
      const from = 16 * block;
      for (const suite of [nodeSuite, realSuite, simulatedSuite]) {
        const stream = suite.stream(secret, from + count).subarray(from);
        const words = new Uint32Array(count);
        suite.addStreamsInPlace(words, [{ key: secret, sign: 1 }], from);
        expect(words).toEqual(stream.slice());
        suite.addStreamsInPlace(words, [{ key: secret, sign: -1 }], from);
        expect(words).toEqual(new Uint32Array(count));
        expect(() => suite.addStreamsInPlace(words, [], 8)).toThrow('multiple of 16');
      }
    });
    fc.assert(property, many);
  });

  it('adds several keystreams to long vectors as the ciphers of OpenSSL give them', () => {
    const terms = [1, -1, 1].map((sign, i) => ({
      key: new Uint8Array(32).fill(i + 1),
      sign: sign as 1 | -1,
    }));
    for (const count of [TILE_WORDS - 1, TILE_WORDS, TILE_WORDS + 1, 5 * TILE_WORDS + 33]) {
      for (const from of [0, 16, 16 * (2 ** 32 - 1) - 16 * Math.ceil(count / 16)]) {
        const words = Uint32Array.from({ length: count }, (_, i) => i * 0x9e3779b1);
        const expected = words.slice();
        nodeSuite.addStreamsInPlace(words, terms, from);
        for (const { key, sign } of terms) {
          const blockAndNonce = new Uint8Array(16);
          new DataView(blockAndNonce.buffer).setUint32(0, from / 16, true);
          const cipher = createCipheriv('chacha20', key, blockAndNonce);
          const stream = bytesToWords(cipher.update(new Uint8Array(4 * count)));
          for (let i = 0; i < count; i++) expected[i]! += sign * stream[i]!;
        }
        expect(equalBytes(wordsToBytes(words), wordsToBytes(expected))).toBe(true);
      }
    }
  });

  it('gives arrays that share no memory with anything', () => {
    const one = nodeSuite.hash(Uint8Array.of(1));
    expect(one.constructor).toBe(Uint8Array);
    expect(one.buffer.byteLength).toBe(32);
  });

  it('agrees with the pure one on any public key, canonical or not, and both refuse small order', () => {
    const secret = new Uint8Array(32).fill(0x42);
    const outcome = (suite: typeof nodeSuite, publicKey: Uint8Array) => {
      try {
        return suite.agree(secret, publicKey).join();
      } catch {
        return 'refused';
      }
    };
    for (const hex of SMALL_ORDER_X25519) {
      expect(outcome(nodeSuite, fromHex(hex)), hex).toBe('refused');
      expect(outcome(realSuite, fromHex(hex)), hex).toBe('refused');
    }
    const odd = [new Uint8Array(32).fill(0xff), fromHex('f0' + 'ff'.repeat(30) + '7f')];
    for (const publicKey of odd) {
      expect(outcome(nodeSuite, publicKey)).toBe(outcome(realSuite, publicKey));
      expect(outcome(nodeSuite, publicKey)).not.toBe('refused');
    }
    const property = fc.property(key, (publicKey) => {
      expect(outcome(nodeSuite, publicKey)).toBe(outcome(realSuite, publicKey));
    });
    fc.assert(property, few);
  });

  it.each([0, 1, 31, 33, 64])('refuses keys of %i bytes', (length) => {
    const wrong = new Uint8Array(length);
    for (const suite of [nodeSuite, realSuite]) {
      expect(() => suite.agreementKey(wrong)).toThrow();
      expect(() => suite.agree(new Uint8Array(32).fill(1), wrong)).toThrow();
      expect(() => suite.signingKey(wrong)).toThrow();
      expect(() => suite.sign(wrong, wrong)).toThrow();
      expect(suite.verify(wrong, wrong, new Uint8Array(64))).toBe(false);
      expect(suite.verify(suite.signingKey(KEY), wrong, new Uint8Array(length))).toBe(false);
    }
  });

  it('accepts and refuses the same signatures, malformed ones included', () => {
    const property = fc.property(key, bytes, fc.nat(63), fc.nat(255), (secret, text, at, to) => {
      const publicKey = realSuite.signingKey(secret);
      const signature = realSuite.sign(secret, text);
      const bent = signature.slice();
      bent[at] = to;
      const cases = [
        signature,
        bent,
        withScalar(signature, scalarOf(signature) + ORDER),
        withScalar(signature, scalarOf(signature) + 2n * ORDER),
        withScalar(signature, 2n ** 256n - 1n),
        concat(fromHex(NOT_CANONICAL), signature.subarray(32)),
        new Uint8Array(64),
      ];
      const verdicts = cases.map((candidate) => realSuite.verify(publicKey, text, candidate));
      expect(cases.map((candidate) => nodeSuite.verify(publicKey, text, candidate))).toEqual(
        verdicts,
      );
      expect(verdicts.slice(2)).toEqual([false, false, false, false, false]);
    });
    fc.assert(property, { numRuns: 10 });
  });

  it('agrees on a signature whose R carries a point of small order, where OpenSSL alone would not', () => {
    for (const torsion of [1n, 2n, 4n]) {
      const { publicKey, message, signature } = signedWithTorsion(torsion);
      const der = Buffer.from(concat(fromHex('302a300506032b6570032100'), publicKey));
      const openssl = createPublicKey({ key: der, format: 'der', type: 'spki' });
      expect(opensslVerify(null, message, openssl, signature)).toBe(false);
      expect(realSuite.verify(publicKey, message, signature)).toBe(true);
      expect(nodeSuite.verify(publicKey, message, signature)).toBe(true);
    }
  });

  it('refuses whatever a key of small order, or one that is not canonical, signs', () => {
    const message = Uint8Array.of(1, 2, 3);
    for (const hex of [...SMALL_ORDER_ED25519, NOT_CANONICAL]) {
      const publicKey = fromHex(hex);
      const trivial = concat(fromHex(SMALL_ORDER_ED25519[0]!), new Uint8Array(32));
      expect(isAdmissibleKey(publicKey), hex).toBe(false);
      expect(nodeSuite.verify(publicKey, message, trivial), hex).toBe(false);
      expect(realSuite.verify(publicKey, message, trivial), hex).toBe(false);
    }
  });

  it('is imported by entry points of Node alone', () => {
    const importers = sourceFiles('src').filter((path) =>
      /from '[^']*node-suite\.ts'/.test(readFileSync(path, 'utf8')),
    );
    for (const path of importers) {
      expect(path).toMatch(/^src\/(cli\/.+|peer\/[\w-]*node[\w-]*)\.ts$/);
    }
  });
});

const KEY = new Uint8Array(32).fill(9);

/** Public keys that give zero with any secret (RFC 7748, section 7), and forms of them above the prime. */
const SMALL_ORDER_X25519 = [
  '00'.repeat(32),
  '01' + '00'.repeat(31),
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ec' + 'ff'.repeat(30) + '7f',
  'ed' + 'ff'.repeat(30) + '7f',
  'ee' + 'ff'.repeat(30) + '7f',
];

/** The points of order 1, 2, 4 and 8 that are canonical. */
const SMALL_ORDER_ED25519 = [
  '01' + '00'.repeat(31),
  'ec' + 'ff'.repeat(30) + '7f',
  '00'.repeat(32),
  '00'.repeat(31) + '80',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

/** A y above the prime. */
const NOT_CANONICAL = 'f3' + 'ff'.repeat(30) + '7f';

function scalarOf(signature: Uint8Array): bigint {
  return signature.subarray(32).reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function withScalar(signature: Uint8Array, scalar: bigint): Uint8Array {
  return concat(signature.subarray(0, 32), littleEndian(scalar));
}

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}

/** A signature that holds only after multiplication by the cofactor: R + T in place of R. */
function signedWithTorsion(multiple: bigint) {
  const { Point } = ed25519;
  const message = Uint8Array.of(4, 5, 6);
  const a = 123456789n;
  const r = 987654321n;
  const publicKey = Point.BASE.multiply(a).toBytes();
  const torsion = Point.fromBytes(fromHex(SMALL_ORDER_ED25519[5]!)).multiplyUnsafe(multiple);
  const bigR = Point.BASE.multiply(r).add(torsion).toBytes();
  const challenge = sha512(concat(bigR, publicKey, message)).reduceRight(
    (value, byte) => (value << 8n) | BigInt(byte),
    0n,
  );
  const signature = concat(bigR, littleEndian((r + (challenge % ORDER) * a) % ORDER));
  return { publicKey, message, signature };
}

function sourceFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}
