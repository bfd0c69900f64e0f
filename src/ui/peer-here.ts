/**
 * A further peer of this tab, seen from inside: its map at full width, and its own switches.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { SessionView } from '../peer/view.ts';
import { controlsStyles } from './controls-styles.ts';
import './heat-map.ts';
import type { HeatMapProbeEvent, Place } from './heat-map.ts';
import './page-switch.ts';
import { readingWords } from './peer-words.ts';
import { RoomCommandEvent } from './room-command.ts';
import type { RoomCommand } from './room-command.ts';
import { percent, percentLabel, possessive } from './words.ts';

/** The map and the switches of a peer that this tab runs. */
@customElement('peer-here')
export class PeerHere extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        gap: 10px;
        padding-bottom: 18px;
      }
      .head {
        display: flex;
        align-items: baseline;
        font-size: var(--text-s);
      }
      .head b {
        font-size: var(--text-l);
        font-weight: 500;
      }
    `,
  ];

  /** What that peer's session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  @state() private probe: Place | undefined;

  override render(): TemplateResult | typeof nothing {
    const learning = this.view?.learning;
    if (!this.view || !learning) return nothing;
    const { self } = this.view;
    const accuracy = learning.local?.accuracy ?? 0;
    return html`
      <div class="head">
        <span class="quiet">${readingWords(this.view)}</span
        ><b class="push">${percent(accuracy)}</b>
      </div>
      <heat-map
        .surface=${learning.local?.surface}
        .readings=${learning.readings}
        .probe=${this.probe}
        .fadeKey=${this.view.result?.round ?? 0}
        label=${`Heat-map of ${self.name} after ${learning.step} steps, ${percentLabel(accuracy)} of the map right`}
        hint=${`${possessive(self.name)} map: arrow keys move a probe, Enter adds a hot reading, Delete removes the nearest`}
        brush="hot"
        @heat-map-probe=${(event: HeatMapProbeEvent) => {
          this.probe = event.place;
          event.stopPropagation();
        }}
        @heat-map-add=${this.onEdit}
        @heat-map-move=${this.onEdit}
        @heat-map-remove=${this.onEdit}
      ></heat-map>
      <div class="row">
        <page-switch
          .checked=${live(learning.isOutlier)}
          @change=${(event: Event) =>
            this.wish({
              type: 'outlier',
              peer: self.id,
              isOutlier: (event.target as HTMLInputElement).checked,
            })}
          >${possessive(self.name)} thermometer is broken</page-switch
        >
      </div>
      <div class="row">
        <button
          class="button"
          @click=${() => this.wish({ type: 'run', peer: self.id, isRunning: !learning.isRunning })}
        >
          ${learning.isRunning ? `Halt ${self.name}` : `Let ${self.name} learn`}
        </button>
        <button class="button" @click=${() => this.wish({ type: 'remove-peer', peer: self.id })}>
          Close ${self.name}
        </button>
      </div>
    `;
  }

  private onEdit(event: HTMLElementEventMap['heat-map-add' | 'heat-map-move' | 'heat-map-remove']) {
    event.stopPropagation();
    const peer = this.view!.self.id;
    if ('reading' in event) this.wish({ type: 'add-reading', reading: event.reading, peer });
    else if ('place' in event)
      this.wish({ type: 'move-reading', index: event.index, ...event.place, peer });
    else this.wish({ type: 'remove-reading', index: event.index, peer });
  }

  private wish(command: RoomCommand): void {
    this.dispatchEvent(new RoomCommandEvent(command));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'peer-here': PeerHere;
  }
}
