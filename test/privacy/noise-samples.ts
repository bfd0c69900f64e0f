/**
 * Whether words hold the noise that was agreed: as much of it, fresh in each value and in each contribution.
 *
 * @module
 */
import { expect } from 'vitest';
import { scaleOf, type NoiseSetting } from '../../src/privacy/noise.ts';

/** Noise of five peers, one of whom may be against the others. */
export const NOISE: NoiseSetting = {
  kind: 'distributed',
  clip: 0.5,
  multiplier: 1.7,
  honest: 4,
  colluding: 1,
  share: 700,
  delta: 1e-5,
};

/** So little of it that one contribution shows what is behind it. */
export const WEAK: NoiseSetting = { ...NOISE, multiplier: 1e-3, clip: 0.25 };

/** Holds words with `WEAK` noise to an update of a larger norm than the clip. */
export function expectShortened(words: Uint32Array, update: Float64Array): void {
  const norm = Math.hypot(...update);
  expect(norm).toBeGreaterThan(WEAK.clip);
  words.forEach((word, i) => {
    const expected = (update[i]! * WEAK.clip * scaleOf(WEAK)) / norm;
    expect(Math.abs((word | 0) - expected)).toBeLessThan(10 * WEAK.share);
  });
}

/** Standard errors that a right sampler exceeds once in 10^9 runs. */
const ERRORS = 6;

/**
 * Holds contributions of nothing but noise to its standard deviation. Over N values a standard deviation that is
 * wrong by more than 12 / sqrt(2 N) is found.
 *
 * @param contributions - Words modulo 2^32 of equal length, of updates that are zero.
 * @param share - Standard deviation in steps.
 */
export function expectNoise(contributions: readonly Uint32Array[], share: number): void {
  const values = contributions.map((words) => Array.from(Int32Array.from(words)));
  const all = values.flat();
  const count = all.length;
  const mean = all.reduce((sum, value) => sum + value, 0) / count;
  expect(Math.abs(mean)).toBeLessThan((ERRORS * share) / Math.sqrt(count));
  expect(Math.abs(correlation(all, all, share) - 1)).toBeLessThan(ERRORS * Math.sqrt(2 / count));
  // Neither the next value nor the same one of the next contribution says anything of a value.
  const length = contributions[0]!.length;
  for (const lag of [1, length]) {
    const pairs = all.slice(lag);
    expect(Math.abs(correlation(pairs, all, share))).toBeLessThan(ERRORS / Math.sqrt(pairs.length));
  }
}

/** Mean product of values and those at the same place, as a multiple of the variance there should be. */
function correlation(some: readonly number[], others: readonly number[], share: number): number {
  return some.reduce((sum, value, i) => sum + value * others[i]!, 0) / some.length / share ** 2;
}
