/**
 * The columns of one's table: what each was taken for, and what is to be learned.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { MAX_TABLE_ROUNDS, MAX_TABLE_STEPS, MIN_CATEGORY_ROWS } from '../config.ts';
import type { ColumnProfile, TableProfile } from '../task/table/columns.ts';
import type { ColumnChoice } from '../task/table/schema.ts';
import { controlsStyles } from './controls-styles.ts';
import { MODELS, withChoice, withCount, withTarget, type TableDraft } from './table-draft.ts';
import { tableStyles } from './table-styles.ts';
import './terms/explained-term.ts';
import { capitalised, counted, listed } from './words.ts';

/** Categories that are listed. */
const SHOWN = 6;

/** The person chose something else. */
export class TableDraftEvent extends Event {
  static readonly type = 'table-draft';
  readonly draft: TableDraft;
  constructor(draft: TableDraft) {
    super(TableDraftEvent.type);
    this.draft = draft;
  }
}

/**
 * Columns and settings.
 *
 * @fires table-draft - Something else was chosen.
 */
@customElement('table-columns')
export class TableColumns extends LitElement {
  static override styles = [
    controlsStyles,
    tableStyles,
    css`
      .settings {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s3) var(--s4);
        margin-bottom: var(--s4);
      }
      .settings > * {
        display: grid;
        gap: 4px;
        min-width: 0;
        font-weight: 550;
      }
      .settings select {
        max-width: 240px;
      }
      .settings input {
        width: 92px;
      }
      .found {
        color: var(--ink-2);
        overflow-wrap: anywhere;
      }
      .left-out th,
      .left-out .found {
        color: var(--ink-3);
      }
      @media (max-width: 640px) {
        thead {
          display: none;
        }
        tr {
          display: grid;
          grid-template-columns: minmax(0, 1fr) auto;
          border-bottom: 1px solid var(--hairline);
          padding: 6px 0;
        }
        th,
        td {
          border: 0;
          padding: 0;
        }
        td.found {
          grid-column: 1 / -1;
        }
        td.use {
          grid-row: 1;
          grid-column: 2;
        }
      }
    `,
  ];

  /** What was found in the file. */
  @property({ attribute: false }) profile: TableProfile | undefined;
  @property({ attribute: false }) draft: TableDraft | undefined;
  /** Learning is under way: nothing may be changed. */
  @property({ type: Boolean }) disabled = false;

  override render(): TemplateResult | typeof nothing {
    const { profile, draft } = this;
    if (!profile || !draft) return nothing;
    return html`${this.renderSettings(profile, draft)}
      <table>
        <thead>
          <tr>
            <th scope="col">Column</th>
            <th scope="col">Used as</th>
            <th scope="col">What was found</th>
          </tr>
        </thead>
        <tbody>
          ${profile.columns.map((column) => this.renderColumn(column, draft))}
        </tbody>
      </table>`;
  }

  private renderSettings(profile: TableProfile, draft: TableDraft) {
    const { target, kind, hidden, rounds, steps } = draft.settings;
    const usable = profile.columns.filter(({ type }) => type !== 'text' && type !== 'empty');
    const isKnown = MODELS.some((model) => model.hidden.join() === hidden.join());
    return html`<div class="settings">
      <label
        >Predict
        <select
          class="field"
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.tell(withTarget(draft, profile, valueOf(event)))}
        >
          ${usable.map(
            ({ name }) => html`<option value=${name} ?selected=${name === target}>${name}</option>`,
          )}
        </select></label
      >
      <label
        >as
        <select
          class="field"
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.set({ kind: valueOf(event) === 'class' ? 'class' : 'number' })}
        >
          <option value="class" ?selected=${kind === 'class'}>a class</option>
          <option value="number" ?selected=${kind === 'number'}>a number</option>
        </select></label
      >
      <label
        >with
        <select
          class="field"
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.set({ hidden: valueOf(event).split('-').filter(Boolean).map(Number) })}
        >
          ${MODELS.map(
            (model) =>
              html`<option
                value=${model.hidden.join('-')}
                ?selected=${model.hidden.join() === hidden.join()}
              >
                ${model.name}
              </option>`,
          )}
          ${isKnown ? nothing : html`<option value=${hidden.join('-')} selected>Network, ${hidden.join(' and ')}</option>`}
        </select></label
      >
      <div>
        <span><explained-term of="round">Rounds</explained-term></span>
        <input
          class="field"
          aria-label="Rounds"
          type="number"
          min="1"
          max=${MAX_TABLE_ROUNDS}
          .value=${String(rounds)}
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.tell(withCount(draft, 'rounds', Number(valueOf(event))))}
        />
      </div>
      <div>
        <span><explained-term of="step">Steps</explained-term> in each</span>
        <input
          class="field"
          aria-label="Steps in each"
          type="number"
          min="1"
          max=${MAX_TABLE_STEPS}
          .value=${String(steps)}
          ?disabled=${this.disabled}
          @change=${(event: Event) => this.tell(withCount(draft, 'steps', Number(valueOf(event))))}
        />
      </div>
    </div>`;
  }

