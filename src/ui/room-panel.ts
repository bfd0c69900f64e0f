/**
 * The person's name, how the room is linked, and the ways to another room: an invitation, a new room, the
 * open room.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { MAX_NAME_LENGTH } from '../config.ts';
import './combining-choice.ts';
import { controlsStyles } from './controls-styles.ts';
import { freshRoom } from './remembered.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import type { CodeScannedEvent } from './code-scanner.ts';
import { DEFAULT_TASK, nameMistake, parseInvitation } from './route.ts';
import type { RoomAddress } from './route.ts';
import './terms/explained-term.ts';

/** The name of the one room of a server that has no key. */
const OPEN_ROOM = 'open';

/** Name, invitation, new room, open room. */
@customElement('room-panel')
export class RoomPanel extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        gap: 18px;
      }
      form,
      .part {
        display: grid;
        gap: 6px;
      }
      label {
        font-size: var(--text-s);
        font-weight: 550;
      }
      .pair {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 8px;
      }
      p {
        font-size: var(--text-s);
        color: var(--ink-2);
      }
      p.bad {
        color: var(--bad);
      }
      .part {
        padding-top: 16px;
        border-top: 1px solid var(--hairline);
        justify-items: start;
      }
      .part.wide {
        justify-items: stretch;
      }
    `,
  ];

  /** The room of the address bar. */
  @property({ attribute: false }) address: RoomAddress | undefined;
  /** The person's name in this tab. */
  @property() name = '';

  @state() private mistake: string | undefined;
  @state() private nameMistake: string | undefined;
  @state() private isScanning = false;
  @query('#name') private nameField!: HTMLInputElement;
  @query('#invitation') private invitationField!: HTMLInputElement;

  override render(): TemplateResult {
    return html`
      <form @submit=${this.onRename}>
        <label for="name">Your name, as the others see it</label>
        <div class="pair">
          <input
            class="field"
            id="name"
            maxlength=${MAX_NAME_LENGTH}
            autocomplete="nickname"
            .value=${this.name}
            aria-describedby="name-mistake"
          />
          <button class="button">Rename</button>
        </div>
        <p class="bad" id="name-mistake" role="status">${this.nameMistake}</p>
      </form>
      <form class="part wide" @submit=${this.onPaste}>
        <label for="invitation">Have an invitation?</label>
        <div class="pair">
          <input
            class="field"
            id="invitation"
            placeholder="Paste the whole link"
            autocomplete="off"
            spellcheck="false"
            aria-describedby="invitation-mistake"
          />
          <button class="button">Join</button>
        </div>
        <p class="bad" id="invitation-mistake" role="status">${this.mistake}</p>
        ${this.renderScan()}
      </form>
      ${this.renderTransport()}
      ${
        this.address?.task.type === 'spam'
          ? nothing
          : html`<combining-choice class="part wide" .address=${this.address}></combining-choice>`
      }
      <div class="part">
        <p>
          A new room has a new <explained-term of="room key">key</explained-term> and nobody in it.
          This browser then remembers it instead.
        </p>
        <div class="row">
          <button class="button" @click=${() => this.wish({ type: 'new-room' })}>New room</button>
          <button
            class="button"
            @click=${() =>
              this.wish({ type: 'enter', address: { ...freshRoom(), task: { type: 'spam' } } })}
          >
            New room for spam
          </button>
        </div>
      </div>
      <div class="part">
        <p>
          The open room has no key: everybody who finds this server can join, and whoever runs the
          server could stand in the middle and read an update. Use it to try things out.
        </p>
        <button
          class="button"
          ?disabled=${this.address?.key === undefined && this.address?.room === OPEN_ROOM}
          @click=${() =>
            this.wish({
              type: 'enter',
              address: { room: OPEN_ROOM, key: undefined, task: DEFAULT_TASK },
            })}
        >
          Join the open room
        </button>
      </div>
    `;
  }

  private renderTransport() {
    const chosen = this.address?.transport ?? 'simple-peer';
    return html`<div class="part wide">
      <label for="transport">How the peers of this room are linked</label>
      <select
        class="field"
        id="transport"
        aria-describedby="transport-words"
        ?disabled=${this.address === undefined}
        @change=${this.onTransport}
      >
        <option value="simple-peer" ?selected=${chosen === 'simple-peer'}>
          Everybody to everybody (simple-peer)
        </option>
        <option value="libp2p" ?selected=${chosen === 'libp2p'}>
          Some to some, for many peers (libp2p)
        </option>
      </select>
      <p id="transport-words">
        All <explained-term of="peer">peers</explained-term> of a room must use the same. A change
        brings this tab back into the room in the new way: send its new invitation to the others.
      </p>
    </div>`;
  }

  private renderScan() {
    // On plain http to another device the browser has no camera for pages.
    if (navigator.mediaDevices === undefined)
      return html`<p>The camera of a phone can open an invitation’s code by itself.</p>`;
    return this.isScanning
      ? html`<code-scanner
          @code-scanned=${(event: CodeScannedEvent) => this.join(event.text)}
        ></code-scanner>`
      : html`<button class="button" type="button" @click=${this.onScan}>
          Scan with the camera
        </button>`;
  }

  private onTransport(event: Event): void {
    if (this.address === undefined) return;
    const { value } = event.target as HTMLSelectElement;
    const transport = value === 'libp2p' ? 'libp2p' : undefined;
    this.wish({ type: 'enter', address: { ...this.address, transport } });
  }

  private async onScan(): Promise<void> {
    await import('./code-scanner.ts');
    this.isScanning = true;
  }

  private onRename(event: Event): void {
    event.preventDefault();
    const name = this.nameField.value.trim();
    const mistake = nameMistake(name);
    this.nameMistake = mistake && `The name ${mistake}.`;
    if (!mistake) this.wish({ type: 'rename', name });
  }

  private onPaste(event: Event): void {
    event.preventDefault();
    this.join(this.invitationField.value);
  }

  private join(text: string): void {
    const route = parseInvitation(text);
    this.mistake = route.type === 'invalid' ? route.message : undefined;
    if (route.type === 'room') this.wish({ type: 'enter', address: route.address });
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-panel': RoomPanel;
  }
}
