/**
 * Words of a spam model as bars and sentences: which are shown, what they weigh, what somebody flagged.
 *
 * @module
 */
import type { SpamView } from '../peer/view.ts';
import { CHECKS, SPAM_VOCABULARY } from '../task/spam/messages.ts';
import { spamAccuracy, type Example } from '../task/spam/model.ts';
import { NUMBER_WORD, wordsOf } from '../task/spam/vocabulary.ts';
import type { WordBar } from './word-bars.ts';

/** Stands for the bias among words: what a message has before any of its words. */
export const BIAS = '';

/** The place of a word of the list, or of the bias, in a model. */
export function placeOf(word: string): number {
  return word === BIAS ? SPAM_VOCABULARY.size : SPAM_VOCABULARY.placeOf(word)!;
}

/** How a word stands on the page. */
export function shownWord(word: string): string {
  return word === BIAS ? 'any message' : word === NUMBER_WORD ? 'a number' : word;
}

/**
 * Words to show, the bias last: those of a message that models know, or else the ones that weigh most; so many
 * that speak for spam, so many against.
 *
 * @param model - Whose weights order them.
 */
export function heaviestWords(
  model: Float32Array,
  message: string | undefined,
  spamWords: number,
  fineWords: number,
): readonly string[] {
  const known = (message === undefined ? SPAM_VOCABULARY.words : wordsOf(message)).filter(
    (word) => SPAM_VOCABULARY.placeOf(word) !== undefined,
  );
  const sorted = [...known].sort((one, other) => model[placeOf(other)]! - model[placeOf(one)]!);
  const shown =
    sorted.length <= spamWords + fineWords
      ? sorted
      : [...sorted.slice(0, spamWords), ...sorted.slice(-fineWords)];
  return [...shown, BIAS];
}

/**
 * Bars of some words.
 *
 * @param values - Of a model or an update, shape [words + 1].
 * @param scale - What a full bar stands for.
 */
export function weightBars(
  words: readonly string[],
  values: ArrayLike<number>,
  scale: number,
): readonly WordBar[] {
  return words.map((word) => {
    const value = values[placeOf(word)]!;
    return { word, shown: shownWord(word), length: value / scale, number: signed(value) };
  });
}

/** The largest weight of some words in some models, or `least`. */
export function scaleOf(
  words: readonly string[],
  models: readonly ArrayLike<number>[],
  least: number,
): number {
  const sizes = models.flatMap((values) => words.map((word) => Math.abs(values[placeOf(word)]!)));
  return Math.max(least, ...sizes);
}

/** A weight with its sign, a true minus, and nothing for what rounds to zero. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? '0' : `${value > 0 ? '+' : '\u2212'}${text}`;
}

/** Messages that models are checked with. */
export const CHECK_EXAMPLES: readonly Example[] = CHECKS.map(({ text, isSpam }) => ({
  bag: SPAM_VOCABULARY.bagOf(text),
  isSpam,
}));

/** Of the messages to check with: how many a model has right. */
export function rightOf(model: Float32Array): number {
  return Math.round(spamAccuracy(model, CHECK_EXAMPLES) * CHECK_EXAMPLES.length);
}

/** What somebody has: "Bence · 14 messages, 4 flagged". */
export function messageWords(name: string, { messages }: SpamView): string {
  const flagged = messages.filter(({ isFlagged }) => isFlagged).length;
  return `${name} · ${messages.length} messages, ${flagged === 0 ? 'none' : flagged} flagged`;
}

/** How the newest merged model came about. */
export function mergedWords(round: number | undefined, peers: number): string {
  return round === undefined ? 'Nothing yet' : `After round ${round} · one model from ${peers}`;
}
