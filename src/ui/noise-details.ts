/**
 * The numbers behind the slider, for who wants to say them exactly: clip norm, multiplier, delta, and where the
 * noise is whole. Changing one changes only what is looked at.
 *
 * @module
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { DraftNumber, DraftRead, NoiseDraft } from './noise-draft.ts';
import './terms/explained-term.ts';

/** A number of a draft, and how the page speaks of it. */
interface Field {
  readonly name: DraftNumber;
  readonly term: TemplateResult;
  readonly label: string;
  readonly help: string;
}

const FIELDS: readonly Field[] = [
  {
    name: 'clip',
    term: html`<explained-term of="clip norm">Clip norm</explained-term>`,
    label: 'Clip norm',
    help: 'longest update; longer ones are shortened to it',
  },
  {
    name: 'multiplier',
    term: html`<explained-term of="noise multiplier">Noise multiplier</explained-term>`,
    label: 'Noise multiplier',
    help: 'noise in the sum, in clip norms',
  },
  {
    name: 'delta',
    term: html`<explained-term of="delta">Delta</explained-term>`,
    label: 'Delta',
    help: 'probability with which epsilon need not hold',
  },
];

/** @param change - Called with the draft after a change; touching a number of masks only turns noise on. */
export function noiseDetails(
  draft: NoiseDraft,
  read: DraftRead,
  change: (draft: NoiseDraft) => void,
): TemplateResult {
  const mistake = 'mistake' in read ? read : undefined;
  return html`<details>
    <summary>Details</summary>
    <div class="details">
      ${FIELDS.map(
        ({ name, term, label, help }) =>
          html`<div class="detail">
            <span>${term}</span>
            <input
              class="field"
              inputmode="decimal"
              autocomplete="off"
              aria-label=${label}
              aria-describedby=${mistake?.at === name ? 'mistake' : `help-${name}`}
              aria-invalid=${String(mistake?.at === name)}
              .value=${draft[name]}
              @change=${({ target }: Event) =>
                change({ ...draft, isOn: true, [name]: (target as HTMLInputElement).value })}
            />
            <span class="quiet" id=${`help-${name}`}>${help}</span>
            ${mistake?.at === name ? told(mistake.mistake) : nothing}
          </div>`,
      )}
      <label class="detail"
        ><span>Noise is whole</span>
        <select
          class="field"
          aria-label="Noise is whole"
          @change=${({ target }: Event) =>
            change({
              ...draft,
              isOn: true,
              kind: (target as HTMLSelectElement).value as NoiseSetting['kind'],
            })}
        >
          <option value="distributed" ?selected=${draft.kind === 'distributed'}>
            in the sum alone
          </option>
          <option value="local" ?selected=${draft.kind === 'local'}>in each update</option>
        </select>
        <span class="quiet"
          >each update: needs no honest others, costs far more accuracy</span
        ></label
      >
      ${mistake !== undefined && mistake.at === undefined ? told(mistake.mistake) : nothing}
      <p class="quiet">
        The unit is you: your whole <explained-term of="update">update</explained-term> in all
        rounds together, present or all zeros. Every
        <explained-term of="weight">weight</explained-term> is 1, so that no count of readings
        shows.
      </p>
    </div>
  </details>`;
}

function told(mistake: string): TemplateResult {
  return html`<p class="mistake" id="mistake" role="alert">${mistake}</p>`;
}
