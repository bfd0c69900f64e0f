/**
 * The story’s chapters about limits: what a sum tells all the same, and how large a room can be.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import '../terms/explained-term.ts';
import './foot-note.ts';
import { FIGURES } from './story-figures.ts';

/** What masks do not hide, and what helps. */
export function privacyChapter(): TemplateResult {
  return html`<h2>What the sum tells all the same</h2>
    <p>
      Masks hide who gave what. They do not hide what the sum says, and a model remembers what it
      was trained on. Take one of those broken thermometers, in a federation of sixteen; then play
      all of it again without that one. Can somebody who sees nothing but the final model tell which
      of the two it is?<foot-note number="5"
        >The observer knows a lot: how models of both kinds look on average, from all other runs. It
        lays a line through the two and asks on which side a model falls. Of one model of each kind
        it names the right one so often; guessing gives 50 of 100. With twenty pairs of runs the
        figure is known to within about ten.</foot-note
      >
    </p>
    <aside>
      <b>What epsilon means.</b> Whatever an observer concludes, the odds change by at most a factor
      of e to the epsilon when somebody takes part or not. Below 1 that is strong, above 20 hardly a
      promise. It covers the worst observer and everything that all rounds tell; this one sees the
      last model only.
    </aside>
    <p>
      Against that helps noise that is too large for one person to stand out from, and too small for
      what all have in common to drown in. A room adds it where it costs least: in the sum. Beside
      it is another way that looks like it, and moves the readings themselves.
    </p>
    ${FIGURES.privacy.show()}
    <p>
      Noise in the sum is a promise with a number; it costs accuracy where few people learn
      something hard, as the circle shows, and next to nothing where many learn something easy. A
      blur may hide somebody too, once there is nothing left to learn; but nobody can say how well,
      because somebody cleverer than this observer may come.
    </p>`;
}

/** Hundreds of peers. */
export function roundsChapter(): TemplateResult {
  return html`<h2>How many rounds does gossip need?</h2>
    <p>
      Up to fifteen peers sum with one another directly. With hundreds, everybody cannot talk to
      everybody; so a room cuts itself into
      <explained-term of="line">lines</explained-term>. Each line makes its own sum, under masks.
      Then one of each line stands in for it, and up to eight of them sum what their lines have, and
      so on, until one sum is left that holds everybody; it goes back the way it came.
    </p>
    <aside>
      <b>What is real here?</b> The machines that run in a room run here, hundreds of them, in one
      page and on a clock of their own. Their network is made up, and so are their keys: the
      equations are the same, nothing would be secret.
    </aside>
    <p>
      Let it play, and let some vanish: click a peer, or the button. Whoever goes before their line
      has summed is not in the result. Whoever goes later is, since all of the line hold its sum and
      any of them can carry it on.
    </p>
    ${FIGURES.rounds.show()}
    <p>
      So the question in the title has a short answer. Two sums one after the other do for about
      ninety peers, three for seven hundred, four for five thousand. Averaging in pairs needs no
      plan and gets close about as soon,<foot-note number="6"
        >At each turn, everybody meets somebody, and both keep the mean of their two numbers. That
        halves the spread’s square, however many they are; a fixed precision is reached after a
        number of turns that hardly grows. The dashed line is such a run with the same
        numbers.</foot-note
      >
      but never quite there, and the first whom you meet learns your number.
    </p>`;
}
