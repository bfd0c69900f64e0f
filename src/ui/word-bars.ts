/**
 * Words with a number each: weights of a model, what a phone has learned, or masked words that look like anything.
 *
 * One stop of the Tab key; arrows go from word to word.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import { WordsPointedEvent, type Pointed } from './words-pointed.ts';

/** A word and its number. */
export interface WordBar {
  /** As models count it; the word that is pointed at is named so. */
  readonly word: string;
  /** How it is shown, where that differs. */
  readonly shown?: string | undefined;
  /** Length of the bar: -1 to 1, to the right speaks for spam; with `look` masked 0 to 1. */
  readonly length: number;
  /** The number beside it. */
  readonly number: string;
}

/**
 * The bars.
 *
 * @fires words-pointed - The pointer or focus came to a word, or left.
 */
@customElement('word-bars')
export class WordBars extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
      }
      ul {
        border-radius: var(--r-s);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 5.6rem) minmax(0, 1fr) 3rem;
        align-items: center;
        gap: 8px;
        height: 24px;
        padding: 0 4px;
        border-radius: var(--r-s);
        font-size: var(--text-s);
        cursor: default;
      }
      :host([look='masked']) li {
        grid-template-columns: minmax(0, 5.6rem) minmax(0, 1fr) 6.4rem;
      }
      li.lit {
        background: color-mix(in oklab, var(--focus) 16%, transparent);
      }
      .word {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .number {
        font: 400 var(--text-xs) / 1 var(--mono);
        color: var(--ink-2);
        text-align: right;
        white-space: nowrap;
      }
      .track {
        position: relative;
        height: 10px;
      }
      .track::before {
        content: '';
        position: absolute;
        inset: -4px auto -4px 50%;
        width: 1px;
        background: var(--hairline-strong);
      }
      .bar {
        position: absolute;
        inset: 0 auto;
        background: var(--ink-3);
        border-radius: 2px;
      }
      .bar.spam {
        background: var(--bad);
      }
      :host([look='masked']) .track::before {
        content: none;
      }
      :host([look='masked']) .track {
        background: var(--ground-sunken);
        border-radius: 2px;
      }
      :host([look='masked']) .bar {
        background: var(--ink-3);
      }
      @media (forced-colors: active) {
        .bar {
          forced-color-adjust: none;
          background: CanvasText;
        }
      }
    `,
  ];

  /** What the bars are, for readers who cannot see them. */
  @property() label = '';
  /** `masked`: the numbers are words modulo 2^32. */
  @property({ reflect: true }) look: 'weights' | 'masked' = 'weights';
  @property({ attribute: false }) bars: readonly WordBar[] = [];
  /** What is pointed at, here or elsewhere. */
  @property({ attribute: false }) pointed: Pointed | undefined;

  override render(): TemplateResult {
    const lit = this.bars.findIndex(({ word }) => word === this.pointed?.word);
    return html`<ul
      role="listbox"
      tabindex="0"
      aria-label=${this.label}
      aria-activedescendant=${lit < 0 ? '' : `bar-${lit}`}
      @keydown=${(event: KeyboardEvent) => this.onKey(event, lit)}
      @blur=${() => this.point(undefined)}
      @pointerleave=${() => this.point(undefined)}
    >
      ${this.bars.map(
        ({ word, shown = word, length, number }, at) =>
          html`<li
            role="option"
            id="bar-${at}"
            class=${at === lit ? 'lit' : ''}
            aria-selected=${String(at === lit)}
            aria-label="${shown}: ${number}"
            @pointerenter=${() => this.point(word)}
          >
            <span class="word">${shown}</span>
            <span class="track"
              ><span class="bar ${length > 0 ? 'spam' : ''}" style=${this.placed(length)}></span
            ></span>
            <span class="number">${number}</span>
          </li>`,
      )}
    </ul>`;
  }

  private placed(length: number): string {
    if (this.look === 'masked') return `left: 0; width: ${length * 100}%`;
    const share = Math.min(Math.abs(length), 1) * 50;
    return length > 0 ? `left: 50%; width: ${share}%` : `right: 50%; width: ${share}%`;
  }

  private onKey(event: KeyboardEvent, lit: number): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || this.bars.length === 0) return;
    event.preventDefault();
    const next = lit < 0 ? 0 : Math.min(Math.max(lit + step, 0), this.bars.length - 1);
    this.point(this.bars[next]!.word);
  }

  private point(word: string | undefined): void {
    const pointing = word === undefined ? undefined : { from: this, word };
    this.dispatchEvent(new WordsPointedEvent(pointing));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'word-bars': WordBars;
  }
}
