/**
 * The last line of the ledger of masks: both sums, and what becomes of each mask.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import {
  FEWEST_PEOPLE,
  gatheredOf,
  signIn,
  totalOf,
  type HeldMasks,
} from '../../simulation/held-masks.ts';
import { grouped } from '../words.ts';
import { columnsOf } from './masks-columns.ts';

/** The line. */
export function masksSum(held: HeldMasks): TemplateResult {
  const total = totalOf(held);
  const { leaver, people } = held;
  const hidden = people.reduce(
    (sum, person, at) => (at === leaver?.person ? sum : sum + person.hidden),
    0,
  );
  const cancels = people.length > FEWEST_PEOPLE ? '' : 'cancels to 0';
  const isOf = (column: number): boolean =>
    leaver !== undefined &&
    people.length === FEWEST_PEOPLE &&
    signIn(held.masks[column]!, leaver.person) !== 0;
  return html`<div class="line sum">
    <span>Sum</span>
    <span class="big" aria-label="Sum of the hidden numbers"
      >${hidden}<small class="quiet on-phones">of the hidden numbers</small></span
    >
    ${columnsOf(held).map(
      (_, column) =>
        html`<span class="quiet column"
          >${isOf(column) ? (total === undefined ? 'hangs loose' : 'rebuilt, taken off') : cancels}</span
        >`,
    )}
    <span></span>
    <span class="big" role="status" aria-label="Sum of what left the phones">
      ${grouped(total ?? gatheredOf(held))}
      <small class="quiet"
        ><span class="on-phones">of what left: </span
        >${total === undefined ? 'is noise' : held.numbers === 'words' ? 'modulo 2³²' : ''}</small
      >
    </span>
  </div>`;
}
