/**
 * Accuracy by local step: a line with a band for the mean of the local models of each point, and rings for
 * its merged models, which are all that a room could know.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CanvasSizeController } from './canvas-size.ts';
import { chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import { pointText } from './lab-knobs.ts';
import { globalMarks, localCurve, type PointResult, type Spread } from './lab-runs.ts';
import { percentLabel } from './words.ts';

const HEIGHT = 420;
const LEFT = 46;
const TOP = 30;
const BOTTOM = 40;

/** Room for the names at the lines' ends, px. */
const NAMES = 128;
const LINE_HEIGHT = 15;

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
export class LabChart extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: block;
        height: 420px;
        contain: strict;
      }
      svg {
        height: 100%;
      }
      .end {
        font-weight: 550;
        fill: var(--ink);
      }
      .band {
        fill: var(--line);
        fill-opacity: 0.16;
      }
      .line {
        stroke: var(--line);
      }
      .ring {
        fill: var(--ground);
        stroke: var(--line);
        stroke-width: 1.75;
      }
      .tie {
        fill: none;
        stroke: var(--line);
        stroke-opacity: 0.5;
      }
    `,
  ];

  /** The point that stands out, as `pointText` gives it. */
  @property({ attribute: false }) pointedAt: string | undefined;
  /** What is drawn; those without a run yet are left out. */
  @property({ attribute: false }) lines: readonly ChartLine[] = [];

  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult {
    const lines = this.lines.filter(({ runs }) => runs.length > 0);
    const width = Math.max(240, this.widthPx);
    const right = width - NAMES;
    const steps = Math.max(1, ...lines.map(({ runs }) => runs[0]!.moments.at(-1)!.step));
    const x = (step: number): number => LEFT + ((right - LEFT) * step) / steps;
    const y = (accuracy: number): number => {
      const share = (Math.min(1, Math.max(LOWEST, accuracy)) - LOWEST) / (1 - LOWEST);
      return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    };
    return html`<svg role="img" aria-label=${this.words(lines)} width=${width} height=${HEIGHT}>
      ${[0.4, 0.6, 0.8, 1].map(
        (accuracy) =>
          svg`<line class="guide" x1=${LEFT} x2=${right} y1=${y(accuracy)} y2=${y(accuracy)}></line
            ><text x=${LEFT - 8} y=${y(accuracy) + 4} text-anchor="end">${100 * accuracy}${accuracy === 1 ? '\u2009%' : ''}</text>`,
      )}
      ${ticks(steps).map(
        (step) =>
          svg`<text x=${x(step)} y=${HEIGHT - BOTTOM + 20} text-anchor="middle">${step}</text>`,
      )}
      <text x=${right + 14} y=${HEIGHT - BOTTOM + 20}>local steps</text>
      ${roundsOf(lines).map(
        ({ step, round }) =>
          svg`<text x=${x(step)} y=${TOP - 14} text-anchor="middle">${round}</text>`,
      )}
      ${roundsOf(lines).length > 0 ? svg`<text x=${right + 14} y=${TOP - 14}>rounds</text>` : nothing}
      ${lines.map((line) => drawn(line, x, y, this.hasBand(line, lines)))} ${names(lines, right, y)}
    </svg>`;
  }

  private hasBand(line: ChartLine, lines: readonly ChartLine[]): boolean {
    if (line.runs.length < 2) return false;
    return lines.length <= MOST_BANDS || pointText(line.values) === this.pointedAt;
  }

  private words(lines: readonly ChartLine[]): string {
    if (lines.length === 0) return 'Accuracy by local step: nothing was played yet';
    const ends = lines.map(({ name, runs }) => {
      const local = localCurve(runs).at(-1)!.mean;
      const global = globalMarks(runs).at(-1);
      const merged = global ? `, merged ${percentLabel(global.mean)}` : ', never merged';
      return `${name}: local models ${percentLabel(local)}${merged}`;
    });
    return `Accuracy at the end. ${ends.join('; ')}`;
  }
}

type Scale = (value: number) => number;

function drawn({ runs, colour }: ChartLine, x: Scale, y: Scale, hasBand: boolean): TemplateResult {
  const curve = localCurve(runs);
  const marks = globalMarks(runs);
  const path = (side: number): readonly string[] =>
    curve.map(
      ({ step, mean, deviation }) =>
        `${x(step).toFixed(1)} ${y(mean + side * deviation).toFixed(1)}`,
    );
  const upper = path(1);
  const lower = [...path(-1)].reverse();
  const every = Math.ceil(
    (marks.length * RING_GAP) / Math.max(1, x(marks.at(-1)?.step ?? 0) - LEFT),
  );
  const rings = marks.filter((_, at) => (marks.length - 1 - at) % Math.max(1, every) === 0);
  return svg`<g style=${`--line:var(${colour})`}>
    ${hasBand ? svg`<path class="band" d=${`M${[...upper, ...lower].join('L')}Z`}></path>` : nothing}
    <path class="line" d=${`M${path(0).join('L')}`}></path>
    ${rings.map((mark) => ring(mark, x(mark.step), y, hasBand))}
  </g>`;
}

function ring(
  { mean, deviation }: Spread,
  at: number,
  y: Scale,
  hasSpread: boolean,
): TemplateResult {
  return svg`${hasSpread ? svg`<line class="tie" x1=${at} x2=${at} y1=${y(mean - deviation)} y2=${y(mean + deviation)}></line>` : nothing}<circle class="ring" cx=${at} cy=${y(mean)} r="4"></circle>`;
}

/** Names at the lines' ends, pushed apart; where they cannot all stand, the table has them. */
function names(lines: readonly ChartLine[], right: number, y: Scale): readonly TemplateResult[] {
  const ends = lines
    .map((line) => ({ ...line, at: y(localCurve(line.runs).at(-1)!.mean) }))
    .sort((one, other) => one.at - other.at);
  const fitting = Math.floor((HEIGHT - TOP - BOTTOM) / LINE_HEIGHT);
  if (ends.length > fitting) return [];
  let last = TOP - LINE_HEIGHT;
  const placed = ends.map((end) => {
    last = Math.max(end.at, last + LINE_HEIGHT);
    return { ...end, place: last };
  });
  const over = Math.max(0, last - (HEIGHT - BOTTOM));
  let next = HEIGHT;
  const settled = [...placed].reverse().map((end) => {
    next = Math.min(
      end.place - (end.place > HEIGHT - BOTTOM - over ? over : 0),
      next - LINE_HEIGHT,
    );
    return { ...end, place: next };
  });
  return settled.map(
    ({ name, colour, at, place }) =>
      svg`<g style=${`--line:var(${colour})`}><path class="tie" d=${`M${right + 1} ${at}L${right + 10} ${place}`}></path><text class="end" x=${right + 14} y=${place + 4}>${name}</text></g>`,
  );
}

/** Steps with a figure under them: round ones, five at most. */
function ticks(steps: number): readonly number[] {
  const rough = steps / 4;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)));
  const unit = Math.max(
    1,
    [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!,
  );
  return Array.from({ length: Math.floor(steps / unit) + 1 }, (_, at) => at * unit);
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
  const apart = ticks(rounds).at(1) ?? 1;
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
