/**
 * The form of a question to the room, with the own answer.
 *
 * @module
 */
import { css, html, LitElement, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { MAX_COHORT, MAX_QUESTION_LENGTH, MIN_COHORT } from '../config.ts';
import {
  checkedQuestion,
  QUESTION_KINDS,
  valuesOf,
  type OwnAnswer,
  type Question,
  type QuestionKind,
} from '../task/question.ts';
import { KIND_WORDS } from './ask-words.ts';
import { controlsStyles } from './controls-styles.ts';
import './terms/explained-term.ts';

/** A person asks. */
export class AskEvent extends Event {
  readonly question: Question;
  readonly answer: OwnAnswer;
  constructor(question: Question, answer: OwnAnswer) {
    super('ask-question');
    this.question = question;
    this.answer = answer;
  }
}

/** Fields, and what is wrong with them. */
@customElement('ask-form')
export class AskForm extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
      }
      form {
        display: grid;
        grid-template-columns: repeat(6, minmax(0, 1fr));
        gap: var(--s3) var(--s4);
        align-items: end;
      }
      label,
      .label,
      fieldset {
        display: grid;
        gap: 4px;
        margin: 0;
        padding: 0;
        border: 0;
        font-size: var(--text-s);
        font-weight: 550;
      }
      legend {
        padding: 0 0 4px;
      }
      label b {
        font-weight: inherit;
      }
      label span {
        font-weight: 400;
        color: var(--ink-2);
      }
      .all {
        grid-column: 1 / -1;
      }
      .half {
        grid-column: span 3;
      }
      .third {
        grid-column: span 2;
      }
      .choice {
        display: flex;
        gap: var(--s4);
      }
      .choice label {
        display: flex;
        align-items: center;
        gap: 6px;
        min-height: var(--control);
        font-weight: 400;
      }
      .mistake {
        color: var(--bad);
        font-size: var(--text-s);
      }
      .end {
        display: flex;
        flex-wrap: wrap;
        gap: var(--s3);
        align-items: center;
      }
      @media (max-width: 640px) {
        .half,
        .third {
          grid-column: 1 / -1;
        }
        .third.short {
          grid-column: span 3;
        }
      }
    `,
  ];

  /** Nobody can be asked yet. */
  @property({ type: Boolean }) disabled = false;

  @state() private kind: QuestionKind = 'average';
  @state() private mistake: string | undefined;

  override render(): TemplateResult {
    const isNumber = this.kind !== 'count' && this.kind !== 'share';
    const isBounded = isNumber && this.kind !== 'histogram';
    return html`<form @submit=${this.onSubmit} novalidate>
      <label class="all">
        What do you want to know?
        <input
          class="field"
          name="text"
          maxlength=${MAX_QUESTION_LENGTH}
          placeholder="How many hours did you sleep?"
          autocomplete="off"
        />
      </label>
      <label class="half">
        Tell us
        <select
          class="field"
          name="kind"
          @change=${(event: Event) => {
            this.kind = (event.target as HTMLSelectElement).value as QuestionKind;
          }}
        >
          ${QUESTION_KINDS.map(
            (kind) =>
              html`<option value=${kind} ?selected=${kind === this.kind}>
                ${KIND_WORDS[kind]}
              </option>`,
          )}
        </select>
      </label>
      <div class="half label">
        <explained-term of="smallest group">Smallest group</explained-term>
        <input
          class="field"
          name="minGroup"
          type="number"
          min=${MIN_COHORT}
          max=${MAX_COHORT}
          value=${MIN_COHORT}
          aria-label="Smallest group"
        />
      </div>
      ${
        isBounded
          ? html`<label class="third short">
                Smallest answer
                <input class="field" name="low" inputmode="decimal" value="0" />
              </label>
              <label class="third short">
                Largest answer
                <input class="field" name="high" inputmode="decimal" value="24" />
              </label>`
          : nothing
      }
      ${
        this.kind === 'histogram'
          ? html`<label class="third">
              Edges of the ranges
              <input class="field" name="edges" inputmode="text" value="0, 6, 8, 24" />
            </label>`
          : nothing
      }
      ${
        isNumber
          ? html`<label class="third">
              <b>Unit <span>(if any)</span></b>
              <input class="field" name="unit" maxlength="12" autocomplete="off" />
            </label>`
          : nothing
      }
      <label class="third">
        <b>Noise: epsilon <span>(empty: exact)</span></b>
        <input class="field" name="epsilon" inputmode="decimal" aria-describedby="epsilon-words" />
      </label>
      ${
        isNumber
          ? html`<label class="third">
              Your own answer
              <input class="field" name="answer" inputmode="decimal" autocomplete="off" />
            </label>`
          : html`<fieldset class="third">
              <legend>Your own answer</legend>
              <div class="choice">
                <label><input type="radio" name="answer" value="yes" /> yes</label>
                <label><input type="radio" name="answer" value="no" /> no</label>
              </div>
            </fieldset>`
      }
      <p class="all small quiet" id="epsilon-words">
        You answer, too: only those in a sum hear what it says. With an
        <explained-term of="epsilon">epsilon</explained-term>,
        <explained-term of="noise">noise</explained-term> hides each person even from who knows all
        the others; the smaller, the more it hides and the less the answer says.
      </p>
      <div class="all end">
        <button class="button primary" ?disabled=${this.disabled}>Ask the room</button>
        <p class="mistake" role="alert">${this.mistake}</p>
      </div>
    </form>`;
  }

  private onSubmit(event: SubmitEvent): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const data = new FormData(form);
    const textOf = (name: string): string => (data.get(name) as string | null)?.trim() ?? '';
    const numberOf = (name: string): number | undefined =>
      textOf(name) === '' ? undefined : Number(textOf(name).replace(',', '.'));
    const edges = textOf('edges');
    try {
      const question = checkedQuestion({
        text: textOf('text'),
        kind: this.kind,
        low: numberOf('low'),
        high: numberOf('high'),
        edges: edges === '' ? undefined : edges.split(/[;,]/).map((edge) => Number(edge)),
        unit: textOf('unit'),
        minGroup: numberOf('minGroup') ?? MIN_COHORT,
        epsilon: numberOf('epsilon'),
      });
      const answer = readAnswer(this.kind, textOf('answer'));
      valuesOf(question, answer);
      this.mistake = undefined;
      this.dispatchEvent(new AskEvent(question, answer));
      form.querySelector<HTMLInputElement>('[name="text"]')!.value = '';
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.mistake = error.message;
    }
  }
}

/** An answer as it was typed or picked; what is none is refused by the question. */
export function readAnswer(kind: QuestionKind, text: string): OwnAnswer {
  if (kind === 'count' || kind === 'share') return text === '' ? NaN : text === 'yes';
  return text === '' ? NaN : Number(text.replace(',', '.'));
}

declare global {
  interface HTMLElementTagNameMap {
    'ask-form': AskForm;
  }
  interface HTMLElementEventMap {
    'ask-question': AskEvent;
  }
}
