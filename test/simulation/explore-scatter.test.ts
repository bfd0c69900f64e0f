/**
 * Every order in which a scattered attempt of three can run, with one member vanishing anywhere.
 */
import { describe, expect, it } from 'vitest';
import { explore, exploreAround, type Exploration } from '../../src/simulation/explore.ts';
import { IS_THOROUGH } from './scenarios.ts';

const everyone = [0, 1, 2, 3];
/** One chunk, so that one member sums; and two. */
const ONE = { wordCount: 1, owners: 1 };
const TWO = { wordCount: 17, owners: 2 };
const THREE = { wordCount: 33, owners: 3 };

/** Worlds and ends are part of the finding: fewer would mean that something is no longer looked at. */
type Extent = readonly [worlds: number, ends: number];

const complete: readonly (readonly [string, Partial<Exploration>, Extent])[] = [
  ['one owner, active', { mode: 'active', scattered: ONE }, [48_634, 5_127]],
  ['two owners, active', { mode: 'active', scattered: TWO }, [68_933, 6_985]],
];
const thorough: typeof complete = [
  ['one owner, honest', { mode: 'honest', scattered: ONE }, [121_397, 3_451]],
  ['two owners, honest', { mode: 'honest', scattered: TWO }, [147_315, 3_811]],
];

describe('a scattered attempt', () => {
  it.each(IS_THOROUGH ? [...complete, ...thorough] : complete)(
    'of three with %s keeps every invariant in every order there is',
    { timeout: 120_000 },
    (_name, exploration, extent) => {
      const report = explore({
        memberCount: 3,
        mode: 'active',
        mayVanish: [0, 1, 2],
        maxWorlds: 1e6,
        ...exploration,
      });
      expect(report.violation).toBeUndefined();
      expect(report.isComplete).toBe(true);
      expect([report.worlds, report.ends]).toEqual(extent);
    },
  );

  it.each([
    ['active', ONE, 'a'],
    ['active', THREE, 'b'],
    ['honest', THREE, 'a'],
  ] as const)(
    'of four in %s mode with %j keeps them around schedule %s, wherever an owner vanishes',
    { timeout: 120_000 },
    (mode, scattered, seed) => {
      const maxWorlds = IS_THOROUGH ? 600 : 60;
      const exploration = { memberCount: 4, mode, mayVanish: everyone, maxWorlds, scattered };
      const report = exploreAround(exploration, seed);
      expect(report.violation).toBeUndefined();
      const names = [...report.outcomes.keys()];
      expect(names.some((name) => /^(result ?|vanished ?)+$/.test(name))).toBe(true);
      expect(names.some((name) => name.includes('-free'))).toBe(true);
    },
  );
});
