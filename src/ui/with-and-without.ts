/**
 * With and without me: the room's rounds replayed in this tab, with this peer in them and without, as two
 * bands; and how often somebody who sees only the final model can tell which it was.
 *
 * The readings of the others are made up, since nobody here knows them.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { SVGTemplateResult, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { settingOf } from '../peer/noise-parameters.ts';
import type { NoiseChoice, SessionView } from '../peer/view.ts';
import type { BandPoint, Influence, InfluenceOptions } from '../simulation/influence.ts';
import type { Pattern } from '../task/patterns.ts';
import { CanvasSizeController } from './canvas-size.ts';
import {
  ACCURACY_GUIDES,
  across,
  areaOf,
  endNames,
  figuresBelow,
  guides,
  pathOf,
  plotIn,
  upwards,
  type Point,
} from './chart-frame.ts';
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

/** Height of the chart, and room for the names beside it, CSS px. */
const HEIGHT = 190;
const NAMES_PX = 96;

/** Rounds that are named below it. */
const NAMED_ROUNDS = [1, 10, 20, 30];

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
      .with {
        --band: var(--peer-1);
      }
      .without {
        --band: var(--ink-3);
      }
      .with .line {
        stroke: var(--band);
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
    const plot = plotIn(Math.max(200, this.widthPx), NAMES_PX, { heightPx: HEIGHT });
    const x = across(plot, 1, ROUNDS);
    const y = upwards(plot, ACCURACY_GUIDES[0], 1);
    const line = (band: readonly BandPoint[], side: number): readonly Point[] =>
      band.map(({ mean, spread }, at) => [at + 1, mean + side * spread]);
    const drawn = (band: readonly BandPoint[], name: 'with' | 'without'): SVGTemplateResult =>
      svg`<g class=${name}>
        <path class="band" d=${areaOf(line(band, 1), line(band, -1), x, y)}></path>
        <path class="line ${name === 'with' ? '' : 'dashed'}" d=${pathOf(line(band, 0), x, y)}></path>
      </g>`;
    const [mine, others] = [inside.at(-1)!.mean, without.at(-1)!.mean];
    const label = `Accuracy of the federation after ${ROUNDS} rounds: ${percentLabel(mine)} with you, ${percentLabel(others)} without`;
    return html`<svg role="img" aria-label=${label}>
      ${guides(plot, y, ACCURACY_GUIDES)} ${figuresBelow(plot, x, NAMED_ROUNDS, 'rounds')}
      ${drawn(without, 'without')} ${drawn(inside, 'with')}
      ${endNames(plot, [
        { text: `with ${(100 * mine).toFixed(1)}`, y: y(mine) },
        { text: `without ${(100 * others).toFixed(1)}`, y: y(others), look: 'quiet' },
      ])}
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
