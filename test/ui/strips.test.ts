/** "What the others saw" adds up, number by number, as it is shown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CELL,
  cellAt,
  columnSum,
  shownNumbers,
  stripLayout,
  stripRows,
  tone,
  valueScale,
} from '../../src/ui/masked-strips-rows.ts';
import { ordinal, sampleNote, stripsLead, stripsNote } from '../../src/ui/masked-strips-words.ts';
import { LAYERS, inspectionOf, resultOf, roomView } from './flock-fixture.ts';

describe('the rows', () => {
  it('every column adds up to the word that left this tab, modulo 2^32', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 15 }), (count) => {
        const inspection = inspectionOf(count, 12);
        const rows = stripRows(inspection, roomView(count, { rounds: 12 }));
        const sent = rows.find((row) => row.kind === 'sent')!;
        sent.words.forEach((word, index) => {
          expect(columnSum(rows, index)).toBe(word);
        });
      }),
    );
  });

  it('a mask with the wrong sign does not add up', () => {
    const inspection = inspectionOf(6, 12);
    const masks = inspection.masks.map((mask, at) =>
      at === 3 ? { ...mask, sign: mask.sign === 1 ? (-1 as const) : (1 as const) } : mask,
    );
    const rows = stripRows({ ...inspection, masks }, roomView(6));
    expect(columnSum(rows, 11)).not.toBe(inspection.masked[11]);
  });

  it('name each partner, in its colour, own mask last', () => {
    const rows = stripRows(inspectionOf(4, 12), roomView(4));
    expect(rows.map((row) => row.name)).toEqual([
      'Your update',
      'mask with Bence',
      'mask with Chloé',
      'mask with Dov',
      'mask of your own',
      'What left this tab',
      'What came back',
    ]);
    expect(rows.map((row) => row.colour)).toEqual([undefined, 1, 2, 3, 0, undefined, undefined]);
    expect(rows.map((row) => row.sign)).toEqual(['', '+', '−', '+', '+', '=', 'Σ']);
  });

  it('a partner that has left since keeps its row', () => {
    const rows = stripRows(inspectionOf(4, 12), roomView(3));
    expect(rows[3]).toMatchObject({ name: 'mask with a peer that left', colour: undefined });
  });
});

describe('the cells', () => {
  it('are one for each number, layer by layer, the weight last', () => {
    const layout = stripLayout(LAYERS);
    expect(layout.cells).toHaveLength(34);
    expect(layout.cells.filter((cell) => cell.isWeight).map((cell) => cell.index)).toEqual([33]);
    expect(layout.layers.map((layer) => layer.name)).toEqual([
      '16 weights in',
      '8 biases',
      '8 weights out',
      'bias',
      'weight',
    ]);
    // A gap between layers is wider than one between cells.
    expect(layout.cells[16]!.x - layout.cells[15]!.x).toBeGreaterThan(CELL + 4);
    expect(layout.cells[15]!.x - layout.cells[14]!.x).toBe(CELL + 1);
  });

  it('of a large model are 64, evenly spaced, first and last included, and it says so', () => {
    const layout = stripLayout([
      { name: 'weights', length: 352 },
      { name: 'weight', length: 1 },
    ]);
    expect(layout.cells).toHaveLength(64);
    expect(layout.cells[0]!.index).toBe(0);
    expect(layout.cells[63]).toMatchObject({ index: 352, isWeight: true });
    const steps = layout.cells.slice(1).map((cell, at) => cell.index - layout.cells[at]!.index);
    expect(Math.max(...steps) - Math.min(...steps)).toBeLessThanOrEqual(1);
    expect(sampleNote(layout)).toBe('64 of 353 numbers are shown, evenly spaced.');
    expect(sampleNote(stripLayout(LAYERS))).toBe('');
  });

  it('show each number at most once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), (count) => {
        const numbers = shownNumbers(count);
        expect(new Set(numbers).size).toBe(Math.min(64, count));
        expect(numbers.at(-1)).toBe(count - 1);
      }),
    );
  });

  it('are found by pointing at them', () => {
    const layout = stripLayout(LAYERS);
    layout.cells.forEach((cell, order) => {
      expect(cellAt(layout, cell.x + 3)).toBe(order);
    });
    expect(cellAt(layout, -50)).toBe(0);
    expect(cellAt(layout, 1e6)).toBe(33);
  });

  it('the weight is no part of the scale of the bars', () => {
    const { update } = inspectionOf(6, 12);
    expect(update[33]).toBe(8);
    expect(valueScale(stripLayout(LAYERS), update)).toBeLessThan(1);
  });

  it('no word is invisible', () => {
    expect(tone(0)).toBeCloseTo(0.06, 9);
    expect(tone(2 ** 32 - 1)).toBeCloseTo(1, 9);
  });
});

describe('the words', () => {
  it('count numbers and masks', () => {
    const lead = stripsLead(inspectionOf(6, 12), roomView(6));
    expect(lead).toMatch(/^Your update is 33 numbers and a weight/);
    expect(lead).toContain('Five masks, each shared with one peer, and one of your own are added');
  });

  it('say why there is nothing yet', () => {
    const copied = { ...roomView(6), result: { ...resultOf(6, 4), isCopied: true } };
    expect(stripsLead(undefined, roomView(6))).toContain('So far nothing has left it');
    expect(stripsLead(undefined, copied)).toContain('was not in round 4');
    expect(stripsLead(undefined, roomView(6, { rounds: 3 }))).toContain('while somebody looks');
    expect(stripsNote(undefined, roomView(6))).toBe('nothing yet');
  });

  it('do not claim the newest round when this tab was not in it', () => {
    const view = roomView(6, { rounds: 13 });
    expect(stripsNote(inspectionOf(6, 13), view)).toBe(
      'round 13, 243\u00a0ms, the last one completed',
    );
    expect(stripsNote(inspectionOf(6, 12), view)).toBe(
      'round 12, the last one with this tab in it',
    );
  });

  it.each([
    [1, '1st'],
    [2, '2nd'],
    [3, '3rd'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [112, '112th'],
  ])('%i is the %s', (number, text) => {
    expect(ordinal(number)).toBe(text);
  });
});
