/**
 * What the others saw of this tab in the last round: strips of cells, and numbers on demand.
 *
 * Numbers that mean something are bars around zero; masked words are flat cells of random tone. Only
 * what left the tab is framed.
 *
 * @module
 */
import {
  LitElement,
  type PropertyValues,
  type SVGTemplateResult,
  type TemplateResult,
  css,
  html,
  nothing,
  svg,
} from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import type { Inspection, SessionView } from '../peer/view.ts';
import { birdIcon } from './bird.ts';
import { peerColour } from './bird-colours.ts';
import {
  CELL,
  type StripLayout,
  type StripRow,
  cellAt,
  stripLayout,
  stripRows,
  tone,
  valueScale,
} from './masked-strips-rows.ts';
import { decimal, ordinal, sampleNote, stripsLead, stripsNote } from './masked-strips-words.ts';
import { countWord, grouped } from './words.ts';

/** Height of a strip, px. */
const HEIGHTS: Readonly<Record<StripRow['kind'], number>> = {
  update: 34,
  pair: 14,
  own: 14,
  sent: 26,
  aggregate: 34,
};

/** The number that is picked before anybody picks one: not 0, and inside the first layer. */
const FIRST_PICK = 11;

/** The section's head, the strips, and the table behind "Show numbers". */
@customElement('masked-strips')
export class MaskedStrips extends LitElement {
  static override styles = css`
    :host {
      display: block;
      container-type: inline-size;
      font-family: var(--sans);
      color: var(--ink);
      font-feature-settings: 'tnum' 1;
    }
    header {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      column-gap: 10px;
    }
    h2 {
      margin: 0;
      font-size: var(--text-m);
      line-height: 1.5;
      font-weight: 600;
      letter-spacing: -0.005em;
    }
    .note,
    .lead,
    .foot {
      font-size: var(--text-s);
      line-height: 1.45;
      color: var(--ink-2);
    }
    .lead {
      max-width: 92ch;
      margin: 6px 0 16px;
    }
    .strips {
      position: relative;
      display: grid;
      grid-template-columns: 208px minmax(0, 1fr) 112px;
      column-gap: var(--gutter);
      row-gap: 3px;
      align-items: center;
    }
    .name {
      display: flex;
      align-items: center;
      gap: 8px;
      min-width: 0;
      font-size: var(--text-s);
      line-height: 20px;
      white-space: nowrap;
    }
    .name > span:not([class]) {
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .name b {
      font-weight: 600;
    }
    .bird,
    .own {
      flex: none;
    }
    .sign {
      flex: none;
      width: 12px;
      font-family: var(--mono);
      color: var(--ink-2);
      text-align: center;
    }
    .tag {
      font-size: 11px;
      color: var(--ink-2);
    }
    .stays {
      color: var(--good);
      font-weight: 550;
    }
    .cells {
      display: block;
      width: 100%;
      overflow: visible;
    }
    .word {
      font: 400 var(--text-s) / 17px var(--mono);
      letter-spacing: -0.02em;
      text-align: right;
      white-space: nowrap;
    }
    .word small {
      display: block;
      font-size: 11px;
      line-height: 14px;
      color: var(--ink-2);
    }
    .head {
      align-self: end;
      font-size: var(--text-xs);
      line-height: 18px;
      color: var(--ink-2);
      text-align: right;
    }
    .head span {
      display: block;
      line-height: 14px;
      font-size: 11px;
    }
    .gap {
      grid-column: 1 / -1;
      height: 9px;
    }
    .layers {
      position: relative;
      height: 26px;
      font-size: var(--text-xs);
      line-height: 16px;
      color: var(--ink-2);
    }
    .layers span {
      position: absolute;
      top: 0;
      height: 20px;
      border-bottom: 1px solid var(--hairline-strong);
      white-space: nowrap;
      overflow: hidden;
      text-overflow: ellipsis;
    }
    .layers span.weight {
      overflow: visible;
      direction: rtl;
    }
    .picker {
      position: absolute;
      grid-column: 2 / 3;
      inset: 0;
      cursor: ew-resize;
      touch-action: pan-y;
    }
    .picker:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 2px;
      border-radius: var(--r-s);
    }
    .box {
      position: relative;
    }
    .box::after {
      content: '';
      position: absolute;
      left: var(--pick);
      top: -2px;
      bottom: -2px;
      border-left: 1px dotted var(--hairline-strong);
    }
    .mark {
      position: absolute;
      left: var(--pick);
      bottom: -1px;
      pointer-events: none;
    }
    .mark::before {
      content: '';
      position: absolute;
      left: -5px;
      bottom: 0;
      border: 5px solid transparent;
      border-top: 7px solid var(--ink);
      border-bottom: 0;
    }
    .foot {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 6px 14px;
      margin-top: 16px;
    }
    button {
      height: 34px;
      padding: 0 13px;
      border: 1px solid var(--hairline-strong);
      border-radius: var(--r-m);
      background: var(--ground-raised);
      color: var(--ink);
      font: 550 var(--text-s) / 1 var(--sans);
      cursor: pointer;
    }
    button:focus-visible,
    .table:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 2px;
    }
    .table {
      margin-top: 14px;
      overflow-x: auto;
    }
    table {
      border-collapse: collapse;
      font-size: var(--text-xs);
      line-height: 18px;
    }
    caption {
      text-align: left;
      padding-bottom: 6px;
      color: var(--ink-2);
    }
    th,
    td {
      padding: 2px 12px 2px 0;
      border-bottom: 1px solid var(--hairline);
      text-align: right;
      white-space: nowrap;
    }
    th {
      font-weight: 550;
    }
    th[scope='row'] {
      position: sticky;
      left: 0;
      background: var(--ground);
      text-align: left;
      font-weight: 400;
    }
    td {
      font-family: var(--mono);
    }
    td small {
      color: var(--ink-2);
      font-size: 11px;
    }
    @media (pointer: coarse) {
      button {
        height: 44px;
      }
    }
    @container (max-width: 1100px) {
      .strips {
        grid-template-columns: 172px minmax(0, 1fr) 112px;
        column-gap: 14px;
      }
    }
    @container (max-width: 640px) {
      .strips {
        grid-auto-flow: dense;
        grid-template-columns: minmax(0, 1fr) auto;
        column-gap: 8px;
        row-gap: 2px;
      }
      .corner {
        display: none;
      }
      .layers,
      .box {
        grid-column: 1 / -1;
      }
      .box {
        margin-bottom: 8px;
      }
      .sent .box {
        margin: 3px 0 10px;
      }
      .gap {
        height: 2px;
      }
      .layers span.weight {
        top: -20px;
        height: 40px;
      }
      .head {
        grid-column: 1 / -1;
        grid-row: 1;
        text-align: left;
      }
      .head span {
        display: inline;
        margin-left: 6px;
      }
      .layers {
        grid-row: 2;
      }
      .picker {
        grid-column: 1 / -1;
      }
      .word {
        font-size: var(--text-xs);
      }
      .word small {
        display: inline;
        margin-left: 6px;
      }
    }
    @media (forced-colors: active) {
      .cells {
        forced-color-adjust: none;
      }
      .mark::before {
        border-top-color: CanvasText;
      }
    }
  `;

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
      <p class="lead">${stripsLead(inspection, view)}</p>
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
    const hasGap = row.kind === 'update' || row.kind === 'own' || row.kind === 'sent';
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

/** The strip itself: bars around zero for what means something, tones for the rest. */
function strip(row: StripRow, layout: StripLayout): TemplateResult {
  const height = HEIGHTS[row.kind];
  const cells = row.values === undefined ? tones(row, layout) : bars(row.values, layout, height);
  const frame =
    row.kind === 'sent'
      ? svg`<rect
          x="-4" y="-4" width=${layout.width + 8} height=${height + 8} rx="2" fill="none"
          stroke="var(--ink)" stroke-width="1.5" vector-effect="non-scaling-stroke"></rect>`
      : nothing;
  const what = row.values === undefined ? 'words' : 'numbers';
  return html`<svg
    class="cells"
    viewBox="0 0 ${layout.width} ${height}"
    height=${height}
    preserveAspectRatio="none"
    role="img"
    aria-label="${row.name}: ${layout.cells.length} ${what}"
  >
    ${cells}${frame}
  </svg>`;
}

function bars(values: Float64Array, layout: StripLayout, height: number): SVGTemplateResult[] {
  const scale = valueScale(layout, values);
  const half = height / 2;
  return layout.cells.map(({ index, x, isWeight }) => {
    // A weight is no part of the update's scale: it stands as a block of its own.
    const share = isWeight ? 0.72 : (values[index] ?? 0) / scale;
    const length = Math.max(1, Math.abs(share) * (half - 1));
    const y = share > 0 ? half - length : half;
    const colour = isWeight ? 'var(--ink-3)' : 'var(--ink)';
    return svg`<rect x=${x} y="0" width=${CELL} height=${height} fill="var(--ground-sunken)"></rect
      ><rect x=${x} y=${y.toFixed(1)} width=${CELL} height=${length.toFixed(1)} fill=${colour}></rect>`;
  });
}

function tones(row: StripRow, layout: StripLayout): SVGTemplateResult[] {
  const height = HEIGHTS[row.kind];
  const colour = rowColour(row);
  return layout.cells.map(
    ({ index, x }) => svg`<rect
      x=${x} y="0" width=${CELL} height=${height} fill=${colour}
      fill-opacity=${tone(row.words[index] ?? 0).toFixed(3)}></rect>`,
  );
}

/** A value in words: a weight is a count, everything else a number with decimals. */
function meaning(value: number, layout: StripLayout | undefined, index: number): string {
  const isWeight = layout?.cells.some((cell) => cell.index === index && cell.isWeight);
  return isWeight ? grouped(Math.round(value)) : decimal(value);
}

function rowColour(row: StripRow): string {
  if (row.kind === 'sent') return 'var(--ink)';
  return row.colour === undefined ? 'var(--ink-3)' : peerColour(row.colour);
}

/** A bird for a pair's mask, a ring for the own one, nothing for the rest. */
function mark(row: StripRow): TemplateResult | typeof nothing {
  if (row.kind === 'own') {
    return html`<svg class="own" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
      <circle cx="8" cy="8" r="5" fill="none" stroke=${rowColour(row)} stroke-width="2"></circle>
    </svg>`;
  }
  return row.kind === 'pair' && row.colour !== undefined ? birdIcon(row.colour) : nothing;
}

function percent(x: number, layout: StripLayout): string {
  return `${((100 * x) / layout.width).toFixed(2)}%`;
}

declare global {
  interface HTMLElementTagNameMap {
    'masked-strips': MaskedStrips;
  }
}
