/**
 * With and without me: the room's rounds replayed in this tab, with this peer in them and without, as two
 * bands; and how often somebody who sees only the final model can tell which it was.
 *
 * The readings of the others are made up, since nobody here knows them.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { settingOf } from '../peer/noise-parameters.ts';
import type { NoiseChoice, SessionView } from '../peer/view.ts';
import type { BandPoint, Influence, InfluenceOptions } from '../simulation/influence.ts';
import type { Pattern } from '../task/patterns.ts';
import { CanvasSizeController } from './canvas-size.ts';
import { chartStyles } from './chart-styles.ts';
import { controlsStyles } from './controls-styles.ts';
import type { InfluenceRequest } from './influence-worker.ts';
import { noiseWords } from './privacy-words.ts';
import { capitalised, counted, percent, percentLabel } from './words.ts';

/** Pairs of federations: so many that the success is known to within a tenth. */
const PAIRS = 24;

/** Rounds of each. */
const ROUNDS = 30;

/** Local steps between merges, at most: a room that merges rarely is replayed faster than it is. */
const MAX_STEPS = 60;

const HEIGHT = 190;
const LEFT = 46;
const TOP = 10;
const BOTTOM = 24;
const END_LABELS = 96;

/** Lowest accuracy of the chart: a coin gets half of the map right. */
const LOWEST = 0.4;

