/**
 * What the room would learn from: what leaves this tab, who else has a table, what differs, and who is ready.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { MIN_CATEGORY_ROWS } from '../config.ts';
import type { MeetingView, TableGuest } from '../peer/table-meeting.ts';
import type { Description, SchemaColumn } from '../task/table/schema.ts';
import { controlsStyles } from './controls-styles.ts';
import { tableStyles } from './table-styles.ts';
import './terms/explained-term.ts';
import { capitalised, counted, listed } from './words.ts';

/** What the person wants: to tell the room, to begin, to wait, or to stop. */
export class TableWishEvent extends Event {
  static readonly type = 'table-wish';
  readonly wish: 'tell' | 'begin' | 'wait' | 'stop';
  constructor(wish: TableWishEvent['wish']) {
    super(TableWishEvent.type);
    this.wish = wish;
  }
}

/**
 * The agreement.
 *
 * @fires table-wish - A button was pressed.
 */
@customElement('table-agreement')
export class TableAgreement extends LitElement {
  static override styles = [
    controlsStyles,
    tableStyles,
    css`
      .told {
        margin: 4px 0 var(--s3);
        padding: var(--s3) var(--s4);
        border-radius: var(--r-m);
        background: var(--ground-sunken);
      }
      .told p {
        overflow-wrap: anywhere;
      }
      .told b {
        font-weight: 550;
      }
      .guests {
        display: grid;
        gap: 2px;
        margin: 4px 0 var(--s3);
      }
      .guests li {
        display: flex;
        gap: 8px;
      }
      .mistake {
        display: grid;
        gap: 4px;
        margin: 4px 0 var(--s3);
      }
      code {
        font: 400 var(--text-xs) / 1.4 var(--mono);
      }
      .quiet + .quiet {
        margin-top: 4px;
      }
    `,
  ];

  /** What would be told, or is. */
  @property({ attribute: false }) description: Description | undefined;
  /** Why nothing can be told. */
  @property() mistake = '';
  @property({ attribute: false }) meeting: MeetingView | undefined;
  /** The description as it stands has been told. */
  @property({ type: Boolean }) told = false;
  /** Learning is under way. */
  @property({ type: Boolean }) learning = false;
  /** It was learned from before. */
  @property({ type: Boolean }) again = false;

  override render(): TemplateResult {
    return html`
      <h3>
        ${this.told ? 'What the others have heard of your table' : 'What the others would hear of your table'}
      </h3>
      ${
        this.mistake
          ? html`<p class="mistake" role="alert">${this.mistake}</p>`
          : html`<div class="told">
              ${this.description ? this.renderTold(this.description) : nothing}
            </div>`
      }
      ${this.told ? this.renderRoom() : nothing}
      <div class="row">${this.renderButtons()}</div>
    `;
  }

  private renderTold({ columns, target }: Description) {
    return html`${columns.map((column) => html`<p>${columnWords(column, column.name === target)}</p>`)}
      <p class="quiet">
        Nothing else: no row, no count, no category that fewer than ${MIN_CATEGORY_ROWS} rows share.
      </p>`;
  }

  private renderRoom() {
    const { meeting } = this;
    if (!meeting) return nothing;
    const { guests, agreement } = meeting;
    return html`<div role="status">
      <h3>Who has a table</h3>
      <ul class="guests">
        <li>You<span class="quiet">${meeting.isReady ? 'ready' : 'not ready yet'}</span></li>
        ${guests.map(
          (guest) => html`<li>${guest.name}<span class="quiet">${guestWords(guest)}</span></li>`,
        )}
      </ul>
      ${
        agreement?.type === 'differ'
          ? html`<div class="mistake">
              ${agreement.differences.map((text) => html`<p>${text}</p>`)}
            </div>`
          : nothing
      }
      ${
        agreement?.type === 'agreed' && guests.some(({ isAway }) => !isAway)
          ? html`<p class="quiet">
              All tables fit together. The <explained-term of="schema">schema</explained-term> has
              the name <code>${agreement.hash.slice(0, 16)}</code>, the same at everybody’s.
            </p>`
          : nothing
      }
      ${this.learning || this.again ? nothing : html`<p class="quiet">${waitingWords(meeting)}</p>`}
    </div>`;
  }

  private renderButtons() {
    const { meeting } = this;
    if (this.learning) return this.button('stop', 'Stop', false);
    if (!this.told) {
      return this.button('tell', 'Tell the room', true, this.mistake !== '' || !this.description);
    }
    const isUnfit = meeting?.agreement?.type !== 'agreed';
    return meeting?.isReady
      ? this.button('wait', 'Not yet, after all', false)
      : this.button('begin', this.again ? 'Learn again' : 'Learn together', !this.again, isUnfit);
  }

  private button(
    wish: TableWishEvent['wish'],
    words: string,
    isPrimary: boolean,
    isDisabled = false,
  ) {
    return html`<button
      class="button ${isPrimary ? 'primary' : ''}"
      ?disabled=${isDisabled}
      @click=${() => this.dispatchEvent(new TableWishEvent(wish))}
    >
      ${words}
    </button>`;
  }
}

function columnWords({ name, type, categories }: SchemaColumn, isTarget: boolean) {
  const what =
    type === 'number'
      ? 'numbers'
      : categories.length === 0
        ? 'categories, all too rare to be named'
        : listed(categories);
  return html`<b>${name}</b>: ${what}${isTarget ? ' (to be predicted)' : ''}`;
}

function guestWords({ isReady, isAway }: TableGuest): string {
  if (isAway) return 'learns with others already';
  return isReady ? 'ready' : 'not ready yet';
}

/** What is missing before learning begins. */
function waitingWords({ guests, wanted, isReady, agreement }: MeetingView): string {
  const here = guests.filter(({ isAway }) => !isAway);
  const missing = wanted - here.length - 1;
  if (missing > 0)
    return `${capitalised(counted(missing, 'more table'))} needed: a sum is over ${wanted} at least.`;
  if (agreement?.type !== 'agreed') return 'Learning can begin once all tables fit together.';
  const late = here.filter((guest) => !guest.isReady).map(({ name }) => name);
  if (!isReady) return 'Learning begins when everybody has pressed “Learn together”.';
  return late.length > 0 ? `Waiting for ${listed(late)}.` : 'Beginning.';
}

declare global {
  interface HTMLElementTagNameMap {
    'table-agreement': TableAgreement;
  }
  interface HTMLElementEventMap {
    'table-wish': TableWishEvent;
  }
}
