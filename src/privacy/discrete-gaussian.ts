/**
 * An exact sampler of the discrete Gaussian, in whole numbers below 2^53.
 *
 * Canonne, Kamath, Steinke 2020 (arXiv:2004.00010), Algorithms 1 to 3, with a whole standard deviation, and
 * the proposal's scale equal to it: then every fraction is one of whole numbers. No floating-point
 * arithmetic, which leaves holes in what can come out (Mironov 2012).
 *
 * @module
 */
import type { WordSource } from '../random-words.ts';

/** Uniform over 0 to m - 1, for a whole m from 1 to 2^53. */
export function below(m: number, words: WordSource): number {
  if (m <= 2 ** 32) {
    const limit = 2 ** 32 - (2 ** 32 % m);
    for (;;) {
      const word = words();
      if (word < limit) return word % m;
    }
  }
  const limit = 2 ** 53 - (2 ** 53 % m);
  for (;;) {
    const wide = (words() >>> 11) * 2 ** 32 + words();
    if (wide < limit) return wide % m;
  }
}

/** True with probability e^(-a/b), for whole numbers a from 0 and b from 1. */
export function bernoulliExp(a: number, b: number, words: WordSource): boolean {
  let left = a;
  for (; left > b; left -= b) {
    if (!bernoulliExpOfFraction(1, 1, words)) return false;
  }
  return bernoulliExpOfFraction(left, b, words);
}

/** The same for a up to b: the series of e^(-x), summed by coins. */
function bernoulliExpOfFraction(a: number, b: number, words: WordSource): boolean {
  let k = 1;
  while (below(b, words) < a && below(k, words) === 0) k++;
  return k % 2 === 1;
}

/** A discrete Laplace of whole scale t: probability proportional to e^(-|x|/t). */
function discreteLaplace(t: number, words: WordSource): number {
  for (;;) {
    const remainder = below(t, words);
    if (!bernoulliExpOfFraction(remainder, t, words)) continue;
    let quotient = 0;
    while (bernoulliExpOfFraction(1, 1, words)) quotient++;
    const size = remainder + t * quotient;
    const isNegative = (words() & 1) === 1;
    // Zero has one sign, or it would come twice as often.
    if (size === 0 && isNegative) continue;
    return isNegative ? -size : size;
  }
}

/**
 * A discrete Gaussian: probability of x proportional to e^(-x^2 / 2 s^2).
 *
 * @param s - Standard deviation, a whole number from 1 to 2^20.
 */
export function discreteGaussian(s: number, words: WordSource): number {
  for (;;) {
    const proposal = discreteLaplace(s, words);
    const excess = Math.abs(proposal) - s;
    if (bernoulliExp(excess * excess, 2 * s * s, words)) return proposal;
  }
}
