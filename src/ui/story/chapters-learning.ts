/**
 * The story’s chapters about learning: maps apart and together, and outliers.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import '../terms/explained-term.ts';
import './foot-note.ts';
import { FIGURES } from './story-figures.ts';

/** What there is to learn from, and what is lost when it stays apart. */
export function readingsChapter(): TemplateResult {
  return html`<h2>What everybody has</h2>
    <p>
      Now to something that can be drawn. There is a field, hot above its diagonal and cold below.
      Sixteen people have a few readings of a thermometer each, all from one corner. Each could
      train a small
      <explained-term of="model">model</explained-term>
      on those alone, and would draw a border of its own. Or all of them could put their readings in
      one place.
    </p>
    <aside>
      <b>What is wrong with one place?</b> Somebody has to keep it, and everyone has to trust them:
      with each reading, for ever, and whoever breaks in. That a thermometer is harmless should not
      lull anybody. It could be a pulse.
    </aside>
    ${FIGURES.readings.show()}
    <p>
      The difference between the two is what is at stake. Federated learning wants the map on the
      right, with readings that stay on the left.
    </p>`;
}

/** Masks on whole models. */
export function modelsChapter(): TemplateResult {
  return html`<h2>A model under masks</h2>
    <p>
      A model is a row of numbers, so it can be masked as a single number can: each number under
      words of its own. Below, four people have learned from four readings each. What leaves them
      are words. They can be read as a model too, as whoever gets them might try; what comes out is
      a map, of nothing.
    </p>
    <aside>
      <b>Read a row.</b> Bars are what means something: a change of each of the model’s 33 numbers,
      up or down. Grey cells are words modulo 2³², darker the larger; their pattern means nothing.
    </aside>
    <p>Add them up, one after the other, in any order.</p>
    ${FIGURES.models.show()}
    <p>
      Until the last one is in, the sum is as good as noise. Then all masks have met their
      counterparts, and what is left is the sum of what four people learned, and nothing of any one
      of them beyond that.
    </p>`;
}

/**
 * Maps that learn apart and come together.
 *
 * @param merge - Merges the maps of the figure, for the button in the prose.
 */
export function togetherChapter(merge: () => void): TemplateResult {
  return html`<h2>Apart, and together</h2>
    <p>
      So let the readings stay, three with each of the sixteen, and let models meet instead. Each
      trains on those three readings alone, so each draws a border of its own. Press
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
