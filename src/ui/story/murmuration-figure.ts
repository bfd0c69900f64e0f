/**
 * The murmuration: twelve small maps that learn apart and come together, again and again.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LearningRun, type RunOptions } from '../../simulation/learning-run.ts';
import { controlsStyles } from '../controls-styles.ts';
import '../heat-map.ts';
import { icon } from '../icons.ts';
import { capitalised, countWord, percent, percentLabel } from '../words.ts';
import { figureStyles } from './figure-styles.ts';
import { TickController } from './ticking.ts';

const OPTIONS: RunOptions = {
  task: { pattern: 'diagonal', hidden: [8], modelSeed: 'hero' },
  users: 12,
  readingsEach: 3,
  seed: 'murmuration',
};

/** Local steps at a beat, the beat, ms, and beats from one merge to the next. */
const STEPS = 2;
const BEAT_MS = 140;
const BEATS_TO_MERGE = 24;

/** Merges until it starts from nothing again. */
const MERGES = 6;

/** The figure. */
@customElement('murmuration-figure')
export class MurmurationFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      figure {
        padding-top: 0;
        border: 0;
      }
      .maps {
        grid-template-columns: repeat(6, minmax(0, 1fr));
      }
      .foot {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: start;
        gap: 16px;
        margin-top: 14px;
      }
      figcaption {
        display: grid;
        align-content: center;
        min-height: max(2.9em, var(--control));
        margin: 0;
      }
      @media (max-width: 640px) {
        .maps {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
    `,
  ];

  /** Undefined for a moment: the first look of the page comes first. */
  @state() private run: LearningRun | undefined;
  private beats = 0;
  private readonly beat = new TickController(
    this,
    () => this,
    () => this.tick(),
    BEAT_MS,
  );

  constructor() {
    super();
    // One thing after the other, so that nothing else has to wait long.
    setTimeout(() => {
      this.run = new LearningRun(OPTIONS);
      setTimeout(() => {
        this.run!.advance(BEATS_TO_MERGE);
        this.requestUpdate();
      });
    });
    this.beat.play(!matchMedia('(prefers-reduced-motion: reduce)').matches);
  }

  override render(): TemplateResult {
    const { run, beat } = this;
    const shares = run?.samples.at(-1)!.users;
    return html`<figure aria-label="The murmuration">
      <div class="maps">
        ${Array.from(
          { length: OPTIONS.users },
          (_, user) =>
            html`<heat-map
              .surface=${run?.surfaces[user]}
              .readings=${run?.readings[user] ?? []}
              .fadeKey=${run?.merges.length}
              label="Map ${user + 1}, ${shares ? `${percentLabel(shares[user]!)} right` : 'empty'}"
            ></heat-map>`,
        )}
      </div>
      <div class="foot">
        <button
          class="button icon"
          aria-label=${beat.isPlaying ? 'Pause' : 'Play'}
          @click=${() => beat.play(!beat.isPlaying)}
        >
          ${icon(beat.isPlaying ? 'pause' : 'play', 15)}
        </button>
        <figcaption>${this.caption}</figcaption>
      </div>
    </figure>`;
  }

  private get caption(): string {
    const { merges, samples } = this.run ?? { merges: [], samples: [] };
    const last = merges.at(-1);
    if (!last)
      return `Twelve people, three readings each. Alone, their maps are right about ${percent(samples.at(-1)?.mean ?? 0.5)} of the field.`;
    return `${capitalised(countWord(merges.length))} ${merges.length === 1 ? 'time' : 'times'} the twelve came together. The last time, maps that were right about ${percent(last.before)} became one that is right about ${percent(last.after)}. No reading left anybody.`;
  }

  private tick(): void {
    if (!this.run) return;
    this.beats += 1;
    if (this.beats % BEATS_TO_MERGE !== 0) this.run.advance(STEPS);
    else if (this.run.merges.length < MERGES) this.run.merge();
    else this.run = new LearningRun(OPTIONS);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'murmuration-figure': MurmurationFigure;
  }
}
