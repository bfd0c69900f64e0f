/**
 * The local models of one run as small maps, painted one a frame so that the page stays quick.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { controlsStyles } from './controls-styles.ts';
import './heat-map.ts';
import type { LocalMap } from './lab-worker.ts';
import { capitalised, counted, percentLabel } from './words.ts';

/** More readings than these would hide a small map. */
const MOST_READINGS = 8;

/** The strip of small maps. */
@customElement('lab-maps')
export class LabMaps extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: repeat(8, minmax(0, 1fr));
        gap: 10px;
        font-size: var(--text-xs);
        color: var(--ink-2);
      }
      p {
        grid-column: 1 / -1;
      }
      @media (max-width: 860px) {
        :host {
          grid-template-columns: repeat(4, minmax(0, 1fr));
        }
      }
    `,
  ];

  /** The local models; another array for another run. */
  @property({ attribute: false }) maps: readonly LocalMap[] = [];
  /** Users of the run, of whom the first ones are drawn. */
  @property({ type: Number }) users = 0;

  @state() private shown: readonly LocalMap[] = [];
  private frame: number | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.frame = undefined;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('maps')) return;
    this.shown = this.shown.slice(0, this.maps.length);
    this.frame ??= requestAnimationFrame(() => this.replace(0));
  }

  override render(): TemplateResult {
    const { shown } = this;
    const hidden = this.users - this.maps.length;
    const hasMarks = shown.every(({ readings }) => readings.length <= MOST_READINGS);
    return html`${shown.map(
      ({ surface, readings, accuracy }, user) =>
        html`<figure>
          <heat-map
            .surface=${surface}
            .readings=${hasMarks ? readings : []}
            label=${`Local model of user ${user + 1}, ${percentLabel(accuracy)} of the map right`}
          ></heat-map>
          <figcaption>${user + 1}: ${(100 * accuracy).toFixed(0)} %</figcaption>
        </figure>`,
    )}
    ${hasMarks ? nothing : html`<p>Readings are not drawn: there are too many for maps of this size.</p>`}
    ${hidden > 0 ? html`<p>${capitalised(counted(hidden, 'further user'))} ${hidden === 1 ? 'is' : 'are'} not drawn.</p>` : nothing}`;
  }

  /** Shows one more of the new maps; a run that came meanwhile is taken up from here on. */
  private replace(at: number): void {
    this.frame = undefined;
    const next = this.maps[at];
    if (next === undefined) return;
    this.shown = [...this.shown.slice(0, at), next, ...this.shown.slice(at + 1)];
    this.frame = requestAnimationFrame(() => this.replace(at + 1));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'lab-maps': LabMaps;
  }
}
