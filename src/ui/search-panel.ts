/**
 * Who spoils the map? What the masked votes of the room say so far: a suspicion with its error for each peer, and never
 * more than that.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { PeerId } from '../ids.ts';
import type { SearchView, SessionView } from '../peer/view.ts';
import { SUSPICIOUS } from '../task/group-testing.ts';
import { controlsStyles } from './controls-styles.ts';
import { peerBird } from './icons.ts';
import { searchCost, searchWords, verdict } from './search-words.ts';
import './terms/explained-term.ts';

/** Scores from here to there are drawn; others lie on the edge. */
const [LOWEST, HIGHEST] = [-4, 10];

/** A table of peers, the most suspicious first. */
@customElement('search-panel')
export class SearchPanel extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
        margin-top: 18px;
        padding-top: 14px;
        border-top: 1px solid var(--hairline);
        font-size: var(--text-s);
        line-height: 1.45;
      }
      h3 {
        margin: 0 0 4px;
        font-size: var(--text-s);
        font-weight: 600;
      }
      p {
        color: var(--ink-2);
      }
      table {
        width: 100%;
        margin: 8px 0;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 5px 0;
        font-weight: 400;
        text-align: left;
      }
      caption {
        padding-bottom: 6px;
        text-align: left;
        font-size: var(--text-xs);
        color: var(--ink-2);
      }
      tr + tr {
        border-top: 1px solid var(--hairline);
      }
      th {
        width: 34%;
      }
      th span {
        display: flex;
        gap: 8px;
        align-items: center;
      }
      td.verdict {
        width: 26%;
        text-align: right;
        color: var(--ink-2);
      }
      tr.suspect td.verdict {
        color: var(--bad);
        font-weight: 550;
      }
      td svg {
        display: block;
        width: 100%;
        height: 14px;
        overflow: visible;
      }
      /* Stretched to the width of the cell, but never the pen. */
      line {
        vector-effect: non-scaling-stroke;
      }
      .zero {
        stroke: var(--hairline);
      }
      .limit {
        stroke-dasharray: 2 3;
        stroke: var(--ink-3);
      }
      .spread {
        stroke: var(--ink-3);
        stroke-width: 2;
      }
      .score {
        stroke: var(--ink-2);
        stroke-width: 7;
        stroke-linecap: round;
      }
      .suspect .score {
        stroke: var(--bad);
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  override render(): TemplateResult | typeof nothing {
    const { view } = this;
    const search = view?.search;
    if (view === undefined || search === undefined) return nothing;
    const hasNoise = view.privacy.noise !== undefined;
    const cost = hasNoise ? '' : searchCost(search, view.grid !== undefined);
    return html`<h3>Who spoils the map?</h3>
      <p role="status">${searchWords(search, hasNoise)}</p>
      ${cost === '' ? nothing : html`<p class="cost">${cost}</p>`}
      ${
        search.suspicions.length === 0
          ? nothing
          : html`<table>
              <caption>
                Farther right: the map gets worse with that peer. The bar is how unsure that is;
                past the dotted line it stands out.
              </caption>
              ${search.suspicions.map((suspicion) => this.renderRow(view, suspicion))}
            </table>`
      }
      <p>
        A suspicion from <explained-term of="group testing">group tests</explained-term>, no proof:
        whoever truly sees another map stands out, too. Nobody is left out by it; ask for that in
        the list of peers.
      </p>`;
  }

  private renderRow(view: SessionView, suspicion: SearchView['suspicions'][number]) {
    const { peer, score, error, isSuspect } = suspicion;
    const { name, colour } = peerIn(view, peer);
    return html`<tr class=${isSuspect ? 'suspect' : ''}>
      <th scope="row"><span>${peerBird(colour)} ${name}</span></th>
      <td>
        <svg
          viewBox="0 0 100 14"
          preserveAspectRatio="none"
          role="img"
          aria-label=${`${score.toFixed(1)} deviations, give or take ${error.toFixed(1)}`}
        >
          <line class="zero" x1=${at(0)} x2=${at(0)} y1="0" y2="14" />
          <line class="limit" x1=${at(SUSPICIOUS)} x2=${at(SUSPICIOUS)} y1="0" y2="14" />
          <line class="spread" x1=${at(score - error)} x2=${at(score + error)} y1="7" y2="7" />
          <line class="score" x1=${at(score)} x2=${at(score)} y1="7" y2="7" />
        </svg>
      </td>
      <td class="verdict">${verdict(suspicion)}</td>
    </tr>`;
  }
}

/** A score as a place, 0 to 100. */
function at(score: number): number {
  const inside = Math.min(Math.max(score, LOWEST), HIGHEST);
  return (100 * (inside - LOWEST)) / (HIGHEST - LOWEST);
}

function peerIn(view: SessionView, id: PeerId): { readonly name: string; readonly colour: number } {
  if (id === view.self.id) return view.self;
  return view.peers.find((peer) => peer.id === id) ?? { name: 'Somebody who left', colour: 0 };
}

declare global {
  interface HTMLElementTagNameMap {
    'search-panel': SearchPanel;
  }
}
