/**
 * The columns of the figure of spam: what a phone has and gives away, and what whoever is in the middle gets.
 *
 * @module
 */
import { html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import type { SpamExchange, SpamRound } from '../../simulation/spam-rounds.ts';
import { INBOXES, MET_BY, NOT_MET_BY } from '../../task/spam/messages.ts';
import { wordsOf } from '../../task/spam/vocabulary.ts';
import { peerBird } from '../icons.ts';
import type { ListedMessage } from '../spam-inbox.ts';
import { placeOf, shownWord, signed, weightBars } from '../spam-words.ts';
import type { WordBar } from '../word-bars.ts';
import type { Pointed } from '../words-pointed.ts';
import { counted, grouped, possessive } from '../words.ts';
import { NAMES } from './masks-words.ts';
import { wordsReadOff, type Flags, type Way } from './spam-state.ts';

/** All that columns are drawn from. */
export interface ColumnsView {
  readonly way: Way;
  readonly flags: Flags;
  readonly round: number;
  readonly at: SpamRound;
  /** Words of the bars, the same in all columns. */
  readonly words: readonly string[];
  /** Weight of a full bar. */
  readonly scale: number;
  readonly pointed: Pointed | undefined;
}

/** A person's phone. */
export function phoneColumn(view: ColumnsView, person: number, isPicked: boolean): TemplateResult {
  const name = NAMES[person]!;
  const flagged = view.flags[person]!.filter(Boolean).length;
  return html`<div class="column ${isPicked ? 'picked' : ''}" role="group" aria-label=${name}>
    <div class="who">
      ${peerBird(person)}${name}<small
        >${INBOXES[person]!.length} messages, ${flagged} flagged</small
      >
    </div>
    <spam-inbox
      label="Messages of ${name}"
      .messages=${messagesOf(view.flags, person)}
      .pointed=${view.pointed}
    ></spam-inbox>
    ${leaving(view, person)}
  </div>`;
}

/** Whoever is in the middle. */
export function middleColumn(view: ColumnsView, isPicked: boolean): TemplateResult {
  const { way, at, flags, pointed } = view;
  const name = MIDDLE[way];
  return html`<div class="column ${isPicked ? 'picked' : ''}" role="group" aria-label=${name}>
    <div class="who">${name}</div>
    ${
      way === 'pooled'
        ? html`<spam-inbox
            label="All that the server has"
            .messages=${INBOXES.flatMap((_, person) => messagesOf(flags, person, NAMES[person]))}
            .pointed=${pointed}
          ></spam-inbox>`
        : html`<div class="box" tabindex="0" role="group" aria-label="What is seen here">
            ${seen(view)}
          </div>`
    }
    ${
      way === 'alone'
        ? nothing
        : html`<h4>${way === 'pooled' ? 'One model for all' : 'Merged model, for all'}</h4>
            ${bars(view, at.models[way], way === 'pooled' ? 'Model of all messages' : 'Merged model')}`
    }
  </div>`;
}

const MIDDLE: Record<Way, string> = {
  pooled: 'Server',
  alone: 'Nobody',
  open: 'Server',
  masked: 'Whoever adds up',
};

/** The words of the middle, on a small screen's button as well. */
export function middleName(way: Way): string {
  return way === 'masked' ? 'Sum' : MIDDLE[way];
}

function messagesOf(flags: Flags, person: number, owner?: string): readonly ListedMessage[] {
  return INBOXES[person]!.map(({ from, text }, i) => ({
    key: `${person}:${i}`,
    from: owner === undefined ? from : `${owner}, from ${from}`,
    text,
    isFlagged: flags[person]![i]!,
  }));
}

function leaving(view: ColumnsView, person: number) {
  const { way, at, round, pointed } = view;
  const name = NAMES[person]!;
  if (way === 'pooled')
    return html`<h4>Leaves the phone</h4>
      <p class="none">
        All ${INBOXES[person]!.length} messages and their flags, as they are. There is no model here
        until the server sends one.
      </p>`;
  if (way === 'alone')
    return html`<h4>Own model <span>nothing leaves the phone</span></h4>
      ${bars(view, at.models.alone[person]!, `Model of ${name} alone`)}`;
  if (at.exchange === undefined)
    return html`<h4>Leaves the phone</h4>
      <p class="none">Nothing yet: no round has been played.</p>`;
  if (way === 'open')
    return html`<h4>Leaves the phone <span>learned in round ${round}</span></h4>
      ${bars(view, at.exchange.updates[person]!, `Update of ${name}`)}`;
  const words = at.exchange.leaving[person]!;
  return html`<h4>Leaves the phone <span>modulo 2³²</span></h4>
    <word-bars
      look="masked"
      label="Masked words of ${name}"
      .bars=${view.words.map((word): WordBar => ({
        word,
        shown: shownWord(word),
        length: words[placeOf(word)]! / 2 ** 32,
        number: grouped(words[placeOf(word)]!),
      }))}
      .pointed=${pointed}
    ></word-bars>`;
}

function bars(view: ColumnsView, values: ArrayLike<number>, label: string) {
  return html`<word-bars
    label=${label}
    .bars=${weightBars(view.words, values, view.scale)}
    .pointed=${view.pointed}
  ></word-bars>`;
}

function seen(view: ColumnsView) {
  const { way, at, pointed } = view;
  if (way === 'alone')
    return html`<p>Nobody collects anything, so nobody can lose it or look into it.</p>
      <p class="none">And nobody can tell ${NAMES[NOT_MET_BY]} what ${NAMES[MET_BY]} has met.</p>`;
  const { exchange } = at;
  if (exchange === undefined) return html`<p class="none">Nothing yet: play a round.</p>`;
  if (way === 'masked') return sumOf(view, exchange);
  const lit = new Set(pointed?.text === undefined ? [pointed?.word] : wordsOf(pointed.text));
  return exchange.updates.map((update, person) => {
    const words = wordsReadOff(update);
    return html`<p>
      <b>${possessive(NAMES[person]!)} messages have ${counted(words.length, 'word')}:</b>
      ${words.map(
        ({ word, isSpammy }, i) =>
          html`${i > 0 ? ', ' : ''}<i
              class="${isSpammy ? 'spam' : ''} ${lit.has(word) ? 'lit' : ''}"
              >${shownWord(word)}</i
            >`,
      )}
    </p>`;
  });
}

/** What the masked numbers of one word add up to: the one that is pointed at, or the first. */
function sumOf({ words, pointed }: ColumnsView, { leaving, sum, mean }: SpamExchange) {
  const word =
    pointed?.word !== undefined && words.includes(pointed.word) ? pointed.word : words[0]!;
  const place = placeOf(word);
  return html`<p>For <b>${shownWord(word)}</b>, from all three:</p>
    <dl class="sum">
      ${leaving.map(
        (masked, person) =>
          html`<dt>${NAMES[person]}</dt>
            <dd>${grouped(masked[place]!)}</dd>`,
      )}
      <dt class="total">Sum</dt>
      <dd class="total">${grouped(sum[place]!)}</dd>
      <dt>Change</dt>
      <dd>${signed(mean[place]!, 3)}</dd>
    </dl>
    <p class="none">
      The masks are gone from the sum. Each single number fits any messages whatever; the sum says
      that a word moved, and not whose it is.
    </p>`;
}
