/**
 * With and without somebody, over levels of something: two bands of accuracy, and below them how often an observer
 * tells which it was.
 *
 * @module
 */
import { css, nothing, svg } from 'lit';
import type { SVGTemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { BandPoint, Influence } from '../../simulation/influence.ts';
import { ChartElement } from '../chart-element.ts';
import {
  ACCURACY_GUIDES,
  areaOf,
  guides,
  pathOf,
  plotIn,
  upwards,
  type Point,
  type Scale,
} from '../chart-frame.ts';
import { chartBoxStyles, chartStyles } from '../chart-styles.ts';
import { controlsStyles } from '../controls-styles.ts';

/** A place of the axis. */
export interface BandLevel {
  readonly name: string;
  readonly note: string;
  /** Undefined until it is played. */
  readonly influence: Influence | undefined;
}

/** Heights of the two parts, and where the lower one begins, CSS px. */
const UPPER_PX = 230;
const LOWER_TOP_PX = 258;
const LOWER_PX = 396;

/** Room on both sides of the levels, CSS px. */
const INSET = 28;
const RIGHT = 18;

/** The chart. */
@customElement('bands-chart')
export class BandsChart extends ChartElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    chartBoxStyles,
    css`
      :host {
        height: 416px;
      }
      .with {
        --band: var(--peer-1);
      }
      .without {
        --band: var(--ink-3);
      }
      .with .line {
        stroke: var(--band);
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

  protected override draw(widthPx: number): SVGTemplateResult {
    const { levels } = this;
    const upper = plotIn(widthPx, RIGHT, { heightPx: UPPER_PX });
    const lower = plotIn(widthPx, RIGHT, { heightPx: LOWER_PX, topPx: LOWER_TOP_PX });
    const { left, right, bottom } = lower;
    const apart = (right - left - 2 * INSET) / Math.max(1, levels.length - 1);
    const x = (at: number): number => left + INSET + at * apart;
    const y = upwards(upper, ACCURACY_GUIDES[0], 1);
    const z = upwards(lower, 0, 1);
    const axis = bottom + 20;
    return svg`${guides(upper, y, ACCURACY_GUIDES)}
      ${drawn('without', levels, ({ without }) => without, x, y)}
      ${drawn('with', levels, ({ with: inside }) => inside, x, y)}
      <text class="title" x="0" y=${upper.bottom + 32}>An observer is right</text>
      ${guides(lower, z, [0, 0.5, 1])}
      <line class="guess" x1=${left} x2=${right} y1=${z(0.5)} y2=${z(0.5)}></line>
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
      <text x="0" y=${axis + 18}>epsilon</text>`;
  }
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
  const line = (side: number): readonly Point[] =>
    played.map(({ at, mean, spread }) => [at, mean + side * spread]);
  return svg`<g class=${name}>
    <path class="band" d=${areaOf(line(1), line(-1), x, y)}></path>
    <path class="line ${name === 'with' ? '' : 'dashed'}" d=${pathOf(line(0), x, y)}></path>
    ${played.map(({ at, mean }) => svg`<circle class="dot" cx=${x(at)} cy=${y(mean)} r="3"></circle>`)}
  </g>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'bands-chart': BandsChart;
  }
}
