import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fixedBytes } from './attempt-network.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { combine, entropyBytesOf, multiply, split } from '../../src/secagg/shamir.ts';
import { rebuild } from '../../src/secagg/unmasking.ts';
import { chiSquare, LOOKS_UNIFORM } from './uniformity.ts';

const shape = fc.integer({ min: 2, max: 15 }).chain((count) =>
  fc.record({
    count: fc.constant(count),
    threshold: fc.integer({ min: 2, max: count }),
    secret: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    label: fc.string(),
    order: fc.shuffledSubarray(
      Array.from({ length: count }, (_, i) => i),
      { minLength: count, maxLength: count },
    ),
  }),
);

describe('secret sharing', () => {
  it('gives the secret back from any threshold of shares, in any order', () => {
    const property = fc.property(shape, ({ count, threshold, secret, label, order }) => {
      const shares = split(secret, threshold, count, entropy(label, threshold));
      const chosen = order.slice(0, threshold).map((place) => shares[place]!);
      expect(combine(chosen)).toEqual(secret);
      expect(combine(order.map((place) => shares[place]!))).toEqual(secret);
      expect(combine(chosen.slice(1))).not.toEqual(secret);
    });
    fc.assert(property);
  });

  it('says nothing with one share less: each of its bytes is uniform for a fixed secret', () => {
    const secret = new Uint8Array(32).fill(0x41);
    const bytes: number[] = [];
    const combined: number[] = [];
    for (let i = 0; i < 400; i++) {
      const shares = split(secret, 3, 5, entropy(`run ${i}`, 3));
      bytes.push(...shares[4]!.y);
      combined.push(...combine([shares[1]!, shares[3]!]));
    }
    expect(chiSquare(bytes)).toSatisfy(LOOKS_UNIFORM);
    expect(chiSquare(combined)).toSatisfy(LOOKS_UNIFORM);
    expect(chiSquare(Array.from({ length: 400 }, () => [...secret]).flat())).not.toSatisfy(
      LOOKS_UNIFORM,
    );
  });

  it('is rebuilt from right shares among wrong ones, and never from wrong ones alone', () => {
    const property = fc.property(shape, fc.nat(14), (how, wrongCount) => {
      const { count, threshold, secret, label, order } = how;
      const wrong = new Set(order.slice(0, Math.min(wrongCount, Math.ceil(count / 3) - 1)));
      const shares = split(secret, threshold, count, entropy(label, threshold));
      const pieces: (Uint8Array | undefined)[] = shares.map(() => undefined);
      let found: Uint8Array | undefined;
      let right = 0;
      for (const holder of order) {
        const noise = fixedBytes(nodeSuite, `${label} ${holder}`, 32);
        pieces[holder] = wrong.has(holder) ? noise : shares[holder]!.y;
        if (!wrong.has(holder)) right++;
        found ??= rebuild(pieces, holder, threshold, (candidate) => equal(candidate, secret));
        if (right < threshold) expect(found).toBeUndefined();
      }
      const t = Math.floor((2 * count) / 3) + 1;
      if (threshold === t && right >= t) expect(found).toEqual(secret);
      if (found !== undefined) expect(found).toEqual(secret);
    });
    fc.assert(property, { numRuns: 60 });
  });

  it('multiplies as a field does', () => {
    const byte = fc.nat(255);
    const property = fc.property(byte, byte, byte, (a, b, c) => {
      expect(multiply(a, b)).toBe(multiply(b, a));
      expect(multiply(a, multiply(b, c))).toBe(multiply(multiply(a, b), c));
      expect(multiply(a, b ^ c)).toBe(multiply(a, b) ^ multiply(a, c));
      expect(multiply(a, b)).toBe(slowProduct(a, b));
    });
    fc.assert(property);
  });
});

function entropy(label: string, threshold: number): Uint8Array {
  return fixedBytes(nodeSuite, label, entropyBytesOf(32, threshold));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.join() === b.join();
}

/** Shift and add, reducing by the polynomial of AES. */
function slowProduct(a: number, b: number): number {
  let product = 0;
  for (let bit = 0, shifted = a; bit < 8; bit++) {
    if ((b >> bit) & 1) product ^= shifted;
    shifted = (shifted << 1) ^ (shifted & 0x80 ? 0x11b : 0);
  }
  return product;
}
