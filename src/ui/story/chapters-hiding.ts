/**
 * The story’s chapters about hiding: spam, and the masks that hide what was learned from it.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import { freshRoom } from '../remembered.ts';
import { formatRoute } from '../route.ts';
import '../terms/explained-term.ts';
import './foot-note.ts';
import { FIGURES } from './story-figures.ts';

/** Spam, four ways, and what each shows. */
export function spamChapter(): TemplateResult {
  return html`<h2>Spam, four ways</h2>
    <p>
      Amara, Bence and Chloé flag what annoys them among their messages, and their phones learn from
      it. Prizes come to Amara, sure profits to Chloé. Of the three only Bence has met the one about
      the parcel and its fee; sooner or later it will come to Chloé as well. Could his flags warn
      her phone, without anyone else reading his messages?
    </p>
    <p>
      The model is small enough to look into: a
      <explained-term of="weight of a word">weight for each word</explained-term>
      that is in any of the messages, 210 of them. Collect all messages in one place, and it learns
      well; so does whoever breaks in there. Leave each phone alone, and Chloé’s will never know. Or
      let only what was learned leave the phones, and take the mean of it.
    </p>
    <aside>
      <b>Is that not enough?</b> No. Learning moves exactly the words of the messages that it learns
      from. So whoever sees Bence’s update reads off which words he got, and which of them he
      flagged. Look at the server, “together, in the open”.
    </aside>
    <p>
      Go through the four ways; each learns from the same flags. Press a message to change a flag,
      and write what you would send to Chloé.
    </p>
    ${FIGURES.spam.show()}
    <p>
      Three steps on each phone, then a merge: that is a round, and three of them are enough to warn
      Chloé. With masks it takes just as many.<foot-note number="1"
        >The masked numbers are made as in a room: keys by X25519, seeds by HKDF, words by ChaCha20,
        and updates rounded to whole numbers modulo 2³² before. Here the keys of three phones serve
        all rounds, each with seeds of its own; a room draws new keys for each attempt, and deals
        out pieces of them in case somebody leaves.</foot-note
      >
      The same goes on between real tabs, each with one person’s messages:
      <a href=${spamRoom()}>open a room for spam</a>, twice more in other tabs. But what is such a
      mask?
    </p>`;
}

/** A room with a key of its own, the same as long as the page lives. */
function spamRoom(): string {
  address ??= formatRoute({ ...freshRoom(), task: { type: 'spam' } });
  return address;
}

let address: string | undefined;

/** Masks, by hand. */
export function masksChapter(): TemplateResult {
  return html`<h2>Masks one can hold</h2>
    <p>
      Amara, Bence and Chloé each have a number that is nobody’s business. All they want to know is
      the total. So before anyone says anything, each two of them agree on a secret of their own: a
      <explained-term of="mask">mask</explained-term>
      of 32 bits. One of the two will add it, the other will take it away.<foot-note number="2"
        >Who adds is settled by who has the smaller key. In a room each peer puts on one more mask,
        all its own, which is opened only once it is settled whose words are in the sum: so a word
        that comes late, from somebody already given up for lost, is still hidden.</foot-note
      >
    </p>
    <aside>
      <b>How do they agree in secret?</b> Each sends the other a public key. From its own secret and
      the other’s public key each side works out the same word (Diffie and Hellman, 1976); whoever
      only listens cannot. The words below were made in this way, in your browser.
    </aside>
    <p>
      Turn a mask, by dragging it or with the arrow keys. What leaves two phones changes at once,
      and the total stays where it is. Change a hidden number instead, and the total follows. Then
      let somebody drop out in the middle.
    </p>
    ${FIGURES.masks.show()}
    <p>
      Somebody who leaves halfway would spoil the sum for all: the masks that the others share with
      them have no counterpart any more. So everyone deals out pieces of their secret beforehand.
      Too few pieces say nothing whatever; enough of them give it back.<foot-note number="3"
        >Shamir’s secret sharing: a polynomial of low degree through the secret, and a point of it
        for each. In a room, pieces of the key are shared from which all masks of a peer are made:
        32 bytes, however large the model. Here it is the masks themselves, since a mask turned by
        hand comes from no key. And a room that counts on peers who cheat asks for more than two
        thirds of the pieces, not more than half.</foot-note
      >
    </p>
    <aside>
      <b>What masks cannot do.</b> They hide who gave what, not what the sum says. Of three people,
      two who talk to each other know the third’s number; in a sum of eight, seven would have to.
    </aside>`;
}
