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
import { counted, percent, percentLabel } from '../words.ts';
import './curves-chart.ts';
import type { Curve, Point } from './curves-chart.ts';
import { figureStyles } from './figure-styles.ts';
import { TickController } from './ticking.ts';
import { outliersCaption } from './together-words.ts';

const USERS = 16;
const OUTLIERS = 6;
const READINGS_EACH = 8;

/** Local steps from one merge to the next, merges of a run, and the beat, ms. */
const STEPS_BETWEEN = 20;
const MERGES = 10;
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
      .cell span {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .cell.out heat-map {
        opacity: 0.28;
        filter: grayscale(1);
      }
      .cell.out span {
        text-decoration: line-through;
      }
      .below {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 300px;
        gap: 32px;
        margin-top: 28px;
      }
      h3 {
        margin-bottom: 8px;
        font-size: var(--text-s);
        font-weight: 600;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 7px 0;
        border-top: 1px solid var(--hairline);
        font-weight: 400;
        text-align: left;
      }
      td {
        font-weight: 550;
        text-align: right;
      }
      @media (max-width: 760px) {
        .below {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];

  @state() private leftOut: ReadonlySet<number> = new Set();
  @state() private run!: LearningRun;
  private runs: readonly Drawn[] = [];
  private readonly beat = new TickController(
    this,
    () => this,
    () => this.tick(),
    BEAT_MS,
  );

  constructor() {
    super();
    this.start(new Set());
  }

  override render(): TemplateResult {
    const { run, leftOut } = this;
    const last = run.merges.at(-1);
    const truths = { outliers: run.ownAccuracyOf(OUTLYING), others: run.ownAccuracyOf(OTHERS) };
    return html`<figure aria-label="Outliers">
      <div class="bar">
        <button class="button" @click=${() => this.start(new Set(OUTLYING))}>
          Leave the six out
        </button>
        <button class="button" @click=${() => this.start(new Set())}>Let everybody in</button>
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
      <div class="maps">${run.surfaces.map((surface, user) => this.renderUser(surface, user))}</div>
      <div class="below">
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
          <table aria-labelledby="truth">
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

  private renderUser(surface: Float32Array, user: number) {
    const isOut = this.leftOut.has(user);
    const share = this.run.samples.at(-1)!.users[user]!;
    const kind = user < OUTLIERS ? 'cold everywhere' : `user ${user + 1}`;
    return html`<button
      class="cell ${isOut ? 'out' : ''}"
      aria-pressed=${String(isOut)}
      aria-label="User ${user + 1}${user < OUTLIERS ? ', reports cold everywhere' : ''}: leave out"
      @click=${() => {
        const next = new Set(this.leftOut);
        if (!next.delete(user)) next.add(user);
        // Somebody has to be left.
        if (next.size < USERS) this.start(next);
      }}
    >
      <heat-map
        .surface=${surface}
        .readings=${this.run.readings[user]!}
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
        look: at === last ? 'strong' : 'quiet',
        label: `${outliers} cold${further > 0 ? `, ${further} out` : ''}  ${(100 * (points.at(-1)?.[1] ?? 0)).toFixed(1)}`,
      };
    });
  }

  private outliersIn(leftOut: ReadonlySet<number>): number {
    return OUTLYING.filter((user) => !leftOut.has(user)).length;
  }

  private start(leftOut: ReadonlySet<number>): void {
    this.leftOut = leftOut;
    this.run = new LearningRun({
      task: { pattern: 'diagonal', hidden: [8], modelSeed: 'story' },
      users: USERS,
      readingsEach: READINGS_EACH,
      outliers: OUTLIERS,
      leftOut,
      seed: 'outliers',
    });
    this.runs = [...this.runs, { leftOut, points: [] }].slice(-MOST_RUNS);
    this.beat.play(true);
  }

  private tick(): void {
    this.run.advance(STEPS_BETWEEN);
    this.run.merge();
    const { step, after } = this.run.merges.at(-1)!;
    this.runs.at(-1)!.points.push([step, after]);
    if (this.run.merges.length >= MERGES) this.beat.play(false);
    this.requestUpdate();
  }
}

const OUTLYING: readonly number[] = Array.from({ length: OUTLIERS }, (_, user) => user);
const OTHERS: readonly number[] = Array.from(
  { length: USERS - OUTLIERS },
  (_, at) => at + OUTLIERS,
);

declare global {
  interface HTMLElementTagNameMap {
    'outliers-figure': OutliersFigure;
  }
}
