/**
 * The section "Privacy" of a room: its heading at once, its controls as soon as the page has nothing else to load.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import './terms/explained-term.ts';

/** The controls are loaded after so long at the latest, ms, however busy the page is. */
const LOAD_WITHIN_MS = 2_000;

/** The section "Privacy". */
@customElement('privacy-panel')
export class PrivacyPanel extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .section-head {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        column-gap: 10px;
        margin-bottom: 14px;
      }
      h2 {
        font-size: var(--text-m);
        line-height: 24px;
        font-weight: 600;
        letter-spacing: -0.005em;
      }
      /* Room for what is being loaded. */
      privacy-controls:not(:defined) {
        display: block;
        min-height: 540px;
      }
      @container (max-width: 860px) {
        privacy-controls:not(:defined) {
          min-height: 980px;
        }
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  private isAsked = false;

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === undefined) return nothing;
    return html`
      <div class="section-head">
        <h2>Privacy</h2>
        <span class="small quiet"
          ><explained-term of="mask">masks</explained-term> hide who said what;
          <explained-term of="noise">noise</explained-term> hides what the sum itself may tell</span
        >
      </div>
      <privacy-controls .view=${view}></privacy-controls>
    `;
  }

  override updated(): void {
    if (this.view === undefined || this.isAsked) return;
    this.isAsked = true;
    whenIdle(() => void import('./privacy-controls.ts'));
  }
}

/** Not every browser tells when it is idle. */
function whenIdle(then: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(then, { timeout: LOAD_WITHIN_MS });
  else setTimeout(then, LOAD_WITHIN_MS / 10);
}

declare global {
  interface HTMLElementTagNameMap {
    'privacy-panel': PrivacyPanel;
  }
}
