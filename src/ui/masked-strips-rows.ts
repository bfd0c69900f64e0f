/**
 * "What the others saw", as rows of words: the update, each mask, what left, what came back.
 *
 * The rows add up: the words of the update plus every mask with its sign are, modulo 2^32, the words
 * that left this tab. `columnSum` computes it from the rows as they are shown.
 *
 * @module
 */
import { MAX_SHOWN_NUMBERS } from '../config.ts';
import type { Inspection, SessionView } from '../peer/view.ts';

/** One strip. */
export interface StripRow {
  readonly kind: 'update' | 'noise' | 'pair' | 'own' | 'sent' | 'aggregate';
  /** What the words do to the sum; empty for the update. */
  readonly sign: '' | '+' | '−' | '=' | 'Σ';
  readonly name: string;
  /** Index of the partner's colour; undefined: ink. */
  readonly colour: number | undefined;
  /** Shape [words]. */
  readonly words: Uint32Array;
  /** What the words mean, for rows that mean something, shape [words]. */
  readonly values: Float64Array | undefined;
}

/** A cell: which number it shows, and where it stands. */
export interface StripCell {
  readonly index: number;
  readonly x: number;
  readonly isWeight: boolean;
  /** Name of its layer, without the count. */
  readonly layer: string;
}

/** Where the cells stand, in units of which a cell is `CELL` wide. */
export interface StripLayout {
  readonly cells: readonly StripCell[];
  readonly layers: readonly {
    readonly name: string;
    readonly x: number;
    readonly width: number;
    /** The name has room over its cells, or is the weight's, which always has as the last. */
    readonly isNamed: boolean;
  }[];
  readonly width: number;
  /** Numbers in all; more than `cells` when they are sampled. */
  readonly count: number;
}

/** Width of a cell and the space after it. */
export const CELL = 22;
const SPACE = 1;
/** Space between layers. */
const LAYER_GAP = 8;

/** Name of the last layer when the vector carries a weight. */
const WEIGHT_LAYER = 'weight';

/** The rows of an inspection, top to bottom. */
export function stripRows(inspection: Inspection, view: SessionView): StripRow[] {
  const pairs = inspection.masks.filter(({ peer }) => peer !== undefined);
  const own = inspection.masks.filter(({ peer }) => peer === undefined);
  const mask = ({ peer, sign, words }: Inspection['masks'][number]): StripRow => {
    const partner = view.peers.find(({ id }) => id === peer);
    const name = `mask with ${partner?.name ?? 'a peer that left'}`;
    const isOwn = peer === undefined;
    return {
      kind: isOwn ? 'own' : 'pair',
      sign: sign === 1 ? '+' : '−',
      name: isOwn ? 'mask of your own' : name,
      colour: isOwn ? view.self.colour : partner?.colour,
      words,
      values: undefined,
    };
  };
  const plain = { colour: undefined, values: undefined };
  return [
    {
      ...plain,
      kind: 'update',
      sign: '',
      name: 'Your update',
      words: inspection.updateWords,
      values: inspection.update,
    },
    ...noiseRow(inspection),
    ...pairs.map(mask),
    ...own.map(mask),
    { ...plain, kind: 'sent', sign: '=', name: 'What left this tab', words: inspection.masked },
    {
      ...plain,
      kind: 'aggregate',
      sign: 'Σ',
      name: 'What came back',
      words: inspection.aggregateWords,
      values: inspection.aggregate,
    },
  ];
}

function noiseRow({ noise, noiseWords }: Inspection): StripRow[] {
  if (noise === undefined || noiseWords === undefined) return [];
  const name = 'Noise, stays in the sum';
  return [{ kind: 'noise', sign: '+', name, colour: undefined, words: noiseWords, values: noise }];
}

/** Update, noise and masks of one column, added with their signs modulo 2^32: the word that left. */
export function columnSum(rows: readonly StripRow[], index: number): number {
  let sum = 0;
  for (const row of rows) {
    if (row.kind === 'sent' || row.kind === 'aggregate') continue;
    const word = row.words[index] ?? 0;
    sum = (row.sign === '−' ? sum - word : sum + word) >>> 0;
  }
  return sum;
}

/**
 * The numbers that are shown: all, or `MAX_SHOWN_NUMBERS` of them, evenly spaced, first and last
 * included (the last may be the weight).
 */
export function shownNumbers(count: number, most = MAX_SHOWN_NUMBERS): number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: most }, (_, order) => Math.round((order * (count - 1)) / (most - 1)));
}

/** Places of cells and layers; layers that got no cell are left out. */
export function stripLayout(layers: Inspection['layers']): StripLayout {
  const count = layers.reduce((sum, layer) => sum + layer.length, 0);
  const numbers = shownNumbers(count);
  const cells: StripCell[] = [];
  const spans: { name: string; x: number; width: number; isNamed: boolean }[] = [];
  let x = 0;
  let start = 0;
  let at = 0;
  layers.forEach((layer, order) => {
    const end = start + layer.length;
    const from = x;
    const isWeight = order === layers.length - 1 && layer.name === WEIGHT_LAYER;
    for (; at < numbers.length && numbers[at]! < end; at++) {
      cells.push({ index: numbers[at]!, x, isWeight, layer: layer.name });
      x += CELL + SPACE;
    }
    if (x > from) {
      const isPlural = layer.length > 1 && !isWeight;
      const name = isPlural ? `${layer.length} ${layer.name}` : layer.name;
      const width = x - from - SPACE;
      spans.push({ name, x: from, width, isNamed: isWeight || width > 7 * name.length });
      x += LAYER_GAP;
    }
    start = end;
  });
  const last = cells[cells.length - 1];
  return { cells, layers: spans, width: last === undefined ? 1 : last.x + CELL, count };
}

/** Which cell a place on the strip belongs to: the nearest. */
export function cellAt(layout: StripLayout, x: number): number {
  let best = 0;
  layout.cells.forEach((cell, order) => {
    const middle = (one: StripCell): number => Math.abs(one.x + CELL / 2 - x);
    if (middle(cell) < middle(layout.cells[best]!)) best = order;
  });
  return best;
}

/** Largest magnitude among the shown values, weight aside; never 0. */
export function valueScale(layout: StripLayout, values: Float64Array): number {
  let largest = 0;
  for (const { index, isWeight } of layout.cells) {
    if (!isWeight) largest = Math.max(largest, Math.abs(values[index] ?? 0));
  }
  return largest || 1;
}

/** How dark a word's cell is, 0.06 to 1: its tone is its size and means nothing. */
export function tone(word: number): number {
  return 0.06 + (0.94 * word) / 0xffff_ffff;
}
