/**
 * What the others saw of this tab in the last round: strips of cells, and numbers on demand.
 *
 * Numbers that mean something are bars around zero; masked words are flat cells of random tone. Only
 * what left the tab is framed.
 *
 * @module
 */
import { LitElement, type PropertyValues, type TemplateResult, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Inspection, SessionView } from '../peer/view.ts';
import { mark, strip } from './masked-strips-cells.ts';
import {
  CELL,
  type StripLayout,
  type StripRow,
  cellAt,
  stripLayout,
  stripRows,
} from './masked-strips-rows.ts';
import { maskedStripsStyles } from './masked-strips-styles.ts';
import { decimal, ordinal, sampleNote, stripsLead, stripsNote } from './masked-strips-words.ts';
import { explain, type Mark } from './terms/explain.ts';
import { countWord, grouped } from './words.ts';

/** The number that is picked before anybody picks one: not 0, and inside the first layer. */
const FIRST_PICK = 11;

/** Terms of the sentences above the strips, in their order. */
const LEAD_TERMS: readonly Mark[] = [
  ['update', /update/],
  ['weight', /weight/],
  ['noise', /noise/],
  ['mask', /masks?/],
  ['word', /modulo 2³²/],
];

/** The section's head, the strips, and the table behind "Show numbers". */
@customElement('masked-strips')
export class MaskedStrips extends LitElement {
  static override styles = maskedStripsStyles;

  /** What the others saw; undefined before the first round of this tab. */
  @property({ attribute: false }) inspection: Inspection | undefined;
  /** Names and colours. */
  @property({ attribute: false }) view: SessionView | undefined;

  /** Which cell is picked, by its place in the strip. */
  @state() private pick = FIRST_PICK;
  @state() private hasTable = false;

  #rows: readonly StripRow[] = [];
  #layout: StripLayout | undefined;
  /** Names and colours of the partners, as they were drawn. */
  #partners = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { inspection, view } = this;
    if (inspection === undefined || view === undefined) {
      this.#layout = undefined;
      return;
    }
    const partners = [view.self, ...view.peers]
      .map(({ name, colour }) => `${colour} ${name}`)
      .join('\n');
    if (!changed.has('inspection') && partners === this.#partners && this.#layout) return;
    this.#partners = partners;
    this.#rows = stripRows(inspection, view);
    this.#layout = stripLayout(inspection.layers);
    this.pick = Math.max(0, Math.min(this.pick, this.#layout.cells.length - 1));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view, inspection } = this;
    if (view === undefined) return nothing;
    return html`<header>
        <h2>What the others saw</h2>
        <span class="note">${stripsNote(inspection, view)}</span>
      </header>
      <p class="lead">${explain(stripsLead(inspection, view), ...LEAD_TERMS)}</p>
      ${
        inspection === undefined || this.#layout === undefined
          ? nothing
          : this.#renderStrips(inspection, this.#layout)
      }`;
  }

  #renderStrips(inspection: Inspection, layout: StripLayout): TemplateResult {
    const cell = layout.cells[this.pick];
    if (cell === undefined) return html``;
    const places = layout.layers.map(
      ({ name, x, width, isNamed }) =>
        html`<span
          class=${isNamed && width <= 2 * CELL ? 'weight' : nothing}
          style="left: ${percent(x, layout)}; width: ${percent(width, layout)}"
          >${isNamed ? name : nothing}</span
        >`,
    );
    const middle = percent(cell.x + CELL / 2, layout);
    const number = `${ordinal(cell.index + 1)} number`;
    const what = cell.isWeight ? 'the weight' : `the ${number}`;
    const where = cell.isWeight ? 'readings' : cell.layer;
    return html`<div class="strips" style="--pick: ${middle}">
        <div class="corner"></div>
        <div class="layers" aria-hidden="true">${places}<i class="mark"></i></div>
        <div class="head" aria-hidden="true">${what}<span>${where}</span></div>
        ${this.#rows.map((row) => this.#renderRow(row, layout, cell.index, inspection))}
        <div
          class="picker"
          role="slider"
          tabindex="0"
          aria-label="Number whose words are shown"
          aria-valuemin="1"
          aria-valuemax=${layout.cells.length}
          aria-valuenow=${this.pick + 1}
          aria-valuetext=${this.#spoken(what, cell.index)}
          @keydown=${this.#keyed}
          @pointerdown=${this.#pointed}
          @pointermove=${this.#pointed}
        ></div>
      </div>
      <div class="foot">
        <button
          type="button"
          aria-expanded=${this.hasTable}
          @click=${() => {
            this.hasTable = !this.hasTable;
          }}
        >
          ${this.hasTable ? 'Hide numbers' : 'Show numbers'}
        </button>
        <span
          >Pick a number with the pointer or the arrow keys: down to the frame, its column adds up
          modulo 2³². ${sampleNote(layout)}</span
        >
      </div>
      ${this.hasTable ? this.#renderTable(layout) : nothing}`;
  }

  #renderRow(
    row: StripRow,
    layout: StripLayout,
    index: number,
    inspection: Inspection,
  ): TemplateResult {
    const isLastOfUpdate = row.kind === (inspection.noise ? 'noise' : 'update');
    const hasGap = isLastOfUpdate || row.kind === 'own' || row.kind === 'sent';
    const word = grouped(row.words[index] ?? 0);
    const value = row.values?.[index];
    const number =
      value === undefined
        ? word
        : html`${meaning(value, layout, index)}<small title="as a word">${word}</small>`;
    return html`<div class="name">
        <span class="sign">${row.sign}</span>${mark(row)}${this.#renderName(row, inspection)}
      </div>
      <div class="box">${guard([row, layout], () => strip(row, layout))}</div>
      <div class="word">${number}</div>
      ${hasGap ? html`<div class="gap"></div>` : nothing}`;
  }

