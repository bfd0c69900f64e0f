/**
 * What can be worked out, and by whom: a choice of observers, and the answer.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import type { HeldMasks } from '../../simulation/held-masks.ts';
import { inferenceWords, namesOf } from './masks-words.ts';

/** Who looks: nobody of them, one, two. */
const OBSERVERS: readonly (readonly number[])[] = [[], [1], [1, 2]];

/**
 * The choice and the answer.
 *
 * @param watching - Which observers look.
 * @param watch - Lets others look.
 */
export function masksInference(
  held: HeldMasks,
  watching: number,
  watch: (at: number) => void,
): TemplateResult {
  return html`<div class="infer">
    <div class="group" role="group" aria-label="What can be worked out, and by whom">
      ${OBSERVERS.map(
        (observers, at) =>
          html`<button
            class="button"
            aria-pressed=${String(watching === at)}
            @click=${() => watch(at)}
          >
            ${observers.length === 0 ? 'A listener or server' : namesOf(observers)}
          </button>`,
      )}
    </div>
    <p role="status">${inferenceWords(held, OBSERVERS[watching]!)}</p>
  </div>`;
}
