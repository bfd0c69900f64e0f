/**
 * Accuracy over local steps: any number of lines, rings where models were merged, names at the lines' ends.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CanvasSizeController } from '../canvas-size.ts';
import { controlsStyles } from '../controls-styles.ts';
import { ticksTo } from './ticks.ts';

/** A place of the chart: local steps, and a share from 0 to 1. */
export type Point = readonly [step: number, share: number];

/** One line. */
export interface Curve {
  readonly id: number | string;
  readonly points: readonly Point[];
  readonly look: 'quiet' | 'strong' | 'lit';
  /** At its end; none unless given. */
  readonly label?: string | undefined;
}

/** The pointer came to a line, or left it. */
export class CurvePointedEvent extends Event {
  static readonly type = 'curve-pointed';
  readonly curve: number | string | undefined;
  constructor(curve: number | string | undefined) {
    super(CurvePointedEvent.type);
    this.curve = curve;
  }
}

const HEIGHT = 236;
const LEFT = 42;
const TOP = 24;
const BOTTOM = 28;
const LEAST = 0.4;
const LINE = 15;

/**
 * The chart.
 *
 * @fires curve-pointed - The pointer came to a line, or left it.
 */
@customElement('curves-chart')
export class CurvesChart extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        height: 236px;
        overflow: hidden;
      }
      text {
        font: 400 0.75rem var(--sans);
        fill: var(--ink-2);
        font-feature-settings: 'tnum';
      }
      .end {
        font-weight: 600;
        fill: var(--ink);
      }
      .end.lit {
        fill: var(--focus);
      }
      .grid {
        stroke: var(--hairline);
      }
      path {
        fill: none;
      }
      .quiet {
        stroke: var(--ink-3);
        opacity: 0.4;
      }
      .strong {
        stroke: var(--ink);
        stroke-width: 2;
      }
      .lit {
        stroke: var(--focus);
        stroke-width: 2;
      }
      text.lit {
        stroke: none;
      }
      .reach {
        stroke: transparent;
        stroke-width: 9;
      }
      .ring {
        fill: var(--ground);
        stroke: var(--ink);
        stroke-width: 1.75;
      }
      .ring.old {
        stroke: var(--ink-3);
      }
    `,
  ];

  @property({ attribute: false }) curves: readonly Curve[] = [];
  /** Where models were merged, the newest run's last. */
  @property({ attribute: false }) rings: readonly Point[] = [];
  /** The finding. */
  @property() label = '';
  /** Steps that the axis shows at least. */
  @property({ type: Number }) reach = 100;
  /** Room for names at the lines' ends, CSS px. */
  @property({ type: Number }) names = 104;
  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { widthPx, curves, rings } = this;
    if (widthPx === 0) return nothing;
    const last = Math.max(this.reach, ...curves.map(({ points }) => points.at(-1)?.[0] ?? 0));
    const right = widthPx - this.names;
    const x = (step: number): number => LEFT + ((right - LEFT) * step) / last;
    const y = (share: number): number =>
      TOP + ((HEIGHT - TOP - BOTTOM) * (1 - Math.max(LEAST, share))) / (1 - LEAST);
    const path = ({ points }: Curve): string =>
      points
        .map(([step, share], at) => `${at ? 'L' : 'M'}${x(step).toFixed(1)} ${y(share).toFixed(1)}`)
        .join('');
    const ticks = ticksTo(last);
    return html`<svg
      width=${widthPx}
      height=${HEIGHT}
      role="img"
      aria-label=${this.label}
      @pointerleave=${() => this.dispatchEvent(new CurvePointedEvent(undefined))}
    >
      ${[0.4, 0.6, 0.8, 1].map(
        (share) =>
          svg`<line class="grid" x1=${LEFT} x2=${right} y1=${y(share)} y2=${y(share)}></line>
          <text x=${LEFT - 8} y=${y(share) + 4} text-anchor="end">${Math.round(share * 100)}${share === 1 ? '\u2009%' : ''}</text>`,
      )}
      ${ticks.map((step) => svg`<text x=${x(step)} y=${HEIGHT - 6} text-anchor="middle">${step}</text>`)}
      <text x=${right + 14} y=${HEIGHT - 6}>steps</text>
      ${curves.map((curve) => svg`<path class=${curve.look} d=${path(curve)}></path>`)}
      ${curves
        .filter(({ look }) => look !== 'strong')
        .map(
          (curve) =>
            svg`<path class="reach" d=${path(curve)}
              @pointerenter=${() => this.dispatchEvent(new CurvePointedEvent(curve.id))}></path>`,
        )}
      ${rings.map(([step, share]) => svg`<circle class="ring" cx=${x(step)} cy=${y(share)} r="4"></circle>`)}
      ${this.renderEnds(y, right)}
    </svg>`;
  }

  /** Names, none on top of another. */
  private renderEnds(y: (share: number) => number, right: number) {
    let above = Number.NEGATIVE_INFINITY;
    return this.curves
      .filter(({ label, points }) => label !== undefined && points.length > 0)
      .map(({ label, points, look }) => ({ label, look, at: y(points.at(-1)![1]) + 4 }))
      .sort((one, other) => one.at - other.at)
      .map(({ label, look, at }) => {
        above = Math.max(at, above + LINE);
        return svg`<text class="end ${look === 'lit' ? 'lit' : ''}" x=${right + 14} y=${above}>${label}</text>`;
      });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'curves-chart': CurvesChart;
  }
}
