/**
 * How many rounds does gossip need? Hundreds of peers find the mean of their numbers, in lines and levels.
 *
 * The round is a real one, of simulated peers, played in a worker (`rounds-worker.ts`).
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { pairwiseErrors } from '../../simulation/pairwise-averaging.ts';
import type { WatchedMoment, WatchedRoom } from '../../simulation/watched-grid.ts';
import { controlsStyles } from '../controls-styles.ts';
import { heatGradient } from '../heat-gradient.ts';
import { icon } from '../icons.ts';
import './error-chart.ts';
import type { ErrorPoint } from './error-chart.ts';
import { figureStyles } from './figure-styles.ts';
import './line-rings.ts';
import type { RingDropEvent } from './line-rings.ts';
import type { RoundsReply, RoundsRequest } from './rounds-worker.ts';
import { asError, errorOf, knowingRows, roundsCaption } from './rounds-words.ts';
import { TickController } from './ticking.ts';

const COUNTS = [32, 64, 128, 256, 512] as const;

/** From one thing that somebody learns to the next, ms. */
const BEAT_MS = 600;

/** Turns of averaging in pairs that are worked out. */
const TURNS = 400;

/** One peer of so many vanishes at a press. */
const DROP_EVERY = 10;

/** The figure. */
@customElement('rounds-figure')
export class RoundsFigure extends LitElement {
  static override styles = [
    controlsStyles,
    figureStyles,
    css`
      .below {
        --right: 340px;
      }
      .scale {
        display: inline-flex;
        align-items: center;
        gap: 8px;
      }
      .scale i {
        width: 88px;
        height: 10px;
        border-radius: 2px;
        background: ${heatGradient};
      }
      tr.none {
        color: var(--ink-3);
      }
    `,
  ];

  @state() private room: WatchedRoom | undefined;
  @state() private moment: WatchedMoment | undefined;
  @state() private peers: number = COUNTS[2];
  private seed = 1;
  private points: readonly ErrorPoint[] = [];
  private pairs: readonly ErrorPoint[] = [];
  private worker: Worker | undefined;
  /** Replies that are still to come. */
  private awaited = 0;
  private readonly beat = new TickController(
    this,
    () => this,
    () => this.advance(),
    BEAT_MS,
  );

  override connectedCallback(): void {
    super.connectedCallback();
    this.worker = new Worker(new URL('./rounds-worker.ts', import.meta.url), {
      type: 'module',
      name: 'rounds',
    });
    this.worker.addEventListener('message', ({ data }: MessageEvent<RoundsReply>) => {
      this.hear(data);
    });
    this.restart();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.worker?.terminate();
    this.worker = undefined;
  }

  override render(): TemplateResult {
    const { room, moment, beat } = this;
    const isOver = moment?.isOver === true;
    const caption =
      room && moment
        ? roundsCaption(room, moment, this.pairsAt(moment.messageTimes))
        : 'Peers find their lines.';
    return html`<figure aria-label="How many rounds does gossip need?" aria-busy=${String(!moment)}>
      <div class="bar">
        <div class="group">
          <button class="button" ?disabled=${isOver} @click=${() => beat.play(!beat.isPlaying)}>
            ${icon(beat.isPlaying ? 'pause' : 'play', 15)}${beat.isPlaying ? 'Pause' : 'Play'}
          </button>
          <button
            class="button icon"
            aria-label="Until somebody knows more"
            ?disabled=${beat.isPlaying || isOver}
            @click=${() => this.advance()}
          >
            ${icon('step', 15)}
          </button>
          <button class="button icon" aria-label="Start again" @click=${() => this.restart()}>
            ${icon('reset', 15)}
          </button>
        </div>
        <div class="count">
          <span class="quiet" id="peers">Peers</span>
          <div class="group" role="group" aria-labelledby="peers">
            ${COUNTS.map(
              (count) =>
                html`<button
                  class="button"
                  aria-pressed=${String(this.peers === count)}
                  @click=${() => {
                    this.peers = count;
                    this.restart();
                  }}
                >
                  ${count}
                </button>`,
            )}
          </div>
        </div>
        <span class="quiet scale" role="img" aria-label="Colours: 0 is blue, 100 is orange"
          >0 <i></i> 100</span
        >
        <button class="button push" ?disabled=${isOver || !moment} @click=${this.dropSome}>
          Let one in ten vanish
        </button>
      </div>
      <line-rings
        .room=${room}
        .moment=${moment}
        label=${caption}
        @ring-drop=${({ place }: RingDropEvent) => this.ask({ type: 'drop', places: [place] })}
      ></line-rings>
      <div class="two below">
        <div>
          <h3>How far off a peer is, of 100, while messages pass</h3>
          <error-chart
            .lines=${this.points}
            .pairs=${this.pairs}
            label=${`${caption} The chart’s other line is averaging in pairs.`}
          ></error-chart>
        </div>
        <div>${room && moment ? this.renderTable(room, moment) : nothing}</div>
      </div>
      <figcaption>${caption}</figcaption>
    </figure>`;
  }

  private renderTable(room: WatchedRoom, moment: WatchedMoment) {
    return html`<table class="facts">
      <thead>
        <tr>
          <th scope="col">What peers know</th>
          <th scope="col">peers</th>
          <th scope="col">off by</th>
        </tr>
      </thead>
      <tbody>
        ${knowingRows(room, moment).map(
          ({ what, peers, error }) =>
            html`<tr class=${peers === 0 ? 'none' : ''}>
              <th scope="row">${what}</th>
              <td>${peers}</td>
              <td>${asError(error)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private pairsAt(messageTimes: number): number | undefined {
    return this.pairs[Math.floor(messageTimes)]?.[1];
  }

  private restart(): void {
    this.beat.play(false);
    this.ask({ type: 'room', peers: this.peers, seed: `rounds ${this.seed++}` });
  }

  private advance(): void {
    if (this.awaited === 0 && this.moment?.isOver === false) this.ask({ type: 'advance' });
  }

  private readonly dropSome = (): void => {
    const { moment } = this;
    if (!moment) return;
    const here = moment.isHere.flatMap((isHere, place) => (isHere ? [place] : []));
    const start = Math.floor(here.length / DROP_EVERY / 2);
    const places = here.filter((_, at) => at % DROP_EVERY === start % DROP_EVERY);
    this.ask({ type: 'drop', places });
  };

  private ask(request: RoundsRequest): void {
    this.awaited += 1;
    this.worker?.postMessage(request);
  }

  private hear({ room, moment }: RoundsReply): void {
    this.awaited -= 1;
    if (room) {
      this.room = room;
      this.points = [];
      const errors = pairwiseErrors(room.numbers, TURNS, 'figure');
      this.pairs = errors.map((error, turn) => [turn, 100 * error]);
    }
    this.moment = moment;
    this.points = [...this.points, [moment.messageTimes, errorOf(moment) ?? 0]];
    if (moment.isOver) this.beat.play(false);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'rounds-figure': RoundsFigure;
  }
}
