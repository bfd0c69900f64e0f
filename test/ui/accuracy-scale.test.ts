/** Geometry of the accuracy chart. @module */
import { describe, expect, it } from 'vitest';
import {
  accuracyBefore,
  accuracyY,
  apart,
  localPath,
  plotOf,
  roundTicks,
  stepTicks,
  stepX,
} from '../../src/ui/accuracy-scale.ts';
import { fixtureView } from './fixture-views.ts';

const curve = fixtureView('training').learning!.curve;

describe('the plot', () => {
  it('keeps every step and accuracy inside its box', () => {
    const plot = plotOf(800, 236, curve);
    for (const at of curve.local) {
      expect(stepX(plot, at.step)).toBeLessThanOrEqual(plot.right);
      expect(accuracyY(plot, at.accuracy)).toBeLessThanOrEqual(plot.bottom);
      expect(accuracyY(plot, at.accuracy)).toBeGreaterThanOrEqual(plot.top);
    }
    expect(accuracyY(plot, 0)).toBe(plot.bottom);
    expect(accuracyY(plot, 1)).toBe(plot.top);
  });
  it('grows its axis in round numbers', () => {
    const ends = [0, 100, 240, 300, 1_000, 99_999].map(
      (step) => plotOf(800, 236, { local: [{ step, accuracy: 0.5 }], merges: [] }).steps,
    );
    expect(ends[0]).toBe(ends[1]);
    expect(ends.every((end) => Number.isInteger(end) && end % 5 === 0)).toBe(true);
    expect(ends.at(-1)!).toBeGreaterThan(99_999);
  });
  it('writes a bounded number of ticks however long the history', () => {
    for (const step of [10, 260, 5_000, 1_000_000]) {
      const plot = plotOf(800, 236, { local: [{ step, accuracy: 0.5 }], merges: [] });
      expect(stepTicks(plot, 7).length).toBeLessThanOrEqual(9);
      expect(stepTicks(plot, 7).length).toBeGreaterThanOrEqual(3);
    }
    const merges = Array.from({ length: 600 }, (_, at) => ({ ...curve.merges[0]!, round: at + 1 }));
    expect(roundTicks({ local: [], merges }, 14).length).toBeLessThanOrEqual(15);
  });
  it('begins the line again at each ring', () => {
    const path = localPath(plotOf(800, 236, curve), curve);
    expect(path.match(/M/g)).toHaveLength(1 + curve.merges.length);
    expect(path).not.toContain('NaN');
  });
  it('knows the accuracy just before a merge', () => {
    const history = {
      local: [
        { step: 0, accuracy: 0.4 },
        { step: 20, accuracy: 0.5 },
      ],
      merges: [],
    };
    expect(accuracyBefore(history, 20)).toBe(0.5);
    expect(accuracyBefore({ local: [], merges: [] }, 20)).toBeUndefined();
  });
  it('moves labels apart and keeps their order', () => {
    expect(apart(100, 104, 17)).toEqual([93.5, 110.5]);
    expect(apart(104, 100, 17)).toEqual([110.5, 93.5]);
    expect(apart(10, 90, 17)).toEqual([10, 90]);
  });
});