/** The figure "With and without me". */
@customElement('with-and-without')
export class WithAndWithout extends LitElement {
  static override styles = [
    controlsStyles,
    chartStyles,
    css`
      :host {
        display: grid;
        gap: 12px;
        border-top: 1px solid var(--hairline);
        padding-top: 14px;
        font-size: var(--text-s);
        line-height: 1.5;
      }
      h3 {
        font-size: var(--text-s);
        line-height: 20px;
        font-weight: 600;
      }
      p {
        max-width: 68ch;
        color: var(--ink-2);
      }
      .chart {
        height: 190px;
        contain: strict;
      }
      svg {
        height: 100%;
        overflow: visible;
      }
      text.end {
        font-weight: 600;
        fill: var(--ink);
      }
      .with {
        --band: var(--peer-1);
      }
      .without {
        --band: var(--ink-3);
      }
      .band {
        fill: color-mix(in srgb, var(--band) 20%, transparent);
      }
      .line {
        stroke: var(--band);
      }
      .without .line {
        stroke-dasharray: 5 4;
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** The noise to play with, which may be one that is only being looked at. */
  @property({ attribute: false }) noise: NoiseChoice | undefined;

  @state() private influence: Influence | undefined;
  /** What was played, in words; of another noise than now once the slider has moved. */
  @state() private played = '';
  @state() private widthPx = 0;
  private worker: Worker | undefined;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.stop();
  }

  override render(): TemplateResult | typeof nothing {
    if (this.view?.learning === undefined) return nothing;
    const { influence } = this;
    const isPlaying = this.worker !== undefined;
    return html`
      <div class="row">
        <h3>With and without me</h3>
        <button class="button push" @click=${isPlaying ? this.stop : this.play}>
          ${isPlaying ? 'Stop' : influence ? 'Replay' : 'Replay it here'}
        </button>
      </div>
      <p role="status">${this.words(influence, isPlaying)}</p>
      ${influence ? html`<div class="chart">${this.renderChart(influence)}</div>` : nothing}
    `;
  }

  private words(influence: Influence | undefined, isPlaying: boolean): string {
    if (influence === undefined) {
      return 'Plays thirty rounds in this tab, with your readings in them and without, again and again, to see whether the merged model gives you away. The others’ readings are made up.';
    }
    if (isPlaying) return `${counted(influence.pairs, 'pair')} of ${PAIRS} played.`;
    const [inside, outside] = [influence.with.at(-1)!.mean, influence.without.at(-1)!.mean];
    const success =
      influence.success === undefined
        ? ''
        : ` Shown one final model of each kind, an observer names yours in ${Math.round(100 * influence.success)} of 100 cases; guessing gives 50.`;
    return `${this.played}: the federation gets ${percent(inside)} of the map right with you, ${percent(outside)} without.${success}`;
  }

  private renderChart({ with: inside, without }: Influence): TemplateResult {
    const width = Math.max(200, this.widthPx);
    const right = width - END_LABELS;
    const x = (round: number): number => LEFT + ((right - LEFT) * round) / (ROUNDS - 1);
    const y = (accuracy: number): number => {
      const share = (Math.min(1, Math.max(LOWEST, accuracy)) - LOWEST) / (1 - LOWEST);
      return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    };
    const curve = (band: readonly BandPoint[], side: number): string[] =>
      band.map(
        ({ mean, spread }, round) => `${x(round).toFixed(1)} ${y(mean + side * spread).toFixed(1)}`,
      );
    const drawn = (band: readonly BandPoint[], name: string, place: number): TemplateResult => {
      const upper = curve(band, 1);
      const lower = curve(band, -1).reverse();
      const mean = band.at(-1)!.mean;
      return svg`<g class=${name}>
        <path class="band" d=${`M${[...upper, ...lower].join('L')}Z`}></path>
        <path class="line" d=${`M${curve(band, 0).join('L')}`}></path>
        <text class="end" x=${right + 16} y=${place}>${name === 'with' ? 'with' : 'without'} ${(100 * mean).toFixed(1)}</text>
      </g>`;
    };
    const ends = [y(inside.at(-1)!.mean), y(without.at(-1)!.mean)] as const;
    const gap = Math.max(0, 15 - Math.abs(ends[0] - ends[1])) / 2;
    const sign = ends[0] <= ends[1] ? 1 : -1;
    const label = `Accuracy of the federation after ${ROUNDS} rounds: ${percentLabel(inside.at(-1)!.mean)} with you, ${percentLabel(without.at(-1)!.mean)} without`;
    return html`<svg role="img" aria-label=${label}>
      ${[0.4, 0.6, 0.8, 1].map(
        (accuracy) =>
          svg`<line class="guide" x1=${LEFT} x2=${right} y1=${y(accuracy)} y2=${y(accuracy)}></line
            ><text x=${LEFT - 8} y=${y(accuracy) + 4} text-anchor="end">${100 * accuracy}${accuracy === 1 ? '\u2009%' : ''}</text>`,
      )}
      ${[1, 10, 20, 30].map(
        (round) =>
          svg`<text x=${x(round - 1)} y=${HEIGHT - 6} text-anchor="middle">${round}</text>`,
      )}
      <text x=${right + 16} y=${HEIGHT - 6}>rounds</text>
      ${drawn(without, 'without', ends[1] + 4 + sign * gap)}
      ${drawn(inside, 'with', ends[0] + 4 - sign * gap)}
    </svg>`;
  }

  private readonly play = (): void => {
    const options = optionsOf(this.view!, this.noise);
    this.influence = undefined;
    this.played = capitalised(noiseWords(this.noise));
    const worker = new Worker(new URL('./influence-worker.ts', import.meta.url), {
      type: 'module',
      name: 'with and without',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<Influence>) => {
      this.influence = data;
      if (data.pairs === PAIRS) this.stop();
    });
    const request: InfluenceRequest = { options, pairs: PAIRS };
    worker.postMessage(request);
    this.worker = worker;
    this.requestUpdate();
  };

  private readonly stop = (): void => {
    this.worker?.terminate();
    this.worker = undefined;
    this.requestUpdate();
  };
}

/** What the room does, as far as this tab knows. */
function optionsOf(view: SessionView, noise: NoiseChoice | undefined): InfluenceOptions {
  const [, pattern, hidden] = view.room.task.split(':');
  const others = Math.max(2, view.peers.filter(({ link }) => link === 'linked').length);
  return {
    task: {
      pattern: pattern as Pattern,
      hidden: hidden!.split('-').map(Number),
      modelSeed: view.room.name,
    },
    mine: view.learning!.readings,
    others,
    rounds: ROUNDS,
    stepsBetween: Math.min(MAX_STEPS, view.merging.everySteps),
    noise: noise && settingOf(noise, view.privacy.dimension, others),
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'with-and-without': WithAndWithout;
  }
}
