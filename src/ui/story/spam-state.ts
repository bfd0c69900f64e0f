/**
 * What the figure of spam shows: whose flags, which way of learning, which round, and what follows from them.
 *
 * @module
 */
import { systemWords } from '../../random-words.ts';
import { MaskingPhones, PHONE_SECRET_BYTES } from '../../simulation/masking-phones.ts';
import {
  beforeSpamRounds,
  spamRounds,
  type SpamModels,
  type SpamRound,
} from '../../simulation/spam-rounds.ts';
import type { Steps } from '../../simulation/steps.ts';
import { INBOXES, SPAM_VOCABULARY as VOCABULARY } from '../../task/spam/messages.ts';
import { spamAccuracy, spamProbability, type Example } from '../../task/spam/model.ts';
import { CHECK_EXAMPLES, heaviestWords } from '../spam-words.ts';

/** Ways to learn from the same messages. */
export const WAYS = ['pooled', 'alone', 'open', 'masked'] as const;

/** One of them. */
export type Way = (typeof WAYS)[number];

/** Rounds that are played, and steps on each phone between two of them. */
export const ROUNDS = 20;
export const STEPS_BETWEEN = 3;

/** Words shown of a model at a time, the bias not counted: so many that speak for spam, so many against. */
const SPAM_WORDS = 6;
const FINE_WORDS = 3;

/** Whether each message of each person is flagged. */
export type Flags = readonly (readonly boolean[])[];

/** Everybody flags what is spam. */
export const TRUE_FLAGS: Flags = INBOXES.map((inbox) => inbox.map(({ isSpam }) => isSpam));

/** The same with one flag turned. */
export function withFlagTurned(flags: Flags, person: number, message: number): Flags {
  return flags.map((own, at) =>
    at === person ? own.map((isFlagged, i) => (i === message ? !isFlagged : isFlagged)) : own,
  );
}

/** The phones of the three, with keys drawn for them. */
export function phonesWithKeys(): Steps<MaskingPhones> {
  return MaskingPhones.agreeing(
    INBOXES.map(() => crypto.getRandomValues(new Uint8Array(PHONE_SECRET_BYTES))),
  );
}

/** What there is until rounds are played: as many of them, in which nobody has learned anything. */
export function emptyRounds(): readonly SpamRound[] {
  const before = beforeSpamRounds(INBOXES.length, VOCABULARY.size);
  return Array.from({ length: ROUNDS + 1 }, () => before);
}

/** All rounds from the start, with fresh masks. */
export function roundsOf(flags: Flags, phones: MaskingPhones): Steps<readonly SpamRound[]> {
  const inboxes = INBOXES.map((inbox, person) =>
    inbox.map(({ text }, i): Example => ({
      bag: VOCABULARY.bagOf(text),
      isSpam: flags[person]![i]!,
    })),
  );
  return spamRounds({
    inboxes,
    words: VOCABULARY.size,
    stepsBetween: STEPS_BETWEEN,
    rounds: ROUNDS,
    phones,
    random: systemWords(),
  });
}

/** Words to show, the bias last: those of a message that models know, or else the ones that weigh most in the end. */
export function shownWords(
  rounds: readonly SpamRound[],
  message: string | undefined,
): readonly string[] {
  return heaviestWords(rounds.at(-1)!.models.pooled, message, SPAM_WORDS, FINE_WORDS);
}

/** What a model says of a text. */
export interface Verdict {
  readonly name: string;
  /** That it is spam, 0 to 1. */
  readonly probability: number;
  /** Of messages that nobody has got, 0 to 1. */
  readonly accuracy: number;
}

/** The verdict of every model after a round. */
export function verdictsOf(
  models: SpamModels,
  text: string,
  people: readonly string[],
): readonly Verdict[] {
  const bag = VOCABULARY.bagOf(text);
  const verdict = (name: string, model: Float32Array): Verdict => ({
    name,
    probability: spamProbability(model, bag),
    accuracy: spamAccuracy(model, CHECK_EXAMPLES),
  });
  return [
    verdict('All messages in one place', models.pooled),
    ...models.alone.map((model, at) => verdict(`${people[at]} alone`, model)),
    verdict('Together, in the open', models.open),
    verdict('Together, under masks', models.masked),
  ];
}

/** What some models make of a text after each round: probabilities of spam, shape [rounds + 1] each. */
export function historyOf(
  rounds: readonly SpamRound[],
  text: string,
  person: number,
): { readonly pooled: number[]; readonly alone: number[]; readonly masked: number[] } {
  const bag = VOCABULARY.bagOf(text);
  return {
    pooled: rounds.map(({ models }) => spamProbability(models.pooled, bag)),
    alone: rounds.map(({ models }) => spamProbability(models.alone[person]!, bag)),
    masked: rounds.map(({ models }) => spamProbability(models.masked, bag)),
  };
}

/** Words that a reader of an update finds in it: those it has moved, and whether spam has them. */
export function wordsReadOff(
  update: Float64Array,
): readonly { readonly word: string; readonly isSpammy: boolean }[] {
  return VOCABULARY.words.flatMap((word, i) =>
    update[i] === 0 ? [] : { word, isSpammy: update[i]! > 0 },
  );
}
