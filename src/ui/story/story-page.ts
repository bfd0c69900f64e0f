/**
 * The story: what federated learning is, and how it does without a server, with figures to play with.
 *
 * Prose is here; each figure is an element of its own, fetched when it is about to come into sight.
 *
 * @module
 */
import './fonts.css';
import { css, html, LitElement } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controlsStyles } from '../controls-styles.ts';
import type { StoryFigure } from '../route.ts';
import './foot-note.ts';
import type { TogetherFigure } from './together-figure.ts';

/** How each figure is fetched, and how it stands on the page. */
const FIGURES: Record<
  StoryFigure,
  { readonly load: () => Promise<unknown>; readonly show: () => TemplateResult }
> = {
  murmuration: {
    load: () => import('./murmuration-figure.ts'),
    show: () => html`<murmuration-figure data-figure="murmuration"></murmuration-figure>`,
  },
  spam: {
    load: () => import('./spam-figure.ts'),
    show: () => html`<spam-figure data-figure="spam"></spam-figure>`,
  },
  masks: {
    load: () => import('./masks-figure.ts'),
    show: () => html`<masks-figure data-figure="masks"></masks-figure>`,
  },
  together: {
    load: () => import('./together-figure.ts'),
    show: () => html`<together-figure data-figure="together"></together-figure>`,
  },
  outliers: {
    load: () => import('./outliers-figure.ts'),
    show: () => html`<outliers-figure data-figure="outliers"></outliers-figure>`,
  },
  privacy: {
    load: () => import('./privacy-figure.ts'),
    show: () => html`<privacy-figure data-figure="privacy"></privacy-figure>`,
  },
  rounds: {
    load: () => import('./rounds-figure.ts'),
    show: () => html`<rounds-figure data-figure="rounds"></rounds-figure>`,
  },
};

/** A figure this near to the screen is fetched. */
const NEAR = { rootMargin: '900px' };

/** The page, or one figure of it. */
@customElement('story-page')
export class StoryPage extends LitElement {
  static override styles = [
    controlsStyles,
    css`
      :host {
        display: block;
      }
      article {
        display: grid;
        grid-template-columns: minmax(0, 640px) minmax(0, 1fr);
        column-gap: 56px;
        max-width: 1136px;
        margin: 0 auto;
        padding: 56px 0 80px;
        --serif: 'Newsreader Variable', Newsreader, Charter, Georgia, serif;
      }
      :host([alone]) article {
        display: block;
        padding: 0 var(--margin);
      }
      article > * {
        grid-column: 1;
      }
      article > [data-figure] {
        grid-column: 1 / -1;
      }
      [data-figure]:not(:defined) {
        display: block;
        min-height: 560px;
      }
      h1,
      h2 {
        margin-bottom: 22px;
        font: 500 var(--text-2xl) / 1.1 var(--serif);
        letter-spacing: -0.022em;
        text-wrap: balance;
      }
      h1 {
        font-size: 3.25rem;
      }
      h2 {
        padding-top: 12px;
      }
      article > p,
      article > ol li {
        margin-bottom: 0.9em;
        font: 400 1.1875rem / 1.56 var(--serif);
        text-wrap: pretty;
        font-feature-settings:
          'onum' 1,
          'tnum' 0;
      }
      article p .button {
        min-height: 28px;
        margin: 0 2px;
        padding: 0 10px;
        font: 550 0.875rem / 1 var(--sans);
        vertical-align: 2px;
      }
      aside {
        grid-column: 2;
        max-width: 32ch;
        padding-top: 4px;
        font-size: var(--text-s);
        line-height: 1.5;
        color: var(--ink-2);
      }
      aside b {
        color: var(--ink);
        font-weight: 600;
      }
      ol.sources {
        padding-left: 1.2em;
        list-style: decimal;
      }
      ol.sources li {
        margin-bottom: 6px;
        font: 400 var(--text-m) / 1.5 var(--sans);
      }
      @media (max-width: 900px) {
        article {
          padding-top: 28px;
          grid-template-columns: minmax(0, 640px);
        }
        aside {
          grid-column: 1;
          max-width: none;
          margin-bottom: 14px;
        }
        h1 {
          font-size: 2.5rem;
        }
        h2 {
          font-size: 2rem;
        }
      }
    `,
  ];

  /** The one figure to show; all of the story unless given. */
  @property({ attribute: false }) figure: StoryFigure | undefined;

  @query('together-figure') private together!: TogetherFigure | null;

