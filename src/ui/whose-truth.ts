/**
 * Whose truth? How right each model is on the own readings, on what the room checks with, and on the true map,
 * which only a demonstration knows. They do not agree: whoever sees the world otherwise pays for the rest.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LearningView, MapView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import { RoomCommandEvent } from './room-command.ts';
import './terms/explained-term.ts';
import { counted, percent } from './words.ts';

/** The table under the curve of accuracies. */
@customElement('whose-truth')
export class WhoseTruth extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        margin-top: 18px;
        font-size: var(--text-s);
        line-height: 1.45;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-feature-settings: 'tnum';
      }
      caption {
        padding-bottom: 4px;
        text-align: left;
        font-weight: 600;
      }
      caption span {
        margin-inline-start: 8px;
        font-weight: 400;
        color: var(--ink-2);
      }
      th {
        font-weight: 400;
        text-align: left;
      }
      thead th {
        color: var(--ink-2);
        font-size: var(--text-xs);
        vertical-align: bottom;
      }
      th:not(:first-child),
      td {
        width: 23%;
        text-align: right;
      }
      td,
      th {
        padding: 6px 0 6px 10px;
      }
      th:first-child {
        padding-inline-start: 0;
      }
      tbody tr {
        border-top: 1px solid var(--hairline);
      }
      tbody td {
        font-weight: 550;
      }
      tbody td.quiet {
        font-weight: 400;
        color: var(--ink-3);
      }
      .button {
        min-height: 26px;
        margin-inline-start: 6px;
      }
      p {
        margin-top: 8px;
        color: var(--ink-2);
        min-height: 1.45em;
      }
    `,
  ];

  /** What the session shows of learning. */
  @property({ attribute: false }) learning: LearningView | undefined;

  override render(): TemplateResult | typeof nothing {
    const { local, federation, personal, evaluation } = this.learning ?? {};
    if (local === undefined || federation === undefined) return nothing;
    return html`<table>
        <caption>
          Whose truth?<span>share that is right</span>
        </caption>
        <thead>
          <tr>
            <th scope="col"><span class="unseen">Model</span></th>
            <th scope="col">your readings</th>
            <th scope="col">the room’s checks</th>
            <th scope="col">
              true map,
              <explained-term of="demonstration">seen only in a demonstration</explained-term>
            </th>
          </tr>
        </thead>
        <tbody>
          ${row('You', local, undefined)} ${row('Federation', federation, evaluation?.accuracy)}
          ${
            personal
              ? row('Federation, fitted to you', personal, undefined)
              : html`<tr>
                  <th scope="row" colspan="4">
                    Federation, fitted to you
                    <button
                      class="button"
                      @click=${() =>
                        this.dispatchEvent(new RoomCommandEvent({ type: 'personalise' }))}
                    >
                      Try it
                    </button>
                  </th>
                </tr>`
          }
        </tbody>
      </table>
      <p>
        ${
          evaluation
            ? html`Checks are readings that nobody learns from. What
                ${counted(evaluation.peers, 'peer')} made of them came as a masked sum with round
                ${evaluation.round}, about the model before it:
                <explained-term of="loss">loss</explained-term> ${evaluation.loss.toFixed(2)}.`
            : html`With <explained-term of="noise">noise</explained-term> nobody tells how the model
                does on its checks: no noise would hide that.`
        }
        ${personal ? 'The fitted copy stays in this tab and is in no merge.' : nothing}
      </p>`;
  }
}

function row(name: string, map: MapView, checks: number | undefined): TemplateResult {
  const figure = (share: number | undefined): TemplateResult =>
    share === undefined ? html`<td class="quiet">–</td>` : html`<td>${percent(share)}</td>`;
  return html`<tr>
    <th scope="row">${name}</th>
    ${figure(map.ownAccuracy)} ${figure(checks)} ${figure(map.accuracy)}
  </tr>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'whose-truth': WhoseTruth;
  }
}
