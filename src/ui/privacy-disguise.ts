/**
 * What can be done to readings before anything learns from them, beside noise in what was learned.
 *
 * @module
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { DisguiseChoice, DisguiseView, LearningView } from '../peer/view.ts';
import { promiseOfRandomiser, randomiserWords } from './disguise-promise.ts';
import { epsilonFigure } from './privacy-words.ts';
import { capitalised, counted } from './words.ts';

/** The randomiser that a person can choose here. */
const RANDOMISER = { type: 'randomise', spread: 0.5, labelEpsilon: 1 } as const;

const DISGUISES: readonly {
  readonly name: string;
  readonly choice: DisguiseChoice;
  readonly words: string;
}[] = [
  { name: 'as they are', choice: { type: 'none' }, words: '' },
  {
    name: 'blurred',
    choice: { type: 'blur', level: 0.4 },
    words:
      'Places are pulled part of the way to random ones, labels stay true. It looks private and promises nothing: no epsilon holds for it.',
  },
  {
    name: 'randomised',
    choice: RANDOMISER,
    words:
      'Each reading gets noise of half the side, and tells its label truly with 73 chances in 100. A promise that needs nobody else, at a high price in accuracy.',
  },
];

const NOTHING_DISGUISED: DisguiseView = {
  choice: { type: 'none' },
  released: 0,
  epsilon: 0,
  rho: 0,
};

/** @param choose - Called with what the person chose. */
export function disguiseChoice(
  learning: LearningView,
  choose: (choice: DisguiseChoice) => void,
): TemplateResult {
  const { choice, released, epsilon } = learning.disguise ?? NOTHING_DISGUISED;
  const now = DISGUISES.findIndex((known) => known.choice.type === choice.type);
  return html`<label class="line"
      >Learn from my readings
      <select
        class="field"
        aria-label="Learn from my readings"
        aria-describedby="disguise-words"
        @change=${({ target }: Event) =>
          choose(DISGUISES[Number((target as HTMLSelectElement).value)]!.choice)}
      >
        ${DISGUISES.map(
          ({ name }, at) => html`<option value=${at} ?selected=${at === now}>${name}</option>`,
        )}
      </select>
    </label>
    <p class="quiet" id="disguise-words">
      ${DISGUISES[now]!.words}
      ${
        choice.type === 'randomise'
          ? nothing
          : `Randomised, they would tell ${randomiserWords(promiseOfRandomiser(learning, RANDOMISER))}, however many rounds follow.`
      }
      ${
        released > 0
          ? html`${capitalised(counted(released, 'reading'))} so far: epsilon
            ${epsilonFigure(epsilon)} together, however many rounds follow.`
          : nothing
      }
    </p>`;
}
