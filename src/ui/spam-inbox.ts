/**
 * Messages that somebody got: press one to flag it as spam, point at it or its words to find them elsewhere.
 *
 * One stop of the Tab key; arrows go from message to message.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { partsOf, wordsOf } from '../task/spam/vocabulary.ts';
import { controlsStyles } from './controls-styles.ts';
import { WordsPointedEvent, type Pointed } from './words-pointed.ts';

/** A message in the list. */
export interface ListedMessage {
  /** Names it in events. */
  readonly key: string;
  readonly from: string;
  readonly text: string;
  readonly isFlagged: boolean;
}

/** A message was flagged, or its flag taken back. */
export class MessageFlaggedEvent extends Event {
  static readonly type = 'message-flagged';
  readonly key: string;
  constructor(key: string) {
    super(MessageFlaggedEvent.type, { bubbles: true });
    this.key = key;
  }
}

/**
 * The list.
 *
 * @fires message-flagged - A message was pressed.
 * @fires words-pointed - The pointer or focus came to a message or a word, or left.
 */
@customElement('spam-inbox')
export class SpamInbox extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        position: relative;
        display: block;
        height: 264px;
        overflow-y: auto;
        overscroll-behavior: contain;
        scrollbar-width: thin;
        border-radius: var(--r-m);
        background: var(--ground-sunken);
      }
      ul {
        display: grid;
        gap: 6px;
        padding: 8px;
      }
      button {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 8px;
        width: 100%;
        padding: 7px 10px 8px;
        border: 1px solid var(--hairline);
        border-radius: var(--r-m);
        background: var(--ground-raised);
        font-size: var(--text-s);
        line-height: 1.4;
        text-align: left;
        cursor: pointer;
      }
      button.pointed {
        border-color: var(--focus);
        box-shadow: 0 0 0 1px var(--focus);
      }
      button[aria-pressed='true'] {
        background: var(--bad-bg);
        border-color: color-mix(in oklab, var(--bad) 45%, transparent);
      }
      button.pointed[aria-pressed='true'] {
        border-color: var(--focus);
      }
      small {
        color: var(--ink-2);
        font-size: var(--text-xs);
      }
      .flag {
        color: var(--bad);
        font-weight: 600;
      }
      .text {
        grid-column: 1 / -1;
        overflow-wrap: anywhere;
      }
      mark {
        background: color-mix(in oklab, var(--focus) 24%, transparent);
        color: inherit;
        border-radius: 3px;
        box-shadow: 0 0 0 1.5px color-mix(in oklab, var(--focus) 24%, transparent);
      }
      @media (forced-colors: active) {
        mark {
          background: Mark;
          color: MarkText;
        }
      }
    `,
  ];

  /** Whose, for readers who cannot see it. */
  @property() label = '';
  @property({ attribute: false }) messages: readonly ListedMessage[] = [];
  /** What is pointed at, here or elsewhere. */
  @property({ attribute: false }) pointed: Pointed | undefined;

  @state() private active = 0;

  override render(): TemplateResult {
    const active = Math.min(this.active, this.messages.length - 1);
    return html`<ul aria-label=${this.label}>
      ${this.messages.map(
        ({ key, from, text, isFlagged }, at) =>
          html`<li>
            <button
              class=${this.pointed?.message === key ? 'pointed' : ''}
              aria-pressed=${String(isFlagged)}
              aria-label="${from}: ${text} ${isFlagged ? 'Flagged as spam' : 'Not flagged'}"
              tabindex=${at === active ? 0 : -1}
              @click=${() => this.dispatchEvent(new MessageFlaggedEvent(key))}
              @keydown=${(event: KeyboardEvent) => this.onKey(event, at)}
              @pointerover=${(event: PointerEvent) => this.point(key, text, wordUnder(event))}
              @pointerleave=${() => this.dispatchEvent(new WordsPointedEvent(undefined))}
              @focus=${() => {
                this.active = at;
                this.point(key, text);
              }}
              @blur=${() => this.dispatchEvent(new WordsPointedEvent(undefined))}
            >
              <small>${from}</small><small class="flag">${isFlagged ? '✕ spam' : ''}</small>
              <span class="text">${this.renderText(text)}</span>
            </button>
          </li>`,
      )}
    </ul>`;
  }

  override updated(changed: PropertyValues<this>): void {
    const { pointed } = this;
    if (!changed.has('pointed') || !pointed?.isElsewhere(this)) return;
    const rows = [...this.renderRoot.querySelectorAll('li')].filter((_, at) => {
      const { key, text } = this.messages[at]!;
      if (pointed.message !== undefined) return key === pointed.message;
      return pointed.word !== undefined && wordsOf(text).includes(pointed.word);
    });
    const top = (row: HTMLElement): number => row.offsetTop;
    const isSeen = (row: HTMLElement): boolean =>
      top(row) >= this.scrollTop &&
      top(row) + row.offsetHeight <= this.scrollTop + this.clientHeight;
    if (rows[0] && !rows.some(isSeen))
      this.scrollTop = top(rows[0]) - (this.clientHeight - rows[0].offsetHeight) / 2;
  }

  private renderText(text: string) {
    const lit = this.pointed?.word;
    return partsOf(text).map((part) =>
      part.word === undefined
        ? part.text
        : part.word === lit
          ? html`<mark data-word=${part.word}>${part.text}</mark>`
          : html`<span data-word=${part.word}>${part.text}</span>`,
    );
  }

  private point(message: string, text: string, word?: string): void {
    this.dispatchEvent(new WordsPointedEvent({ from: this, message, text, word }));
  }

  private onKey(event: KeyboardEvent, at: number): void {
    const last = this.messages.length - 1;
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: last }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.renderRoot.querySelectorAll('button')[Math.min(Math.max(next, 0), last)]?.focus();
  }
}

function wordUnder({ target }: Event): string | undefined {
  return target instanceof HTMLElement ? target.dataset['word'] : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    'spam-inbox': SpamInbox;
  }
  interface HTMLElementEventMap {
    'message-flagged': MessageFlaggedEvent;
  }
}
