/**
 * The sampler, by tests that a sampler half a percent off does not pass.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bernoulliExp, below, discreteGaussian } from '../../src/privacy/discrete-gaussian.ts';
import { systemWords, type WordSource } from '../../src/random-words.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { pValueOf } from './chi-square.ts';

/** What a right sampler fails once in a million runs; the seeds are fixed, so these runs are always the same. */
const SUSPICIOUS = 1e-6;

function seeded(seed: string): WordSource {
  const random = new SeededRandom(seed);
  return () => random.word();
}

function countsOf(samples: number, sample: () => number): Map<number, number> {
  const counts = new Map<number, number>();
  for (let i = 0; i < samples; i++) {
    const value = sample();
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The exact probabilities of a discrete Gaussian. */
function pmfOf(sigma: number): (value: number) => number {
  let total = 1;
  for (let x = 1; x < 40 * sigma; x++) total += 2 * Math.exp(-(x * x) / (2 * sigma * sigma));
  return (value) => Math.exp(-(value * value) / (2 * sigma * sigma)) / total;
}

describe('the discrete Gaussian', () => {
  it.each([1, 2, 3, 4, 10, 1024])('of %i steps has its exact probabilities', (s) => {
    const words = seeded(`gaussian ${s}`);
    const counts = countsOf(400_000, () => discreteGaussian(s, words));
    const p = pValueOf(counts, pmfOf(s));
    expect(p).toBeGreaterThan(SUSPICIOUS);
    expect(p).toBeLessThan(1 - SUSPICIOUS);
  });

  it('has the probabilities that others computed', () => {
    const url = new URL('../vectors/privacy.json', import.meta.url);
    const { discrete_gaussian_pmf: known } = JSON.parse(readFileSync(url, 'utf8')) as {
      discrete_gaussian_pmf: { sigma2: number; pmf_nonneg: number[] }[];
    };
    for (const { sigma2, pmf_nonneg } of known) {
      const pmf = pmfOf(Math.sqrt(sigma2));
      pmf_nonneg.forEach((exact, x) => {
        expect(Math.abs(pmf(x) - exact)).toBeLessThan(1e-14);
      });
    }
  });

  it('is told from one that is half a percent wider or narrower by the same test', () => {
    const words = seeded('power');
    const counts = countsOf(3_000_000, () => discreteGaussian(4, words));
    expect(pValueOf(counts, pmfOf(4))).toBeGreaterThan(SUSPICIOUS);
    expect(pValueOf(counts, pmfOf(4 * 1.005))).toBeLessThan(SUSPICIOUS);
    expect(pValueOf(counts, pmfOf(4 / 1.005))).toBeLessThan(SUSPICIOUS);
  });

  it('is told from a rounded continuous one, and from one that counts zero twice, by the same test', () => {
    const random = new SeededRandom('rounded');
    const rounded = countsOf(400_000, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
      return Math.round(radius * Math.cos(2 * Math.PI * random.uniform()));
    });
    expect(pValueOf(rounded, pmfOf(1))).toBeLessThan(SUSPICIOUS);
    const words = seeded('zeros');
    const zeros = countsOf(400_000, () => discreteGaussian(1, words));
    zeros.set(0, 2 * zeros.get(0)!);
    expect(pValueOf(zeros, pmfOf(1))).toBeLessThan(SUSPICIOUS);
  });

  it.each([1, 7, 1024, 65_536])('of %i steps has mean 0 and variance s^2', (s) => {
    const words = systemWords();
    const count = 100_000;
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < count; i++) {
      const x = discreteGaussian(s, words) / s;
      sum += x;
      squares += x * x;
    }
    // Six standard errors: a right sampler fails once in 10^9 runs.
    expect(Math.abs(sum / count)).toBeLessThan(6 / Math.sqrt(count));
    expect(Math.abs(squares / count - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
  });
});

describe('whole numbers below a bound', () => {
  it.each([3, 5, 1000])('are uniform below %i', (m) => {
    const words = seeded(`below ${m}`);
    const counts = countsOf(300_000, () => below(m, words));
    const p = pValueOf(counts, (value) => (value >= 0 && value < m ? 1 / m : 0));
    expect(p).toBeGreaterThan(SUSPICIOUS);
  });

  it.each([2 ** 31 + 1, 2 ** 40 + 1, 2 ** 53])('are uniform in eight parts below %i', (m) => {
    const words = seeded(`below ${m}`);
    const counts = countsOf(200_000, () => Math.floor((8 * below(m, words)) / m));
    const p = pValueOf(counts, (value) => (value >= 0 && value < 8 ? 1 / 8 : 0));
    expect(p).toBeGreaterThan(SUSPICIOUS);
  });

  it('take no word that would make small ones more probable', () => {
    // 2^32 is 1 more than a multiple of 3: the last word is refused, and the next one taken.
    const words = [2 ** 32 - 1, 7].values();
    expect(below(3, () => words.next().value!)).toBe(1);
  });
});

describe('a coin of probability e^(-a/b)', () => {
  it.each([
    [0, 1],
    [1, 1],
    [1, 3],
    [7, 2],
    [0, 7],
    [12, 5],
  ])('for %i/%i comes up as often', (a, b) => {
    const words = seeded(`coin ${a} ${b}`);
    const count = 200_000;
    let heads = 0;
    for (let i = 0; i < count; i++) if (bernoulliExp(a, b, words)) heads++;
    const p = Math.exp(-a / b);
    expect(Math.abs(heads / count - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / count));
  });
});
