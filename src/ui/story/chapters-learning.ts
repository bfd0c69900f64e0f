/**
 * The story’s chapters about learning: maps apart and together, and outliers.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import './foot-note.ts';
import { FIGURES } from './story-figures.ts';

/**
 * Maps that learn apart and come together.
 *
 * @param merge - Merges the maps of the figure, for the button in the prose.
 */
export function togetherChapter(merge: () => void): TemplateResult {
  return html`<h2>Apart, and together</h2>
    <p>
      Now let the hidden thing be a whole model. Sixteen people have read a thermometer in three
      places each, somewhere on a field that is hot above the diagonal and cold below it. Each
      trains a small
      <foot-note term="model"
        >Here a network of 33 numbers that says for each place how likely it is hot. Training moves
        the numbers a little at each step, so that they fit the readings better.</foot-note
      >
      on those three readings alone, so each draws a border of its own. Press
      <button class="button" @click=${merge}>Merge now</button>
      and all of them get the average of sixteen models,<foot-note number="4"
        >To be exact: of the changes since the last merge, each weighted by its number of readings,
        turned into whole numbers modulo 2³² and added up. Masks are left out of this figure,
        because they cancel to the last bit: the result is the same with them.</foot-note
      >
      and go on from there. Let them play for a while, and merge again.
    </p>
    <aside>
      <b>What could a server know?</b> Only the rings: a server that collects the models would see
      each merged one. The lines are drawn because all sixteen live in this page; in a federation
      nobody sees them.
    </aside>
    ${FIGURES.together.show()}
    <p>
      Between two merges the models drift apart, since each fits three readings better and better
      and forgets the rest. Merging often keeps them together, and costs messages. How often is a
      choice.
    </p>`;
}

/** Who is left out, and whose truth is learned. */
export function outliersChapter(): TemplateResult {
  return html`<h2>Whose truth?</h2>
    <p>
      Six of sixteen report cold wherever they are. Nobody can see their readings, only what becomes
      of the model. Leave them out of the merges, or anybody else, and compare.
    </p>
    <aside>
      <b>Mind what is measured.</b> The curve is the merged model’s, not an average that counts
      those who were left out. The true map is known here because we made it up; out there, nobody
      has it.
    </aside>
    ${FIGURES.outliers.show()}`;
}
