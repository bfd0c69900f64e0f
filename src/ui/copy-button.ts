/**
 * A button that copies a text and says so.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import { copyText } from './copy-text.ts';

/** How long "Copied" stands, ms. */
const SAID_MS = 2_000;

/** The browser refused to copy: the text must be selected and copied by hand. */
export class CopyRefusedEvent extends Event {
  static readonly type = 'copy-refused';
  constructor() {
    super(CopyRefusedEvent.type, { bubbles: true, composed: true });
  }
}

/**
 * A button that copies a text.
 *
 * @fires copy-refused - The browser offers no way to copy.
 */
@customElement('copy-button')
export class CopyButton extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: inline-flex;
      }
      .button {
        width: 100%;
      }
      span {
        display: grid;
      }
      b {
        font-weight: inherit;
      }
      span > * {
        grid-area: 1 / 1;
        transition: opacity var(--fast);
      }
      span > :not(.is) {
        opacity: 0;
      }
    `,
  ];

  /** What is copied. */
  @property() text = '';
  /** The words on the button. */
  @property() label = 'Copy';

  @state() private isCopied = false;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override render(): TemplateResult {
    return html`<button class="button" aria-label=${this.label} @click=${this.copy}>
      <span>
        <b class=${this.isCopied ? '' : 'is'}>${this.label}</b>
        <b class=${this.isCopied ? 'is' : ''} aria-hidden="true">Copied</b>
      </span>
      <span class="unseen" role="status">${this.isCopied ? 'Copied' : ''}</span>
    </button>`;
  }

  private async copy(): Promise<void> {
    const isCopied = await copyText(this.text);
    if (!isCopied) this.dispatchEvent(new CopyRefusedEvent());
    this.isCopied = isCopied;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.isCopied = false;
    }, SAID_MS);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'copy-button': CopyButton;
  }
  interface HTMLElementEventMap {
    'copy-refused': CopyRefusedEvent;
  }
}
