/**
 * The slider from masks only to very strong noise.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { STOPS } from './noise-draft.ts';

/**
 * @param stop - Where the thumb is, a place in `STOPS`.
 * @param spoken - What a screen reader says of it.
 * @param move - Called with each stop that the thumb passes.
 */
export function noiseSlider(
  stop: number,
  spoken: string,
  move: (stop: number) => void,
): TemplateResult {
  return html`<label class="slider">
    <span class="unseen">Noise of this room</span>
    <input
      type="range"
      min="0"
      max=${STOPS.length - 1}
      step="1"
      .value=${String(stop)}
      aria-valuetext=${spoken}
      @input=${({ target }: Event) => move(Number((target as HTMLInputElement).value))}
    />
    <span class="stops" aria-hidden="true"
      >${STOPS.map(
        ({ name }, at) =>
          html`<span class=${at === stop ? 'now' : ''} style=${`--at: ${at / (STOPS.length - 1)}`}
            >${name}</span
          >`,
      )}</span
    >
  </label>`;
}
