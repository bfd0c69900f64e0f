/**
 * What stands where the federation's map will be, before the first merge: how to get there.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import './copy-button.ts';
import './qr-code.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import './terms/explained-term.ts';

/** An empty frame with one sentence and the ways to fill it. */
@customElement('federation-empty')
export class FederationEmpty extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 14px;
        padding: 28px;
        border: 1.5px dashed var(--hairline-strong);
        border-radius: var(--r-s);
        overflow: auto;
      }
      h3 {
        font-size: var(--text-l);
        line-height: 1.3;
        font-weight: 600;
        letter-spacing: -0.01em;
        text-wrap: balance;
      }
      p {
        color: var(--ink-2);
        font-size: var(--text-s);
        line-height: 1.5;
      }
      .end {
        margin-top: auto;
        display: grid;
        gap: 12px;
      }
      .scan {
        display: flex;
        gap: 16px;
        align-items: end;
      }
      .trust {
        display: grid;
        gap: 10px;
        justify-items: start;
        padding-top: 14px;
        border-top: 1px solid var(--hairline);
      }
      .link {
        justify-self: start;
        padding: 0;
        border: 0;
        background: none;
        color: var(--link);
        font-size: var(--text-s);
        text-align: left;
        text-decoration: underline;
        text-underline-offset: 2px;
        cursor: pointer;
        min-height: 26px;
      }
      @media (max-width: 640px) {
        :host {
          padding: 20px;
        }
        .row > * {
          flex: 1;
        }
      }
      @container (max-height: 380px) {
        .scan {
          display: none;
        }
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** The invitation to this room. */
  @property() invitation = '';
  /** A further peer is being started. */
  @property({ type: Boolean }) adding = false;
  /** Phones cannot reach the address in the invitation. */
  @property({ type: Boolean }) loopback = false;

  override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (!view) return nothing;
    const linked = view.peers.filter((peer) => peer.link === 'linked');
    if (linked.length > 1 || view.attempt || (view.trust.own && view.trust.other))
      return html`<h3>The first merge is on its way.</h3>
        <p>
          When the <explained-term of="mask">masks</explained-term> have cancelled, the
          ${view.spam ? 'model' : 'map'} that all of you learned appears here.
        </p>`;
    return linked.length === 1 ? this.renderTwo(view, linked[0]!.name) : this.renderAlone(view);
  }

  private renderAlone({ spam }: SessionView) {
    return html`<h3>
        ${spam ? 'This will be what nobody could learn alone.' : 'This will be the map that nobody could draw alone.'}
      </h3>
      <p>
        It appears when three <explained-term of="peer">peers</explained-term> have
        <explained-term of="merge">merged</explained-term> for the first time.
      </p>
      ${this.renderWays()}
      <div class="end">
        <div class="scan">
          <qr-code .text=${this.invitation}></qr-code>
          <p>
            ${
              this.loopback
                ? 'This code works on this computer only: open the page by the computer’s network address to let phones in.'
                : html`Or scan this with a phone in the same network. The
                    <explained-term of="room key">key</explained-term> to the room is in the link,
                    and the server never receives that part of it.`
            }
          </p>
        </div>
        <button class="link" @click=${() => this.wish({ type: 'open-dialog', dialog: 'room' })}>
          Have an invitation? Paste or scan it
        </button>
      </div>`;
  }

  private renderTwo(view: SessionView, name: string) {
    return html`<h3>One more, and you can merge.</h3>
      <p>
        Invite somebody, open this page in another tab, or let this tab run a third
        <explained-term of="peer">peer</explained-term> with ${view.spam ? 'messages' : 'readings'}
        of its own.
      </p>
      ${this.renderWays()}
      <div class="end trust">
        <p>
          ${
            view.trust.own
              ? `You have said that you trust each other. ${name} must say so as well.`
              : html`Do you know each other? Then you may
                  <explained-term of="merge">merge</explained-term> as two. Each of you can then
                  work out the other’s <explained-term of="update">update</explained-term>.
                  ${view.trust.other ? `${name} has agreed already.` : `${name} must agree as well.`}`
          }
        </p>
        ${
          view.trust.own
            ? nothing
            : html`<button
                class="button"
                @click=${() => this.wish({ type: 'trust', isTrusted: true })}
              >
                We trust each other
              </button>`
        }
      </div>`;
  }

  private renderWays() {
    return html`<div class="row">
      <button
        class="button primary"
        ?disabled=${this.adding}
        @click=${() => this.wish({ type: 'add-peer' })}
      >
        Add a peer in this tab
      </button>
      <copy-button
        label="Copy invitation"
        .text=${this.invitation}
        @copy-refused=${() => this.wish({ type: 'open-dialog', dialog: 'invite' })}
      ></copy-button>
    </div>`;
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'federation-empty': FederationEmpty;
  }
}
