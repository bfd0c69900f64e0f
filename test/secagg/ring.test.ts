import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/seeded-random.ts';
import {
  decodeAggregate,
  encodeUpdate,
  levelsOf,
  stepOf,
  type Encoding,
} from '../../src/secagg/index.ts';
import { addInPlace } from '../../src/secagg/ring.ts';

const encoding = fc.record<Encoding>({
  members: fc.integer({ min: 2, max: 15 }),
  clip: fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  weightCap: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 24 })),
});

describe('the ring', () => {
  it('gives a value back within one step, times the cap where there are weights', () => {
    const property = fc.property(
      encoding,
      fc.double({ min: -1, max: 1, noNaN: true }),
      fc.nat(2 ** 32 - 1),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (how, share, random, weightShare) => {
        const value = share * how.clip;
        const weight = Math.max(1, Math.floor(weightShare * how.weightCap));
        const words = encodeUpdate(Float64Array.of(value), weight, how, () => random);
        const { sum, mean, totalWeight } = decodeAggregate(words, 1, how);
        const unit = stepOf(how) * Math.max(1, how.weightCap);
        expect(totalWeight).toBe(weight);
        expect(Math.abs(sum[0]! - weight * value)).toBeLessThanOrEqual(unit * (1 + 1e-6));
        expect(mean[0]).toBe(sum[0]! / weight);
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('never wraps: all members at the bound, at full weight, rounded up or down', () => {
    for (let members = 2; members <= 15; members++) {
      for (const weightCap of [0, 1, 500, 2 ** 24]) {
        for (const clip of [1, 8, 1024, 0.1, 1 / 3]) {
          for (const [sign, random] of [
            [1, 2 ** 32 - 1],
            [-1, 0],
            [-1, 2 ** 32 - 1],
          ] as const) {
            const how = { members, weightCap, clip };
            const weight = Math.max(1, weightCap);
            const one = () => encodeUpdate(Float64Array.of(sign * clip), weight, how, () => random);
            const total = one();
            for (let i = 1; i < members; i++) addInPlace(total, one());
            const { mean, totalWeight } = decodeAggregate(total, members, how);
            expect(totalWeight).toBe(members * weight);
            expect(Math.abs(mean[0]! - sign * clip)).toBeLessThanOrEqual(1.01 * stepOf(how));
          }
        }
      }
    }
  });

  it('rounds so that the expectation is right', () => {
    const how: Encoding = { members: 15, clip: 1, weightCap: 0 };
    const random = new SeededRandom('rounding');
    for (const part of [0.1, 0.25, 0.5, 0.9]) {
      const value = (1000 + part) / levelsOf(how);
      const count = 20_000;
      const values = new Float64Array(count).fill(value);
      const rounded = encodeUpdate(values, 1, how, () => random.word());
      const mean = rounded.reduce((total, word) => total + word, 0) / count - 1000;
      // Five standard deviations of a coin of this bias.
      expect(Math.abs(mean - part)).toBeLessThan(5 * Math.sqrt((part * (1 - part)) / count));
    }
  });

  it('refuses what it would have to change', () => {
    const how: Encoding = { members: 3, clip: 2, weightCap: 10 };
    const one = () => 1;
    const encode = (value: number, weight = 1) =>
      encodeUpdate(Float64Array.of(value), weight, how, one);
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => encode(value)).toThrow(/NaN or Infinity/);
    }
    expect(() => encode(2.0000001)).toThrow(/raise clip/);
    expect(() => encode(-3)).toThrow(/raise clip/);
    expect(encode(-0)[0]).toBe(0);
    for (const weight of [0, -1, 11, 1.5, NaN]) expect(() => encode(1, weight)).toThrow(/weight/);
    expect(() => encodeUpdate(Float64Array.of(1), 2, { ...how, weightCap: 0 }, one)).toThrow();
    expect(() => encodeUpdate(Float64Array.of(0), 1, { ...how, clip: 5e-324 }, one)).toThrow(
      /clip/,
    );
    for (const clip of [0, NaN, -1]) {
      expect(() => encodeUpdate(Float64Array.of(0), 1, { ...how, clip }, one)).toThrow();
    }
  });
});
