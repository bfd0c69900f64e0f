/**
 * Who is here: names, where they run, what they do now, and what can be asked about each.
 *
 * A row opens to the fingerprint, the link and the bytes of a peer; for a peer of this tab also to its
 * map and its switches.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerId } from '../ids.ts';
import type { PeerView, SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { icon, peerBird } from './icons.ts';
import './peer-here.ts';
import { ownDoing, peerDoing, peerTag } from './peer-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { byteSize, possessive } from './words.ts';

/** Fewest who must stay when somebody is left out. */
const MIN_STAYING = 4;

/** The peers of the room, this tab first. */
@customElement('peer-list')
export class PeerList extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
      }
      li {
        border-top: 1px solid var(--hairline);
      }
      li:first-child {
        border-top: 0;
      }
      .line {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        min-height: 40px;
      }
      .peer {
        display: grid;
        grid-template-columns: 26px auto minmax(0, 1fr);
        align-items: center;
        gap: 8px;
        min-height: 40px;
        padding: 0;
        border: 0;
        background: none;
        text-align: left;
        font-size: var(--text-s);
      }
      button.peer {
        cursor: pointer;
      }
      .who {
        white-space: nowrap;
        overflow: hidden;
        text-overflow: ellipsis;
        max-width: 18ch;
      }
      .who b {
        font-weight: 550;
      }
      .tag {
        margin-left: 6px;
        padding: 0 6px;
        border: 1px solid var(--hairline);
        border-radius: var(--r-pill);
        color: var(--ink-2);
        font-size: 11px;
        line-height: 16px;
      }
      .what {
        color: var(--ink-2);
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .gone .who b,
      .gone .what {
        color: var(--bad);
      }
      .line .button {
        min-height: 34px;
        color: var(--ink-3);
        font-weight: 400;
      }
      .chevron {
        display: inline-block;
        vertical-align: -2px;
        color: var(--ink-3);
        transition: rotate var(--fast);
      }
      [aria-expanded='true'] .chevron {
        rotate: 180deg;
      }
      .details {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px 14px;
        padding: 2px 0 14px 34px;
        font-size: var(--text-s);
      }
      dt {
        color: var(--ink-2);
      }
      code {
        font: 400 var(--text-xs) / 18px var(--mono);
        overflow-wrap: anywhere;
      }
      @media (max-width: 640px) {
        .peer {
          grid-template-columns: 26px minmax(0, 1fr);
          column-gap: 8px;
          row-gap: 0;
          min-height: 56px;
          align-content: center;
        }
        .peer > svg {
          grid-row: 1 / 3;
        }
        .who {
          max-width: none;
          align-self: end;
        }
        .what {
          align-self: start;
          line-height: 16px;
        }
        .line .button {
          min-height: 44px;
        }
        .details {
          padding-left: 0;
        }
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** What the further peers of this tab show, by id. */
  @property({ attribute: false }) here: ReadonlyMap<PeerId, SessionView> = new Map();

  @state() private opened: PeerId | undefined;

  override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (!view) return nothing;
    return html`<ul>
      <li>
        <div class="line">
          <div class="peer">
            ${peerBird(view.self.colour)}
            <span class="who"><b>${view.self.name}</b><span class="tag">you</span></span>
            <span class="what">${ownDoing(view)}</span>
          </div>
        </div>
      </li>
      ${repeat(
        view.peers,
        (peer) => peer.id,
        (peer) => this.renderPeer(view, peer),
      )}
    </ul>`;
  }

  private renderPeer(view: SessionView, peer: PeerView) {
    const isOpen = this.opened === peer.id;
    const tag = peerTag(peer);
    return html`<li class=${peer.link === 'gone' ? 'gone' : ''}>
      <div class="line">
        <button
          class="peer"
          aria-expanded=${isOpen ? 'true' : 'false'}
          @click=${() => {
            this.opened = isOpen ? undefined : peer.id;
          }}
        >
          ${peerBird(peer.colour)}
          <span class="who"
            ><b>${peer.name}</b>${tag ? html`<span class="tag">${tag}</span>` : nothing}</span
          >
          <span class="what"
            >${peerDoing(view, peer)} <span class="chevron">${icon('down', 12)}</span></span
          >
        </button>
        ${peer.link === 'gone' || !canBeAsked(view, peer) ? nothing : this.renderLeaveOut(peer)}
      </div>
      ${isOpen ? this.renderDetails(peer) : nothing}
    </li>`;
  }

  private renderLeaveOut(peer: PeerView) {
    const isLeftOut = peer.leftOut !== undefined;
    return html`<button
      class="button bare"
      aria-label=${isLeftOut ? `Let in ${peer.name} again` : `Leave out ${peer.name}`}
      @click=${() => this.wish({ type: 'leave-out', peer: peer.id, isLeftOut: !isLeftOut })}
    >
      ${isLeftOut ? 'Let in' : 'Leave out'}
    </button>`;
  }

  private renderDetails(peer: PeerView) {
    const here = this.here.get(peer.id);
    return html`<dl class="details">
        <dt>Fingerprint</dt>
        <dd><code>${peer.id}</code></dd>
        <dt>Link</dt>
        <dd>
          ${{ linked: 'direct, from tab to tab', linking: 'being made', gone: 'closed' }[peer.link]}
        </dd>
        <dt>Sent</dt>
        <dd>${byteSize(peer.bytesSent)}</dd>
        <dt>Received</dt>
        <dd>${byteSize(peer.bytesReceived)}</dd>
        <dt>Readings</dt>
        <dd>
          ${here ? 'below, since this peer runs in this tab' : `${possessive(peer.name)} own; this tab does not have them`}
        </dd>
      </dl>
      ${here ? html`<peer-here .view=${here}></peer-here>` : nothing}`;
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

/** Whether the room is large enough to leave somebody out: below four who stay, the request is void. */
function canBeAsked(view: SessionView, peer: PeerView): boolean {
  const here = 1 + view.peers.filter((other) => other.link === 'linked').length;
  return peer.leftOut !== undefined || here - 1 >= Math.max(MIN_STAYING, view.merging.minPeers);
}

declare global {
  interface HTMLElementTagNameMap {
    'peer-list': PeerList;
  }
}
