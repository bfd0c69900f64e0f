/**
 * The headline of the page: one sentence that is the status, a detail, and what can be done about it.
 *
 * The sentence changes at most once in `HEADLINE_HOLD_MS`, so that a screen reader can finish it; the
 * detail follows the view at once and is not announced.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HEADLINE_HOLD_MS } from '../config.ts';
import { controlsStyles } from './controls-styles.ts';
import type { Headline, HeadlineAction } from './headline.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';

const ACTIONS: Record<HeadlineAction, { readonly label: string; readonly command: RoomCommand }> = {
  trust: { label: 'We trust each other', command: { type: 'trust', isTrusted: true } },
  'stop-trusting': { label: 'Stop trusting', command: { type: 'trust', isTrusted: false } },
  'why-it-stopped': {
    label: 'Why it stopped',
    command: { type: 'open-dialog', dialog: 'why-it-stopped' },
  },
  'ask-why': { label: 'Ask why', command: { type: 'open-dialog', dialog: 'ask-why' } },
  'new-room': { label: 'New room', command: { type: 'new-room' } },
};

/** The status of the page. */
@customElement('now-line')
export class NowLine extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        column-gap: var(--s5);
        align-items: start;
        padding: 26px 0 20px;
      }
      h1 {
        font-size: var(--text-xl);
        line-height: 1.18;
        font-weight: 550;
        letter-spacing: -0.018em;
        text-wrap: balance;
        overflow-wrap: anywhere;
      }
      p {
        margin-top: 5px;
        max-width: 78ch;
        min-height: 3em;
        color: var(--ink-2);
        overflow-wrap: anywhere;
      }
      @media (max-width: 640px) {
        :host {
          grid-template-columns: minmax(0, 1fr);
          padding: 18px 0 16px;
          row-gap: 12px;
        }
        h1 {
          font-size: 1.375rem;
          line-height: 1.22;
          min-height: 1.22em;
        }
        p {
          font-size: var(--text-s);
          min-height: 4.5em;
        }
        .button {
          width: 100%;
        }
      }
    `,
  ];

  /** What is to be said now. */
  @property({ attribute: false }) headline: Headline | undefined;

  @state() private shown: Headline | undefined;
  private changedAtMs = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('headline')) this.follow();
  }

  override render(): TemplateResult {
    const action = this.shown?.action && ACTIONS[this.shown.action];
    return html`
      <div>
        <div role="status"><h1>${this.shown?.title}</h1></div>
        <p>${this.shown?.detail}</p>
      </div>
      ${
        action
          ? html`<button
              class="button"
              @click=${() => this.dispatchEvent(new RoomCommandEvent(action.command))}
            >
              ${action.label}
            </button>`
          : nothing
      }
    `;
  }

  private readonly follow = (): void => {
    const wanted = this.headline;
    if (!wanted) return;
    const now = performance.now();
    if (wanted.title === this.shown?.title) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.shown = wanted;
    } else if (now - this.changedAtMs >= HEADLINE_HOLD_MS) {
      this.timer = undefined;
      this.changedAtMs = now;
      this.shown = wanted;
    } else {
      this.timer ??= setTimeout(
        () => {
          this.timer = undefined;
          this.follow();
        },
        HEADLINE_HOLD_MS - (now - this.changedAtMs),
      );
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'now-line': NowLine;
  }
}
