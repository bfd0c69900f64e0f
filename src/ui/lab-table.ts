/**
 * What the lab has played, in numbers: a row for each point.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import type { ChartLine } from './lab-chart.ts';
import type { Values } from './lab-knobs.ts';
import { meanOf, spreadOf, type PointResult } from './lab-runs.ts';
import './terms/explained-term.ts';
import type { TermName } from './terms/term-words.ts';

/** A row is pointed at, or no longer. */
export class LabPointEvent extends Event {
  static readonly type = 'lab-point';
  readonly values: Values | undefined;
  constructor(values: Values | undefined) {
    super(LabPointEvent.type, { bubbles: true, composed: true });
    this.values = values;
  }
}

/**
 * The table of the lab.
 *
 * @fires lab-point - A row is pointed at, or no longer.
 */
@customElement('lab-table')
export class LabTable extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        min-width: 0;
        container-type: inline-size;
      }
      .wide {
        overflow-x: auto;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-feature-settings: 'tnum' 1;
      }
      caption {
        position: sticky;
        left: 0;
        width: fit-content;
        max-width: calc(100cqi - 8px);
        text-align: left;
        padding-bottom: 6px;
        color: var(--ink-2);
      }
      th,
      td {
        padding: 6px 10px;
        border-bottom: 1px solid var(--hairline);
        text-align: right;
        white-space: nowrap;
        font-weight: 400;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--text-xs);
      }
      th:first-child {
        padding-left: 0;
        text-align: left;
        font-weight: 550;
      }
      .swatch {
        display: inline-block;
        width: 12px;
        height: 3px;
        margin-right: 8px;
        vertical-align: middle;
        background: var(--line);
      }
    `,
  ];

  /** Points; those without a run yet are left out. */
  @property({ attribute: false }) lines: readonly ChartLine[] = [];
  /** Without the colours of lines. */
  @property({ type: Boolean }) plain = false;

  override render(): TemplateResult {
    const played = this.lines.filter(({ runs }) => runs.length > 0);
    return html`<div class="wide" tabindex="0" role="region" aria-label="Table of results">
      <table>
        <caption>
          Share of the
          <explained-term of="true map">true map</explained-term>
          that is right at the end, %, mean ±
          <explained-term of="standard deviation">standard deviation</explained-term>
        </caption>
        <thead>
          <tr>
            ${COLUMNS.map(
              ([column, term]) =>
                html`<th scope="col">
                  ${term ? html`<explained-term of=${term}>${column}</explained-term>` : column}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${played.map((line) => this.renderRow(line))}
        </tbody>
      </table>
    </div>`;
  }

  private renderRow(line: ChartLine): TemplateResult {
    const { runs, values, colour, name } = line;
    return html`<tr
      @pointerenter=${() => this.dispatchEvent(new LabPointEvent(values))}
      @pointerleave=${() => this.dispatchEvent(new LabPointEvent(undefined))}
    >
      <th scope="row">
        ${this.plain ? nothing : html`<span class="swatch" style=${`--line:var(${colour})`}></span>`}${name}
      </th>
      <td>${runs.length}</td>
      <td>${figure(runs.map((run) => run.global))}</td>
      <td>${figure(runs.map((run) => meanOf(run.perUser)))}</td>
      <td>${figure(runs.map((run) => Math.min(...run.perUser)))}</td>
      <td>${figure(runs.map((run) => meanOf(run.ownData)))}</td>
      <td>${figure(runs.map((run) => run.alone))}</td>
      <td>${figure(runs.map((run) => run.pooled))}</td>
      <td>${figure(runs.map((run) => run.merged))}</td>
      <td>${epsilon(line)}</td>
    </tr>`;
  }
}

const COLUMNS: readonly (readonly [name: string, term?: TermName])[] = [
  ['Run'],
  ['Seeds'],
  ['Merged model'],
  ['Local models'],
  ['Worst user'],
  ['Own readings'],
  ['Alone', 'alone'],
  ['Pooled', 'pooled'],
  ['Merges done'],
  ['Epsilon', 'epsilon'],
];

/** A mean over seeds in per cent, with what single seeds deviate. */
function figure(values: readonly number[]): string {
  const spread = spreadOf(values);
  if (!spread) return '';
  const mean = (100 * spread.mean).toFixed(1);
  return values.length > 1 ? `${mean} ± ${(100 * spread.deviation).toFixed(1)}` : mean;
}

function epsilon({ runs }: PointResult): string {
  const known = runs.flatMap((run) => run.epsilon ?? []);
  return known.length > 0 ? meanOf(known).toFixed(1) : '–';
}

declare global {
  interface HTMLElementTagNameMap {
    'lab-table': LabTable;
  }
  interface HTMLElementEventMap {
    'lab-point': LabPointEvent;
  }
}
