import { chacha20, chacha20poly1305 } from '@noble/ciphers/chacha.js';
import { createCipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, wordsToBytes } from '../../src/bytes.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { combine, multiply } from '../../src/secagg/shamir.ts';
import vectors from './primitives.json';

describe.each([
  ['pure', realSuite],
  ['Node', nodeSuite],
] as const)('the %s suite', (name, suite) => {
  it('agrees keys as RFC 7748 does', () => {
    for (const { secret, public: publicKey, shared } of vectors.x25519) {
      expect(toHex(suite.agree(fromHex(secret), fromHex(publicKey)))).toBe(shared);
    }
    for (const { secret, public: publicKey } of vectors.x25519Keys) {
      expect(toHex(suite.agreementKey(fromHex(secret)))).toBe(publicKey);
    }
  });

  it('agrees keys as RFC 7748 does, iterated', () => {
    // The pure one takes a second for a thousand, and is the same byte for byte.
    for (const { times, shared } of vectors.x25519Iterated) {
      if (name === 'pure' && times > 1 && process.env['MURMURATION_THOROUGH'] !== '1') continue;
      let k = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 9 : 0));
      let u = k;
      for (let i = 0; i < times; i++) [k, u] = [new Uint8Array(suite.agree(k, u)), k];
      expect(toHex(k)).toBe(shared);
    }
  });

  it('signs and verifies as RFC 8032 does', () => {
    for (const { secret, public: publicKey, message, signature } of vectors.ed25519) {
      expect(toHex(suite.signingKey(fromHex(secret)))).toBe(publicKey);
      expect(toHex(suite.sign(fromHex(secret), fromHex(message)))).toBe(signature);
      expect(suite.verify(fromHex(publicKey), fromHex(message), fromHex(signature))).toBe(true);
    }
  });

  it('streams as RFC 8439 does', () => {
    for (const { key, block, words } of vectors.stream) {
      const stream = suite.stream(fromHex(key), 16 * (block + 1)).slice(16 * block);
      expect(toHex(wordsToBytes(stream))).toBe(words);
    }
  });

  it('derives keys as RFC 5869 and hashes as FIPS 180-4 do', () => {
    for (const { secret, salt, info, derived } of vectors.hkdf) {
      expect(toHex(suite.derive(fromHex(secret), fromHex(salt), fromHex(info)))).toBe(derived);
    }
    for (const { message, hash } of vectors.sha256) {
      expect(toHex(suite.hash(fromHex(message)))).toBe(hash);
    }
  });
});

describe('the ciphers below the suites', () => {
  it('encrypt as RFC 8439 does, with its nonces and counters', () => {
    for (const { key, nonce, counter, plaintext, ciphertext } of vectors.chacha20) {
      const text = fromHex(plaintext);
      const noble = chacha20(fromHex(key), fromHex(nonce), text, undefined, counter);
      expect(toHex(noble)).toBe(ciphertext);
      const start = concat(Uint8Array.of(counter, 0, 0, 0), fromHex(nonce));
      expect(createCipheriv('chacha20', fromHex(key), start).update(text).toString('hex')).toBe(
        ciphertext,
      );
    }
  });

  it('seal as RFC 8439 does', () => {
    for (const { key, nonce, associated, plaintext, sealed } of vectors.aead) {
      const text = fromHex(plaintext);
      const noble = chacha20poly1305(fromHex(key), fromHex(nonce), fromHex(associated));
      expect(toHex(noble.encrypt(text))).toBe(sealed);
      const cipher = createCipheriv('chacha20-poly1305', fromHex(key), fromHex(nonce), {
        authTagLength: 16,
      });
      cipher.setAAD(fromHex(associated), { plaintextLength: text.length });
      expect(toHex(concat(cipher.update(text), cipher.final(), cipher.getAuthTag()))).toBe(sealed);
    }
  });
});

describe('secret sharing', () => {
  it('multiplies as FIPS 197 and combines as draft-mcgrew-tss-03 do', () => {
    for (const { a, b, product } of vectors.field) expect(multiply(a, b)).toBe(product);
    for (const { shares, secret } of vectors.shamir) {
      expect(toHex(combine(shares.map(({ x, y }) => ({ x, y: fromHex(y) }))))).toBe(secret);
    }
  });
});
