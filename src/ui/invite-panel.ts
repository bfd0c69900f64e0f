/**
 * The invitation to this room: a code for phones, a link for everybody else.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import './copy-button.ts';
import { isLoopbackHost } from './invitation-host.ts';
import './qr-code.ts';

/** QR code, link, and what the link means. */
@customElement('invite-panel')
export class InvitePanel extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        gap: 14px;
        justify-items: center;
      }
      qr-code {
        --qr-size: 216px;
        border: 1px solid var(--hairline);
      }
      .link {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px;
        width: 100%;
      }
      .link input {
        font: 400 var(--text-xs) / 1 var(--mono);
      }
      p {
        width: 100%;
        font-size: var(--text-s);
        color: var(--ink-2);
      }
      p.warn {
        padding: 8px 12px;
        border-radius: var(--r-m);
        background: var(--warn-bg);
        color: var(--warn);
      }
    `,
  ];

  /** The whole link. */
  @property() invitation = '';
  /** The room has no key. */
  @property({ type: Boolean }) isOpenRoom = false;

  @state() private isRefused = false;
  @query('input') private field!: HTMLInputElement;

  override render(): TemplateResult {
    return html`
      <qr-code .text=${this.invitation}></qr-code>
      <div class="link">
        <input
          class="field"
          readonly
          aria-label="Link to this room"
          .value=${this.invitation}
          @focus=${() => this.field.select()}
        />
        <copy-button
          label="Copy"
          .text=${this.invitation}
          @copy-refused=${this.onRefused}
        ></copy-button>
      </div>
      <p role="status">
        ${
          this.isRefused
            ? 'This browser does not let the page copy: the link is selected, so press Ctrl C.'
            : this.isOpenRoom
              ? 'This room has no key: anybody who knows its name can join, and whoever runs the server could stand in the middle.'
              : 'The part after # never reaches the server. Whoever has the link can join.'
        }
      </p>
      ${
        isLoopbackHost(location.hostname)
          ? html`<p class="warn">
              This address works on this computer only. Phones need its network address: it is
              printed where the server was started. Open the page there first, then invite.
            </p>`
          : nothing
      }
    `;
  }

  private onRefused(): void {
    this.isRefused = true;
    this.field.focus();
    this.field.select();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'invite-panel': InvitePanel;
  }
}
