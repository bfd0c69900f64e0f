/**
 * What every chart draws in the same way: guides with a figure on the left, figures and a unit below, names at the
 * lines' ends instead of a legend.
 *
 * @module
 */
import { nothing, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { grouped } from './words.ts';

/** The place of the lines inside their box, CSS px. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From what is drawn to CSS px. */
export type Scale = (value: number) => number;

/** A place of a line: what it runs over, and what it shows. */
export type Point = readonly [at: number, value: number];

/** A name at the end of a line. */
export interface EndName {
  readonly text: string;
  /** Where the line ends, CSS px. */
  readonly y: number;
  /** The same from the left, where it ends before the plot does. */
  readonly x?: number | undefined;
  /** Class of the text. */
  readonly look?: string;
  /** Of the line, which then leads to its name. */
  readonly colour?: string;
}

/** Height of a chart that says nothing else, and lines across it, CSS px and shares. */
export const CHART_HEIGHT = 236;
export const ACCURACY_GUIDES = [0.4, 0.6, 0.8, 1] as const;

const LEFT = 42;
const TOP = 12;
const BOTTOM = 28;
const LINE_HEIGHT = 15;

/** From the plot to the names beside it, CSS px. */
const NAME_GAP = 14;

/** The plot of a box, with room for names on the right. */
export function plotIn(
  widthPx: number,
  namesPx: number,
  { heightPx = CHART_HEIGHT, topPx = TOP } = {},
): Plot {
  return {
    left: LEFT,
    right: Math.max(LEFT + 1, widthPx - namesPx),
    top: topPx,
    bottom: heightPx - BOTTOM,
  };
}

/** From left to right; `first` and `last` stand at the sides. */
export function across({ left, right }: Plot, first: number, last: number): Scale {
  return (value) => left + ((right - left) * (value - first)) / (last - first || 1);
}

/** From bottom to top; what is beyond the ends sits on them. */
export function upwards({ top, bottom }: Plot, lowest: number, highest: number): Scale {
  return (value) => {
    const held = Math.min(highest, Math.max(lowest, value));
    return bottom - ((bottom - top) * (held - lowest)) / (highest - lowest || 1);
  };
}

/** Lines across the plot, each with its figure; shares unless `say` says otherwise. */
export function guides(
  { left, right }: Plot,
  y: Scale,
  values: readonly number[],
  say: (value: number) => string = sharePercent,
): readonly SVGTemplateResult[] {
  return values.map(
    (value) =>
      svg`<line class="guide" x1=${left} x2=${right} y1=${y(value)} y2=${y(value)}></line
        ><text x=${left - 8} y=${y(value) + 4} text-anchor="end">${say(value)}</text>`,
  );
}

/** Figures below the plot, and what they count. */
export function figuresBelow(
  { right, bottom }: Plot,
  x: Scale,
  values: readonly number[],
  unit: string,
): SVGTemplateResult {
  const base = bottom + 22;
  return svg`${values.map(
    (value) => svg`<text x=${x(value)} y=${base} text-anchor="middle">${grouped(value)}</text>`,
  )}<text x=${right + NAME_GAP} y=${base}>${unit}</text>`;
}

const TICKS = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000, 10_000];

/** Round numbers from 0 on, five or six of them at most. */
export function ticksTo(last: number): readonly number[] {
  const apart = TICKS.find((step) => last / step <= 5) ?? last;
  return Array.from({ length: Math.floor(last / apart) + 1 }, (_, at) => at * apart);
}

/** A line through places, as a path. */
export function pathOf(points: readonly Point[], x: Scale, y: Scale): string {
  return points
    .map(([at, value], i) => `${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(value).toFixed(1)}`)
    .join('');
}

/** The area between two lines that run over the same places, as a path. */
export function areaOf(
  upper: readonly Point[],
  lower: readonly Point[],
  x: Scale,
  y: Scale,
): string {
  return `${pathOf(upper, x, y)}${pathOf([...lower].reverse(), x, y).replace('M', 'L')}Z`;
}

/** Names beside the plot, none on top of another; dots lead to a name from a line that ends early. */
export function endNames(plot: Plot, names: readonly EndName[]): readonly SVGTemplateResult[] {
  const { left, right, bottom } = plot;
  const inOrder = [...names].sort((one, other) => one.y - other.y);
  const places = apart(
    inOrder.map(({ y }) => y),
    bottom,
  );
  return inOrder.map(({ text, x = right, y, look = '', colour }, at) => {
    const isEarly = x < right - NAME_GAP && x >= left;
    const tie = svg`<line class=${isEarly ? 'ahead' : 'tie'} stroke=${colour ?? nothing}
      x1=${x + (isEarly ? 8 : 1)} x2=${right + NAME_GAP - 4} y1=${y} y2=${places[at]!}></line>`;
    return svg`${isEarly || colour ? tie : nothing}<text class="end ${look}" x=${right + NAME_GAP} y=${places[at]! + 4}>${text}</text>`;
  });
}

/**
 * Heights in ascending order, moved apart to at least a line's height: down as far as needed, then up again where
 * they would leave the plot.
 */
export function apart(wanted: readonly number[], lowest: number): readonly number[] {
  const places: number[] = [];
  for (const y of wanted) places.push(Math.max(y, (places.at(-1) ?? -Infinity) + LINE_HEIGHT));
  let next = Math.max(lowest, wanted.at(-1) ?? 0) + LINE_HEIGHT;
  for (let at = places.length - 1; at >= 0; at--) {
    next = Math.min(places[at]!, next - LINE_HEIGHT);
    places[at] = next;
  }
  return places;
}

function sharePercent(share: number): string {
  return `${Math.round(share * 100)}${share === 1 ? '\u202f%' : ''}`;
}
