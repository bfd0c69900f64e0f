/**
 * Rules that heed what is far from the rest less: where they help, where they do not, and when they are off.
 */
import { describe, expect, it } from 'vitest';
import { centredClipping, geometricMedian } from '../../src/round/combining.ts';
import { combined } from '../../src/simulation/combining.ts';
import { SeededRandom } from '../../src/seeded-random.ts';

const point = (...values: number[]): Float64Array => Float64Array.from(values);

describe.each([
  ['the geometric median', geometricMedian],
  ['centred clipping', centredClipping],
])('%s', (_, rule) => {
  it('of equal points is that point, and of symmetric ones their middle', () => {
    const same = rule([point(1, -2), point(1, -2), point(1, -2)]);
    expect(same[0]).toBeCloseTo(1, 6);
    expect(same[1]).toBeCloseTo(-2, 6);
    const middle = rule([point(1, 0), point(-1, 0), point(0, 1), point(0, -1)]);
    expect(Math.hypot(...middle)).toBeLessThan(1e-6);
  });

  it('is moved by one far point less than the mean, however far it is', () => {
    const near = [point(0, 0), point(0.1, 0), point(0, 0.1), point(0.1, 0.1)];
    const moved = rule([...near, point(1000, 1000)]);
    expect(Math.hypot(...moved)).toBeLessThan(1);
  });
});

describe('buckets', () => {
  const meanOf = (some: readonly number[]): Float64Array =>
    point(some.reduce((sum, user) => sum + (user === 0 ? 1000 : 1), 0) / some.length);
  const rule = { type: 'geometric-median', bucketSize: 4 } as const;

  it('of four keep one of sixteen from having its way', () => {
    const users = Array.from({ length: 16 }, (_, at) => at);
    const change = combined(rule, users, meanOf, new SeededRandom('buckets'));
    expect(change[0]).toBeLessThan(2);
  });

  it('are off where there is no majority of three', () => {
    const users = Array.from({ length: 11 }, (_, at) => at);
    const change = combined(rule, users, meanOf, new SeededRandom('buckets'));
    expect(change[0]).toBe((1000 + 10) / 11);
  });
});