  private observer: IntersectionObserver | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer?.disconnect();
  }

  protected override willUpdate(): void {
    this.toggleAttribute('alone', this.figure !== undefined);
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('figure') && this.observer) return;
    this.observer?.disconnect();
    this.observer = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting || !(target instanceof HTMLElement)) continue;
        this.observer!.unobserve(target);
        void FIGURES[target.dataset['figure'] as StoryFigure].load();
      }
    }, NEAR);
    for (const element of this.renderRoot.querySelectorAll('[data-figure]'))
      this.observer.observe(element);
  }

  override render(): TemplateResult {
    if (this.figure) return html`<article>${FIGURES[this.figure].show()}</article>`;
    return html`<article>
      <h1>A flock has no leader, and still turns as one</h1>
      <p>
        Much of what is worth learning is scattered over many people, each with a little of it, and
        good reasons not to hand it over. What if they learned together all the same: everybody
        keeps what they know, and only what was learned goes round? That is
        <foot-note term="federated learning"
          >Training one model on data that stay where they are: each takes steps on their own data,
          and only changes of the model are brought together (McMahan and others, 2017).</foot-note
        >. Usually a server in the middle collects the pieces. Here there is none.
      </p>
      ${FIGURES.murmuration.show()}

      <h2>Spam, four ways</h2>
      <p>
        Amara, Bence and Chloé flag what annoys them among their messages, and their phones learn
        from it. Prizes come to Amara, sure profits to Chloé. Of the three only Bence has met the
        one about the parcel and its fee; sooner or later it will come to Chloé as well. Could his
        flags warn her phone, without anyone else reading his messages?
      </p>
      <p>
        The model is small enough to look into: a
        <foot-note term="weight for each word"
          >A message has the weights of its words, added up, and one more that every message has.
          Above zero it is spam. This is logistic regression over a bag of words: order and
          repetition do not count.</foot-note
        >
        that is in any of the messages, 210 of them. Collect all messages in one place, and it
        learns well; so does whoever breaks in there. Leave each phone alone, and Chloé’s will never
        know. Or let only what was learned leave the phones, and take the mean of it.
      </p>
      <aside>
        <b>Is that not enough?</b> No. Learning moves exactly the words of the messages that it
        learns from. So whoever sees Bence’s update reads off which words he got, and which of them
        he flagged. Look at the server, “together, in the open”.
      </aside>
      <p>
        Go through the four ways; each learns from the same flags. Press a message to change a flag,
        and write what you would send to Chloé.
      </p>
      ${FIGURES.spam.show()}
      <p>
        Three steps on each phone, then a merge: that is a round, and three of them are enough to
        warn Chloé. With masks it takes just as many.<foot-note number="1"
          >The masked numbers are made as in a room: keys by X25519, seeds by HKDF, words by
          ChaCha20, and updates rounded to whole numbers modulo 2³² before. Here the keys of three
          phones serve all rounds, each with seeds of its own; a room draws new keys for each
          attempt, and deals out pieces of them in case somebody leaves.</foot-note
        >
        But what is such a mask?
      </p>

      <h2>Masks one can hold</h2>
      <p>
        Amara, Bence and Chloé each have a number that is nobody’s business. All they want to know
        is the total. So before anyone says anything, each two of them agree on a secret of their
        own: a
        <foot-note term="mask"
          >A random word that one of two people adds and the other subtracts. In a sum of both it is
          gone.</foot-note
        >
        of 32 bits. One of the two will add it, the other will take it away.<foot-note number="2"
          >Who adds is settled by who has the smaller key. In a room each peer puts on one more
          mask, all its own, which is opened only once it is settled whose words are in the sum: so
          a word that comes late, from somebody already given up for lost, is still
          hidden.</foot-note
        >
      </p>
      <aside>
        <b>How do they agree in secret?</b> Each sends the other a public key. From its own secret
        and the other’s public key each side works out the same word (Diffie and Hellman, 1976);
        whoever only listens cannot. The words below were made in this way, in your browser.
      </aside>
      <p>
        Turn a mask, by dragging it or with the arrow keys. What leaves two phones changes at once,
        and the total stays where it is. Change a hidden number instead, and the total follows. Then
        let somebody drop out in the middle.
      </p>
      ${FIGURES.masks.show()}
      <p>
        Somebody who leaves halfway would spoil the sum for all: the masks that the others share
        with them have no counterpart any more. So everyone deals out pieces of their secret
        beforehand. Too few pieces say nothing whatever; enough of them give it back.<foot-note
          number="3"
          >Shamir’s secret sharing: a polynomial of low degree through the secret, and a point of it
          for each. In a room, pieces of the key are shared from which all masks of a peer are made:
          32 bytes, however large the model. Here it is the masks themselves, since a mask turned by
          hand comes from no key. And a room that counts on peers who cheat asks for more than two
          thirds of the pieces, not more than half.</foot-note
        >
      </p>
      <aside>
        <b>What masks cannot do.</b> They hide who gave what, not what the sum says. Of three
        people, two who talk to each other know the third’s number; in a sum of eight, seven would
        have to.
      </aside>

      <h2>Apart, and together</h2>
      <p>
        Now let the hidden thing be a whole model. Sixteen people have read a thermometer in three
        places each, somewhere on a field that is hot above the diagonal and cold below it. Each
        trains a small
        <foot-note term="model"
          >Here a network of 33 numbers that says for each place how likely it is hot. Training
          moves the numbers a little at each step, so that they fit the readings better.</foot-note
        >
        on those three readings alone, so each draws a border of its own. Press
        <button class="button" @click=${() => this.together?.merge?.()}>Merge now</button>
        and all of them get the average of sixteen models,<foot-note number="4"
          >To be exact: of the changes since the last merge, each weighted by its number of
          readings, turned into whole numbers modulo 2³² and added up. Masks are left out of this
          figure, because they cancel to the last bit: the result is the same with them.</foot-note
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
      </p>

      <h2>Whose truth?</h2>
      <p>
        Six of sixteen report cold wherever they are. Nobody can see their readings, only what
        becomes of the model. Leave them out of the merges, or anybody else, and compare.
      </p>
      <aside>
        <b>Mind what is measured.</b> The curve is the merged model’s, not an average that counts
        those who were left out. The true map is known here because we made it up; out there, nobody
        has it.
      </aside>
      ${FIGURES.outliers.show()}

      <h2>What the sum tells all the same</h2>
      <p>
        Masks hide who gave what. They do not hide what the sum says, and a model remembers what it
        was trained on. Take one of those broken thermometers, in a federation of sixteen; then play
        all of it again without that one. Can somebody who sees nothing but the final model tell
        which of the two it is?<foot-note number="4"
          >The observer knows a lot: how models of both kinds look on average, from all other runs.
          It lays a line through the two and asks on which side a model falls. Of one model of each
          kind it names the right one so often; guessing gives 50 of 100. With twenty pairs of runs
          the figure is known to within about ten.</foot-note
        >
      </p>
      <aside>
        <b>What epsilon means.</b> Whatever an observer concludes, the odds change by at most a
        factor of e to the epsilon when somebody takes part or not. Below 1 that is strong, above 20
        hardly a promise. It covers the worst observer and everything that all rounds tell; this one
        sees the last model only.
      </aside>
      <p>
        Against that helps noise that is too large for one person to stand out from, and too small
        for what all have in common to drown in. A room adds it where it costs least: in the sum.
        Beside it is another way that looks like it, and moves the readings themselves.
      </p>
      ${FIGURES.privacy.show()}
      <p>
        Noise in the sum is a promise with a number; it costs accuracy where few people learn
        something hard, as the circle shows, and next to nothing where many learn something easy. A
        blur may hide somebody too, once there is nothing left to learn; but nobody can say how
        well, because somebody cleverer than this observer may come.
      </p>

      <h2>How many rounds does gossip need?</h2>
      <p>
        Up to fifteen peers sum with one another directly. With hundreds, everybody cannot talk to
        everybody; so a room cuts itself into
        <foot-note term="lines"
          >Eight to fifteen peers who sum together. Who is in which line follows from a number that
          nobody could choose, so nobody can pick whose neighbour to be.</foot-note
        >. Each line makes its own sum, under masks. Then one of each line stands in for it, and up
        to eight of them sum what their lines have, and so on, until one sum is left that holds
        everybody; it goes back the way it came.
      </p>
      <aside>
        <b>What is real here?</b> The machines that run in a room run here, hundreds of them, in one
        page and on a clock of their own. Their network is made up, and so are their keys: the
        equations are the same, nothing would be secret.
      </aside>
      <p>
        Let it play, and let some vanish: click a peer, or the button. Whoever goes before their
        line has summed is not in the result. Whoever goes later is, since all of the line hold its
        sum and any of them can carry it on.
      </p>
      ${FIGURES.rounds.show()}
      <p>
        So the question in the title has a short answer. Two sums one after the other do for about
        ninety peers, three for seven hundred, four for five thousand. Averaging in pairs needs no
        plan and gets close about as soon,<foot-note number="5"
          >At each turn, everybody meets somebody, and both keep the mean of their two numbers. That
          halves the spread’s square, however many they are; a fixed precision is reached after a
          number of turns that hardly grows. The dashed line is such a run with the same
          numbers.</foot-note
        >
        but never quite there, and the first whom you meet learns your number.
      </p>
      <p>
        That is all a room does, and you can open one:
        <a href="#">learn a map with the tabs next to you</a>.
      </p>

      <h2>Sources</h2>
      <ol class="sources">
        <li>
          McMahan, Moore, Ramage, Hampson, Agüera y Arcas: Communication-Efficient Learning of Deep
          Networks from Decentralized Data. AISTATS 2017.
        </li>
        <li>
          Bonawitz and others: Practical Secure Aggregation for Privacy-Preserving Machine Learning.
          CCS 2017.
        </li>
        <li>
          Boyd, Ghosh, Prabhakar, Shah: Randomized Gossip Algorithms. IEEE Transactions on
          Information Theory, 2006.
        </li>
        <li>
          Kairouz, Liu, Steinke: The Distributed Discrete Gaussian Mechanism for Federated Learning
          with Secure Aggregation. ICML 2021.
        </li>
        <li>Shamir: How to Share a Secret. Communications of the ACM, 1979.</li>
        <li>Diffie, Hellman: New Directions in Cryptography. IEEE Transactions, 1976.</li>
        <li>
          Mitchell, Pearce: How Federated Learning Protects Privacy. PAIR Explorables, 2022, whose
          figures asked the questions that these answer.
        </li>
      </ol>
    </article>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'story-page': StoryPage;
  }
}
