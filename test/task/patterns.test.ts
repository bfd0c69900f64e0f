import { describe, expect, it } from 'vitest';
import {
  BORDER_MARGIN,
  PATTERNS,
  accuracyOf,
  isHotAt,
  isPattern,
  scoredPoints,
} from '../../src/task/patterns.ts';
import { SURFACE_POINTS, SURFACE_SIDE, placeOf } from '../../src/task/surface.ts';

describe('surface', () => {
  it('runs row by row from the top left to the bottom right', () => {
    expect(placeOf(0)).toEqual({ x: 0, y: 1 });
    expect(placeOf(SURFACE_SIDE - 1)).toEqual({ x: 1, y: 1 });
    expect(placeOf((SURFACE_POINTS - 1) / 2)).toEqual({ x: 0.5, y: 0.5 });
    expect(placeOf(SURFACE_POINTS - 1)).toEqual({ x: 1, y: 0 });
  });
});

describe('true maps', () => {
  it('are hot where their names say', () => {
    expect(isHotAt('diagonal', 0.2, 0.8)).toBe(true);
    expect(isHotAt('diagonal', 0.8, 0.2)).toBe(false);
    expect(isHotAt('circle', 0.5, 0.5)).toBe(true);
    expect(isHotAt('circle', 0.05, 0.5)).toBe(false);
    expect(isHotAt('checkerboard', 0.2, 0.2)).toBe(true);
    expect(isHotAt('checkerboard', 0.2, 0.8)).toBe(false);
    expect(isHotAt('stripes', 0.4, 0.1)).toBe(true);
    expect(isHotAt('stripes', 0.6, 0.1)).toBe(false);
  });

  it.each(PATTERNS)('%s: a third to two thirds of what is scored is hot', (pattern) => {
    const { truths } = scoredPoints(pattern);
    const share = truths.reduce((sum, truth) => sum + truth, 0) / truths.length;
    expect(share).toBeGreaterThan(1 / 3);
    expect(share).toBeLessThan(2 / 3);
  });

  it.each(PATTERNS)('%s: no scored point is within the margin of a border', (pattern) => {
    const { points, truths } = scoredPoints(pattern);
    expect(points.length).toBeGreaterThan(SURFACE_POINTS / 2);
    points.forEach((point, i) => {
      const { x, y } = placeOf(point);
      for (const reach of [0.3, 0.6, 0.9]) {
        const step = BORDER_MARGIN * reach;
        expect(isHotAt(pattern, x + step, y)).toBe(truths[i] === 1);
        expect(isHotAt(pattern, x, y - step)).toBe(truths[i] === 1);
      }
    });
  });

  it('have names that are checked', () => {
    expect(isPattern('circle')).toBe(true);
    expect(isPattern('square')).toBe(false);
    expect(isPattern(undefined)).toBe(false);
  });
});

describe('accuracyOf', () => {
  const truth = (pattern: (typeof PATTERNS)[number], sign: number): Float32Array =>
    Float32Array.from({ length: SURFACE_POINTS }, (_, point) => {
      const { x, y } = placeOf(point);
      return isHotAt(pattern, x, y) ? sign : -sign;
    });

  it.each(PATTERNS)('%s: the truth scores 1, its opposite 0', (pattern) => {
    expect(accuracyOf(pattern, truth(pattern, 3))).toBe(1);
    expect(accuracyOf(pattern, truth(pattern, -3))).toBe(0);
  });

  it('does not look at points on the border', () => {
    const surface = truth('diagonal', 1);
    for (let i = 0; i < SURFACE_SIDE; i++)
      surface[i * SURFACE_SIDE + (SURFACE_SIDE - 1 - i)]! *= -1;
    expect(accuracyOf('diagonal', surface)).toBe(1);
  });

  it('takes the logit 0 and NaN for cold', () => {
    const cold = 1 - scoredShareOfHot();
    expect(accuracyOf('circle', new Float32Array(SURFACE_POINTS))).toBeCloseTo(cold, 12);
    expect(accuracyOf('circle', new Float32Array(SURFACE_POINTS).fill(NaN))).toBeCloseTo(cold, 12);
  });
});

function scoredShareOfHot(): number {
  const { truths } = scoredPoints('circle');
  return truths.reduce((sum, one) => sum + one, 0) / truths.length;
}
