/**
 * The story: what federated learning is, and how it does without a server, with figures to play with.
 *
 * Its chapters are files of their own; each figure is an element of its own, fetched when it is about to come into sight.
 *
 * @module
 */
import './fonts.css';
import { html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controlsStyles } from '../controls-styles.ts';
import type { StoryFigure } from '../route.ts';
import '../terms/explained-term.ts';
import { masksChapter, spamChapter } from './chapters-hiding.ts';
import {
  modelsChapter,
  outliersChapter,
  readingsChapter,
  togetherChapter,
} from './chapters-learning.ts';
import { privacyChapter, roundsChapter } from './chapters-limits.ts';
import { sources } from './sources.ts';
import { FIGURES } from './story-figures.ts';
import { storyStyles } from './story-styles.ts';
import type { TogetherFigure } from './together-figure.ts';

/** A figure this near to the screen is fetched. */
const NEAR = { rootMargin: '900px' };

/** The page, or one figure of it. */
@customElement('story-page')
export class StoryPage extends LitElement {
  static override styles = [controlsStyles, storyStyles];

  /** The one figure to show; all of the story unless given. */
  @property({ attribute: false }) figure: StoryFigure | undefined;

  @query('together-figure') private together!: TogetherFigure | null;

  private observer: IntersectionObserver | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
  }

  protected override willUpdate(): void {
    this.toggleAttribute('alone', this.figure !== undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('figure') && this.observer) return;
    this.observer?.disconnect();
    this.observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        this.observer!.unobserve(target);
        void FIGURES[target.dataset['figure'] as StoryFigure].load();
      }
    }, NEAR);
    for (const element of this.renderRoot.querySelectorAll('[data-figure]'))
      this.observer.observe(element);
  }

  override render(): TemplateResult {
    if (this.figure) return html`<article>${FIGURES[this.figure].show()}</article>`;
    return html`<article>
      <h1>A flock has no leader, and still turns as one</h1>
      <p>
        Much of what is worth learning is scattered over many people, each with a little of it, and
        good reasons not to hand it over. What if they learned together all the same: everybody
        keeps what they know, and only what was learned goes round? That is
        <explained-term of="federated learning">federated learning</explained-term>. Usually a
        server in the middle collects the pieces. Here there is none.
      </p>
      ${FIGURES.murmuration.show()} ${spamChapter()} ${masksChapter()} ${readingsChapter()}
      ${modelsChapter()} ${togetherChapter(() => this.together?.merge?.())} ${outliersChapter()}
      ${privacyChapter()} ${roundsChapter()}

      <p>
        That is all a room does, and you can open one:
        <a href="#">learn a map with the tabs next to you</a>.
      </p>

      ${sources()}
    </article>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'story-page': StoryPage;
  }
}
