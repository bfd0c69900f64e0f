import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../src/seeded-random.ts';

function words(seed: string, count: number): number[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => random.word());
}

describe('SeededRandom', () => {
  it('repeats itself for one seed and for no other', () => {
    expect(words('a', 50)).toEqual(words('a', 50));
    expect(words('a', 50)).not.toEqual(words('b', 50));
  });

  it('gives the words that every version of this project must give', () => {
    expect(words('murmuration', 4)).toEqual([1850179351, 3969397496, 4291504090, 136104504]);
  });

  it('shares no word between seeds that differ in one character', () => {
    const all = ['peer-1', 'peer-2', 'peer-3', 'peer-4'].flatMap((seed) => words(seed, 1000));
    expect(new Set(all).size).toBe(all.length);
  });

  it('fills every sixteenth of [0, 1) equally often (chi-square, 15 degrees of freedom, 0.1 %)', () => {
    const random = new SeededRandom('uniform');
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) counts[Math.floor(random.uniform() * 16)]! += 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(37.7);
  });

  it('draws between bounds', () => {
    const random = new SeededRandom('between');
    for (let i = 0; i < 1000; i++) {
      const value = random.between(-3, 2);
      expect(value).toBeGreaterThanOrEqual(-3);
      expect(value).toBeLessThan(2);
    }
  });
});
