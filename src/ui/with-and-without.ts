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
import type { BandPoint, Influence } from '../simulation/influence.ts';
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
import { PAIRS } from './influence-player.ts';
import type { Replayed } from './influence-player.ts';
import { ROUNDS_AHEAD as ROUNDS } from './noise-promise.ts';
import { noiseWords } from './privacy-words.ts';
import { capitalised, counted, percent, percentLabel } from './words.ts';

/** Height of the chart, and room for the names beside it, CSS px. */
const HEIGHT = 190;
const NAMES_PX = 96;

/** Rounds that are named below it. */
const NAMED_ROUNDS = [1, 10, 20, 30];

/**
 * The figure "With and without me".
 *
 * @fires with-and-without-replay - A replay is wished for, or its end.
 */
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
        /* As high as the words of a finished replay: the chart stays where it is. */
        min-height: 4.5em;
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

  /** What was replayed; undefined before the first pair. */
  @property({ attribute: false }) replayed: Replayed | undefined;
  @property({ type: Boolean }) isPlaying = false;
  @state() private widthPx = 0;

  constructor() {
    super();
    new CanvasSizeController(this, (widthPx) => {
      this.widthPx = widthPx;
    });
  }

  override render(): TemplateResult {
    const { replayed, isPlaying } = this;
    return html`
      <div class="row">
        <h3>With and without me</h3>
        <button class="button push" @click=${() => this.dispatchEvent(new ReplayEvent(!isPlaying))}>
          ${isPlaying ? 'Stop' : replayed ? 'Replay' : 'Replay it here'}
        </button>
      </div>
      <p role="status">${replayed ? wordsOf(replayed, isPlaying) : BEFORE}</p>
      ${replayed ? html`<div class="chart">${this.renderChart(replayed.influence)}</div>` : nothing}
    `;
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
}

const BEFORE =
  'Plays thirty rounds in this tab, with your readings in them and without, again and again, to see whether the merged model gives you away, and, seen only in a demonstration, how much of the map it gets right. The others’ readings are made up.';

/** What came of it so far; while it plays, only what is sure. */
function wordsOf({ influence, noise }: Replayed, isPlaying: boolean): string {
  const played = capitalised(noiseWords(noise));
  if (isPlaying) return `${played}: ${counted(influence.pairs, 'pair')} of ${PAIRS} played.`;
  const [inside, outside] = [influence.with.at(-1)!.mean, influence.without.at(-1)!.mean];
  const success =
    influence.success === undefined
      ? ''
      : ` Shown one final model of each kind, an observer names yours in ${Math.round(100 * influence.success)} of 100 cases; guessing gives 50.`;
  return `${played}, in ${counted(influence.pairs, 'pair')} of replays here: the federation gets ${percent(inside)} of the map right with you, ${percent(outside)} without (demo only).${success}`;
}

/** A wish to replay, or to stop it. */
export class ReplayEvent extends Event {
  static readonly type = 'with-and-without-replay';
  readonly plays: boolean;

  constructor(plays: boolean) {
    super(ReplayEvent.type);
    this.plays = plays;
  }
}

declare global {
  interface HTMLElementEventMap {
    'with-and-without-replay': ReplayEvent;
  }
  interface HTMLElementTagNameMap {
    'with-and-without': WithAndWithout;
  }
}
