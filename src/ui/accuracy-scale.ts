/**
 * Geometry of the accuracy chart: scales, ticks, the drifting line with its breaks, labels that do not touch.
 *
 * @module
 */
import type { CurveView } from '../peer/view.ts';
import type { Plot } from './chart-frame.ts';

/** Lowest accuracy that the chart shows; a map below it sits on the axis. */
export const LOWEST_ACCURACY = 0.3;

/** The plot, and how far it reaches. */
export interface StepPlot extends Plot {
  /** Steps at the right end. */
  readonly steps: number;
}

/** The plot of a box of this size for a curve; the axis grows in round numbers and never scrolls. */
export function plotOf(widthPx: number, heightPx: number, curve: CurveView): StepPlot {
  const isNarrow = widthPx < 500;
  return {
    left: 42,
    right: Math.max(43, widthPx - (isNarrow ? 78 : 116)),
    top: 24,
    bottom: heightPx - 28,
    steps: axisEnd(lastStep(curve)),
  };
}

/** Distance from the left of a step, px. */
export function stepX(plot: StepPlot, step: number): number {
  return plot.left + ((plot.right - plot.left) * step) / plot.steps;
}

/** Distance from the top of an accuracy, px. */
export function accuracyY(plot: StepPlot, accuracy: number): number {
  const share = (1 - Math.max(LOWEST_ACCURACY, accuracy)) / (1 - LOWEST_ACCURACY);
  return plot.top + (plot.bottom - plot.top) * share;
}

/** Round steps under the chart, at most about `wanted` of them. */
export function stepTicks(plot: StepPlot, wanted: number): number[] {
  const gap = roundGap(plot.steps / wanted);
  const ticks = [];
  for (let step = 0; step <= plot.steps - gap * 0.2; step += gap) ticks.push(step);
  return ticks;
}

/** The merges whose round is written above the chart: every one, or every second, fifth, tenth ... */
export function roundTicks(curve: CurveView, wanted: number): CurveView['merges'] {
  const gap = Math.max(1, roundGap(curve.merges.length / wanted));
  return curve.merges.filter((merge) => merge.round % gap === 0);
}

/**
 * The path of the own accuracy. At each merge the own model becomes the merged one, so the line breaks
 * there and begins again at the ring.
 */
export function localPath(plot: StepPlot, curve: CurveView): string {
  const point = (step: number, accuracy: number) =>
    `${stepX(plot, step).toFixed(1)} ${accuracyY(plot, accuracy).toFixed(1)}`;
  let path = '';
  let next = 0;
  curve.local.forEach((at, index) => {
    let merged: CurveView['merges'][number] | undefined;
    while (next < curve.merges.length && curve.merges[next]!.step < at.step) {
      merged = curve.merges[next];
      next++;
    }
    if (merged) path += `M${point(merged.step, merged.accuracy)}`;
    path += `${index === 0 ? 'M' : 'L'}${point(at.step, at.accuracy)}`;
  });
  return path;
}

/** Accuracy of the own line just before each merge, for the risers; undefined where it is not known. */
export function accuracyBefore(curve: CurveView, step: number): number | undefined {
  let before: number | undefined;
  for (const at of curve.local) {
    if (at.step > step) break;
    before = at.accuracy;
  }
  return before;
}

/** Two heights, moved apart to at least `gap` px and kept in order. */
export function apart(first: number, second: number, gap: number): [number, number] {
  const missing = gap - Math.abs(first - second);
  if (missing <= 0) return [first, second];
  const sign = first <= second ? -1 : 1;
  return [first + (sign * missing) / 2, second - (sign * missing) / 2];
}

function lastStep(curve: CurveView): number {
  return Math.max(curve.local.at(-1)?.step ?? 0, curve.merges.at(-1)?.step ?? 0);
}

/** The end of the axis: a round number with a little room, so that it moves seldom. */
function axisEnd(step: number): number {
  const gap = roundGap(Math.max(240, step) / 12);
  return Math.ceil((Math.max(240, step) * 1.02) / gap) * gap;
}

/** The smallest of 1, 2, 4, 5, 10, 20, 40, 50 ... that is not below a number. */
function roundGap(least: number): number {
  for (let power = 1; ; power *= 10)
    for (const factor of [1, 2, 4, 5]) if (factor * power >= least) return factor * power;
}
