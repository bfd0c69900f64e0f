/** What charts share: scales, names that do not touch, round figures. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { across, apart, pathOf, plotIn, ticksTo, upwards } from '../../src/ui/chart-frame.ts';

describe('the frame of a chart', () => {
  it('has its ends at the sides, and what is beyond the highest and lowest on them', () => {
    const plot = plotIn(600, 100);
    const x = across(plot, 1, 30);
    expect([x(1), x(30)]).toEqual([plot.left, plot.right]);
    const y = upwards(plot, 0.4, 1);
    expect([y(0.4), y(1), y(0.2), y(7)]).toEqual([plot.bottom, plot.top, plot.bottom, plot.top]);
    expect(y(0.7)).toBeCloseTo((plot.top + plot.bottom) / 2);
  });
  it('draws where there is but one place', () => {
    const plot = plotIn(600, 100);
    expect(pathOf([[5, 5]], across(plot, 5, 5), upwards(plot, 5, 5))).not.toContain('NaN');
    expect(plotIn(30, 100).right).toBeGreaterThan(plot.left);
  });
  it('has at most six round figures below', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50_000 }), (last) => {
        const ticks = ticksTo(last);
        expect(ticks.length).toBeLessThanOrEqual(6);
        expect(ticks.at(-1)!).toBeLessThanOrEqual(last);
        expect(ticks.every(Number.isInteger)).toBe(true);
      }),
    );
  });
  it('keeps names in order, a line apart, and inside while there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 10, max: 200 }), { maxLength: 10 }), (heights) => {
        const wanted = heights.sort((one, other) => one - other);
        const places = apart(wanted, 200);
        places.slice(1).forEach((y, at) => expect(y - places[at]!).toBeGreaterThanOrEqual(15));
        expect(Math.max(0, ...places)).toBeLessThanOrEqual(200);
        const isFree = wanted.every((y, at) => at === 0 || y - wanted[at - 1]! >= 15);
        if (isFree) expect(places).toEqual(wanted);
      }),
    );
  });
});
