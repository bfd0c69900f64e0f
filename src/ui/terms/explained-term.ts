/**
 * A word that explains itself: a dotted line under it, and a note that opens over the page when it is pressed.
 *
 * The note is a popover, in the browser's top layer: nothing on the page moves, no frame around it cuts it off, and
 * pressing anywhere else or Escape closes it. Its text is there only while it is open, in a live region, so that it is
 * read out then and found by no search before.
 *
 * After the toggletip of Heydon Pickering, Inclusive Components.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controlsStyles } from '../controls-styles.ts';
import { notePlace } from './note-place.ts';
import { TERMS } from './term-words.ts';
import type { TermName } from './term-words.ts';

/**
 * Never inside a label, a button or a summary: a press would be theirs as well.
 *
 * @slot - The word as it stands in its sentence.
 */
@customElement('explained-term')
export class ExplainedTerm extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      button {
        position: relative;
        display: inline-block;
        margin: 0;
        padding: 0;
        border: 0;
        background: none;
        font: inherit;
        letter-spacing: inherit;
        text-align: inherit;
        text-decoration: underline dotted 1px;
        text-decoration-color: color-mix(in srgb, currentColor 72%, transparent);
        text-underline-offset: 3px;
        cursor: help;
      }
      button:hover,
      button[aria-expanded='true'] {
        text-decoration-color: currentColor;
        text-decoration-style: solid;
      }
      /* What a finger has to hit is larger than the word, and takes no room. */
      @media (pointer: coarse), (max-width: 640px) {
        button::after {
          content: '';
          position: absolute;
          inset: -7px min(-5px, calc((100% - 32px) / 2));
        }
      }
      .note {
        position: absolute;
        inset: auto;
        width: max-content;
        max-width: min(320px, 100vw - 24px);
        margin: 0;
        padding: 10px 12px;
        border: 1px solid transparent;
        border-radius: var(--r-m);
        background: var(--ground-raised);
        box-shadow: var(--shadow-pop);
        color: var(--ink);
        font: 400 var(--text-s) / 1.45 var(--sans);
        letter-spacing: normal;
        text-align: start;
        text-wrap: pretty;
        white-space: normal;
        overflow-wrap: break-word;
        cursor: auto;
      }
      @supports not selector(:popover-open) {
        .note {
          display: none;
        }
      }
    `,
  ];

  /** Which term it is. */
  @property() of: TermName | undefined;

  @state() private isOpen = false;
  @query('button') private word!: HTMLButtonElement;
  @query('.note') private note!: HTMLElement;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isOpen = false;
  }

  override render(): TemplateResult {
    // No space around the word, which would become part of the sentence's text.
    // prettier-ignore
    return html`<button
        type="button"
        popovertarget="note"
        aria-expanded=${this.isOpen ? 'true' : 'false'}
        @keydown=${this.onKey}
      ><slot></slot></button
      ><span aria-live="polite"
        ><span
          class="note"
          id="note"
          popover="auto"
          role="note"
          @beforetoggle=${(event: ToggleEvent) => (this.isOpen = event.newState === 'open')}
          >${this.isOpen && this.of ? TERMS[this.of] : nothing}</span
        ></span
      >`;
  }

  protected override updated(): void {
    // The text is in before the note is shown, and has no size until then.
    if (this.isOpen) requestAnimationFrame(() => this.place());
  }

  private place(): void {
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    const { offsetWidth, offsetHeight } = this.note;
    const { left, top } = notePlace(
      this.word.getBoundingClientRect(),
      { width: offsetWidth, height: offsetHeight },
      { width, height },
    );
    // It lies on the page, not on the screen: so it goes along when the page is scrolled.
    this.note.style.left = `${left + scrollX}px`;
    this.note.style.top = `${top + scrollY}px`;
  }

  /** A dialog around the word would hear Escape as well, and close. */
  private onKey(event: KeyboardEvent): void {
    if (!this.isOpen || (event.key !== 'Escape' && event.key !== 'Tab')) return;
    this.note.hidePopover();
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    this.word.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'explained-term': ExplainedTerm;
  }
}
