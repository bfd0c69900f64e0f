/**
 * "Ask the room": private questions, what they would cost, and their answers.
 *
 * @module
 */
import { css, html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { PeerId } from '../ids.ts';
import { Asking, type AskRoom, type QuestionView } from '../peer/asking.ts';
import './ask-form.ts';
import type { AskEvent } from './ask-form.ts';
import './asked-question.ts';
import type { QuestionWishEvent } from './asked-question.ts';
import { controlsStyles } from './controls-styles.ts';
import { sectionStyles } from './section-styles.ts';

/** The section; works on any page that gives it a session of the task `sum`. */
@customElement('ask-the-room')
export class AskTheRoom extends LitElement {
  static override styles = [
    controlsStyles,
    sectionStyles,
    css`
      :host {
        display: block;
      }
      .beside {
        align-items: start;
      }
      .none {
        padding: var(--s4) 0;
        border-top: 1px solid var(--hairline);
        color: var(--ink-2);
        font-size: var(--text-s);
      }
      @media (max-width: 1000px) {
        .asked {
          order: -1;
        }
      }
    `,
  ];

  /** The session; undefined while the room is opened. */
  @property({ attribute: false }) session: AskRoom | undefined;

  @state() private questions: readonly QuestionView[] = [];
  private asking: Asking | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.end();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('session')) return;
    this.end();
    if (!this.session) return;
    const asking = new Asking(this.session, () => {
      this.questions = asking.view;
    });
    this.asking = asking;
  }

  override render(): TemplateResult {
    return html`<h2>Ask the room</h2>
      <p class="lead">
        A question whose answers nobody shows: each person sees what would leave its device, and
        accepts or declines.
      </p>
      <div class="beside">
        <ask-form ?disabled=${!this.session} @ask-question=${this.onAsk}></ask-form>
        <div class="asked" role="log" aria-label="Questions">
          ${
            this.questions.length === 0
              ? html`<p class="none">
                  Nothing has been asked yet. Whatever anybody asks appears here, at everybody.
                </p>`
              : repeat(
                  this.questions,
                  ({ name }) => name,
                  (view) =>
                    html`<asked-question
                      .view=${view}
                      .asker=${this.nameOf(view.asker)}
                      .nameOf=${this.nameOf}
                      @question-wish=${(event: QuestionWishEvent) => this.onWish(view.name, event)}
                    ></asked-question>`,
                )
          }
        </div>
      </div>`;
  }

  private readonly nameOf = (peer: PeerId): string => {
    const view = this.session?.view;
    if (view?.self.id === peer) return 'you';
    return view?.peers.find(({ id }) => id === peer)?.name ?? 'somebody who left';
  };

  private onAsk(event: AskEvent): void {
    this.asking?.ask(event.question, event.answer);
  }

  private onWish(name: string, { wish }: QuestionWishEvent): void {
    switch (wish.type) {
      case 'accept':
        this.asking?.accept(name, wish.answer);
        break;
      case 'decline':
        this.asking?.decline(name);
        break;
      case 'go':
        this.asking?.go(name);
        break;
      case 'withdraw':
        this.asking?.withdraw(name);
        break;
    }
  }

  private end(): void {
    this.asking?.close();
    this.asking = undefined;
    this.questions = [];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'ask-the-room': AskTheRoom;
  }
}
