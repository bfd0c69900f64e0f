/**
 * The dialogs of the page, in a chunk of their own that is fetched when the first one opens.
 *
 * @module
 */
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { css, html, LitElement } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { nameOf } from './headline.ts';
import { icon } from './icons.ts';
import './invite-panel.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { DialogName } from './room-command.ts';
import './room-panel.ts';
import type { RoomAddress } from './route.ts';
import './terms/explained-term.ts';
import { capitalised, countWord } from './words.ts';

const TITLES: Record<DialogName, string> = {
  invite: 'Invite',
  room: 'Your room',
  'why-it-stopped': 'Why it stopped',
  'ask-why': 'Why you sit out',
};

/**
 * The one dialog that is open.
 *
 * @fires room-command - `close-dialog` once it has closed, or what the person wished in it.
 */
@customElement('room-dialogs')
export class RoomDialogs extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      wa-dialog {
        --width: 420px;
      }
      .top {
        display: flex;
        align-items: center;
        margin-bottom: 14px;
      }
      h2 {
        font-size: var(--text-l);
        line-height: 1.3;
        font-weight: 600;
        letter-spacing: -0.01em;
      }
      .words {
        display: grid;
        gap: 12px;
        color: var(--ink-2);
      }
      .words b {
        color: var(--ink);
        font-weight: 550;
      }
    `,
  ];

  /** Which dialog is open. */
  @property() dialog: DialogName = 'invite';
  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** The room of the address bar. */
  @property({ attribute: false }) address: RoomAddress | undefined;
  /** The invitation to it. */
  @property() invitation = '';
  /** The person's name in this tab. */
  @property() name = '';

  @query('wa-dialog') private frame!: HTMLElement & { open: boolean };

  override render(): TemplateResult {
    const title = TITLES[this.dialog];
    return html`<wa-dialog
      open
      without-header
      light-dismiss
      label=${title}
      @wa-after-hide=${() => this.dispatchEvent(new RoomCommandEvent({ type: 'close-dialog' }))}
    >
      <div class="top">
        <h2>${title}</h2>
        <button
          class="button icon bare push"
          aria-label="Close"
          @click=${() => (this.frame.open = false)}
        >
          ${icon('close')}
        </button>
      </div>
      ${this.renderBody()}
    </wa-dialog>`;
  }

  private renderBody() {
    switch (this.dialog) {
      case 'invite':
        return html`<invite-panel
          .invitation=${this.invitation}
          .isOpenRoom=${this.address?.key === undefined}
        ></invite-panel>`;
      case 'room':
        return html`<room-panel .address=${this.address} .name=${this.name}></room-panel>`;
      case 'why-it-stopped':
        return this.renderWhy();
      case 'ask-why':
        return html`<div class="words">
          <p>
            ${this.leaverOut()} asked to leave you out, and more than half of the room agreed. It
            lasts at least ten rounds, and everybody can see it.
          </p>
          <p>
            <b>What stays:</b> your tab keeps learning, your readings are yours, and you may ask the
            people in the room to let you in again.
          </p>
        </div>`;
    }
  }

  private leaverOut(): string {
    const view = this.view;
    const request = view?.requests.find(
      ({ target, isAgreed }) => target === view.self.id && isAgreed,
    );
    return view && request ? nameOf(view, request.by) : 'Somebody in the room';
  }

  private renderWhy() {
    const failure = this.view?.failure;
    if (!failure) return html`<p class="words">A later round has finished since then.</p>`;
    return html`<div class="words">
      <p>
        <b
          ><explained-term of="round">Round</explained-term> ${failure.round},
          <explained-term of="attempt">attempt</explained-term> ${failure.attempt}.</b
        >
        ${failure.message}
      </p>
      <p>
        A round gives a result only when enough members stay to the end:
        ${
          this.view?.attempt
            ? html`${countWord(this.view.attempt.threshold)} of
              ${countWord(this.view.attempt.roster.length)} in this one`
            : 'more than two thirds of its members, and never fewer than three'
        }.
        Below that, nobody reveals anything, and what was received stays noise.
      </p>
      <p class="small quiet">Reason: ${capitalised(failure.reason.replaceAll('-', ' '))}</p>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-dialogs': RoomDialogs;
  }
}
