/** Colours and pixels of a heat-map. @module */
import { describe, expect, it } from 'vitest';
import { SURFACE_SIDE } from '../../src/peer/view.ts';
import {
  blendedSurface,
  boundarySegments,
  logitAt,
  nearestReading,
  paintFieldInPlace,
} from '../../src/ui/heat-field.ts';
import {
  HEAT_STEPS,
  heatTable,
  logitColours,
  LOGIT_ENTRIES,
  probabilityOf,
} from '../../src/ui/heat-scale.ts';

const STOPS = ['#214895', '#2e73be', '#6fabdc', '#bad9ef', '#f5f3ef', '#eed3ac', '#eba059', '#d8610e', '#af2f02']; // prettier-ignore

/** A surface that is a plane: bilinear interpolation must give it back exactly. */
function plane(a: number, b: number, c: number): Float32Array {
  const surface = new Float32Array(SURFACE_SIDE ** 2);
  for (let j = 0; j < SURFACE_SIDE; j++)
    for (let i = 0; i < SURFACE_SIDE; i++)
      surface[j * SURFACE_SIDE + i] = a * (i / 48) + b * (1 - j / 48) + c;
  return surface;
}

describe('heatTable', () => {
  it('passes through its stops', () => {
    const table = heatTable(STOPS);
    expect(table).toHaveLength(3 * HEAT_STEPS);
    expect([...table.slice(0, 3)]).toEqual([0x21, 0x48, 0x95]);
    expect([...table.slice(-3)]).toEqual([0xaf, 0x2f, 0x02]);
  });
  it('is lightest in its middle, and rises and falls without a step back', () => {
    const table = heatTable(STOPS);
    const brightness = (step: number) =>
      0.2126 * table[3 * step]! + 0.7152 * table[3 * step + 1]! + 0.0722 * table[3 * step + 2]!;
    for (let step = 1; step < HEAT_STEPS; step++) {
      const rise = brightness(step) - brightness(step - 1);
      expect(step <= 127 ? rise : -rise).toBeGreaterThan(-1);
    }
  });
  it('refuses what is no colour', () => {
    expect(() => heatTable(STOPS.slice(1))).toThrow('8 stops');
    expect(() => heatTable(['red', ...STOPS.slice(1)])).toThrow('"red"');
  });
});

describe('paintFieldInPlace', () => {
  const colours = logitColours(heatTable(STOPS));
  it.each([2, 3, 48, 49, 97, 171, 416])('paints every pixel of %i by its own logit', (side) => {
    const surface = plane(5.3, -3.1, -0.7);
    const pixels = new Uint32Array(side * side).fill(1);
    paintFieldInPlace(pixels, side, surface, colours);
    for (let y = 0; y < side; y += Math.max(1, side >> 4))
      for (let x = 0; x < side; x += Math.max(1, side >> 4)) {
        const logit = 5.3 * (x / (side - 1)) - 3.1 * (1 - y / (side - 1)) - 0.7;
        const entry = Math.round(((logit + 8) / 16) * (LOGIT_ENTRIES - 1));
        const near = [entry - 1, entry, entry + 1].map((at) => colours[at]);
        expect(near).toContain(pixels[y * side + x]);
      }
    expect(pixels.includes(1)).toBe(false);
  });
  it('draws certainty where logits leave the table', () => {
    const pixels = new Uint32Array(16);
    paintFieldInPlace(pixels, 4, plane(0, 0, 4_000), colours);
    expect(new Set(pixels)).toEqual(new Set([colours[LOGIT_ENTRIES - 1]]));
    paintFieldInPlace(pixels, 4, plane(0, 0, -4_000), colours);
    expect(new Set(pixels)).toEqual(new Set([colours[0]]));
  });
});

describe('boundarySegments', () => {
  it('lies where the logit is 0', () => {
    const surface = plane(4, 2, -2.9);
    const segments = boundarySegments(surface);
    expect(segments.length).toBeGreaterThan(4 * 40);
    for (let i = 0; i < segments.length; i += 2)
      expect(Math.abs(logitAt(surface, segments[i]!, 1 - segments[i + 1]!))).toBeLessThan(1e-4);
  });
  it('is empty on a map without doubt', () => {
    expect(boundarySegments(plane(0, 0, 3))).toHaveLength(0);
  });
});

describe('places', () => {
  it('the logit of a plane is exact everywhere, and outside counts as the border', () => {
    const surface = plane(4, 2, -2.9);
    expect(logitAt(surface, 0.37, 0.81)).toBeCloseTo(4 * 0.37 + 2 * 0.81 - 2.9, 5);
    expect(logitAt(surface, 7, -3)).toBeCloseTo(1.1, 5);
    expect(probabilityOf(0)).toBe(0.5);
  });
  it('a blend is between its ends', () => {
    expect(blendedSurface(plane(0, 0, 2), plane(0, 0, 6), 0.25)[100]).toBe(3);
  });
  it('the nearest reading is found within reach only', () => {
    const readings = [
      { x: 0.2, y: 0.2, isHot: true },
      { x: 0.8, y: 0.8, isHot: false },
    ];
    expect(nearestReading(readings, 0.7, 0.7)).toBe(1);
    expect(nearestReading(readings, 0.5, 0.5, 0.1)).toBeUndefined();
    expect(nearestReading([], 0.5, 0.5)).toBeUndefined();
  });
});
