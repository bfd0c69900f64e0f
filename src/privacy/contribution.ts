/**
 * From an update to the words that may leave: clipped, scaled, rounded, and with this peer's noise in them.
 *
 * What privacy rests on is one comparison of whole numbers: the squared norm of what was rounded is at most
 * the bound that the accountant counts with. Everything before it is ordinary arithmetic, everything after
 * it is exact.
 *
 * @module
 */
import type { WordSource } from '../random-words.ts';
import { discreteGaussian } from './discrete-gaussian.ts';
import { scaleOf, squaredNormBound, type NoiseSetting } from './noise.ts';

/** Times that rounding is tried before values are cut off instead: each succeeds with probability 0.39 at least. */
const ROUNDING_TRIES = 64;

/**
 * Noise of one peer for one contribution: fresh for each, and drawn before the round, since how long it
 * takes tells of it.
 *
 * @param count - Values of the vector.
 * @returns Shape [count], in steps.
 */
export function drawNoise(count: number, setting: NoiseSetting, words: WordSource): Int32Array {
  return Int32Array.from({ length: count }, () => discreteGaussian(setting.share, words));
}

/**
 * An update as noisy words. One that is not finite counts as zeros: to stay out would tell of it.
 *
 * @param values - Shape [n].
 * @param noise - Shape [n], of `drawNoise`, used for nothing else.
 * @param words - Decide which way each value is rounded.
 * @returns Shape [n], modulo 2^32.
 */
export function noisyWords(
  values: Float64Array,
  setting: NoiseSetting,
  noise: Int32Array,
  words: WordSource,
): Uint32Array {
  if (noise.length !== values.length) {
    throw new RangeError(`There is noise for ${noise.length} values, not for ${values.length}.`);
  }
  const steps = roundedSteps(values, setting, words);
  return Uint32Array.from(steps, (value, i) => (value + noise[i]!) >>> 0);
}

/**
 * An update in whole steps, whose squared norm is at most `squaredNormBound`.
 *
 * Conditional stochastic rounding (arXiv:2102.06387, Algorithm 1): up or down at random, so that the
 * expectation is right, until the norm is small enough.
 *
 * @returns Whole numbers, shape [n].
 */
export function roundedSteps(
  values: Float64Array,
  setting: NoiseSetting,
  words: WordSource,
): Float64Array {
  const scaled = clipped(values, setting.clip).map((value) => value * scaleOf(setting));
  const bound = squaredNormBound(setting, values.length);
  for (let tries = 0; tries < ROUNDING_TRIES; tries++) {
    const steps = scaled.map((value) => {
      const floor = Math.floor(value);
      return floor + (words() < (value - floor) * 2 ** 32 ? 1 : 0);
    });
    if (squaredNorm(steps) <= bound) return steps;
  }
  return scaled.map(Math.trunc);
}

/** The same direction, no longer than `clip`; zeros where a value is not finite. */
export function clipped(values: Float64Array, clip: number): Float64Array {
  const largest = values.reduce((known, value) => Math.max(known, Math.abs(value)), 0);
  if (!Number.isFinite(largest)) return new Float64Array(values.length);
  // Of the quotients, since squares of large numbers are infinite and those of small ones zero.
  const norm = largest && largest * Math.sqrt(squaredNorm(values.map((value) => value / largest)));
  if (norm <= clip) return values.slice();
  return values.map((value) => (value / largest) * (clip / (norm / largest)));
}

function squaredNorm(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value * value, 0);
}
