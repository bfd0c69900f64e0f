/**
 * Randomised readings: as noisy as promised, and as costly as others worked out.
 */
import { describe, expect, it } from 'vitest';
import { randomised, rhoOfReading } from '../../src/privacy/local-randomiser.ts';
import { epsilonOf } from '../../src/privacy/zcdp.ts';
import { systemWords } from '../../src/random-words.ts';

const words = systemWords();
const reading = { x: 0.5, y: 0.25, isHot: true };

describe('a randomised reading', () => {
  it('keeps its label as often as epsilon says, and its place to within the spread', () => {
    const count = 40_000;
    const all = Array.from({ length: count }, () =>
      randomised(reading, { spread: 0.05, labelEpsilon: 1 }, words),
    );
    const kept = all.filter(({ isHot }) => isHot).length / count;
    const truly = Math.E / (1 + Math.E);
    expect(Math.abs(kept - truly)).toBeLessThan(6 * Math.sqrt((truly * (1 - truly)) / count));
    const variance = all.reduce((sum, { x }) => sum + (x - 0.5) ** 2, 0) / count;
    // 0.05 x 1,024 is 51.2 steps, rounded up.
    expect(Math.abs(variance / (52 / 1024) ** 2 - 1)).toBeLessThan(6 * Math.sqrt(2 / count));
  });

  it('stays in the square', () => {
    for (let i = 0; i < 200; i++) {
      const { x, y } = randomised(reading, { spread: 4, labelEpsilon: 1 }, words);
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(Math.max(x, y)).toBeLessThanOrEqual(1);
    }
  });

  it.each([
    [0.5, 17.8, 74.9],
    [1, 9.0, 34.1],
    [4, 5.1, 17.8],
  ])('with a spread of %d costs %d, and eight of one person %d', (spread, one, eight) => {
    const rho = rhoOfReading({ spread, labelEpsilon: 1 });
    expect(epsilonOf(rho, 1e-5)).toBeCloseTo(one, 0);
    expect(Math.abs(epsilonOf(8 * rho, 1e-5) - eight)).toBeLessThan(0.1);
  });

  it('is refused where it would promise nothing', () => {
    expect(() => randomised(reading, { spread: 0, labelEpsilon: 1 }, words)).toThrow('spread is 0');
    expect(() => randomised(reading, { spread: 1, labelEpsilon: 0 }, words)).toThrow(RangeError);
  });
});
