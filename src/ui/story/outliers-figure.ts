/**
 * Outliers: six of sixteen thermometers say cold everywhere; anybody can be left out of the merges or let in.
 *
 * What is plotted is the merged model. A run takes a few ms a merge, so it plays one merge a beat.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LearningRun } from '../../simulation/learning-run.ts';
import { controlsStyles } from '../controls-styles.ts';
import '../heat-map.ts';
import type { Point } from '../chart-frame.ts';
import { breath } from '../slices.ts';
import { counted, percent, percentLabel } from '../words.ts';
import './curves-chart.ts';
import type { Curve } from './curves-chart.ts';
import { figureStyles } from './figure-styles.ts';
import {
  MERGES,
  OTHERS,
  OUTLIERS,
  OUTLYING,
  runWithout,
  STEPS_BETWEEN,
  USERS,
} from './outliers-run.ts';
import { TickController } from './ticking.ts';
import { outliersCaption } from './together-words.ts';

/** From one merge to the next, ms. */
const BEAT_MS = 160;

/** Runs that stay on the chart. */
const MOST_RUNS = 8;

/** A run that is over, or the one that plays. */
interface Drawn {
  readonly leftOut: ReadonlySet<number>;
  readonly points: Point[];
}

/** The figure. */
@customElement('outliers-figure')
export class OutliersFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      .below {
        --right: 300px;
      }
    `,
  ];

  @state() private leftOut: ReadonlySet<number> = new Set();
  /** Undefined for a moment: the first look of the page comes first. */
  @state() private run: LearningRun | undefined;
  private runs: readonly Drawn[] = [];
  private readonly beat = new TickController(
    this,
    () => this,
    () => void this.tick(),
    BEAT_MS,
  );

  constructor() {
    super();
    void this.start(new Set());
  }

  override render(): TemplateResult {
    const { run, leftOut } = this;
    if (!run)
      return html`<figure aria-label="Outliers">
        <figcaption>The sixteen begin.</figcaption>
      </figure>`;
    const last = run.merges.at(-1);
    const truths = { outliers: run.ownAccuracyOf(OUTLYING), others: run.ownAccuracyOf(OTHERS) };
    return html`<figure aria-label="Outliers">
      <div class="bar">
        <button class="button" @click=${() => void this.start(new Set(OUTLYING))}>
          Leave the six out
        </button>
        <button class="button" @click=${() => void this.start(new Set())}>Let everybody in</button>
        <button
          class="button bare"
          ?disabled=${this.runs.length < 2}
          @click=${() => {
            this.runs = this.runs.slice(-1);
            this.requestUpdate();
          }}
        >
          Clear earlier runs
        </button>
      </div>
      <div class="maps">${run.surfaces.map((_, user) => this.renderUser(run, user))}</div>
      <div class="two below">
        <div>
          <h3>The merged model: accuracy on the true map</h3>
          <curves-chart
            .curves=${this.curves}
            .rings=${this.runs.at(-1)!.points}
            .reach=${MERGES * STEPS_BETWEEN}
            .names=${112}
            label=${`${outliersCaption(run, this.outliersIn(leftOut), truths)} ${counted(this.runs.length, 'run')} drawn.`}
          ></curves-chart>
        </div>
        <div>
          <h3 id="truth">Whose truth? The merged model on</h3>
          <table class="facts" aria-labelledby="truth">
            <tbody>
              <tr>
                <th scope="row">the true map, which nobody has</th>
                <td>${last ? percent(last.after) : '–'}</td>
              </tr>
              <tr>
                <th scope="row">own readings of the ten</th>
                <td>${last ? percent(truths.others) : '–'}</td>
              </tr>
              <tr>
                <th scope="row">own readings of the six</th>
                <td>${last ? percent(truths.outliers) : '–'}</td>
              </tr>
            </tbody>
          </table>
        </div>
      </div>
      <figcaption>${outliersCaption(run, this.outliersIn(leftOut), truths)}</figcaption>
    </figure>`;
  }

  private renderUser({ surfaces, readings, samples }: LearningRun, user: number) {
    const isOut = this.leftOut.has(user);
    const share = samples.at(-1)!.users[user]!;
    const kind = user < OUTLIERS ? 'all cold' : `user ${user + 1}`;
    return html`<button
      class="cell ${isOut ? 'out' : ''}"
      aria-pressed=${String(isOut)}
      aria-label="User ${user + 1}${user < OUTLIERS ? ', reports cold everywhere' : ''}: leave out"
      @click=${() => {
        const next = new Set(this.leftOut);
        if (!next.delete(user)) next.add(user);
        // Somebody has to be left.
        if (next.size < USERS) void this.start(next);
      }}
    >
      <heat-map
        .surface=${surfaces[user]}
        .readings=${readings[user]!}
        label="Map ${user + 1}, ${percentLabel(share)} right"
      ></heat-map>
      <span aria-hidden="true">${isOut ? 'left out' : kind}</span>
    </button>`;
  }

  private get curves(): readonly Curve[] {
    const last = this.runs.length - 1;
    return this.runs.map(({ leftOut, points }, at) => {
      const outliers = this.outliersIn(leftOut);
      const further = leftOut.size - (OUTLIERS - outliers);
      return {
        id: at,
        points,
        look: at === last ? 'strong' : 'earlier',
        label: `${outliers} cold${further > 0 ? `, ${further} out` : ''}  ${(100 * (points.at(-1)?.[1] ?? 0)).toFixed(1)}`,
      };
    });
  }

  private outliersIn(leftOut: ReadonlySet<number>): number {
    return OUTLYING.filter((user) => !leftOut.has(user)).length;
  }

  /** Begins a run, unless another one is asked for at once. */
  private async start(leftOut: ReadonlySet<number>): Promise<void> {
    this.leftOut = leftOut;
    await breath();
    const run = new LearningRun(runWithout(leftOut));
    await breath();
    if (leftOut !== this.leftOut) return;
    this.run = run;
    this.runs = [...this.runs, { leftOut, points: [] }].slice(-MOST_RUNS);
    this.beat.play(true);
  }

  /** One merge, in two tasks of the page, unless another run begins in between. */
  private async tick(): Promise<void> {
    const { run } = this;
    if (!run) return;
    run.advance(STEPS_BETWEEN);
    await breath();
    if (run !== this.run) return;
    run.merge();
    const { step, after } = run.merges.at(-1)!;
    this.runs.at(-1)!.points.push([step, after]);
    if (run.merges.length >= MERGES) this.beat.play(false);
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'outliers-figure': OutliersFigure;
  }
}
