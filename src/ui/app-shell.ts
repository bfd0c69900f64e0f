/**
 * The whole page: reads the address, keeps the session's store, answers the wishes of the person.
 *
 * The only element that knows the store; everything below gets plain data and sends events.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { PeerId } from '../ids.ts';
import type { Inspection, SessionControls, SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { icon, mark } from './icons.ts';
import { isLoopbackHost } from './invitation-host.ts';
import { obeySession } from './obey.ts';
import { publishView } from './plain-view.ts';
import {
  freshRoom,
  rememberDataRoom,
  rememberedDataRoom,
  rememberedRoom,
  rememberName,
  rememberRoom,
  tabName,
} from './remembered.ts';
import type { DialogName, RoomCommand, RoomCommandEvent } from './room-command.ts';
import './room-page.ts';
import { RoomStore } from './room-store.ts';
import type { OpenSession } from './room-store.ts';
import { formatDataRoute, formatRoute, invitationOf, parseRoute } from './route.ts';
import type { RoomAddress, StoryFigure } from './route.ts';
import { StoreController } from './store-controller.ts';
import { chooseTheme, shownTheme, ThemeWatchController } from './theme.ts';

/** The page. `open` must be set before the element is attached. */
@customElement('app-shell')
export class AppShell extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        min-height: 100vh;
      }
      .page {
        max-width: 1504px;
        margin: 0 auto;
        padding: 0 var(--margin);
      }
      .top {
        height: 56px;
        border-bottom: 1px solid var(--hairline);
      }
      .top .page {
        display: flex;
        align-items: center;
        gap: var(--s4);
        height: 100%;
      }
      .brand {
        display: flex;
        align-items: center;
        gap: 10px;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      .slash {
        width: 1px;
        height: 20px;
        background: var(--hairline);
        rotate: 18deg;
      }
      a.button {
        color: inherit;
        text-decoration: none;
      }
      .room {
        min-width: 0;
        font-weight: 500;
        font-size: var(--text-m);
      }
      .room svg {
        flex: none;
      }
      .room span {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .pages {
        display: flex;
        gap: var(--s4);
      }
      .wait {
        min-height: 100vh;
        padding: 26px 0;
      }
      .wait h1 {
        font-size: var(--text-xl);
        line-height: 1.18;
        font-weight: 550;
        letter-spacing: -0.018em;
      }
      .wait p {
        max-width: 78ch;
        margin: 5px 0 20px;
        color: var(--ink-2);
        overflow-wrap: anywhere;
      }
      @media (max-width: 640px) {
        .wide {
          display: none;
        }
        .top {
          height: auto;
        }
        .top .page {
          flex-wrap: wrap;
          gap: 0 10px;
          height: auto;
          padding-block: 6px;
        }
        .room {
          flex: 0 1 auto;
          max-width: calc(100% - 190px);
        }
        .pages {
          gap: 0;
        }
        /* The room's name would have no place beside them. */
        .under {
          order: 1;
          flex-basis: 100%;
          margin: -4px 0 -4px -9px;
        }
      }
    `,
  ];

  /** How sessions are opened. */
  @property({ attribute: false }) open!: OpenSession;

  @state() private address: RoomAddress | undefined;
  @state() private mistake: string | undefined;
  /** The story, where it is shown: all of it, or one figure. */
  @state() private story: { readonly figure: StoryFigure | undefined } | undefined;
  /** The lab's query while it is shown instead of a room. */
  @state() private lab: string | undefined;
  /** The room for questions and tables, while it is shown. */
  @state() private data: RoomAddress | undefined;
  @state() private dialog: DialogName | undefined;
  @state() private inspection: Inspection | undefined;

  private store!: RoomStore;
  private isLooking = false;
  private inspectedRound: number | undefined;
  private name = '';
  private trigger: HTMLElement | undefined;

  constructor() {
    super();
    new ThemeWatchController(this, () => this.requestUpdate());
    new StoreController(
      this,
      () => (this.store ??= new RoomStore((options) => this.open(options))),
    );
    this.addEventListener('room-command', this.onCommand);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    publishView(() => this.store.snapshot.view);
    addEventListener('hashchange', this.follow);
    this.name = tabName();
    this.follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.follow);
  }

  protected override willUpdate(): void {
    this.inspect();
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('dialog') && this.dialog) void import('./room-dialogs.ts');
    if (this.story && changed.has('story')) {
      document.title = 'The story · Murmuration';
      void import('./story/story-page.ts');
    }
    if (this.address?.task.type === 'spam') void import('./spam-room.ts');
    if (changed.has('address') && this.address)
      document.title = `${this.address.room} · Murmuration`;
  }

  override render(): TemplateResult {
    const { view } = this.store.snapshot;
    const isDark = shownTheme() === 'dark';
    if (this.story?.figure)
      return html`<main><story-page .figure=${this.story.figure}></story-page></main>`;
    return html`
      <header class="top">
        <div class="page">
          <span class="brand">${mark()}<span class="wide">Murmuration</span></span>
          <span class="slash wide" aria-hidden="true"></span>
          ${
            this.address
              ? html`<button
                    class="button bare room"
                    aria-label=${`Room ${this.address.room}: change room or name`}
                    @click=${() => this.show('room')}
                  >
                    <span>${this.address.room}</span>${icon('down', 14)}
                  </button>
                  <button class="button push" @click=${() => this.show('invite')}>
                    ${icon('invite', 15)}Invite
                  </button>`
              : html`<a class="button bare" href="#/">Room</a><span class="push"></span>`
          }
          <nav class=${this.address ? 'pages under' : 'pages'} aria-label="Other pages">
            ${this.story ? nothing : html`<a class="button bare" href="#/story">Story</a>`}
            ${this.data ? nothing : html`<a class="button bare" href="#/data">Data</a>`}
            ${this.lab === undefined ? html`<a class="button bare" href="#/lab">Lab</a>` : nothing}
          </nav>
          <button
            class="button icon bare"
            aria-label=${isDark ? 'Light theme' : 'Dark theme'}
            @click=${() => chooseTheme(isDark ? 'light' : 'dark')}
          >
            ${icon(isDark ? 'sun' : 'moon')}
          </button>
        </div>
      </header>
      <main class="page">
        ${
          this.story
            ? html`<story-page></story-page>`
            : this.lab !== undefined
              ? html`<lab-page .query=${this.lab}></lab-page>`
              : this.data
                ? html`<data-page .address=${this.data} .name=${this.name}></data-page>`
                : this.mistake
                  ? this.renderMistake(this.mistake)
                  : this.renderRoom()
        }
      </main>
      ${
        this.dialog
          ? html`<room-dialogs
              .dialog=${this.dialog}
              .view=${view}
              .address=${this.address}
              .invitation=${this.invitation}
              .name=${this.name}
            ></room-dialogs>`
          : nothing
      }
    `;
  }

  private renderRoom() {
    const { view, here, isAdding, problem } = this.store.snapshot;
    if (view?.spam)
      return html`<spam-room
        .view=${view}
        .here=${viewsOf(here)}
        .inspection=${this.inspection}
        .invitation=${this.invitation}
        .loopback=${isLoopbackHost(location.hostname)}
        .adding=${isAdding}
        .problem=${problem}
      ></spam-room>`;
    if (view?.learning)
      return html`<room-page
        .view=${view}
        .here=${viewsOf(here)}
        .inspection=${this.inspection}
        .invitation=${this.invitation}
        .loopback=${isLoopbackHost(location.hostname)}
        .adding=${isAdding}
        .problem=${problem}
      ></room-page>`;
    return this.renderWaiting(problem);
  }

  private renderMistake(message: string) {
    return html`<div class="wait">
      <div role="alert">
        <h1>This address leads nowhere.</h1>
        <p>${message}</p>
      </div>
      <div class="row">
        <button class="button primary" @click=${() => this.enter(freshRoom())}>New room</button>
        <button class="button" @click=${() => this.show('room')}>
          Have an invitation? Paste or scan it
        </button>
      </div>
    </div>`;
  }

  private renderWaiting(problem: string | undefined) {
    return html`<div class="wait" role="status">
      ${
        problem
          ? html`<h1>The room could not be opened.</h1>
              <p>${problem}</p>`
          : html`<h1>Opening the room.</h1>
              <p>Your tab makes itself an identity and takes its first readings.</p>`
      }
    </div>`;
  }

  private get invitation(): string {
    return this.address ? invitationOf(location.href, this.address) : '';
  }

  /** Reads the address bar, and enters the room that it names. */
  private readonly follow = (): void => {
    const route = parseRoute(location.hash);
    this.mistake = route.type === 'invalid' ? route.message : undefined;
    this.story = route.type === 'story' ? route : undefined;
    this.lab = route.type === 'lab' ? route.query : undefined;
    this.data = route.type === 'data' ? this.dataRoom(route.address) : undefined;
    if (route.type === 'data') {
      if (route.name !== undefined) this.name = route.name;
      void import('./data-page.ts');
      document.title = 'Data · Murmuration';
    }
    if (route.type === 'lab') {
      void import('./lab-page.ts');
      document.title = 'Lab · Murmuration';
    }
    if (route.type !== 'bare' && route.type !== 'room') {
      this.address = undefined;
      void this.store.leave();
      return;
    }
    if (route.type === 'bare') {
      this.enter(rememberedRoom() ?? freshRoom());
      return;
    }
    if (route.name !== undefined) this.name = route.name;
    if (this.address && formatRoute(this.address) === formatRoute(route.address)) return;
    this.address = route.address;
    rememberRoom(route.address);
    void this.store.enter(route.address, this.name);
  };

  /** The room for questions and tables that an address means; it is in the address bar afterwards. */
  private dataRoom(given: RoomAddress | undefined): RoomAddress {
    const address = given ?? rememberedDataRoom() ?? freshRoom();
    rememberDataRoom(address);
    if (given === undefined) history.replaceState(null, '', formatDataRoute(address));
    // The same object for the same room, so that going there twice does not join it twice.
    const isSame = this.data && formatDataRoute(this.data) === formatDataRoute(address);
    return isSame ? this.data! : address;
  }

  /** Goes to a room by the address bar, so that it is the invitation and the way back works. */
  private enter(address: RoomAddress): void {
    const hash = formatRoute(address);
    if (location.hash === hash) return;
    if (this.address || this.mistake || this.story || this.data || this.lab !== undefined)
      location.hash = hash;
    else {
      history.replaceState(null, '', hash);
      this.follow();
    }
  }

  private show(dialog: DialogName): void {
    this.trigger = deepFocus();
    this.dialog = dialog;
  }

  /** Keeps what the others saw while somebody looks at it, and lets go of it afterwards. */
  private inspect(): void {
    const session = this.store.session;
    const round = session?.view.result?.round;
    if (!this.isLooking || !session) {
      if (this.inspection) session?.stopInspecting();
      this.inspection = undefined;
      this.inspectedRound = undefined;
    } else if (round !== this.inspectedRound || !this.inspection) {
      this.inspection = session.inspect();
      this.inspectedRound = round;
    }
  }

  private sessionOf(peer: PeerId | undefined): SessionControls | undefined {
    return peer === undefined ? this.store.session : this.store.snapshot.here.get(peer);
  }

  private readonly onCommand = (event: RoomCommandEvent): void => {
    this.obey(event.command);
  };

  private obey(command: RoomCommand): void {
    const own = this.store.session;
    switch (command.type) {
      case 'add-peer':
        return void this.store.addPeer();
      case 'remove-peer':
        return void this.store.removePeer(command.peer);
      case 'look':
        this.isLooking = command.isLooking;
        if (!this.isLooking) own?.stopInspecting();
        return this.requestUpdate();
      case 'rename':
        this.name = command.name;
        rememberName(command.name);
        return own?.rename(command.name);
      case 'open-dialog':
        return this.show(command.dialog);
      case 'close-dialog':
        this.dialog = undefined;
        return this.trigger?.focus();
      case 'new-room':
        this.dialog = undefined;
        return this.enter(freshRoom());
      case 'enter':
        this.dialog = undefined;
        return this.enter(command.address);
      default:
        return obeySession(command, own, (peer) => this.sessionOf(peer));
    }
  }
}

function viewsOf(here: ReadonlyMap<PeerId, SessionControls>): ReadonlyMap<PeerId, SessionView> {
  return new Map([...here].map(([id, session]) => [id, session.view]));
}

/** The focused element, through every shadow root. */
function deepFocus(): HTMLElement | undefined {
  let focused = document.activeElement;
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement;
  return focused instanceof HTMLElement ? focused : undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    'app-shell': AppShell;
  }
}
