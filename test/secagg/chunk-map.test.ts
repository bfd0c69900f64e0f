import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chunkMapOf, isSplitFor } from '../../src/secagg/chunk-map.ts';

const shares = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 15 })
  .filter((all) => all.some((share) => share > 0));
const tile = fc.integer({ min: 1, max: 300 }).map((blocks) => 16 * blocks);

describe('a chunk map', () => {
  it('covers the vector once, in order, with chunks that begin at tiles and are not empty', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      tile,
      shares,
      (words, t, all) => {
        const chunks = chunkMapOf(words, { tileWords: t, shares: all });
        let at = 0;
        for (const { from, to, owner } of chunks) {
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          expect(from % t).toBe(0);
          expect(all[owner]).toBeGreaterThan(0);
          at = to;
        }
        expect(at).toBe(words);
        const owners = chunks.map(({ owner }) => owner);
        expect(owners).toEqual([...new Set(owners)].sort((a, b) => a - b));
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('gives each owner its share, but for less than two tiles', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 1e7 }),
      tile,
      shares,
      (words, t, all) => {
        const whole = all.reduce((sum, share) => sum + share, 0);
        const chunks = chunkMapOf(words, { tileWords: t, shares: all });
        for (const [place, share] of all.entries()) {
          const chunk = chunks.find(({ owner }) => owner === place);
          const length = chunk === undefined ? 0 : chunk.to - chunk.from;
          expect(Math.abs(length - (words * share) / whole)).toBeLessThan(2 * t);
        }
      },
    );
    fc.assert(property, { numRuns: 500 });
  });

  it('of fewer tiles than owners leaves some without a chunk', () => {
    const split = { tileWords: 16, shares: [1, 1, 1, 1, 1] };
    expect(chunkMapOf(17, split)).toEqual([
      { owner: 1, from: 0, to: 16 },
      { owner: 3, from: 16, to: 17 },
    ]);
    expect(chunkMapOf(1, split)).toEqual([{ owner: 2, from: 0, to: 1 }]);
  });

  it('of even shares of a million words among eight differs by one tile at most', () => {
    const split = { tileWords: 4096, shares: [1, 1, 1, 1, 1, 1, 1, 1] };
    const lengths = chunkMapOf(1e6, split).map(({ from, to }) => to - from);
    expect(lengths).toHaveLength(8);
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(4096);
  });
});

describe('a split', () => {
  it.each([
    [{ tileWords: 4096, shares: [1, 1, 1] }, true],
    [{ tileWords: 16, shares: [2, 1, 1] }, true],
    [{ tileWords: 16, shares: [0, 3, 3] }, true],
    [{ tileWords: 16, shares: [2, 1, 0] }, false],
    [{ tileWords: 16, shares: [1, 0, 0] }, false],
    [{ tileWords: 16, shares: [0, 0, 0] }, false],
    [{ tileWords: 16, shares: [1, 1] }, false],
    [{ tileWords: 16, shares: [1, 1, 1, 1] }, false],
    [{ tileWords: 24, shares: [1, 1, 1] }, false],
    [{ tileWords: 0, shares: [1, 1, 1] }, false],
    [{ tileWords: 2 ** 24, shares: [1, 1, 1] }, false],
    [{ tileWords: 16, shares: [256, 256, 1] }, false],
    [{ tileWords: 16, shares: [1.5, 1, 1] }, false],
  ])('%j among three: %s', (split, isFit) => {
    expect(isSplitFor(split, 3)).toBe(isFit);
  });
});
