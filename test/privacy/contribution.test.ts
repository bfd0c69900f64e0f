/**
 * What leaves a peer: never more than the accountant counts with, and as noisy as was agreed.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clipped, drawNoise, noisyWords, roundedSteps } from '../../src/privacy/contribution.ts';
import { scaleOf, squaredNormBound, type NoiseSetting } from '../../src/privacy/noise.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import { systemWords } from '../../src/random-words.ts';

const setting: NoiseSetting = {
  kind: 'distributed',
  clip: 0.5,
  multiplier: 1.5,
  honest: 4,
  colluding: 1,
  share: 1024,
  delta: 1e-5,
};

const words = systemWords();

describe('an update in steps', () => {
  it('is never longer than the accountant counts with, whatever the update', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(NaN, Infinity, -Infinity, 1e300, -1e300, 5e-324, 0, -0, 0.5),
    );
    const settings = fc.record({
      clip: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
      multiplier: fc.double({ min: 0.01, max: 100, noNaN: true }),
      share: fc.integer({ min: 4, max: 4096 }),
      honest: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 40 }), settings, (values, some) => {
        const chosen = { ...setting, ...some };
        const steps = roundedSteps(Float64Array.from(values), chosen, words);
        const norm = steps.reduce((sum, step) => sum + step * step, 0);
        expect(steps.every(Number.isInteger)).toBe(true);
        expect(norm).toBeLessThanOrEqual(squaredNormBound(chosen, values.length));
      }),
      { numRuns: 1000 },
    );
  });

  it('is cut off where rounding up would be too long again and again', () => {
    // Words of zero always round up, so no try succeeds.
    const many = new Float64Array(10_000).fill(1);
    const steps = roundedSteps(many, setting, () => 0);
    const norm = steps.reduce((sum, step) => sum + step * step, 0);
    expect(norm).toBeLessThanOrEqual(squaredNormBound(setting, many.length));
    expect(steps[0]).toBe(Math.trunc((setting.clip / 100) * scaleOf(setting)));
  });

  it('is the update to within a step, in expectation exactly', () => {
    const update = Float64Array.of(0.1, -0.2, 0.3);
    const sum = new Float64Array(3);
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      roundedSteps(update, setting, words).forEach((step, at) => (sum[at]! += step));
    }
    update.forEach((value, at) => {
      const exact = value * scaleOf(setting);
      expect(Math.abs(sum[at]! / count - exact)).toBeLessThan(6 * Math.sqrt(0.25 / count));
    });
  });

  it('keeps its direction, and is shortened only beyond the clip', () => {
    expect(clipped(Float64Array.of(0.3, -0.4), 0.5)).toEqual(Float64Array.of(0.3, -0.4));
    const shortened = clipped(Float64Array.of(3e200, -4e200), 0.5);
    expect(shortened[0]).toBeCloseTo(0.3, 12);
    expect(shortened[1]).toBeCloseTo(-0.4, 12);
    expect(clipped(Float64Array.of(1, NaN), 0.5)).toEqual(Float64Array.of(0, 0));
  });
});

describe('noisy words', () => {
  it('are zeros and noise where an update is not finite', () => {
    const noise = Int32Array.of(-5, 7);
    const noisy = noisyWords(Float64Array.of(NaN, 1), setting, noise, words);
    expect(noisy).toEqual(Uint32Array.of(2 ** 32 - 5, 7));
  });

  it('take noise of the same length alone', () => {
    expect(() => noisyWords(new Float64Array(3), setting, new Int32Array(2), words)).toThrow(
      'noise for 2 values',
    );
  });

  it.each([
    ['one round', 1, 1],
    ['four rounds', 4, 2.5],
  ])('tell of a canary as much as is claimed of %s, and hardly less', (_, rounds, multiplier) => {
    // One value, the strongest there is or none: the likelihood ratio tells them apart best, and the rates of
    // its mistakes bound epsilon from below (Wilson's bounds at four standard errors, once in 10^4 wrong).
    const chosen = { ...setting, honest: 1, multiplier, delta: 1e-3 };
    const claim = epsilonOf(rounds * rhoOfRound(chosen, 1, 1), chosen.delta);
    // With a third of them the bound is 0.7 of the claim on average; with so many, 0.75, four deviations above it.
    const count = 600_000;
    const sumOf = (update: number): number => {
      let sum = 0;
      for (let round = 0; round < rounds; round++) {
        const noise = drawNoise(1, chosen, words);
        sum += noisyWords(Float64Array.of(update), chosen, noise, words)[0]! | 0;
      }
      return sum;
    };
    const zeros = Float64Array.from({ length: count }, () => sumOf(0)).sort();
    const canaries = Float64Array.from({ length: count }, () => sumOf(chosen.clip)).sort();
    let best = 0;
    for (let quantile = 0.5; quantile < 0.9999; quantile += 0.001) {
      const threshold = zeros[Math.floor(quantile * count)]!;
      const falseAlarms = atMost(count - firstAbove(zeros, threshold), count);
      const hits = atLeast(count - firstAbove(canaries, threshold), count);
      best = Math.max(best, Math.log((hits - chosen.delta) / falseAlarms));
    }
    expect(best).toBeLessThanOrEqual(claim);
    expect(best).toBeGreaterThan(0.7 * claim);
  });
});

/** How many of sorted numbers are not above one. */
function firstAbove(sorted: Float64Array, threshold: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > threshold) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Four standard errors around a rate (Wilson 1927). */
function bounds(events: number, count: number): [number, number] {
  const z = 4;
  const rate = events / count;
  const middle = (rate + z ** 2 / (2 * count)) / (1 + z ** 2 / count);
  const spread =
    (z / (1 + z ** 2 / count)) * Math.sqrt((rate * (1 - rate)) / count + z ** 2 / (4 * count ** 2));
  return [middle - spread, middle + spread];
}

function atLeast(events: number, count: number): number {
  return bounds(events, count)[0];
}

function atMost(events: number, count: number): number {
  return bounds(events, count)[1];
}
