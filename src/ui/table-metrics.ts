/**
 * How good the model is on rows that nobody learned from: together, and what everybody reached alone.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { ClassMetrics, Evaluation, Metrics } from '../task/table/evaluation.ts';
import { controlsStyles } from './controls-styles.ts';
import { tableStyles } from './table-styles.ts';
import './terms/explained-term.ts';

/** Metrics of one kind. */
type Of<Kind> = Metrics & { readonly kind: Kind };

/** Figures and tables of an evaluation. */
@customElement('table-metrics')
export class TableMetrics extends LitElement {
  static override styles = [
    controlsStyles,
    tableStyles,
    css`
      .figures {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s3) var(--s6);
        margin: 4px 0 var(--s4);
      }
      .figures dt {
        color: var(--ink-2);
      }
      .figures dd {
        font-size: var(--text-xl);
        line-height: 1.2;
        font-weight: 550;
        letter-spacing: -0.018em;
      }
      .figures .alone dd {
        color: var(--peer-1);
      }
      .figures .base dd {
        color: var(--ink-2);
      }
      details {
        margin-top: var(--s3);
      }
      .hit {
        font-weight: 600;
      }
      summary {
        cursor: pointer;
        font-weight: 550;
      }
    `,
  ];

  @property({ attribute: false }) evaluation: Evaluation | undefined;
  /** The column that is predicted. */
  @property() target = '';
  /** Peers in the test. */
  @property({ attribute: false }) peers = 0;

  override render(): TemplateResult | typeof nothing {
    if (!this.evaluation) return nothing;
    const { federation, local } = this.evaluation;
    const basis = html`<p class="quiet">
      On ${federation.rows.toLocaleString('en')} rows of ${this.peers} tables that nobody learned
      from. “Alone” is each table’s own model on its own
      <explained-term of="held out">held-out</explained-term> rows, all together.
    </p>`;
    if (federation.kind === 'class' && local.kind === 'class') {
      return html`${this.renderShares(federation, local)}${basis}${this.renderClasses(federation, local)}`;
    }
    if (federation.kind === 'number' && local.kind === 'number') {
      return html`${this.renderErrors(federation, local)}${basis}`;
    }
    return nothing;
  }

  private renderShares(federation: Of<'class'>, local: Of<'class'>) {
    return html`<dl class="figures">
      <div>
        <dt>Together, right in</dt>
        <dd>${share(federation.accuracy)}</dd>
      </div>
      <div class="alone">
        <dt>Alone</dt>
        <dd>${share(local.accuracy)}</dd>
      </div>
      <div class="base">
        <dt>Always the commonest</dt>
        <dd>${share(federation.baseline)}</dd>
      </div>
    </dl>`;
  }

  private renderErrors(federation: Of<'number'>, local: Of<'number'>) {
    return html`<dl class="figures">
      <div>
        <dt>Together, <explained-term of="root mean square">off by</explained-term></dt>
        <dd>${amount(federation.rootMeanSquare)}</dd>
      </div>
      <div class="alone">
        <dt>Alone</dt>
        <dd>${amount(local.rootMeanSquare)}</dd>
      </div>
      <div class="base">
        <dt>Always the mean</dt>
        <dd>${amount(federation.baseline)}</dd>
      </div>
      <div class="base">
        <dt><explained-term of="variance explained">Variance explained</explained-term></dt>
        <dd>${share(federation.explained)}</dd>
      </div>
    </dl>`;
  }

  private renderClasses(federation: Of<'class'>, local: Of<'class'>) {
    return html`<div class="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">${this.target}</th>
              <th scope="col" class="number">Rows</th>
              <th scope="col" class="number">
                <explained-term of="precision">Precision</explained-term>
              </th>
              <th scope="col" class="number">
                <explained-term of="recall">Recall</explained-term>
              </th>
              <th scope="col" class="number"><explained-term of="F1">F1</explained-term></th>
              <th scope="col" class="number">F1 alone</th>
            </tr>
          </thead>
          <tbody>
            ${federation.classes.map((one, at) => this.renderClass(one, local.classes[at]!))}
          </tbody>
        </table>
      </div>
      <details>
        <summary>What was taken for what</summary>
        <div class="scroll">
          <table>
            <thead>
              <tr>
                <th scope="col">Is, and was called</th>
                ${federation.classes.map(({ name }) => html`<th scope="col" class="number">${name}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${federation.confusion.map(
                (row, truth) =>
                  html`<tr>
                    <th scope="row">${federation.classes[truth]!.name}</th>
                    ${row.map(
                      (count, called) =>
                        html`<td class="number ${called === truth ? 'hit' : ''}">${count}</td>`,
                    )}
                  </tr>`,
              )}
            </tbody>
          </table>
        </div>
      </details>`;
  }

  private renderClass({ name, rows, precision, recall, f1 }: ClassMetrics, alone: ClassMetrics) {
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="number">${rows}</td>
      ${[precision, recall, f1, alone.f1].map(
        (value) => html`<td class="number">${value === undefined ? '–' : share(value)}</td>`,
      )}
    </tr>`;
  }
}

function share(value: number): string {
  return `${(100 * value).toFixed(1)}\u202f%`;
}

/** Three digits that matter, as people write them. */
function amount(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}

declare global {
  interface HTMLElementTagNameMap {
    'table-metrics': TableMetrics;
  }
}
