/**
 * A footnote that opens in place.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controlsStyles } from '../controls-styles.ts';

/** A mark in the prose; pressing it opens what is in the element, under the line's own flow. */
@customElement('foot-note')
export class FootNote extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      button {
        padding: 0;
        border: 0;
        background: none;
        cursor: pointer;
        min-width: 24px;
        height: 24px;
        margin: 0 1px;
        border-radius: var(--r-s);
        color: var(--link);
        font: 550 var(--text-xs) / 1 var(--sans);
        vertical-align: 4px;
      }
      span.note {
        display: block;
        margin: 8px 0;
        padding: 2px 0 2px 14px;
        border-left: 2px solid var(--hairline-strong);
        color: var(--ink-2);
        font: 400 var(--text-m) / 1.5 var(--sans);
      }
    `,
  ];

  /** From 1. */
  @property() number = '';
  @state() private isOpen = false;

  override render(): TemplateResult {
    return html`<button
        aria-expanded=${String(this.isOpen)}
        aria-label=${`Note ${this.number}`}
        @click=${() => (this.isOpen = !this.isOpen)}
      >
        ${this.number}</button
      ><span class="note" role="note" ?hidden=${!this.isOpen}><slot></slot></span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'foot-note': FootNote;
  }
}
