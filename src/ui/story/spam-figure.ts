/**
 * Spam, four ways, one set of messages: in one place, alone, together in the open, together under masks.
 *
 * @module
 */
import { html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { NEW_SCAM, NOT_MET_BY } from '../../task/spam/messages.ts';
import { controlsStyles } from '../controls-styles.ts';
import { icon } from '../icons.ts';
import { inSlices } from '../slices.ts';
import '../spam-inbox.ts';
import type { MessageFlaggedEvent } from '../spam-inbox.ts';
import { CHECK_EXAMPLES, scaleOf } from '../spam-words.ts';
import '../word-bars.ts';
import type { Pointed, WordsPointedEvent } from '../words-pointed.ts';
import { figureStyles } from './figure-styles.ts';
import { NAMES } from './masks-words.ts';
import './spam-chart.ts';
import type { SpamLine } from './spam-chart.ts';
import { middleColumn, middleName, phoneColumn, type ColumnsView } from './spam-columns.ts';
import {
  emptyRounds,
  historyOf,
  phonesWithKeys,
  ROUNDS,
  roundsOf,
  shownWords,
  STEPS_BETWEEN,
  TRUE_FLAGS,
  verdictsOf,
  WAYS,
  withFlagTurned,
  type Flags,
  type Way,
} from './spam-state.ts';
import { spamStyles } from './spam-styles.ts';
import { SIGHTS, spamCaption, WAY_NAMES } from './spam-words.ts';
import { TickController } from './ticking.ts';

/** The round that it starts at, and the beat of playing, ms. */
const FIRST_ROUND = 5;
const BEAT_MS = 450;

/** Weight of a full bar at least. */
const LEAST_SCALE = 0.1;

const PEOPLE = [0, 1, 2];

/** The figure. */
@customElement('spam-figure')
export class SpamFigure extends LitElement {
  static override styles = [controlsStyles, figureStyles, spamStyles];

  @state() private way: Way = 'pooled';
  @state() private flags: Flags = TRUE_FLAGS;
  @state() private round = FIRST_ROUND;
  @state() private text = NEW_SCAM;
  @state() private pointed: Pointed | undefined;
  /** On a small screen: the column that is shown, the middle last. */
  @state() private column = NOT_MET_BY;

  @state() private rounds = emptyRounds();
  /** Keys are drawn once. */
  private readonly phones = inSlices(phonesWithKeys());
  private readonly beat = new TickController(
    this,
    () => this,
    () => this.playOn(),
    BEAT_MS,
  );

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('flags')) void this.learn(this.flags);
  }

  override render(): TemplateResult {
    const { way, rounds, text, beat, round } = this;
    const history = historyOf(rounds, text, NOT_MET_BY);
    const hasLearned = rounds.at(-1)!.exchange !== undefined;
    const caption = hasLearned
      ? spamCaption(history, text === NEW_SCAM)
      : 'The phones are learning.';
    const view = this.columnsView();
    const isAtEnd = round >= ROUNDS;
    return html`<figure aria-label="Spam, four ways">
      <div class="bar">
        <div class="group ways" role="group" aria-label="How they learn">
          ${WAYS.map(
            (one) =>
              html`<button
                class="button"
                aria-pressed=${String(one === way)}
                @click=${() => (this.way = one)}
              >
                ${WAY_NAMES[one]}
              </button>`,
          )}
        </div>
        <div class="rounds push">
          <div class="group">
            <button class="button" @click=${() => this.play()}>
              ${icon(beat.isPlaying ? 'pause' : 'play', 15)}${beat.isPlaying ? 'Pause' : 'Play'}
            </button>
            <button
              class="button icon"
              aria-label="One round"
              ?disabled=${beat.isPlaying || isAtEnd}
              @click=${() => (this.round += 1)}
            >
              ${icon('step', 15)}
            </button>
          </div>
          <label for="round">Round ${round}</label>
          <input
            id="round"
            type="range"
            min="0"
            max=${ROUNDS}
            aria-describedby="steps"
            .value=${String(round)}
            @input=${(event: Event) => {
              this.round = Number((event.target as HTMLInputElement).value);
            }}
          />
          <span class="unseen" id="steps">${STEPS_BETWEEN} steps on each phone a round</span>
        </div>
      </div>
      <dl class="sights" aria-live="polite">
        ${SIGHTS[way].map(
          ({ who, sees }) =>
            html`<div>
              <dt>${who}</dt>
              <dd>${sees}</dd>
            </div>`,
        )}
      </dl>
      <div class="group pick" role="group" aria-label="Whose part to show">
        ${[...PEOPLE.map((person) => NAMES[person]!), middleName(way)].map(
          (name, at) =>
            html`<button
              class="button"
              aria-pressed=${String(this.column === at)}
              @click=${() => (this.column = at)}
            >
              ${name}
            </button>`,
        )}
      </div>
      <div
        class="columns"
        @message-flagged=${this.onFlag}
        @words-pointed=${(event: WordsPointedEvent) => (this.pointed = event.pointed)}
      >
        ${PEOPLE.map((person) => phoneColumn(view, person, this.column === person))}
        ${middleColumn(view, this.column === PEOPLE.length)}
      </div>
      <div class="two below">
        ${this.renderAsk()}
        <div>
          <h3>What ${NAMES[NOT_MET_BY]}’s phone makes of that message</h3>
          <spam-chart
            style="--alone: var(--peer-${NOT_MET_BY + 1})"
            .lines=${linesOf(history)}
            round=${round}
            label=${caption}
          ></spam-chart>
        </div>
      </div>
      <figcaption>
        <span aria-live="polite">${caption}</span> Press a message to flag it, or to take the flag
        back. Point at one to see what its words weigh, or at a word to find the messages that have
        it.
      </figcaption>
    </figure>`;
  }

  private renderAsk() {
    const verdicts = verdictsOf(this.rounds[this.round]!.models, this.text, NAMES);
    return html`<div class="ask">
      <h3><label for="text">Write a message, and see what each model makes of it</label></h3>
      <textarea
        id="text"
        rows="2"
        maxlength="300"
        .value=${this.text}
        @input=${(event: Event) => (this.text = (event.target as HTMLTextAreaElement).value)}
      ></textarea>
      <table>
        <thead>
          <tr>
            <th scope="col">Model after round ${this.round}</th>
            <th scope="col" class="meter">Spam?</th>
            <th scope="col"><span class="unseen">Verdict</span></th>
            <th scope="col">Right of ${CHECK_EXAMPLES.length} new ones</th>
          </tr>
        </thead>
        <tbody>
          ${verdicts.map(({ name, probability, accuracy }) => {
            const isSpam = probability > 0.5;
            return html`<tr>
              <th scope="row">${name}</th>
              <td class="meter">
                <span class=${isSpam ? 'spam' : ''} style="--share: ${probability * 100}%"></span>
              </td>
              <td class="verdict ${isSpam ? 'spam' : ''}">
                ${isSpam ? 'spam' : 'fine'} ${Math.round(probability * 100)}&#8239;%
              </td>
              <td>${Math.round(accuracy * CHECK_EXAMPLES.length)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${
        this.text === NEW_SCAM
          ? html`<p class="quiet small">
              It is the parcel scam as it may come to ${NAMES[NOT_MET_BY]} next.
            </p>`
          : html`<div>
              <button class="button" @click=${() => (this.text = NEW_SCAM)}>
                The parcel scam again
              </button>
            </div>`
      }
    </div>`;
  }

  private columnsView(): ColumnsView {
    const { way, flags, round, rounds, pointed } = this;
    const at = rounds[round]!;
    const words = shownWords(rounds, pointed?.text);
    const { models, exchange } = at;
    const shown: readonly ArrayLike<number>[] =
      way === 'alone'
        ? models.alone
        : way === 'open' && exchange
          ? [models.open, ...exchange.updates]
          : [models[way === 'pooled' ? 'pooled' : 'masked']];
    return { way, flags, round, at, words, scale: scaleOf(words, shown, LEAST_SCALE), pointed };
  }

  private readonly onFlag = ({ key }: MessageFlaggedEvent): void => {
    const [person, message] = key.split(':').map(Number) as [number, number];
    this.flags = withFlagTurned(this.flags, person, message);
  };

  /** Learns from some flags, unless they are turned again meanwhile. */
  private async learn(flags: Flags): Promise<void> {
    const phones = (await this.phones)!;
    const rounds = await inSlices(roundsOf(flags, phones), () => flags === this.flags);
    if (rounds) this.rounds = rounds;
  }

  private play(): void {
    if (!this.beat.isPlaying && this.round >= ROUNDS) this.round = 0;
    this.beat.play(!this.beat.isPlaying);
  }

  private playOn(): void {
    if (this.round < ROUNDS) this.round += 1;
    if (this.round >= ROUNDS) this.beat.play(false);
  }
}

function linesOf(history: ReturnType<typeof historyOf>): readonly SpamLine[] {
  return [
    { name: 'in one place', history: history.pooled, look: 'dashed' },
    { name: 'together', history: history.masked, look: 'strong' },
    { name: 'alone', history: history.alone, look: 'alone' },
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-figure': SpamFigure;
  }
}
