/**
 * A whole room as one element, for any page: maps, flock, accuracy, peers and privacy.
 *
 * It is the page's own room without its header: which room it is comes from attributes instead of the
 * address bar, and nothing is remembered but the tab's identity.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PeerId } from '../../ids.ts';
import type { Inspection, SessionControls, SessionView } from '../../peer/view.ts';
import { controlsStyles } from '../controls-styles.ts';
import { isLoopbackHost } from '../invitation-host.ts';
import { obeySession } from '../obey.ts';
import { openSessionAt } from '../open-session.ts';
import type { DialogName, RoomCommand, RoomCommandEvent } from '../room-command.ts';
import '../room-page.ts';
import { RoomStore } from '../room-store.ts';
import { formatRoute, invitationOf, parseRoute, type RoomAddress } from '../route.ts';
import { StoreController } from '../store-controller.ts';
import { AloneController } from './looks.ts';

/** The element shows something new of its session. */
export class MurmurationRoomViewEvent extends Event {
  /** Name of the event. */
  static readonly type = 'murmuration-room-view';
  /** The new view. */
  readonly view: SessionView;
  constructor(view: SessionView) {
    super(MurmurationRoomViewEvent.type, { bubbles: true, composed: true });
    this.view = view;
  }
}

/**
 * A room in which tabs learn one map together. It joins when it is put into a page, and leaves when it is
 * taken out. Made for the whole width of a page: its columns follow the width of the window.
 *
 * @fires murmuration-room-view - Something changed; `event.view` is the new view of the session.
 * @cssproperty [--murmuration-ground] - Background.
 * @cssproperty [--murmuration-ink] - Text.
 * @cssproperty [--murmuration-sans] - Typeface.
 * @cssproperty [--murmuration-heat-0] - Coldest colour of the maps; up to `--murmuration-heat-8`, the hottest.
 */
