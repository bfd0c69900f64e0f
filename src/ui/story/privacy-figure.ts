/**
 * What the model itself tells: one user in it and not, as noise grows, and as readings are blurred.
 *
 * Federations are played in a worker, one level after the other; out of sight it stops, and plays the level that it
 * was at again.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Influence } from '../../simulation/influence.ts';
import type { Pattern } from '../../task/patterns.ts';
import { controlsStyles } from '../controls-styles.ts';
import { icon } from '../icons.ts';
import type { InfluenceRequest } from '../influence-worker.ts';
import { SightController } from '../sight.ts';
import './bands-chart.ts';
import type { BandLevel } from './bands-chart.ts';
import { figureStyles } from './figure-styles.ts';
import {
  keyOf,
  LEVELS,
  optionsOf,
  PLAYED,
  privacyCaption,
  type Found,
  type Hiding,
} from './privacy-levels.ts';

/** Pairs of federations at each level: an observer's success is known to within a tenth. */
const PAIRS = 20;

/** Maps to learn: an easy one, and one that takes more of the model. */
const MAPS: readonly { readonly pattern: Pattern; readonly name: string }[] = [
  { pattern: 'diagonal', name: 'Diagonal, easy' },
  { pattern: 'circle', name: 'Circle, harder' },
];

/** The figure. */
@customElement('privacy-figure')
export class PrivacyFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      h3 {
        margin-bottom: 0;
      }
      .two p {
        min-height: 2.9em;
        margin-bottom: 8px;
        color: var(--ink-2);
      }
      .key {
        display: inline-flex;
        gap: 18px;
        color: var(--ink-2);
      }
      .key span::before {
        content: '';
        display: inline-block;
        width: 22px;
        margin-right: 7px;
        border-top: 2px solid var(--peer-1);
        vertical-align: 4px;
      }
      .key span + span::before {
        border-top: 2px dashed var(--ink-2);
      }
    `,
  ];

  @state() private pattern: Pattern = 'diagonal';
  @state() private plays = !matchMedia('(prefers-reduced-motion: reduce)').matches;
  /** Of each map. */
  private readonly found = new Map<Pattern, Found>(MAPS.map(({ pattern }) => [pattern, new Map()]));
  private worker: Worker | undefined;
  private isInSight = false;

  constructor() {
    super();
    new SightController(
      this,
      () => this,
      (isInSight) => {
        this.isInSight = isInSight;
        this.settle();
      },
    );
  }

  override render(): TemplateResult {
    const found = this.found.get(this.pattern)!;
    const isDone = this.next === undefined;
    const caption = privacyCaption(found, this.plays, PAIRS);
    return html`<figure aria-label="What the model itself tells">
      <div class="bar">
        <button
          class="button"
          ?disabled=${isDone}
          @click=${() => {
            this.plays = !this.plays;
            this.settle();
          }}
        >
          ${icon(this.plays && !isDone ? 'pause' : 'play', 15)}${isDone ? 'All is played' : this.plays ? 'Pause' : 'Play'}
        </button>
        <div class="group" role="group" aria-label="The map to learn">
          ${MAPS.map(
            ({ pattern, name }) =>
              html`<button
                class="button"
                aria-pressed=${String(this.pattern === pattern)}
                @click=${() => {
                  this.pattern = pattern;
                  this.stop();
                  this.settle();
                }}
              >
                ${name}
              </button>`,
          )}
        </div>
        <div class="key"><span>with the one user</span><span>without</span></div>
      </div>
      <div class="two">
        <div>
          <h3>Noise in the sum</h3>
          <p>
            What a room does: updates are clipped, and each peer adds a share of noise before
            masking. Epsilon bounds what all ${optionsOf(PLAYED[0]!, this.pattern).rounds} rounds
            tell.
          </p>
          <bands-chart .levels=${this.levels('noise')} unit="noise" label=${caption}></bands-chart>
        </div>
        <div>
          <h3>Blurred readings</h3>
          <p>
            What the article calls differential privacy, and is not: places are pulled to random
            ones, labels stay true. No epsilon holds.
          </p>
          <bands-chart .levels=${this.levels('blur')} unit="blur %" label=${caption}></bands-chart>
        </div>
      </div>
      <figcaption role="status">${caption}</figcaption>
    </figure>`;
  }

  private levels(hiding: Hiding): readonly BandLevel[] {
    const found = this.found.get(this.pattern)!;
    return LEVELS[hiding].map((level) => ({
      name: level.name,
      note: level.epsilon,
      influence: found.get(keyOf(level)),
    }));
  }

  private get next() {
    const found = this.found.get(this.pattern)!;
    return PLAYED.find((level) => found.get(keyOf(level))?.pairs !== PAIRS);
  }

  /** Plays the next level, or stops. */
  private settle(): void {
    const { next, pattern } = this;
    if (!this.isInSight || !this.plays || next === undefined) {
      this.stop();
      return;
    }
    if (this.worker) return;
    const worker = new Worker(new URL('../influence-worker.ts', import.meta.url), {
      type: 'module',
      name: 'with and without, level by level',
    });
    worker.addEventListener('message', ({ data }: MessageEvent<Influence>) => {
      this.found.set(pattern, new Map(this.found.get(pattern)).set(keyOf(next), data));
      this.requestUpdate();
      if (data.pairs < PAIRS) return;
      this.stop();
      this.settle();
    });
    const request: InfluenceRequest = { options: optionsOf(next, pattern), pairs: PAIRS };
    worker.postMessage(request);
    this.worker = worker;
  }

  private stop(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'privacy-figure': PrivacyFigure;
  }
}
