/**
 * What was told about this person so far, for three kinds of observer, and where it has to end.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionView, SpentView } from '../peer/view.ts';
import { readBudget } from './budget.ts';
import { controlsStyles } from './controls-styles.ts';
import './page-switch.ts';
import { disguiseChoice } from './privacy-disguise.ts';
import { epsilonFigure } from './privacy-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import './terms/explained-term.ts';
import { capitalised, counted } from './words.ts';

/** "Told about you so far". */
@customElement('privacy-spent')
export class PrivacySpent extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        gap: 10px;
        align-content: start;
        min-width: 0;
        font-size: var(--text-s);
        line-height: 1.5;
      }
      h3 {
        font-size: var(--text-s);
        line-height: 20px;
        font-weight: 600;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th {
        padding: 5px 0;
        text-align: left;
        font-weight: 400;
      }
      td {
        padding: 5px 0;
        text-align: right;
        font-weight: 550;
        font-feature-settings: 'tnum';
        white-space: nowrap;
      }
      tr + tr {
        border-top: 1px solid var(--hairline);
      }
      .bare {
        color: var(--warn);
      }
      .line {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 10px;
        font-weight: 550;
      }
      .line input {
        width: 84px;
        text-align: right;
      }
      .line input[aria-invalid='true'] {
        border-color: var(--bad);
      }
      .line select {
        width: 132px;
        font-family: inherit;
        color: inherit;
      }
      .mistake {
        padding: 6px 12px;
        border-radius: var(--r-m);
        background: var(--bad-bg);
        color: var(--bad);
        overflow-wrap: anywhere;
      }
      page-switch {
        justify-content: start;
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  /** What epsilon is, is explained above. */
  @property({ type: Boolean }) isExplained = false;

  /** What is wrong with the budget that was typed. */
  @state() private mistake = '';

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    if (view === undefined) return nothing;
    const { spent, isSpent, apart } = view.privacy;
    return html`<h3>Told about you so far</h3>
      ${spent.rounds === 0 ? html`<p class="quiet">Nothing with noise yet.</p>` : toldTable(spent)}
      ${
        spent.bareRounds === 0
          ? nothing
          : html`<p class="bare">
              ${capitalised(counted(spent.bareRounds, 'round'))} without noise: for what
              ${spent.bareRounds === 1 ? 'it' : 'they'} told there is no epsilon.
            </p>`
      }
      ${this.renderBudget(view)}
      ${
        isSpent
          ? html`<p class="bare" role="status">
              The next round could exceed it. Your tab copies the others’ results and gives nothing
              more.
            </p>`
          : nothing
      }
      ${this.renderInsisting(view)}
      ${
        apart.length === 0
          ? nothing
          : html`<p class="quiet" role="status">
              ${capitalised(counted(apart.length, 'peer'))} ${apart.length === 1 ? 'has' : 'have'}
              not agreed yet; you share no rounds until then.
            </p>`
      }
      ${
        view.learning === undefined
          ? nothing
          : disguiseChoice(view.learning, (choice) => this.wish({ type: 'disguise', choice }))
      }`;
  }

  private renderBudget({ privacy }: SessionView): TemplateResult {
    const { budget } = privacy;
    const isWrong = this.mistake !== '';
    return html`<div class="line">
        <span
          ><label for="budget">Stop at</label> ${
            this.isExplained
              ? 'epsilon'
              : html`<explained-term of="epsilon">epsilon</explained-term>`
          }</span
        >
        <input
          class="field"
          id="budget"
          inputmode="decimal"
          autocomplete="off"
          placeholder="never"
          aria-label="Stop at epsilon"
          aria-invalid=${String(isWrong)}
          aria-describedby=${isWrong ? 'mistake' : nothing}
          .value=${budget === undefined ? '' : String(budget)}
          @change=${this.onBudget}
        />
      </div>
      ${isWrong ? html`<p class="mistake" id="mistake" role="alert">${this.mistake}</p>` : nothing}`;
  }

  private renderInsisting({ privacy }: SessionView): TemplateResult {
    const { noise, least } = privacy;
    return html`<page-switch
      .checked=${least !== undefined}
      ?disabled=${noise === undefined && least === undefined}
      @change=${(event: Event) => {
        const isInsisting = (event.target as HTMLInputElement).checked;
        this.wish({ type: 'insist-on-noise', least: isInsisting ? noise : undefined });
      }}
      >Never take part with less noise</page-switch
    >`;
  }

  private onBudget({ target }: Event): void {
    const read = readBudget((target as HTMLInputElement).value, this.view?.privacy.budget);
    this.mistake = 'mistake' in read ? read.mistake : '';
    if ('epsilon' in read) this.wish({ type: 'budget', epsilon: read.epsilon });
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

function toldTable(spent: SpentView): TemplateResult {
  const rows: readonly [string, number][] = [
    ['the others are honest', spent.othersHonest],
    ['half of them pool what they know', spent.halfColluding],
    ['all of them do', spent.allColluding],
  ];
  return html`<p class="quiet">
      ${capitalised(counted(spent.rounds, 'round'))} with noise. Epsilon if
    </p>
    <table aria-label="Epsilon so far">
      <tbody>
        ${rows.map(
          ([label, epsilon]) =>
            html`<tr>
              <th scope="row">${label}</th>
              <td>${epsilonFigure(epsilon)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

declare global {
  interface HTMLElementTagNameMap {
    'privacy-spent': PrivacySpent;
  }
}
