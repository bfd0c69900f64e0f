/**
 * The head of the round: its title, what is going on in it, and one figure, at the pace of the flock.
 *
 * @module
 */
import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { FlockPlayer } from './flock-player.ts';
import { type RoundTitle, roundTitle } from './flock-words.ts';

/** Title and subtitle on the left, the figure on the right. */
@customElement('round-title')
export class RoundTitleElement extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr) auto;
      align-items: end;
      column-gap: var(--s3);
      padding-bottom: 10px;
      min-height: 54px;
      box-sizing: border-box;
      font-family: var(--sans);
      color: var(--ink);
      font-feature-settings: 'tnum' 1;
    }
    h2,
    p {
      margin: 0;
    }
    h2 {
      font-size: var(--text-l);
      line-height: 24px;
      font-weight: 600;
      letter-spacing: -0.01em;
    }
    .sub {
      font-size: var(--text-s);
      line-height: 18px;
      color: var(--ink-2);
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .figure {
      text-align: right;
      white-space: nowrap;
    }
    .figure b {
      display: block;
      font-size: var(--text-xl);
      line-height: 28px;
      font-weight: 500;
      letter-spacing: -0.018em;
    }
    .figure span {
      display: block;
      font-size: var(--text-xs);
      line-height: 18px;
      color: var(--ink-2);
    }
  `;

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;

  @state() private words: RoundTitle | undefined;

  readonly #player = new FlockPlayer(this, (shown) => {
    if (this.view !== undefined) this.#say(roundTitle(this.view, shown));
    return false;
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('view') || this.view === undefined) return;
    this.#player.tell(this.view);
    this.words ??= roundTitle(this.view, this.#player.shown);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { words } = this;
    if (words === undefined) return nothing;
    return html`<div>
        <h2>${words.title}</h2>
        <p class="sub">${words.subtitle}</p>
      </div>
      <p class="figure"><b>${words.figure}</b><span>${words.unit}</span></p>`;
  }

  #say(words: RoundTitle): void {
    const same = (Object.keys(words) as (keyof RoundTitle)[]).every(
      (key) => words[key] === this.words?.[key],
    );
    if (!same) this.words = words;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'round-title': RoundTitleElement;
  }
}
