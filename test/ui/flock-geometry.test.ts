/** Where things stand in the flock, for any size and any number of peers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arcOf,
  flockLayout,
  labelPlace,
  linkBetween,
  partOf,
  perches,
  placeOn,
  reversed,
  sunflower,
} from '../../src/ui/flock-geometry.ts';

const sizes = fc.record({
  width: fc.integer({ min: 260, max: 1_400 }),
  height: fc.integer({ min: 260, max: 1_000 }),
});
const counts = fc.integer({ min: 2, max: 15 });

describe('perches', () => {
  it('this tab is at nine o’clock, whatever the number of birds', () => {
    fc.assert(
      fc.property(sizes, counts, ({ width, height }, count) => {
        const layout = flockLayout(width, height);
        const [you] = perches(layout, count);
        expect(you!.x).toBeCloseTo(layout.centre.x - layout.radiusX, 6);
        expect(you!.y).toBeCloseTo(layout.centre.y, 6);
      }),
    );
  });

  it('the second bird is above, so that the ring goes clockwise', () => {
    const layout = flockLayout(336, 416);
    const places = perches(layout, 6);
    expect(places[1]!.y).toBeLessThan(layout.centre.y);
    expect(places[5]!.y).toBeGreaterThan(layout.centre.y);
    expect(places[3]!.x).toBeGreaterThan(layout.centre.x);
  });

  it('every bird and its label fit into the element', () => {
    fc.assert(
      fc.property(sizes, counts, ({ width, height }, count) => {
        const layout = flockLayout(width, height);
        for (const perch of perches(layout, count)) {
          expect(perch.x).toBeGreaterThan(18);
          expect(perch.x).toBeLessThan(width - 18);
          expect(perch.y).toBeGreaterThan(18);
          expect(perch.y).toBeLessThan(height - 18);
          const label = labelPlace(layout, perch, 56);
          expect(label.x - 56).toBeGreaterThanOrEqual(0);
          expect(label.x + 56).toBeLessThanOrEqual(width);
        }
      }),
    );
  });

  it('twelve birds keep apart on a phone', () => {
    const places = perches(flockLayout(358, 352), 12);
    places.forEach((one, index) => {
      for (const other of places.slice(index + 1)) {
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(40);
      }
    });
  });
});

describe('links', () => {
  it('keep clear of the disc, between every two birds', () => {
    fc.assert(
      fc.property(sizes, counts, ({ width, height }, count) => {
        const layout = flockLayout(width, height);
        const places = perches(layout, count);
        for (const from of places) {
          for (const to of places) {
            if (from === to) continue;
            const link = linkBetween(layout, from, to);
            for (let share = 0.02; share < 1; share += 0.07) {
              const at = placeOn(link, share);
              const distance = Math.hypot(at.x - layout.centre.x, at.y - layout.centre.y);
              // In a flat box the ring itself comes close to the disc.
              const room = Math.min(layout.radiusX, layout.radiusY) * 0.8;
              expect(distance).toBeGreaterThan(Math.min(layout.core, room) + 0.5);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a part of a link lies on the link', () => {
    const layout = flockLayout(336, 416);
    const places = perches(layout, 5);
    const link = linkBetween(layout, places[0]!, places[2]!);
    const part = partOf(link, 0.2, 0.7);
    for (const share of [0, 0.3, 1]) {
      const on = placeOn(link, 0.2 + 0.5 * share);
      const at = placeOn(part, share);
      expect(at.x).toBeCloseTo(on.x, 9);
      expect(at.y).toBeCloseTo(on.y, 9);
    }
  });

  it('the way back is the same way', () => {
    const layout = flockLayout(336, 416);
    const places = perches(layout, 6);
    const link = linkBetween(layout, places[1]!, places[4]!);
    expect(placeOn(reversed(link), 0.25)).toEqual(placeOn(link, 0.75));
  });
});

describe('the disc', () => {
  it('holds all its dots, and they do not touch', () => {
    for (const dots of [1, 33, 64]) {
      const centre = { x: 10, y: 20 };
      const places = sunflower(centre, 50, dots);
      places.forEach((one, index) => {
        expect(Math.hypot(one.x - 10, one.y - 20)).toBeLessThan(50);
        for (const other of places.slice(index + 1)) {
          expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(7);
        }
      });
    }
  });

  it('arcs go once around, with gaps, the first centred at nine o’clock', () => {
    const [start, end] = arcOf(0, 6);
    expect((start + end) / 2).toBeCloseTo(Math.PI, 9);
    for (const count of [1, 3, 15]) {
      let covered = 0;
      for (let index = 0; index < count; index++) {
        const [from, to] = arcOf(index, count);
        const [next] = arcOf(index + 1, count);
        expect(to).toBeLessThan(next);
        covered += to - from;
      }
      expect(covered).toBeGreaterThan(0.75 * 2 * Math.PI);
    }
  });
});
