/**
 * What figures of the story say, and where they put things: rounds, privacy.
 */
import { describe, expect, it } from 'vitest';
import type { Influence } from '../../src/simulation/influence.ts';
import { LearningRun } from '../../src/simulation/learning-run.ts';
import { WatchedGrid } from '../../src/simulation/watched-grid.ts';
import {
  keyOf,
  LEVELS,
  optionsOf,
  PLAYED,
  privacyCaption,
} from '../../src/ui/story/privacy-levels.ts';
import {
  MERGES,
  OTHERS,
  OUTLYING,
  runWithout,
  STEPS_BETWEEN,
} from '../../src/ui/story/outliers-run.ts';
import { turnedByDrag, turnedByKey } from '../../src/ui/story/masks-turning.ts';
import { roundsLayout } from '../../src/ui/story/rounds-layout.ts';
import { asError, errorOf, knowingRows, roundsCaption } from '../../src/ui/story/rounds-words.ts';

describe('rings of lines', () => {
  it.each([
    [1104, [0, 0, 0]],
    [1104, Array.from({ length: 47 }, (_, line) => Math.floor((line * 6) / 47))],
    [358, Array.from({ length: 47 }, (_, line) => Math.floor((line * 6) / 47))],
    [358, [0, 0, 0, 0, 0, 0, 0, 0]],
  ] as const)('fit into %i px, none on another', (width, groups) => {
    const { rings, frames, height } = roundsLayout(groups, width);
    expect(rings).toHaveLength(groups.length);
    for (const frame of frames) {
      expect(frame.x + frame.width).toBeLessThanOrEqual(width);
      expect(frame.y + frame.height).toBeLessThanOrEqual(height);
      for (const line of frame.lines) {
        const { x, y, radius, dot } = rings[line]!;
        expect(x - radius - dot).toBeGreaterThan(frame.x);
        expect(x + radius + dot).toBeLessThan(frame.x + frame.width);
        expect(y + radius + dot).toBeLessThan(frame.y + frame.height);
      }
    }
    for (const [at, one] of rings.entries())
      for (const other of rings.slice(at + 1))
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(
          one.radius + other.radius,
        );
  });
});

describe('the words of a watched round', () => {
  it('tell how far off everybody is, before and after', () => {
    const watched = new WatchedGrid(20, 'words');
    const { room } = watched;
    const before = watched.moment();
    expect(knowingRows(room, before).map(({ peers }) => peers)).toEqual([20, 0, 0]);
    expect(roundsCaption(room, before, undefined)).toContain('20 peers in two lines');
    while (!watched.moment().isOver) watched.advance();
    const after = watched.moment();
    expect(knowingRows(room, after).map(({ peers }) => peers)).toEqual([0, 0, 20]);
    expect(errorOf(after)).toBeLessThan(1e-4);
    expect(roundsCaption(room, after, 0.25)).toMatch(/two sums.*of all 20.*off by 0.25 by now/);
  });

  it('show an error with as many places as it takes', () => {
    expect([23.44, 0.256, 0.0000123, 1e-9, undefined].map(asError)).toEqual([
      '23.4',
      '0.26',
      '0.000012',
      '< 0.000\u2009001',
      '–',
    ]);
  });
});

describe('whose truth it is', () => {
  /** What the figure shows when a run is over: shares of three truths that the merged model has right. */
  const shownWithout = (leftOut: readonly number[]) => {
    const run = new LearningRun(runWithout(new Set(leftOut)));
    for (let merge = 0; merge < MERGES; merge++) {
      run.advance(STEPS_BETWEEN);
      run.merge();
    }
    return {
      trueMap: run.merges.at(-1)!.after,
      ten: run.ownAccuracyOf(OTHERS),
      six: run.ownAccuracyOf(OUTLYING),
    };
  };

  it('shows: leaving the six out is right for the map and for the ten, and wrong for the six', () => {
    const [all, without] = [shownWithout([]), shownWithout(OUTLYING)];
    expect(without.trueMap - all.trueMap).toBeGreaterThan(0.02);
    expect(without.ten).toBeGreaterThanOrEqual(all.ten);
    expect(all.six - without.six).toBeGreaterThan(0.1);
  });

  it('does not turn on six being fewer: without six of the ten, the map is wrong for the rest', () => {
    const [all, without] = [shownWithout([]), shownWithout(OTHERS.slice(0, 6))];
    expect(without.trueMap).toBeLessThan(all.trueMap);
    expect(without.six).toBeGreaterThanOrEqual(all.six);
  });
});

describe('the finding about privacy', () => {
  const influence = (success: number, mean: number, pairs = 20): Influence => ({
    pairs,
    success,
    with: [{ mean, spread: 0 }],
    without: [{ mean, spread: 0 }],
  });

  it('is the first level of each kind at which an observer all but guesses', () => {
    const found = new Map(
      PLAYED.map((level) => [
        keyOf(level),
        level.value === 0
          ? influence(1, 0.99)
          : influence(level.value >= (level.hiding === 'noise' ? 2 : 0.6) ? 0.55 : 0.9, 0.8),
      ]),
    );
    const caption = privacyCaption(found, false, 20);
    expect(caption).toMatch(/alone an observer is right in 100 of 100 cases/);
    expect(caption).toMatch(/noise 2 times the clip norm, epsilon 12\.4, that is 55/);
    expect(caption).toMatch(/blur of 60.%, which promises nothing, that is 55/);
  });

  it('is not told before all levels are played', () => {
    const found = new Map([['none', influence(0.9, 0.9)]]);
    expect(privacyCaption(found, true, 20)).toMatch(/1 of 11 levels are played/);
    expect(privacyCaption(new Map(), false, 20)).toMatch(/^Nothing is played yet/);
  });

  it('promises less for less noise, and nothing for a blur', () => {
    const epsilons = LEVELS.noise.map(({ epsilon }) => epsilon);
    expect(epsilons).toEqual(['none', '> 50', '30.2', '12.4', '5.4', '2.5']);
    expect(new Set(LEVELS.blur.map(({ epsilon }) => epsilon))).toEqual(new Set(['none']));
    expect(optionsOf(LEVELS.blur[3]!, 'circle')).toMatchObject({ blur: 0.6, noise: undefined });
  });
});

describe('a mask turned by hand', () => {
  it('takes a 64th of a turn by a key, one by a key with Shift, and no other key', () => {
    expect(turnedByKey(0, 'words', { key: 'ArrowUp', shiftKey: false })).toBe(2 ** 26);
    expect(turnedByKey(7, 'words', { key: 'ArrowLeft', shiftKey: true })).toBe(6);
    expect(turnedByKey(7, 'small', { key: 'End', shiftKey: false })).toBe(99);
    expect(turnedByKey(7, 'small', { key: 'a', shiftKey: false })).toBeUndefined();
  });

  it('goes once around in 360 px, or by one in 3 px', () => {
    expect(turnedByDrag(5, 'words', 360)).toBe(2 ** 32 + 5);
    expect(turnedByDrag(5, 'small', -6)).toBe(3);
  });
});
