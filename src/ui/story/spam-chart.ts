/**
 * What models make of one message, round by round, and from when on they take it for spam.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { CanvasSizeController } from '../canvas-size.ts';
import { controlsStyles } from '../controls-styles.ts';

/** A line: probabilities of spam, from before the first round on. */
export interface SpamLine {
  readonly name: string;
  readonly history: readonly number[];
  readonly look: 'quiet' | 'strong' | 'lit';
}

const HEIGHT = 236;
const LEFT = 42;
const TOP = 14;
const BOTTOM = 30;
const NAMES_PX = 104;
const LINE = 16;

/** The chart. */
@customElement('spam-chart')
export class SpamChart extends LitElement {
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
      .grid {
        stroke: var(--hairline);
      }
      .limit {
        stroke: var(--hairline-strong);
        stroke-dasharray: 3 4;
      }
      path {
        fill: none;
        stroke-width: 2;
      }
      path.quiet {
        stroke: var(--ink-3);
        stroke-width: 1.5;
        stroke-dasharray: 5 4;
      }
      path.strong {
        stroke: var(--ink);
      }
      path.lit {
        stroke: var(--focus);
      }
      .end {
        font-weight: 600;
        fill: var(--ink);
      }
      .end.quiet {
        font-weight: 400;
        fill: var(--ink-2);
      }
      .end.lit {
        fill: var(--focus);
      }
      .now {
        stroke: var(--ink-3);
      }
      circle {
        fill: var(--ground);
        stroke-width: 1.75;
        stroke: var(--ink);
      }
      circle.lit {
        stroke: var(--focus);
      }
      circle.quiet {
        stroke: var(--ink-3);
      }
    `,
  ];

  @property({ attribute: false }) lines: readonly SpamLine[] = [];
  /** The round that the figure stands at. */
  @property({ type: Number }) round = 0;
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
    const { widthPx, lines, round } = this;
    if (widthPx === 0) return nothing;
    const last = Math.max(1, ...lines.map(({ history }) => history.length - 1));
    const right = widthPx - NAMES_PX;
    const x = (at: number): number => LEFT + ((right - LEFT) * at) / last;
    const y = (share: number): number => TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
    const path = (history: readonly number[]): string =>
      history
        .map((share, at) => `${at ? 'L' : 'M'}${x(at).toFixed(1)} ${y(share).toFixed(1)}`)
        .join('');
    return html`<svg width=${widthPx} height=${HEIGHT} role="img" aria-label=${this.label}>
      ${[0, 0.5, 1].map(
        (share) =>
          svg`<line class=${share === 0.5 ? 'limit' : 'grid'} x1=${LEFT} x2=${right} y1=${y(share)} y2=${y(share)}></line>
          <text x=${LEFT - 8} y=${y(share) + 4} text-anchor="end">${share * 100}${share === 1 ? '\u2009%' : ''}</text>`,
      )}
      <line class="now" x1=${x(round)} x2=${x(round)} y1=${y(1)} y2=${y(0)}></line>
      ${[0, 5, 10, 15, 20]
        .filter((at) => at <= last)
        .map((at) => svg`<text x=${x(at)} y=${HEIGHT - 10} text-anchor="middle">${at}</text>`)}
      <text x=${right + 12} y=${HEIGHT - 10}>rounds</text>
      ${lines.map(({ look, history }) => svg`<path class=${look} d=${path(history)}></path>`)}
      ${lines.map(
        ({ look, history }) =>
          svg`<circle class=${look} cx=${x(round)} cy=${y(history[round] ?? 0.5)} r="4"></circle>`,
      )}
      ${this.renderEnds(y, right)}
    </svg>`;
  }

  /** Names, none on top of another. */
  private renderEnds(y: (share: number) => number, right: number) {
    let above = Number.NEGATIVE_INFINITY;
    return this.lines
      .map(({ name, look, history }) => ({ name, look, at: y(history.at(-1)!) + 4 }))
      .sort((one, other) => one.at - other.at)
      .map(({ name, look, at }) => {
        above = Math.max(at, above + LINE);
        return svg`<text class="end ${look}" x=${right + 12} y=${above}>${name}</text>`;
      });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-chart': SpamChart;
  }
}
