/**
 * Mean loss round by round: of the room's model on what it learns from and on what is held out, and of the model
 * that this tab learned alone.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RoundLosses } from '../task/table/learner.ts';
import { CanvasSizeController } from './canvas-size.ts';
import { chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';

const HEIGHT = 236;
const LEFT = 44;
const TOP = 12;
const BOTTOM = 28;
/** Room for the names at the lines' ends, px. */
const NAMES = 132;
const LINE_HEIGHT = 16;
const GUIDES = 4;

const LINES = [
  { field: 'training', name: 'together', short: 'together', style: 'together' },
  { field: 'heldOut', name: 'together, held out', short: 'held out', style: 'held-out' },
  { field: 'localHeldOut', name: 'alone, held out', short: 'alone', style: 'alone' },
] as const;

/** Curves of the losses. */
@customElement('table-curves')
export class TableCurves extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: block;
        height: 236px;
        contain: strict;
      }
      svg {
        height: 100%;
      }
      .end {
        font-weight: 550;
        fill: var(--ink);
      }
      .together {
        stroke: var(--ink-3);
        stroke-dasharray: 4 3;
      }
      .held-out {
        stroke: var(--ink);
      }
      .alone {
        stroke: var(--peer-1);
      }
      text.alone {
        fill: var(--peer-1);
        stroke: none;
      }
      @media (forced-colors: active) {
        .line {
          stroke: CanvasText;
        }
      }
    `,
  ];

  /** Losses of the rounds so far. */
  @property({ attribute: false }) losses: readonly RoundLosses[] = [];
  /** Rounds in all. */
  @property({ attribute: false }) rounds = 1;

  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { losses, widthPx } = this;
    if (widthPx === 0 || losses.length === 0) return nothing;
    const isNarrow = widthPx < 500;
    const right = widthPx - (isNarrow ? 72 : NAMES);
    const all = losses.flatMap((round) => LINES.map(({ field }) => round[field]));
    const top = Math.max(...all, 1e-9);
    const bottom = Math.max(0, Math.min(...all) - 0.3 * (top - Math.min(...all)));
    const height = HEIGHT - BOTTOM - TOP;
    const x = (round: number): number =>
      LEFT + ((right - LEFT) * (round - 1)) / Math.max(this.rounds - 1, 1);
    const y = (loss: number): number =>
      HEIGHT - BOTTOM - (height * (loss - bottom)) / Math.max(top - bottom, 1e-9);
    const newest = losses.at(-1)!;
    const ends = apart(LINES.map(({ field }) => y(newest[field])));
    const guides = Array.from(
      { length: GUIDES + 1 },
      (_, at) => bottom + ((top - bottom) * at) / GUIDES,
    );
    return html`<svg role="img" aria-label=${findingOf(losses)} width=${widthPx} height=${HEIGHT}>
      ${guides.map(
        (loss) =>
          svg`<line class="guide" x1=${LEFT} x2=${right} y1=${y(loss)} y2=${y(loss)}></line
            ><text x=${LEFT - 8} y=${y(loss) + 4} text-anchor="end">${loss.toFixed(2)}</text>`,
      )}
      ${ticksOf(this.rounds).map(
        (round) => svg`<text x=${x(round)} y=${HEIGHT - 8} text-anchor="middle">${round}</text>`,
      )}
      <text x=${right + 12} y=${HEIGHT - 8}>rounds</text>
      ${LINES.map(({ field, style, name, short }, at) => {
        const points = losses.map(
          (round, i) => `${x(i + 1).toFixed(1)} ${y(round[field]).toFixed(1)}`,
        );
        return svg`<path class="line ${style}" d=${`M${points.join('L')}`}></path
          ><text class="end ${style === 'alone' ? 'alone' : ''}" x=${x(losses.length) + 8} y=${ends[at]! + 4}>${isNarrow ? short : name}</text>`;
      })}
    </svg>`;
  }
}

/** Places of names, none over another, in the order of the lines. */
function apart(places: readonly number[]): readonly number[] {
  const order = places.map((_, at) => at).sort((a, b) => places[a]! - places[b]!);
  const settled = [...places];
  let last = -Infinity;
  for (const at of order) {
    last = Math.max(places[at]!, last + LINE_HEIGHT);
    settled[at] = last;
  }
  const over = Math.max(0, last - (HEIGHT - BOTTOM - 2));
  return settled.map((place) => place - over);
}

function ticksOf(rounds: number): readonly number[] {
  const step = Math.max(1, Math.ceil(rounds / 6));
  const ticks = Array.from({ length: Math.ceil(rounds / step) }, (_, at) => 1 + at * step);
  return ticks
    .filter((round) => round === rounds || rounds - round >= step / 2)
    .concat(ticks.at(-1) === rounds ? [] : [rounds]);
}

/** What the chart shows, in one sentence. */
function findingOf(losses: readonly RoundLosses[]): string {
  const { training, heldOut, localHeldOut } = losses.at(-1)!;
  const shown = (loss: number): string => loss.toFixed(3);
  return `Mean loss after ${losses.length} rounds: together ${shown(training)}, on held-out rows ${shown(heldOut)}; alone, on held-out rows ${shown(localHeldOut)}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'table-curves': TableCurves;
  }
}
