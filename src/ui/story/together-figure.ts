/**
 * Apart and together: sixteen people with three readings each learn one map, merged by hand.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LearningRun, type RunOptions } from '../../simulation/learning-run.ts';
import { controlsStyles } from '../controls-styles.ts';
import '../heat-map.ts';
import { icon } from '../icons.ts';
import { breath } from '../slices.ts';
import { counted, percent, percentLabel } from '../words.ts';
import './curves-chart.ts';
import type { CurvePointedEvent } from './curves-chart.ts';
import { type Curve } from './curves-chart.ts';
import { figureStyles } from './figure-styles.ts';
import { TickController } from './ticking.ts';
import { togetherCaption } from './together-words.ts';

const USERS = 16;

/** Local steps at a beat, and the beat, ms. */
const STEPS = 2;
const BEAT_MS = 120;

/** Steps that it plays at most; then it pauses, since the curves would only get thinner. */
const MOST_STEPS = 400;

/** Steps done before anybody looks, so that there is something to merge. */
const FIRST_STEPS = 40;

/** The figure. `merge()` is for the button in the prose. */
@customElement('together-figure')
export class TogetherFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      .cell.lit span {
        color: var(--focus);
        font-weight: 600;
      }
      .below {
        --right: 236px;
      }
      .empty {
        display: grid;
        place-content: center;
        aspect-ratio: 1;
        padding: 20px;
        border: 1px dashed var(--hairline-strong);
        border-radius: var(--r-s);
        color: var(--ink-2);
        text-align: center;
      }
      @media (max-width: 760px) {
        .empty {
          aspect-ratio: auto;
        }
      }
    `,
  ];

  /** Undefined for a moment: the first look of the page comes first. */
  @state() private run: LearningRun | undefined;
  @state() private pointed: number | undefined;
  @state() private pinned: number | undefined;

  private seed = 1;
  private readonly beat: TickController;
  /** The first steps are still to be done: a few at a time, so that nothing else has to wait for them. */
  private isStarting = true;

  constructor() {
    super();
    this.beat = new TickController(this, () => this, this.tick, BEAT_MS);
    void this.begin();
  }

  override render(): TemplateResult {
    const { run, beat } = this;
    if (!run)
      return html`<figure aria-label="Apart and together">
        <figcaption>The sixteen begin.</figcaption>
      </figure>`;
    const lit = this.pointed ?? this.pinned;
    const { users } = run.samples.at(-1)!;
    const isAtEnd = run.steps >= MOST_STEPS;
    return html`<figure aria-label="Apart and together">
      <div class="bar">
        <button class="button primary" @click=${() => this.merge()}>Merge now</button>
        <div class="group">
          <button class="button" ?disabled=${isAtEnd} @click=${() => beat.play(!beat.isPlaying)}>
            ${icon(beat.isPlaying ? 'pause' : 'play', 15)}${beat.isPlaying ? 'Pause' : 'Play'}
          </button>
          <button
            class="button icon"
            aria-label="Two steps"
            ?disabled=${beat.isPlaying || isAtEnd}
            @click=${this.tick}
          >
            ${icon('step', 15)}
          </button>
          <button class="button icon" aria-label="Start again" @click=${() => this.restart()}>
            ${icon('reset', 15)}
          </button>
        </div>
        <button
          class="button bare"
          @click=${() => {
            this.seed += 1;
            this.restart();
          }}
        >
          Other readings
        </button>
        <span class="quiet"
          >${counted(run.steps, 'local step')}, ${counted(run.merges.length, 'merge')}</span
        >
      </div>
      <div class="maps">
        ${run.surfaces.map(
          (surface, user) =>
            html`<button
              class="cell ${lit === user ? 'lit' : ''}"
              aria-pressed=${String(this.pinned === user)}
              @pointerenter=${() => (this.pointed = user)}
              @pointerleave=${() => (this.pointed = undefined)}
              @focus=${() => (this.pointed = user)}
              @blur=${() => (this.pointed = undefined)}
              @click=${() => (this.pinned = this.pinned === user ? undefined : user)}
            >
              <heat-map
                .surface=${surface}
                .readings=${run.readings[user]!}
                .fadeKey=${run.merges.length}
                label="Map ${user + 1}, ${percentLabel(users[user]!)} right"
              ></heat-map>
              <span aria-hidden="true"><i>${user + 1}</i>${Math.round(users[user]! * 100)}</span>
            </button>`,
        )}
      </div>
      <div class="two below">
        <div>
          <h3>Accuracy on the whole field</h3>
          <curves-chart
            .curves=${curvesOf(run, lit)}
            .rings=${run.merges.map(({ step, after }) => [step, after] as const)}
            label=${`${togetherCaption(run)} Rings are merged maps.`}
            @curve-pointed=${({ curve }: CurvePointedEvent) => {
              this.pointed = typeof curve === 'number' ? curve : undefined;
            }}
          ></curves-chart>
        </div>
        <div>
          <h3>
            Latest merged map
            <span>${run.merges.length > 0 ? percent(run.merges.at(-1)!.after) : nothing}</span>
          </h3>
          ${
            run.merged
              ? html`<heat-map
                  .surface=${run.merged}
                  .fadeKey=${run.merges.length}
                  label="Merged map, ${percentLabel(run.merges.at(-1)!.after)} right"
                ></heat-map>`
              : html`<div class="empty">
                  Nothing is merged yet. It will be the one map that all of them have.
                </div>`
          }
        </div>
      </div>
      <figcaption>${togetherCaption(run)}</figcaption>
    </figure>`;
  }

  /** Merges all sixteen. */
  merge(): void {
    this.started().merge();
    this.requestUpdate();
  }

  /** One thing after the other, so that nothing else has to wait long. */
  private async begin(): Promise<void> {
    await breath();
    const run = this.run ?? new LearningRun(optionsOf(this.seed));
    await breath();
    this.run ??= run;
    await breath();
    while (this.isStarting && run === this.run) {
      this.firstSteps(run);
      await breath();
    }
  }

  private firstSteps(run: LearningRun): void {
    run.advance(FIRST_STEPS / 4);
    this.isStarting = run.steps < FIRST_STEPS;
    this.requestUpdate();
  }

  /** The run, with its first steps done: somebody could not wait. */
  private started(): LearningRun {
    const run = (this.run ??= new LearningRun(optionsOf(this.seed)));
    while (this.isStarting) this.firstSteps(run);
    return run;
  }

  private restart(): void {
    this.isStarting = false;
    this.run = new LearningRun(optionsOf(this.seed));
  }

  private readonly tick = (): void => {
    const run = this.started();
    run.advance(STEPS);
    if (run.steps >= MOST_STEPS) this.beat.play(false);
    this.requestUpdate();
  };
}

function optionsOf(seed: number): RunOptions {
  return {
    task: { pattern: 'diagonal', hidden: [8], modelSeed: 'story' },
    users: USERS,
    readingsEach: 3,
    seed: `together ${seed}`,
  };
}

/** A line for each map, the lit one named, and one for their mean. */
function curvesOf({ samples, readings }: LearningRun, lit: number | undefined): readonly Curve[] {
  const last = samples.at(-1)!;
  const users = readings.map((_, user): Curve => ({
    id: user,
    points: samples.map(({ step, users: shares }) => [step, shares[user]!]),
    look: lit === user ? 'lit' : 'quiet',
    label: lit === user ? `map ${user + 1}  ${asFigure(last.users[user]!)}` : undefined,
  }));
  const mean: Curve = {
    id: 'mean',
    points: samples.map((sample) => [sample.step, sample.mean]),
    look: 'strong',
    label: `mean  ${asFigure(last.mean)}`,
  };
  return [...users, mean];
}

function asFigure(share: number): string {
  return (share * 100).toFixed(1);
}

declare global {
  interface HTMLElementTagNameMap {
    'together-figure': TogetherFigure;
  }
}