  #renderName(row: StripRow, inspection: Inspection): TemplateResult {
    switch (row.kind) {
      case 'update':
        return html`<b>${row.name}</b><span class="tag stays">stays here</span>`;
      case 'aggregate':
        return html`<b>${row.name}</b
          ><span class="tag">mean of ${countWord(inspection.included.length)}</span>`;
      case 'sent':
        return html`<b>${row.name}</b>`;
      default:
        return html`<span>${row.name}</span>`;
    }
  }

  #renderTable(layout: StripLayout): TemplateResult {
    const rows = this.#rows;
    return html`<div class="table" tabindex="0" role="region" aria-label="Numbers of the strips">
      <table>
        <caption>
          Words modulo 2³², as they are added; below the update and the result, what they mean.
        </caption>
        <thead>
          <tr>
            <th scope="col">Number</th>
            ${rows.map((row) => html`<th scope="col">${row.sign} ${row.name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${layout.cells.map(
            ({ index, isWeight }) =>
              html`<tr>
                <th scope="row">${isWeight ? 'weight' : index + 1}</th>
                ${rows.map((row) => {
                  const value = row.values?.[index];
                  return html`<td>
                    ${grouped(row.words[index] ?? 0)}
                    ${value === undefined ? nothing : html`<br /><small>${meaning(value, layout, index)}</small>`}
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  /** What the picked column says, in one sentence. */
  #spoken(what: string, index: number): string {
    const update = this.#rows.find(({ kind }) => kind === 'update');
    const sent = this.#rows.find(({ kind }) => kind === 'sent');
    const value = meaning(update?.values?.[index] ?? 0, this.#layout, index);
    return `${what}: your update ${value}, what left this tab ${sent?.words[index] ?? 0}`;
  }

  #keyed(event: KeyboardEvent): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const last = layout.cells.length - 1;
    const target = {
      ArrowRight: this.pick + 1,
      ArrowUp: this.pick + 1,
      ArrowLeft: this.pick - 1,
      ArrowDown: this.pick - 1,
      PageUp: this.pick + 8,
      PageDown: this.pick - 8,
      Home: 0,
      End: last,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.pick = Math.max(0, Math.min(last, target));
  }

  #pointed(event: PointerEvent): void {
    const layout = this.#layout;
    // A finger picks where it rests, and scrolls when it moves; a mouse picks where it points.
    if (layout === undefined || (event.type === 'pointermove' && event.pointerType === 'touch')) {
      return;
    }
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.pick = cellAt(layout, ((event.clientX - box.left) / box.width) * layout.width);
  }
}

/** A value in words: a weight is a count, everything else a number with decimals. */
function meaning(value: number, layout: StripLayout | undefined, index: number): string {
  const isWeight = layout?.cells.some((cell) => cell.index === index && cell.isWeight);
  return isWeight ? grouped(Math.round(value)) : decimal(value);
}

function percent(x: number, layout: StripLayout): string {
  return `${((100 * x) / layout.width).toFixed(2)}%`;
}

declare global {
  interface HTMLElementTagNameMap {
    'masked-strips': MaskedStrips;
  }
}
