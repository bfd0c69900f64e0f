/**
 * The timeline of the round that is being shown: gather, agree keys, send, lock, unmask.
 *
 * Plays at the pace of the flock: the same machine, fed with the same views.
 *
 * @module
 */
import { LitElement, type PropertyValues, type TemplateResult, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { SessionView } from '../peer/view.ts';
import { FlockPlayer } from './flock-player.ts';
import type { Shown } from './flock-shown.ts';
import {
  type LevelBar,
  type StageBar,
  levelBars,
  paceNote,
  stageBars,
} from './round-stages-words.ts';

/** The timeline and the note about its pace. */
@customElement('round-stages')
export class RoundStages extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      font-family: var(--sans);
    }
    ol {
      display: grid;
      grid-template-columns: repeat(var(--bars), 1fr);
      gap: 3px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    button {
      all: unset;
      box-sizing: border-box;
      position: relative;
      display: block;
      width: 100%;
      min-height: 34px;
      padding-top: 8px;
      font: 400 var(--text-xs) / 16px var(--sans);
      color: var(--ink-3);
      white-space: nowrap;
      cursor: help;
    }
    button:focus-visible {
      outline: 2px solid var(--focus);
      outline-offset: 2px;
      border-radius: var(--r-s);
    }
    .bar {
      position: absolute;
      inset: 0 0 auto;
      height: 3px;
      border-radius: 2px;
      background: var(--hairline);
      overflow: hidden;
    }
    .bar i {
      display: block;
      height: 100%;
      background: var(--ink);
      transform-origin: left;
    }
    .done {
      color: var(--ink-2);
    }
    .current {
      color: var(--ink);
      font-weight: 600;
    }
    .failed {
      color: var(--bad);
      font-weight: 600;
    }
    .failed .bar i {
      background: var(--bad);
    }
    .sr {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .tip {
      position: absolute;
      z-index: 3;
      left: 0;
      right: 0;
      top: 36px;
      padding: 10px 12px;
      border-radius: var(--r-m);
      background: var(--ground-raised);
      color: var(--ink);
      box-shadow: var(--shadow-pop);
      font: 400 var(--text-s) / 1.45 var(--sans);
      pointer-events: none;
    }
    .tip.is-low {
      top: 78px;
    }
    ol + ol {
      margin-top: 6px;
    }
    p {
      margin: 8px 0 0;
      font-size: var(--text-s);
      line-height: 1.45;
      color: var(--ink-2);
      font-feature-settings: 'tnum' 1;
    }
    @media (pointer: coarse) {
      button {
        min-height: 44px;
      }
    }
    @media (forced-colors: active) {
      .bar {
        outline: 1px solid GrayText;
        background: Canvas;
      }
      .bar i {
        background: CanvasText;
        forced-color-adjust: none;
      }
      .tip {
        border: 1px solid CanvasText;
      }
    }
  `;

  /** What the session shows. */
  @property({ attribute: false }) view: SessionView | undefined;
  /** Leave the note about the pace out. */
  @property({ type: Boolean, attribute: 'without-note' }) isWithoutNote = false;

  @state() private bars: readonly StageBar[] = [];
  @state() private levels: readonly LevelBar[] = [];
  /** The bar whose tip is open: levels first, then stages. */
  @state() private open: number | undefined;

  readonly #player = new FlockPlayer(this, (shown) => this.#draw(shown));
  #took: Shown['tookMs'] = {};

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('view') || this.view === undefined) return;
    this.#player.tell(this.view);
    if (this.bars.length === 0) this.#draw(this.#player.shown);
  }

  protected override render(): TemplateResult {
    const note = this.view === undefined || this.isWithoutNote ? '' : paceNote(this.view);
    const { levels, bars } = this;
    const row = (label: string, some: readonly Bar[], first: number): TemplateResult =>
      html`<ol
        aria-label=${label}
        style="--bars: ${some.length}"
        @pointerleave=${() => this.#show(undefined)}
        @keydown=${this.#keyed}
      >
        ${some.map((bar, at) => this.#renderBar(bar, first + at))}
      </ol>`;
    return html`${levels.length === 0 ? nothing : row('Levels of the round', levels, 0)}
    ${row('Stages of the round', bars, levels.length)}
    ${
      this.open === undefined
        ? nothing
        : html`<div
            class="tip ${this.open < levels.length || levels.length === 0 ? '' : 'is-low'}"
            id="tip"
            role="tooltip"
          >
            ${[...levels, ...bars][this.open]?.takes}
          </div>`
    }
    ${note === '' ? nothing : html`<p>${note}</p>`}`;
  }

  #renderBar(bar: Bar, at: number): TemplateResult {
    const isCurrent = bar.state === 'current' || bar.state === 'failed';
    return html`<li aria-current=${isCurrent ? 'step' : nothing}>
      <button
        class=${bar.state}
        aria-describedby=${this.open === at ? 'tip' : nothing}
        @pointerenter=${() => this.#show(at)}
        @focus=${() => this.#show(at)}
        @blur=${() => this.#show(undefined)}
      >
        <span class="bar"><i style="transform: scaleX(${bar.share.toFixed(3)})"></i></span>
        ${bar.name}<span class="sr">${STATES[bar.state]}</span>
      </button>
    </li>`;
  }

  #show(at: number | undefined): void {
    this.open = at;
  }

  #keyed(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#show(undefined);
  }

  #draw(shown: Shown): boolean {
    if (Object.keys(shown.tookMs).length > 0) this.#took = shown.tookMs;
    this.bars = stageBars(shown, this.#took);
    this.levels = this.view === undefined ? [] : levelBars(this.view, shown);
    return false;
  }
}

/** A stage or a level. */
type Bar = Pick<StageBar, 'name' | 'state' | 'share' | 'takes'>;

const STATES: Readonly<Record<StageBar['state'], string>> = {
  ahead: '',
  current: ', under way',
  done: ', done',
  failed: ', stopped here',
};

declare global {
  interface HTMLElementTagNameMap {
    'round-stages': RoundStages;
  }
}
