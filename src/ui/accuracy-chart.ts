/**
 * How right the maps were, step by step: a line that drifts, and a ring where the federation merged.
 *
 * At a merge the own model becomes the merged one: a dotted riser leads from the line to the ring.
 * The names stand at the ends of the lines instead of a legend.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { CurveView } from '../peer/view.ts';
import {
  accuracyBefore,
  accuracyY,
  apart,
  GUIDES,
  localPath,
  plotOf,
  roundTicks,
  stepTicks,
  stepX,
} from './accuracy-scale.ts';
import { CanvasSizeController } from './canvas-size.ts';
import { chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import { grouped, percentLabel } from './words.ts';

/** Height of the chart, px. */
const HEIGHT = 236;

/** Accuracy of this tab and of the federation over the steps of this tab. */
@customElement('accuracy-chart')
export class AccuracyChart extends LitElement {
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
        overflow: visible;
      }
      text.end {
        font-size: 12.5px;
        font-weight: 600;
        fill: var(--ink);
      }
      text.end.you {
        fill: var(--peer-1);
      }
      text.end tspan {
        font-weight: 400;
        fill: var(--ink);
      }
      .tick {
        stroke: var(--hairline-strong);
      }
      .line {
        stroke: var(--peer-1);
        stroke-linejoin: round;
      }
      .riser {
        stroke: var(--peer-1);
        stroke-dasharray: 1 3;
      }
      .ring {
        fill: var(--ground);
        stroke: var(--ink);
        stroke-width: 1.75;
      }
      .ring.copied {
        stroke-dasharray: 2 2;
      }
      .now {
        fill: var(--peer-1);
      }
      .ahead {
        stroke: var(--hairline-strong);
        stroke-dasharray: 1 4;
        stroke-linecap: round;
      }
      @media (forced-colors: active) {
        .line,
        .ring {
          stroke: CanvasText;
        }
        .now {
          fill: CanvasText;
        }
      }
    `,
  ];

  /** The history. */
  @property({ attribute: false }) curve: CurveView | undefined;

  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    const curve = this.curve;
    if (!curve || this.widthPx === 0) return nothing;
    const plot = plotOf(this.widthPx, HEIGHT, curve);
    const isNarrow = this.widthPx < 500;
    const edge = plot.right + 14;
    return html`<svg role="img" aria-label=${findingOf(curve)}>
      ${GUIDES.map((accuracy) => {
        const y = accuracyY(plot, accuracy);
        return svg`<line class="guide" x1=${plot.left} x2=${plot.right} y1=${y} y2=${y}></line
          ><text x=${plot.left - 8} y=${y + 4} text-anchor="end">${Math.round(accuracy * 100)}${accuracy === 1 ? '\u2009%' : ''}</text>`;
      })}
      ${stepTicks(plot, isNarrow ? 3 : 7).map(
        (step) =>
          svg`<text x=${stepX(plot, step)} y=${HEIGHT - 6} text-anchor="middle">${grouped(step)}</text>`,
      )}
      <text x=${edge} y=${HEIGHT - 6}>steps</text>
      ${roundTicks(curve, isNarrow ? 5 : 14).map((merge) => {
        const x = stepX(plot, merge.step);
        return svg`<text x=${x} y="11" text-anchor="middle">${merge.round}</text
          ><line class="tick" x1=${x} x2=${x} y1="16" y2="20"></line>`;
      })}
      ${curve.merges.length > 0 ? svg`<text x=${edge} y="11">rounds</text>` : nothing}
      ${curve.merges.map((merge) => {
        const before = accuracyBefore(curve, merge.step);
        if (before === undefined) return nothing;
        const x = stepX(plot, merge.step);
        return svg`<line class="riser" x1=${x} x2=${x} y1=${accuracyY(plot, before)} y2=${accuracyY(plot, merge.accuracy)}></line>`;
      })}
      <path class="line" d=${localPath(plot, curve)}></path>
      ${curve.merges.map(
        (merge) =>
          svg`<circle class="ring ${merge.isCopied ? 'copied' : ''}" cx=${stepX(plot, merge.step)} cy=${accuracyY(plot, merge.accuracy)} r=${curve.merges.length > 60 ? 2.5 : 4.25}></circle>`,
      )}
      ${this.renderEnds(curve, plot, edge, isNarrow)}
    </svg>`;
  }

  private renderEnds(
    curve: CurveView,
    plot: ReturnType<typeof plotOf>,
    edge: number,
    isNarrow: boolean,
  ) {
    const own = curve.local.at(-1);
    const merged = curve.merges.at(-1);
    if (!own) return nothing;
    const y = accuracyY(plot, own.accuracy);
    const [ownY, mergedY] = merged ? apart(y, accuracyY(plot, merged.accuracy), 17) : [y, y];
    const x = stepX(plot, own.step);
    const figure = (accuracy: number) => (accuracy * 100).toFixed(1);
    return svg`
      ${
        merged
          ? nothing
          : svg`<line class="ahead" x1=${x + 8} x2=${Math.max(x + 8, edge - 6)} y1=${y} y2=${y}></line>`
      }
      <circle class="now" cx=${x} cy=${y} r="3.5"></circle>
      <text class="end you" x=${edge} y=${ownY + 4}>You <tspan x=${edge + 32}>${figure(own.accuracy)}</tspan></text>
      ${
        merged
          ? svg`<text class="end" x=${edge} y=${mergedY + 4}>${isNarrow ? 'All' : 'Federation'} <tspan x=${edge + (isNarrow ? 32 : 74)}>${figure(merged.accuracy)}</tspan></text>`
          : nothing
      }`;
  }
}

/** What the chart shows, in one sentence. */
function findingOf(curve: CurveView): string {
  const own = curve.local.at(-1);
  const merged = curve.merges.at(-1);
  if (!own) return 'Accuracy: nothing learned yet';
  if (!merged) return `Accuracy: you are at ${percentLabel(own.accuracy)}, alone`;
  return `Accuracy: you are at ${percentLabel(own.accuracy)}; the federation is at ${percentLabel(merged.accuracy)} after round ${merged.round}`;
}

declare global {
  interface HTMLElementTagNameMap {
    'accuracy-chart': AccuracyChart;
  }
}
