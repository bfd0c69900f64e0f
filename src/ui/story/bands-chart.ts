/**
 * With and without somebody, over levels of something: two bands of accuracy, and below them how often an observer
 * tells which it was.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { BandPoint, Influence } from '../../simulation/influence.ts';
import { CanvasSizeController } from '../canvas-size.ts';
import { chartStyles } from '../chart-styles.ts';
import { controlsStyles } from '../controls-styles.ts';

/** A place of the axis. */
export interface BandLevel {
  readonly name: string;
  readonly note: string;
  /** Undefined until it is played. */
  readonly influence: Influence | undefined;
}

/** Heights of the two parts, the room for the names under them, and what lies between, CSS px. */
const UPPER = 190;
const LOWER = 110;
const BETWEEN = 56;
const NAMES = 48;
const TOP = 12;
const LEFT = 46;
const RIGHT = 18;
const HEIGHT = TOP + UPPER + BETWEEN + LOWER + NAMES;

/** Lowest accuracy of the chart. */
const LEAST = 0.4;

/** The chart. */
@customElement('bands-chart')
export class BandsChart extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: block;
        height: 416px;
        overflow: hidden;
      }
      .with {
        --band: var(--peer-1);
      }
      .without {
        --band: var(--ink-2);
      }
      .band {
        fill: color-mix(in srgb, var(--band) 18%, transparent);
      }
      .line {
        stroke: var(--band);
      }
      .without .line {
        stroke-dasharray: 5 4;
      }
      .dot {
        fill: var(--band);
      }
      .success {
        fill: var(--ink);
      }
      .stem {
        stroke: var(--ink);
        stroke-width: 5;
      }
      .guess {
        stroke: var(--hairline-strong);
      }
      .title {
        font-weight: 600;
        fill: var(--ink);
      }
      .figure {
        fill: var(--ink);
      }
    `,
  ];

  @property({ attribute: false }) levels: readonly BandLevel[] = [];
  /** Under the axis, before names and notes. */
  @property() unit = '';
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
    const { widthPx, levels } = this;
    if (widthPx === 0) return nothing;
    const right = widthPx - RIGHT;
    const apart = (right - LEFT - 2 * INSET) / Math.max(1, levels.length - 1);
    const x = (at: number): number => LEFT + INSET + at * apart;
    const y = (accuracy: number): number =>
      TOP + (UPPER * (1 - Math.min(1, Math.max(LEAST, accuracy)))) / (1 - LEAST);
    const base = TOP + UPPER + BETWEEN + LOWER;
    const z = (share: number): number => base - LOWER * Math.min(1, Math.max(0, share));
    const axis = base + 20;
    return html`<svg width=${widthPx} height=${HEIGHT} role="img" aria-label=${this.label}>
      ${[0.4, 0.6, 0.8, 1].map((share) => guide(LEFT, right, y(share), share))}
      ${drawn('without', levels, ({ without }) => without, x, y)}
      ${drawn('with', levels, ({ with: inside }) => inside, x, y)}
      <text class="title" x=${LEFT} y=${TOP + UPPER + 24}>An observer is right</text>
      ${[0, 0.5, 1].map((share) => guide(LEFT, right, z(share), share))}
      <line class="guess" x1=${LEFT} x2=${right} y1=${z(0.5)} y2=${z(0.5)}></line>
      ${levels.map(({ name, note, influence }, at) => {
        const success = influence?.success;
        return svg`${
          success === undefined
            ? nothing
            : svg`<line class="stem" x1=${x(at)} x2=${x(at)} y1=${z(0.5)} y2=${z(success)}></line>
              <circle class="success" cx=${x(at)} cy=${z(success)} r="4.5"></circle>
              <text class="figure" x=${x(at)} y=${z(success) + (success < 0.5 ? 20 : -9)} text-anchor="middle">${Math.round(100 * success)}</text>`
        }<text x=${x(at)} y=${axis} text-anchor="middle">${name}</text>
          <text x=${x(at)} y=${axis + 18} text-anchor="middle">${note}</text>`;
      })}
      <text x="0" y=${axis}>${this.unit}</text>
      <text x="0" y=${axis + 18}>epsilon</text>
    </svg>`;
  }
}

/** Room on both sides of the levels, CSS px. */
const INSET = 28;

type Scale = (value: number) => number;

function guide(left: number, right: number, at: number, share: number): SVGTemplateResult {
  return svg`<line class="guide" x1=${left} x2=${right} y1=${at} y2=${at}></line
    ><text x=${left - 8} y=${at + 4} text-anchor="end">${Math.round(100 * share)}${share === 1 ? '\u2009%' : ''}</text>`;
}

/** The band of the levels that are played. */
function drawn(
  name: 'with' | 'without',
  levels: readonly BandLevel[],
  bandOf: (influence: Influence) => readonly BandPoint[],
  x: Scale,
  y: Scale,
): SVGTemplateResult | typeof nothing {
  const played = levels.flatMap(({ influence }, at) =>
    influence ? [{ at, ...bandOf(influence).at(-1)! }] : [],
  );
  if (played.length === 0) return nothing;
  const path = (side: number): readonly string[] =>
    played.map(
      ({ at, mean, spread }) => `${x(at).toFixed(1)} ${y(mean + side * spread).toFixed(1)}`,
    );
  const around = [...path(1), ...[...path(-1)].reverse()];
  return svg`<g class=${name}>
    <path class="band" d=${`M${around.join('L')}Z`}></path>
    <path class="line" d=${`M${path(0).join('L')}`}></path>
    ${played.map(({ at, mean }) => svg`<circle class="dot" cx=${x(at)} cy=${y(mean)} r="3"></circle>`)}
  </g>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'bands-chart': BandsChart;
  }
}
