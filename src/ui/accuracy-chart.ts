/**
 * How right the maps were, step by step: a line that drifts, and a ring where the federation merged.
 *
 * At a merge the own model becomes the merged one: a dotted riser leads from the line to the ring.
 * The names stand at the ends of the lines instead of a legend.
 *
 * @module
 */
import { css, nothing, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CurveView } from '../peer/view.ts';
import {
  accuracyBefore,
  accuracyY,
  apart,
  localPath,
  plotOf,
  roundTicks,
  stepTicks,
  stepX,
} from './accuracy-scale.ts';
import { ChartElement } from './chart-element.ts';
import { ACCURACY_GUIDES, CHART_HEIGHT, figuresBelow, guides } from './chart-frame.ts';
import { chartBoxStyles, chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import { percentLabel } from './words.ts';

/** Accuracy of this tab and of the federation over the steps of this tab. */
@customElement('accuracy-chart')
export class AccuracyChart extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      svg {
        overflow: visible;
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
      }
      .riser {
        stroke: var(--peer-1);
        stroke-dasharray: 1 3;
      }
      .ring.copied {
        stroke-dasharray: 2 2;
      }
      .now {
        fill: var(--peer-1);
      }
      @media (forced-colors: active) {
        .line {
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

  protected override willUpdate(): void {
    this.label = this.curve ? findingOf(this.curve) : '';
  }

  protected override draw(widthPx: number): SVGTemplateResult {
    const curve = this.curve!;
    const plot = plotOf(widthPx, CHART_HEIGHT, curve);
    const isNarrow = widthPx < 500;
    const edge = plot.right + 14;
    return svg`${guides(plot, (share) => accuracyY(plot, share), ACCURACY_GUIDES)}
      ${figuresBelow(plot, (step) => stepX(plot, step), stepTicks(plot, isNarrow ? 3 : 7), 'steps')}
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
      ${this.renderEnds(curve, plot, edge, isNarrow)}`;
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
