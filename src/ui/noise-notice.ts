/**
 * What a person is told whose tab followed another one to other noise: who asked, and what it promises.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { epsilonOf, rhoOfRound } from '../privacy/zcdp.ts';
import { controlsStyles } from './controls-styles.ts';
import { followedWords } from './privacy-words.ts';

/** A notice that stays until it is read, or other noise comes; the live region is there before its words are. */
@customElement('noise-notice')
export class NoiseNotice extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      .notice {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 4px 12px;
        max-width: max-content;
        margin: -6px 0 18px;
        padding: 4px 6px 4px 12px;
        border: 1px solid var(--hairline);
        border-radius: var(--r-m);
        background: var(--ground-raised);
        font-size: var(--text-s);
        line-height: 1.5;
      }
      p {
        flex: 1 1 240px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  /** The change that the person has read of. */
  @state() private readRevision = -1;

  override render(): TemplateResult {
    const words = this.words();
    return html`<div class=${words === '' ? '' : 'notice'}>
      <p role="status">${words}</p>
      ${
        words === ''
          ? nothing
          : html`<button class="button bare" @click=${this.onRead}>I have read it</button>`
      }
    </div>`;
  }

  private words(): string {
    const { view } = this;
    if (view === undefined) return '';
    const { followed, revision, dimension } = view.privacy;
    if (followed?.noise === undefined || revision === this.readRevision) return '';
    const { noise } = followed;
    const rho = rhoOfRound(noise, dimension, noise.kind === 'local' ? 1 : noise.honest);
    return followedWords(view, followed, epsilonOf(rho, noise.delta));
  }

  private onRead(): void {
    this.readRevision = this.view?.privacy.revision ?? -1;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'noise-notice': NoiseNotice;
  }
}
