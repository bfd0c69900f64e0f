/**
 * Who is here: names, where they run, what they do now, and what can be asked about each.
 *
 * A row opens to the fingerprint, the link and the bytes of a peer; for a peer of this tab also to its
 * map and its switches.
 *
 * @module
 */
import { html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerId } from '../ids.ts';
import type { GridView, PeerView, SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { icon, peerBird } from './icons.ts';
import './peer-here.ts';
import { peerListStyles } from './peer-list-styles.ts';
import {
  foldedLineWords,
  lineName,
  linkWords,
  lineWords,
  ownDoing,
  peerDoing,
  peerTag,
  throughWords,
  unlinkedWords,
} from './peer-words.ts';
import { type PeersOfLine, peersByLine } from './peers-by-line.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { explain } from './terms/explain.ts';
import { byteSize, possessive } from './words.ts';

/** Up to so many lines, all heads stay in sight while the peers scroll. */
const MAX_PILE = 8;

/** Fewest who must stay when somebody is left out. */
const MIN_STAYING = 4;

/** A line, and perhaps a peer in it. */
export interface PickedPeer {
  /** Place in `grid.lines`; -1: those who wait. */
  readonly line: number;
  readonly peer: PeerId | undefined;
}

/** The peers of the room, this tab first. */
@customElement('peer-list')
export class PeerList extends LitElement {
  static override styles = [controlsStyles, peerListStyles];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** What the further peers of this tab show, by id. */
  @property({ attribute: false }) here: ReadonlyMap<PeerId, SessionView> = new Map();

  /** What was picked in the flock: it is opened and scrolled to. */
  @property({ attribute: false }) picked: PickedPeer | undefined;

  @state() private opened: PeerId | undefined;
  /** Lines whose members are hidden, or shown: the own one is shown unless it was closed. */
  @state() private toggled: ReadonlySet<number> = new Set();

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { picked, view } = this;
    if (!changed.has('picked') || picked === undefined || !view) return;
    if (picked.peer !== undefined && picked.peer !== view.self.id) this.opened = picked.peer;
    if (view.grid && !this.isShown(picked.line, view.grid)) this.toggle(picked.line);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { picked } = this;
    if (!changed.has('picked') || picked === undefined) return;
    const row = this.renderRoot.querySelector<HTMLElement>(
      picked.peer === undefined ? `[data-line="${picked.line}"]` : `[data-peer="${picked.peer}"]`,
    );
    row?.scrollIntoView({ block: 'nearest' });
    row?.querySelector('button')?.focus();
  }

  override render(): TemplateResult | typeof nothing {
    const view = this.view;
    if (!view) return nothing;
    if (view.grid) return this.renderLines(view);
    return html`<ul>
      ${this.renderSelf(view)} ${this.renderPeers(view, view.peers)}
    </ul>`;
  }

  private renderSelf(view: SessionView) {
    return html`<li data-peer=${view.self.id}>
      <div class="line">
        <div class="peer">
          ${peerBird(view.self.colour)}
          <span class="who"><b>${view.self.name}</b> <span class="tag">you</span></span>
          <span class="what">${ownDoing(view)}</span>
        </div>
      </div>
    </li>`;
  }

  private renderPeers(view: SessionView, peers: readonly PeerView[]) {
    return repeat(
      peers,
      (peer) => peer.id,
      (peer) => this.renderPeer(view, peer),
    );
  }

  /** A large room by line, the own one first, in a box that keeps its height. */
  private renderLines(view: SessionView) {
    const { groups, foldedLines } = peersByLine(view);
    return html`<div class="lines">
      ${repeat(
        groups,
        ({ line }) => line,
        (group, at) => this.renderLine(view, view.grid!, group, pileOf(at, groups.length)),
      )}
      ${foldedLines === 0 ? nothing : html`<p class="unlinked">${foldedLineWords(foldedLines)}</p>`}
    </div>`;
  }

  private renderLine(
    view: SessionView,
    grid: GridView,
    { line, peers, unlinked }: PeersOfLine,
    pile: string,
  ) {
    const isOwn = line === grid.ownLine;
    const isShown = this.isShown(line, grid);
    // Heads are siblings, not parts of sections: only so can they pile up below each other.
    return html`<h3 data-line=${line} style=${pile}>
        <button
          class="head"
          aria-expanded=${isShown ? 'true' : 'false'}
          @click=${() => this.toggle(line)}
        >
          <span class="chevron">${icon('down', 12)}</span>
          <b>${lineName(line, isOwn)}</b>
          <span class="what">${lineWords(isOwn, peers, unlinked)}</span>
        </button>
      </h3>
      ${
        isShown
          ? html`<ul aria-label=${lineName(line, isOwn)}>
              ${isOwn ? this.renderSelf(view) : nothing} ${this.renderPeers(view, peers)}
              ${unlinked === 0 ? nothing : html`<li class="unlinked">${unlinkedWords(unlinked)}</li>`}
            </ul>`
          : nothing
      }`;
  }

  private isShown(line: number, grid: GridView): boolean {
    return (line === grid.ownLine) !== this.toggled.has(line);
  }

  private toggle(line: number): void {
    const toggled = new Set(this.toggled);
    if (!toggled.delete(line)) toggled.add(line);
    this.toggled = toggled;
  }

  private renderPeer(view: SessionView, peer: PeerView) {
    const isOpen = this.opened === peer.id;
    const tag = peerTag(peer);
    const through = throughWords(view, peer);
    return html`<li class=${peer.link === 'gone' ? 'gone' : ''} data-peer=${peer.id}>
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
            ><b>${peer.name}</b> ${tag ? html`<span class="tag">${tag}</span>` : nothing}</span
          >
          <span class="what"
            >${peerDoing(view, peer)}${through === undefined ? '' : `, ${through}`}
            <span class="chevron">${icon('down', 12)}</span></span
          >
        </button>
        ${peer.link === 'gone' || !canBeAsked(view, peer) ? nothing : this.renderLeaveOut(peer)}
      </div>
      ${isOpen ? this.renderDetails(view, peer) : nothing}
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

  private renderDetails(view: SessionView, peer: PeerView) {
    const here = this.here.get(peer.id);
    return html`<dl class="details">
        <dt><explained-term of="identity">Fingerprint</explained-term></dt>
        <dd><code>${peer.id}</code></dd>
        <dt>Link</dt>
        <dd>${explain(linkWords(view, peer), ['relayed link', /passes sealed messages on/])}</dd>
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

/** Heads that pile up above and below the head of a line, so that all lines stay in sight. */
function pileOf(at: number, groups: number): string {
  return groups > MAX_PILE
    ? '--before: 0; --after: -9'
    : `--before: ${at}; --after: ${groups - 1 - at}`;
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
