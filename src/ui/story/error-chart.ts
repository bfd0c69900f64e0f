/**
 * How far off peers are, on a logarithmic scale, over the time of messages: a room of lines beside averaging in pairs.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CanvasSizeController } from '../canvas-size.ts';
import { chartStyles } from '../chart-styles.ts';
import { controlsStyles } from '../controls-styles.ts';
import { ticksTo } from './ticks.ts';

/** Message times since the start, and the root mean square error, in hundredths of the whole range. */
export type ErrorPoint = readonly [messageTimes: number, error: number];

const HEIGHT = 236;
const LEFT = 44;
const TOP = 12;
const BOTTOM = 28;
const END_LABELS = 76;

/** Powers of ten at the ends of the scale. */
const MOST = 2;
const LEAST = -8;

/** Names of the scale's lines. */
const POWERS: Readonly<Record<number, string>> = {
  2: '100',
  0: '1',
  [-2]: '0.01',
  [-4]: '10⁻⁴',
  [-6]: '10⁻⁶',
  [-8]: '10⁻⁸',
};

/** The chart. */
@customElement('error-chart')
export class ErrorChart extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: block;
        height: 236px;
        overflow: hidden;
      }
      .lines {
        stroke: var(--ink);
        stroke-width: 2;
      }
      .pairs {
        stroke: var(--ink-3);
        stroke-dasharray: 5 4;
      }
      .end {
        font-weight: 600;
        fill: var(--ink);
      }
      .end.quiet {
        font-weight: 400;
        fill: var(--ink-2);
      }
      circle {
        fill: var(--ground);
        stroke: var(--ink);
        stroke-width: 1.75;
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly ErrorPoint[] = [];
  @property({ attribute: false }) pairs: readonly ErrorPoint[] = [];
  /** The finding. */
  @property() label = '';
  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { widthPx, lines, pairs } = this;
    if (widthPx === 0) return nothing;
    const right = widthPx - END_LABELS;
    const last = Math.max(60, lines.at(-1)?.[0] ?? 0);
    const x = (time: number): number => LEFT + ((right - LEFT) * Math.min(time, last)) / last;
    const y = (error: number): number => {
      const power = Math.min(MOST, Math.max(LEAST, Math.log10(Math.max(error, 1e-12))));
      return TOP + ((HEIGHT - TOP - BOTTOM) * (MOST - power)) / (MOST - LEAST);
    };
    const seen = pairs.filter(([time]) => time <= last);
    const straight = seen.map(([time, error]) => `${x(time).toFixed(1)} ${y(error).toFixed(1)}`);
    // What is held is held until something better comes.
    const stairs = lines.map(([time, error], at) =>
      at === 0 ? `M${x(time)} ${y(error)}` : `H${x(time).toFixed(1)}V${y(error).toFixed(1)}`,
    );
    const [ours, theirs] = [lines.at(-1), seen.at(-1)];
    const isClose = ours && theirs && Math.abs(y(ours[1]) - y(theirs[1])) < 16;
    return html`<svg width=${widthPx} height=${HEIGHT} role="img" aria-label=${this.label}>
      ${[2, 0, -2, -4, -6, -8].map(
        (power) =>
          svg`<line class="guide" x1=${LEFT} x2=${right} y1=${y(10 ** power)} y2=${y(10 ** power)}></line>
          <text x=${LEFT - 8} y=${y(10 ** power) + 4} text-anchor="end">${POWERS[power]}</text>`,
      )}
      ${ticksTo(last).map((time) => svg`<text x=${x(time)} y=${HEIGHT - 6} text-anchor="middle">${time}</text>`)}
      <text x=${right + 12} y=${HEIGHT - 6}>messages</text>
      ${straight.length > 0 ? svg`<path class="line pairs" d=${`M${straight.join('L')}`}></path>` : nothing}
      <path class="line lines" d=${stairs.join('')}></path>
      ${ours ? svg`<circle cx=${x(ours[0])} cy=${y(ours[1])} r="4"></circle>` : nothing}
      ${theirs ? svg`<text class="end quiet" x=${right + 12} y=${y(theirs[1]) + 4 - (isClose ? 8 : 0)}>pairs</text>` : nothing}
      ${
        ours
          ? svg`<text class="end" x=${x(ours[0]) > right - 40 ? right + 12 : x(ours[0]) + 10} y=${y(ours[1]) + (isClose ? 12 : -6)}>lines</text>`
          : nothing
      }
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'error-chart': ErrorChart;
  }
}
