/**
 * Questions and tables: a room in which nothing is shown but what everybody together has.
 *
 * Holds the session of that room, and hands it to the sections; each of them is an element of its own.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Session } from '../peer/session.ts';
import type { SessionView } from '../peer/view.ts';
import './ask-the-room.ts';
import { controlsStyles } from './controls-styles.ts';

import './copy-button.ts';
import { peerBird } from './icons.ts';
import './learn-from-table.ts';
import { openDataSession } from './open-session.ts';
import { formatDataRoute, type RoomAddress } from './route.ts';
import './terms/explained-term.ts';

/** The page of a room for questions and tables. */
@customElement('data-page')
export class DataPage extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        padding: 26px 0 var(--s8);
      }
      h1 {
        font-size: var(--text-xl);
        line-height: 1.18;
        font-weight: 550;
        letter-spacing: -0.018em;
      }
      .lead {
        max-width: 78ch;
        margin: 5px 0 20px;
        color: var(--ink-2);
      }
      .room {
        gap: var(--s3);
        padding: 10px 0;
        border-top: 1px solid var(--hairline);
        border-bottom: 1px solid var(--hairline);
        font-size: var(--text-s);
      }
      .room h2 {
        font-size: inherit;
        font-weight: 600;
      }
      .peers {
        display: flex;
        flex-wrap: wrap;
        gap: 4px var(--s4);
      }
      .peers li {
        display: flex;
        align-items: center;
        gap: 6px;
        min-width: 0;
      }
      .peers .name {
        overflow: hidden;
        max-width: 18ch;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .problem {
        margin-top: var(--s4);
        padding: 8px 12px;
        border-radius: var(--r-m);
        background: var(--bad-bg);
        color: var(--bad);
        font-size: var(--text-s);
      }
      .section {
        display: block;
        padding-top: var(--s6);
      }
    `,
  ];

  /** The room. */
  @property({ attribute: false }) address: RoomAddress | undefined;
  /** The person's name. */
  @property() name = '';

  @state() private session: Session | undefined;
  @state() private view: SessionView | undefined;
  @state() private problem: string | undefined;
  private entered: RoomAddress | undefined;
  private stop: (() => void) | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.leave();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('address') && this.address) void this.enter(this.address);
  }

  override render(): TemplateResult {
    const others = this.view?.peers.filter(({ link }) => link === 'linked') ?? [];
    return html`
      <h1>What do we all have, that none of us shows?</h1>
      <p class="lead">
        Whoever has the link is in this room. Numbers are summed with
        <explained-term of="mask">masks</explained-term> that cancel, so that nobody sees anybody’s;
        a sum is over three people at least.
      </p>
      <section class="room row" aria-label="Room">
        <h2>${this.address?.room}</h2>
        <ul class="peers" aria-label="Who is here">
          <li>
            ${peerBird(0, 20)}<span class="name">${this.view?.self.name ?? this.name} (you)</span>
          </li>
          ${others.map(
            ({ name, colour }) =>
              html`<li>${peerBird(colour, 20)}<span class="name">${name}</span></li>`,
          )}
        </ul>
        <span class="quiet" role="status">${this.state(others.length)}</span>
        <copy-button class="push" .text=${this.link} label="Copy invitation"></copy-button>
      </section>
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      ${this.view?.problems
        .slice(-2)
        .map(({ message }) => html`<p class="problem" role="alert">${message}</p>`)}
      <ask-the-room class="section" .session=${this.session}></ask-the-room>
      <learn-from-table class="section" .session=${this.session}></learn-from-table>
    `;
  }

  private state(others: number): string {
    if (this.view === undefined) return this.problem ? '' : 'Opening the room.';
    if (this.view.server === 'connecting') return 'Looking for the others.';
    if (others < 2) return `${2 - others === 2 ? 'Two more people are' : 'One more is'} needed.`;
    return '';
  }

  private get link(): string {
    return this.address ? new URL(formatDataRoute(this.address), location.href).href : '';
  }

  private async enter(address: RoomAddress): Promise<void> {
    this.leave();
    this.entered = address;
    this.problem = undefined;
    try {
      const session = await openDataSession(address, this.name);
      if (this.entered !== address) return await session.leave();
      this.session = session;
      this.view = session.view;
      this.stop = session.subscribe((view) => {
        this.view = view;
      });
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  private leave(): void {
    this.entered = undefined;
    this.stop?.();
    this.stop = undefined;
    void this.session?.leave();
    this.session = undefined;
    this.view = undefined;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'data-page': DataPage;
  }
}
