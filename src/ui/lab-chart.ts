/**
 * Accuracy by local step: a line with a band for the mean of the local models of each point, and rings for
 * its merged models, which are all that a room could know.
 *
 * @module
 */
import { css, nothing, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ChartElement } from './chart-element.ts';
import {
  ACCURACY_GUIDES,
  across,
  areaOf,
  endNames,
  figuresBelow,
  guides,
  pathOf,
  plotIn,
  ticksTo,
  upwards,
  type Plot,
  type Point,
  type Scale,
} from './chart-frame.ts';
import { chartBoxStyles, chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import { pointText } from './lab-knobs.ts';
import { globalMarks, localCurve, type PointResult, type Spread } from './lab-runs.ts';
import { percentLabel } from './words.ts';

/** Height of the chart, room above it for rounds and beside it for names, CSS px. */
const HEIGHT = 420;
const TOP = 30;
const NAMES = 128;

/** Names beside the chart at most; where there are more lines, the table has them. */
const MOST_NAMES = 22;

/** Bands of more lines would be fog: then only the one that is pointed at has its band. */
const MOST_BANDS = 3;

/** Lowest accuracy of the chart. */
const LOWEST = 0.3;

/** Rings with less room than this between them would be a smear, px: some are left out. */
const RING_GAP = 12;

/** A point as it is drawn. */
export interface ChartLine extends PointResult {
  readonly name: string;
  /** A custom property. */
  readonly colour: string;
}

/** The chart of the lab. */
@customElement('lab-chart')
export class LabChart extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      :host {
        --band: var(--line);
        height: 420px;
      }
      .line,
      .ring,
      .spread {
        stroke: var(--line);
      }
      .spread {
        stroke-opacity: 0.5;
      }
    `,
  ];

  /** The point that stands out, as `pointText` gives it. */
  @property({ attribute: false }) pointedAt: string | undefined;
  /** What is drawn; those without a run yet are left out. */
  @property({ attribute: false }) lines: readonly ChartLine[] = [];

  protected override willUpdate(): void {
    this.label = wordsOf(this.drawn);
  }

  protected override draw(widthPx: number): SVGTemplateResult {
    const lines = this.drawn;
    const plot = plotIn(widthPx, NAMES, { heightPx: HEIGHT, topPx: TOP });
    const steps = Math.max(1, ...lines.map(({ runs }) => runs[0]!.moments.at(-1)!.step));
    const x = across(plot, 0, steps);
    const y = upwards(plot, LOWEST, 1);
    const rounds = roundsOf(lines);
    return svg`${guides(plot, y, ACCURACY_GUIDES)}
      ${figuresBelow(plot, x, ticksTo(steps), 'local steps')}
      ${rounds.map(
        ({ step, round }) =>
          svg`<text x=${x(step)} y=${TOP - 14} text-anchor="middle">${round}</text>`,
      )}
      ${rounds.length > 0 ? svg`<text x=${plot.right + 14} y=${TOP - 14}>rounds</text>` : nothing}
      ${lines.map((line) => drawn(line, plot, x, y, this.hasBand(line, lines)))}
      ${
        lines.length > MOST_NAMES
          ? nothing
          : endNames(
              plot,
              lines.map(({ name, runs, colour }) => ({
                text: name,
                y: y(localCurve(runs).at(-1)!.mean),
                colour: `var(${colour})`,
              })),
            )
      }`;
  }

  private get drawn(): readonly ChartLine[] {
    return this.lines.filter(({ runs }) => runs.length > 0);
  }

  private hasBand(line: ChartLine, lines: readonly ChartLine[]): boolean {
    if (line.runs.length < 2) return false;
    return lines.length <= MOST_BANDS || pointText(line.values) === this.pointedAt;
  }
}

/** What the chart shows, in words. */
function wordsOf(lines: readonly ChartLine[]): string {
  if (lines.length === 0) return 'Accuracy by local step: nothing was played yet';
  const ends = lines.map(({ name, runs }) => {
    const local = localCurve(runs).at(-1)!.mean;
    const global = globalMarks(runs).at(-1);
    const merged = global ? `, merged ${percentLabel(global.mean)}` : ', never merged';
    return `${name}: local models ${percentLabel(local)}${merged}`;
  });
  return `Accuracy at the end. ${ends.join('; ')}`;
}

function drawn(
  { runs, colour }: ChartLine,
  plot: Plot,
  x: Scale,
  y: Scale,
  hasBand: boolean,
): SVGTemplateResult {
  const curve = localCurve(runs);
  const marks = globalMarks(runs);
  const line = (side: number): readonly Point[] =>
    curve.map(({ step, mean, deviation }) => [step, mean + side * deviation]);
  const reach = x(marks.at(-1)?.step ?? 0) - plot.left;
  const every = Math.max(1, Math.ceil((marks.length * RING_GAP) / Math.max(1, reach)));
  const rings = marks.filter((_, at) => (marks.length - 1 - at) % every === 0);
  return svg`<g style=${`--line:var(${colour})`}>
    ${hasBand ? svg`<path class="band" d=${areaOf(line(1), line(-1), x, y)}></path>` : nothing}
    <path class="line" d=${pathOf(line(0), x, y)}></path>
    ${rings.map((mark) => ring(mark, x(mark.step), y, hasBand))}
  </g>`;
}

function ring(
  { mean, deviation }: Spread,
  at: number,
  y: Scale,
  hasSpread: boolean,
): SVGTemplateResult {
  return svg`${hasSpread ? svg`<line class="spread" x1=${at} x2=${at} y1=${y(mean - deviation)} y2=${y(mean + deviation)}></line>` : nothing}<circle class="ring" cx=${at} cy=${y(mean)} r="4"></circle>`;
}

/** Rounds with a figure above them; none where lines merge at different steps. */
function roundsOf(
  lines: readonly ChartLine[],
): readonly { readonly step: number; readonly round: number }[] {
  const every = new Set(lines.map(({ values }) => values.every));
  if (every.size !== 1) return [];
  const between = Number([...every][0]);
  const rounds = Math.floor(Math.max(...lines.map(({ values }) => Number(values.steps))) / between);
  if (rounds < 1) return [];
  const apart = ticksTo(rounds).at(1) ?? 1;
  return Array.from({ length: Math.floor(rounds / apart) }, (_, at) => {
    const round = (at + 1) * apart;
    return { step: round * between, round };
  });
}

declare global {
  interface HTMLElementTagNameMap {
    'lab-chart': LabChart;
  }
}
