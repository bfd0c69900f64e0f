/**
 * Readings: what each of sixteen has, all of it in one place, and what can be learned from the one and the other.
 *
 * @module
 */
import { css, html, LitElement, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { PooledRun } from '../../simulation/pooled-run.ts';
import { controlsStyles } from '../controls-styles.ts';
import '../heat-map.ts';
import { icon } from '../icons.ts';
import { capitalised, counted, countWord, percent, percentLabel } from '../words.ts';
import { figureStyles } from './figure-styles.ts';
import { TickController } from './ticking.ts';

const USERS = 16;
const COUNTS = [1, 2, 3, 4, 8] as const;

/** Steps at a beat, the beat, ms, and steps in all. */
const STEPS = 12;
const BEAT_MS = 120;
const MOST_STEPS = 300;

/** The figure. */
@customElement('readings-figure')
export class ReadingsFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      /* Both sides end at about the same height. */
      .two {
        --left: 12fr;
        --right: 13fr;
      }
      .maps {
        grid-template-columns: repeat(4, minmax(0, 1fr));
      }
      .pool {
        position: relative;
      }
      .pool svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        overflow: visible;
        pointer-events: none;
      }
      .pool ellipse {
        fill: none;
        stroke: var(--focus);
        stroke-width: 2.5;
        vector-effect: non-scaling-stroke;
      }
    `,
  ];

  @state() private readingsEach: number = COUNTS[2];
  @state() private leftOut: ReadonlySet<number> = new Set();
  @state() private pointed: number | undefined;
  private seed = 1;
  private run = this.fresh();
  private readonly beat = new TickController(
    this,
    () => this,
    () => {
      this.run.advance(STEPS);
      if (this.run.steps >= MOST_STEPS) this.beat.play(false);
      this.requestUpdate();
    },
    BEAT_MS,
  );

  override render(): TemplateResult {
    const { run, beat } = this;
    const hasLearned = run.steps > 0;
    const isOver = run.steps >= MOST_STEPS;
    const caption = this.caption;
    return html`<figure aria-label="Readings, apart and pooled">
      <div class="bar">
        <div class="group">
          <button class="button" ?disabled=${isOver} @click=${() => beat.play(!beat.isPlaying)}>
            ${icon(beat.isPlaying ? 'pause' : 'play', 15)}${beat.isPlaying ? 'Pause' : 'Let them learn'}
          </button>
          <button class="button" ?disabled=${!hasLearned} @click=${() => this.restart()}>
            Only readings
          </button>
        </div>
        <div class="count">
          <span class="quiet" id="each">Readings each</span>
          <div class="group" role="group" aria-labelledby="each">
            ${COUNTS.map(
              (count) =>
                html`<button
                  class="button"
                  aria-pressed=${String(this.readingsEach === count)}
                  @click=${() => {
                    this.readingsEach = count;
                    this.restart(beat.isPlaying || hasLearned);
                  }}
                >
                  ${count}
                </button>`,
            )}
          </div>
        </div>
        <button
          class="button bare"
          @click=${() => {
            this.seed += 1;
            this.restart(beat.isPlaying || hasLearned);
          }}
        >
          Other readings
        </button>
        <span class="quiet">${counted(run.steps, 'step')}</span>
      </div>
      <div class="two">
        <div>
          <h3>Each alone <span>${hasLearned ? percent(this.mean) : nothing}</span></h3>
          <div class="maps">
            ${run.readings.map((_, user) => this.renderUser(user, hasLearned))}
          </div>
        </div>
        <div>
          <h3>
            All in one place <span>${hasLearned ? percent(run.pooled.accuracy) : nothing}</span>
          </h3>
          <div class="pool">
            <heat-map
              .surface=${hasLearned ? run.pooled.surface : undefined}
              .readings=${run.pool}
              label=${`${caption} ${counted(run.pool.length, 'reading')} on one map.`}
            ></heat-map>
            ${this.renderPointed()}
          </div>
        </div>
      </div>
      <figcaption>${caption}</figcaption>
    </figure>`;
  }

  private renderUser(user: number, hasLearned: boolean) {
    const { run, leftOut } = this;
    const { surface, accuracy } = run.locals[user]!;
    const isOut = leftOut.has(user);
    const right = hasLearned ? `, ${percentLabel(accuracy)} right` : '';
    const readings = counted(run.readings[user]!.length, 'reading');
    return html`<button
      class="cell ${isOut ? 'out' : ''} ${this.pointed === user ? 'lit' : ''}"
      aria-pressed=${String(isOut)}
      aria-label="User ${user + 1}: keep out of the pool"
      @pointerenter=${() => (this.pointed = user)}
      @pointerleave=${() => (this.pointed = undefined)}
      @focus=${() => (this.pointed = user)}
      @blur=${() => (this.pointed = undefined)}
      @click=${() => {
        const next = new Set(leftOut);
        if (!next.delete(user)) next.add(user);
        // Somebody has to be left.
        if (next.size === USERS) return;
        this.leftOut = next;
        this.restart(this.beat.isPlaying || hasLearned);
      }}
    >
      <heat-map
        .surface=${hasLearned ? surface : undefined}
        .readings=${run.readings[user]!}
        label="User ${user + 1}: ${readings}${right}"
      ></heat-map>
      <span aria-hidden="true"
        ><i>${isOut ? 'kept out' : user + 1}</i
        >${hasLearned ? Math.round(accuracy * 100) : nothing}</span
      >
    </button>`;
  }

  /** Rings around the readings of the user that is pointed at. */
  private renderPointed() {
    const { pointed, leftOut, run } = this;
    if (pointed === undefined || leftOut.has(pointed)) return nothing;
    return html`<svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
      ${run.readings[pointed]!.map(
        ({ x, y }) => svg`<ellipse cx=${100 * x} cy=${100 * (1 - y)} rx="3.6" ry="3.6"></ellipse>`,
      )}
    </svg>`;
  }

  private get mean(): number {
    const { locals } = this.run;
    return locals.reduce((sum, { accuracy }) => sum + accuracy, 0) / locals.length;
  }

  private get caption(): string {
    const { run, leftOut } = this;
    const kept =
      leftOut.size === 0
        ? ''
        : ` ${capitalised(countWord(leftOut.size))} ${leftOut.size === 1 ? 'keeps' : 'keep'} theirs out of the pool.`;
    const hint = 'Point at a map to find its readings in the pool, press it to keep them out.';
    const each = counted(this.readingsEach, 'reading');
    if (run.steps === 0)
      return `Sixteen people with ${each} each, from their own corner of the field. Nobody’s say where hot begins; ${counted(run.pool.length, 'reading')} in one place nearly draw it.${kept} ${hint}`;
    const shares = run.locals.map(({ accuracy }) => accuracy);
    const gap = 100 * (run.pooled.accuracy - this.mean);
    const told =
      gap > 1
        ? `${gap.toFixed(1)} points more. That is what is to be gained; the question is how to gain it without handing any reading over.`
        : 'no more. With so few in the pool there is nothing to gain.';
    return `Alone, with ${each}, the sixteen come to ${percent(this.mean)} of the true map on average, from ${percent(Math.min(...shares))} to ${percent(Math.max(...shares))}. One map that learns from ${counted(run.pool.length, 'reading')} comes to ${percent(run.pooled.accuracy)}: ${told}${kept}`;
  }

  private restart(learns = false): void {
    this.run = this.fresh();
    this.beat.play(learns);
  }

  private fresh(): PooledRun {
    return new PooledRun({
      task: { pattern: 'diagonal', hidden: [8], modelSeed: 'story' },
      users: USERS,
      readingsEach: this.readingsEach,
      leftOut: this.leftOut,
      seed: `readings ${this.seed}`,
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'readings-figure': ReadingsFigure;
  }
}