  private renderColumn(column: ColumnProfile, draft: TableDraft) {
    const { name, type } = column;
    const isTarget = name === draft.settings.target;
    const found = type === 'number' || type === 'category' ? type : 'skip';
    const chosen = draft.choices[name] ?? found;
    const options = optionsOf(column);
    return html`<tr class=${chosen === 'skip' && !isTarget ? 'left-out' : ''}>
      <th scope="row">${name}</th>
      <td class="use">
        ${
          isTarget
            ? 'predicted'
            : html`<select
                class="field"
                aria-label=${`Use ${name} as`}
                ?disabled=${this.disabled}
                @change=${(event: Event) => {
                  const choice = valueOf(event) as ColumnChoice;
                  this.tell(withChoice(draft, name, choice === found ? undefined : choice));
                }}
              >
                ${options.map(
                  ([value, words]) =>
                    html`<option value=${value} ?selected=${value === chosen}>${words}</option>`,
                )}
              </select>`
        }
      </td>
      <td class="found">${foundWords(column)}</td>
    </tr>`;
  }

  private set(settings: Partial<TableDraft['settings']>): void {
    const draft = this.draft!;
    this.tell({ ...draft, settings: { ...draft.settings, ...settings } });
  }

  private tell(draft: TableDraft): void {
    this.dispatchEvent(new TableDraftEvent(draft));
  }
}

function optionsOf({
  numbers,
  categories,
}: ColumnProfile): readonly (readonly [ColumnChoice, string])[] {
  return [
    ...(numbers > 0 ? [['number', 'numbers'] as const] : []),
    ...(categories.size > 0 ? [['category', 'categories'] as const] : []),
    ['skip', 'left out'],
  ];
}

/** What one column holds, in a line; nothing of it goes anywhere. */
function foundWords({ type, missing, strays, firstStray, categories }: ColumnProfile): string {
  const parts: string[] = [];
  if (type === 'empty') return 'No values.';
  if (type === 'text') parts.push('Text, another in most rows: it says nothing of other rows');
  if (type === 'number') parts.push('Numbers');
  if (type === 'category') {
    const rare = [...categories.values()].filter((rows) => rows < MIN_CATEGORY_ROWS).length;
    const names = [...categories.keys()].sort();
    parts.push(
      `${counted(names.length, 'category', 'categories')}: ${names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')}, ...` : listed(names)}`,
    );
    if (rare > 0) parts.push(`${rare} too rare to be named to others`);
  }
  if (missing > 0) parts.push(`${counted(missing, 'row')} without a value`);
  if (strays > 0 && firstStray) {
    parts.push(
      `${counted(strays, 'value')} that ${strays === 1 ? 'is no number' : 'are no numbers'}, as "${firstStray.text}" in row ${firstStray.row}: taken as missing`,
    );
  }
  return `${capitalised(parts.join('; '))}.`;
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

declare global {
  interface HTMLElementTagNameMap {
    'table-columns': TableColumns;
  }
  interface HTMLElementEventMap {
    'table-draft': TableDraftEvent;
  }
}
