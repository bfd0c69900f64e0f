import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { READINGS_PER_PEER, WEIGHT_CAP } from '../../src/config.ts';
import { PATTERNS, isHotAt } from '../../src/task/patterns.ts';
import { CORNERS, asOutlier, keptReadings, localReadings } from '../../src/task/readings.ts';

const pattern = fc.constantFrom(...PATTERNS);

describe('localReadings', () => {
  it('are the same for the same seed, others for another', () => {
    expect(localReadings('circle', 'a')).toEqual(localReadings('circle', 'a'));
    expect(localReadings('circle', 'a')).not.toEqual(localReadings('circle', 'b'));
  });

  it('tell the truth, and lie in one corner of the square', () => {
    fc.assert(
      fc.property(pattern, fc.string(), fc.option(fc.integer()), (map, seed, corner) => {
        const readings = localReadings(map, seed, corner ?? undefined);
        expect(readings).toHaveLength(READINGS_PER_PEER);
        for (const { x, y, isHot } of readings) expect(isHot).toBe(isHotAt(map, x, y));
        const fits = (values: number[]): boolean =>
          values.every((v) => v >= 0.03 && v <= 0.62) ||
          values.every((v) => v >= 0.38 && v <= 0.97);
        expect(fits(readings.map(({ x }) => x))).toBe(true);
        expect(fits(readings.map(({ y }) => y))).toBe(true);
      }),
    );
  });

  it('are hot and cold, at least two of each, in every corner of every map', () => {
    for (const map of PATTERNS) {
      for (let corner = 0; corner < CORNERS; corner++) {
        for (let seed = 0; seed < 20; seed++) {
          const hot = localReadings(map, `seed ${seed}`, corner).filter((r) => r.isHot).length;
          expect(hot, `${map}, corner ${corner}, seed ${seed}`).toBeGreaterThanOrEqual(2);
          expect(hot, `${map}, corner ${corner}, seed ${seed}`).toBeLessThanOrEqual(6);
        }
      }
    }
  });

  it('of four peers that number themselves reach into all four corners', () => {
    const quarters = [0, 1, 2, 3].flatMap((corner) =>
      localReadings('circle', 'room', corner).map(({ x, y }) => `${x < 0.38} ${y < 0.38}`),
    );
    expect(new Set(quarters).size).toBe(4);
  });

  it('of many seeds fall on all four corners', () => {
    const homes = Array.from({ length: 40 }, (_, i) => {
      const readings = localReadings('circle', `peer ${i}`);
      const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
      return `${mean(readings.map((r) => r.x)) < 0.5} ${mean(readings.map((r) => r.y)) < 0.5}`;
    });
    expect(new Set(homes).size).toBe(4);
  });
});

describe('asOutlier', () => {
  it('turns every reading cold at its place and leaves the originals alone', () => {
    const readings = localReadings('circle', 'a');
    const before = structuredClone(readings);
    const broken = asOutlier(readings);
    expect(broken.some((r) => r.isHot)).toBe(false);
    expect(broken.map(({ x, y }) => [x, y])).toEqual(readings.map(({ x, y }) => [x, y]));
    expect(readings).toEqual(before);
  });
});

describe('keptReadings', () => {
  it('keeps the newest', () => {
    const many = Array.from({ length: WEIGHT_CAP + 3 }, (_, i) => ({
      x: i / 1000,
      y: 0,
      isHot: true,
    }));
    expect(keptReadings(many)).toEqual(many.slice(3));
  });

  it.each([NaN, -0.1, 1.1, Infinity])('refuses a place at %s', (x) => {
    expect(() => keptReadings([{ x, y: 0.5, isHot: true }])).toThrow(RangeError);
    expect(() => keptReadings([{ x: 0.5, y: x, isHot: true }])).toThrow(
      'choose a place from 0 to 1',
    );
  });
});