@customElement('murmuration-room')
export class MurmurationRoom extends LitElement {
  /** Its looks. */
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        min-height: 320px;
        background: var(--ground);
      }
      .wait {
        padding: 26px 0;
      }
      .wait p {
        max-width: 78ch;
        margin: 5px 0 0;
        color: var(--ink-2);
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** Address of the server that introduces peers; the origin of the page unless given. */
  @property() server = '';
  /** Name of the room, 1 to 40 characters. */
  @property() room = '';
  /** Room key, base64url of 16 bytes or more; without it the open room of that name. */
  @property({ attribute: 'room-key' }) roomKey = '';
  /** What the others see. */
  @property() name = 'Peer';
  /** The map to learn: `circle`, `diagonal`, `checkerboard`, `stripes` or `spiral`. */
  @property() pattern = 'circle';
  /** Units of each hidden layer, such as "8" or "12,6". */
  @property({ attribute: 'hidden-layers' }) hiddenLayers = '8';

  @state() private mistake: string | undefined;
  @state() private dialog: DialogName | undefined;
  @state() private inspection: Inspection | undefined;

  private readonly store = new RoomStore((options) =>
    openSessionAt(this.server || location.origin)(options),
  );
  private address: RoomAddress | undefined;
  private isLooking = false;
  private lastView: SessionView | undefined;

  constructor() {
    super();
    new AloneController(this);
    new StoreController(this, () => this.store);
    this.addEventListener('room-command', (event: RoomCommandEvent) => this.obey(event.command));
  }

  /** What the session shows now; undefined before it is open. */
  get view(): SessionView | undefined {
    return this.store.snapshot.view;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.address = undefined;
    void this.store.leave();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Taken out and put in again: the properties did not change, and the room was left.
    if (this.hasUpdated) this.enter();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const names = ['server', 'room', 'roomKey', 'name', 'pattern', 'hiddenLayers'] as const;
    if (names.some((name) => changed.has(name))) this.enter();
    const round = this.view?.result?.round;
    if (!this.isLooking) this.inspection = undefined;
    else if (this.inspection?.round !== round) this.inspection = this.store.session?.inspect();
  }

  protected override updated(): void {
    const { view } = this;
    if (view === undefined || view === this.lastView) return;
    this.lastView = view;
    this.dispatchEvent(new MurmurationRoomViewEvent(view));
  }

  override render(): TemplateResult {
    const { view, here, isAdding, problem } = this.store.snapshot;
    const invitation = this.invitation;
    if (view?.learning === undefined) return this.renderWaiting(this.mistake ?? problem);
    return html`<room-page
        .view=${view}
        .here=${viewsOf(here)}
        .inspection=${this.inspection}
        .invitation=${invitation}
        .loopback=${invitation !== '' && isLoopbackHost(new URL(invitation).hostname)}
        .adding=${isAdding}
        .problem=${problem}
      ></room-page>
      ${
        this.dialog === undefined
          ? nothing
          : html`<room-dialogs
              .dialog=${this.dialog}
              .view=${view}
              .address=${this.address}
              .invitation=${invitation}
              .name=${this.name}
            ></room-dialogs>`
      }`;
  }

  private renderWaiting(problem: string | undefined): TemplateResult {
    return html`<div class="wait" role="status">
      <h2>${problem === undefined ? 'Opening the room.' : 'The room could not be opened.'}</h2>
      <p>${problem ?? 'This tab makes itself an identity and takes its first readings.'}</p>
    </div>`;
  }

  /** Joins the room of the attributes. */
  private enter(): void {
    const route = parseRoute(this.routeOfAttributes());
    this.mistake = route.type === 'invalid' ? route.message : undefined;
    if (route.type !== 'room') {
      this.address = undefined;
      void this.store.leave();
      return;
    }
    if (this.address && formatRoute(this.address) === formatRoute(route.address)) {
      if (this.view?.self.name !== this.name) this.store.session?.rename(this.name);
      return;
    }
    this.address = route.address;
    void this.store.enter(route.address, this.name);
  }

  /** As an address has it: the same checks, and the same sentences about what is wrong. */
  private routeOfAttributes(): string {
    const parts = [`pattern=${this.pattern}`, `hidden=${this.hiddenLayers}`];
    if (this.roomKey !== '') parts.push(`k=${this.roomKey}`);
    return `#/room/${encodeURIComponent(this.room)}?${parts.join('&')}`;
  }

  private get invitation(): string {
    if (this.address === undefined) return '';
    const page = new URL(this.server || location.origin, location.href);
    page.protocol = page.protocol.replace('ws', 'http');
    return invitationOf(page.href, this.address);
  }

  private obey(command: RoomCommand): void {
    const { session, snapshot } = this.store;
    switch (command.type) {
      case 'add-peer':
        return void this.store.addPeer();
      case 'remove-peer':
        return void this.store.removePeer(command.peer);
      case 'look':
        this.isLooking = command.isLooking;
        if (!this.isLooking) session?.stopInspecting();
        return this.requestUpdate();
      case 'rename':
        this.name = command.name;
        return;
      case 'open-dialog':
        void import('../room-dialogs.ts');
        this.dialog = command.dialog;
        return;
      case 'close-dialog':
        this.dialog = undefined;
        return;
      case 'new-room':
      case 'enter':
        // Which room it is, is the page's to say.
        return;
      default:
        return obeySession(command, session, (peer) =>
          peer === undefined ? session : snapshot.here.get(peer),
        );
    }
  }
}

function viewsOf(here: ReadonlyMap<PeerId, SessionControls>): ReadonlyMap<PeerId, SessionView> {
  return new Map([...here].map(([id, session]) => [id, session.view]));
}

declare global {
  interface HTMLElementTagNameMap {
    'murmuration-room': MurmurationRoom;
  }
  interface HTMLElementEventMap {
    'murmuration-room-view': MurmurationRoomViewEvent;
  }
}
