/**
 * One question to the room: what it asks, what one's reply would mean, and its answer.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PeerId } from '../ids.ts';
import type { QuestionView } from '../peer/asking.ts';
import { isNumeric, valuesOf, type OwnAnswer, type RoomAnswer } from '../task/question.ts';
import { readAnswer } from './ask-form.ts';
import {
  answerFigure,
  boundsWords,
  errorWords,
  exposedWords,
  figure,
  KIND_WORDS,
  leavesWords,
  standingWords,
} from './ask-words.ts';
import { controlsStyles } from './controls-styles.ts';
import './terms/explained-term.ts';

/** What a person wishes for a question. */
export type QuestionWish =
  | { readonly type: 'accept'; readonly answer: OwnAnswer }
  | { readonly type: 'decline' }
  | { readonly type: 'go' }
  | { readonly type: 'withdraw' };

/** A wish for the question of the element. */
export class QuestionWishEvent extends Event {
  readonly wish: QuestionWish;
  constructor(wish: QuestionWish) {
    super('question-wish');
    this.wish = wish;
  }
}

/** A card. */
@customElement('asked-question')
export class AskedQuestion extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        padding: var(--s4) 0;
        border-top: 1px solid var(--hairline);
      }
      h3 {
        font-size: var(--text-m);
        line-height: 1.35;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .about {
        color: var(--ink-2);
        font-size: var(--text-s);
      }
      p {
        max-width: 72ch;
        margin-top: 6px;
        font-size: var(--text-s);
        line-height: 1.45;
      }
      .warn {
        padding: 8px 12px;
        border-radius: var(--r-m);
        background: var(--warn-bg);
        color: var(--warn);
      }
      .answer {
        margin-top: 8px;
        font-size: var(--text-xl);
        line-height: 1.15;
        font-weight: 550;
        letter-spacing: -0.018em;
        font-feature-settings: 'tnum';
      }
      .answer small {
        margin-inline-start: 8px;
        font-size: var(--text-s);
        font-weight: 400;
        letter-spacing: 0;
        color: var(--ink-2);
      }
      .act {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s3);
        align-items: center;
        margin-top: 10px;
      }
      .act label {
        display: flex;
        gap: 8px;
        align-items: center;
        font-size: var(--text-s);
      }
      .act .field {
        width: 11ch;
      }
      .mistake {
        color: var(--bad);
      }
      ol {
        display: grid;
        gap: 4px;
        max-width: 44ch;
        margin-top: 8px;
      }
      li {
        display: grid;
        grid-template-columns: 13ch 1fr 5ch;
        gap: 10px;
        align-items: center;
        font-size: var(--text-s);
        font-feature-settings: 'tnum';
      }
      li i {
        display: block;
        height: 12px;
        min-width: 1px;
        border-radius: var(--r-s);
        background: var(--ink-2);
      }
      li b {
        font-weight: 550;
        text-align: right;
      }
    `,
  ];

  /** The question. */
  @property({ attribute: false }) view: QuestionView | undefined;
  /** Who asks, as the others call it. */
  @property() asker = '';
  /** Names of peers. */
  @property({ attribute: false }) nameOf: (peer: PeerId) => string = () => 'somebody';

  @state() private mistake: string | undefined;

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (!view) return nothing;
    const { question, phase, isOwn } = view;
    const isAsked = phase === 'open' && !isOwn;
    return html`<h3>${question.text}</h3>
      <span class="about">
        ${isOwn ? 'You ask' : html`${this.asker} asks`} for ${KIND_WORDS[question.kind]}, of
        ${question.minGroup} people or more
      </span>
      ${view.answer ? this.renderAnswer(view, view.answer) : nothing}
      ${isAsked && view.accepted === undefined ? html`<p>${leavesWords(question)}</p>` : nothing}
      ${this.renderExposed(view)}
      <p role="status">${standingWords(view)}</p>
      ${isAsked ? this.renderReply(view) : nothing}
      ${
        isOwn && phase === 'open'
          ? html`<div class="act">
              <button
                class="button primary"
                ?disabled=${!view.mayGo}
                @click=${() => this.wish({ type: 'go' })}
              >
                Sum the answers
              </button>
              <button class="button" @click=${() => this.wish({ type: 'withdraw' })}>
                Take it back
              </button>
            </div>`
          : nothing
      }`;
  }

  private renderAnswer({ question }: QuestionView, answer: RoomAnswer) {
    const { bins, mean } = answer;
    const { edges, unit = '' } = question;
    if (bins && edges) {
      const most = Math.max(1, ...bins);
      return html`<ol aria-label="Answer">
          ${bins.map(
            (count, at) =>
              html`<li>
                <span>${figure(edges[at]!)} to ${figure(edges[at + 1]!)} ${unit}</span>
                <i style=${`width: ${Math.max(0, (100 * count) / most)}%`}></i>
                <b>${figure(count, answer.error)}</b>
              </li>`,
          )}
        </ol>
        <p class="quiet">
          ${errorWords(question, answer)}${answer.error > 0 ? ', in each range' : ''}
        </p>`;
    }
    return html`<p class="answer" aria-label="Answer">
      ${mean === undefined ? nothing : html`${figure(mean, answer.error)}${unit ? `\u202f${unit}` : ''} <small>on average, <explained-term of="standard deviation">spread</explained-term></small>`}
      ${answerFigure(question, answer)}<small>${errorWords(question, answer)}</small>
    </p>`;
  }

  private renderExposed({ exposed, phase }: QuestionView) {
    if (phase === 'over') return nothing;
    const names = exposed.map((peer) => this.nameOf(peer));
    const words = exposedWords(names, names.includes('you'));
    return words ? html`<p class="warn">${words}</p>` : nothing;
  }

  private renderReply({ accepted, question }: QuestionView) {
    if (accepted === true) {
      return html`<div class="act">
        <button class="button" @click=${() => this.wish({ type: 'decline' })}>
          Take my answer back
        </button>
      </div>`;
    }
    return html`<form class="act" @submit=${this.onAccept} novalidate>
      ${
        isNumeric(question)
          ? html`<label>
              Your answer, ${boundsWords(question)}
              <input class="field" name="answer" inputmode="decimal" autocomplete="off" />
            </label>`
          : html`<label><input type="radio" name="answer" value="yes" /> yes</label>
              <label><input type="radio" name="answer" value="no" /> no</label>`
      }
      <button class="button primary">Answer</button>
      ${
        accepted === false
          ? nothing
          : html`<button
              class="button"
              type="button"
              @click=${() => this.wish({ type: 'decline' })}
            >
              Decline
            </button>`
      }
      <span class="mistake small" role="alert">${this.mistake}</span>
    </form>`;
  }

  private onAccept(event: SubmitEvent): void {
    event.preventDefault();
    const { view } = this;
    if (!view) return;
    const text = new FormData(event.target as HTMLFormElement).get('answer') as string | null;
    try {
      const answer = readAnswer(view.question.kind, text?.trim() ?? '');
      valuesOf(view.question, answer);
      this.mistake = undefined;
      this.wish({ type: 'accept', answer });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.mistake = error.message;
    }
  }

  private wish(wish: QuestionWish): void {
    this.dispatchEvent(new QuestionWishEvent(wish));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'asked-question': AskedQuestion;
  }
  interface HTMLElementEventMap {
    'question-wish': QuestionWishEvent;
  }
}
