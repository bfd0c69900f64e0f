/**
 * One set of messages, learned from in four ways: pooled, alone, merged in the open, merged under masks.
 *
 * All four take the same number of steps from the same first model, so that what differs is who sees what, and what
 * comes of it. A merge is the mean of what each has learned since the last one, weighted by messages. In the open it is
 * made of numbers; under masks of words modulo 2^32 as in a room, rounded by chance and masked for real, of which only
 * the sum is ever turned back into numbers.
 *
 * @module
 */
import { SPAM_CLIP, WEIGHT_CAP } from '../config.ts';
import type { WordSource } from '../random-words.ts';
import { addInPlace, decodeAggregate, encodeUpdate, type Encoding } from '../secagg/index.ts';
import { firstSpamModel, trainSpamInPlace, type Example } from '../task/spam/model.ts';
import type { MaskingPhones } from './masking-phones.ts';
import type { Steps } from './steps.ts';

/** Everybody's models after a round, each of shape [words + 1]. */
export interface SpamModels {
  /** From all messages in one place. */
  readonly pooled: Float32Array;
  /** Of each person, from their own messages. */
  readonly alone: readonly Float32Array[];
  /** Merged from updates that anybody can read. */
  readonly open: Float32Array;
  /** Merged from masked words. */
  readonly masked: Float32Array;
}

/** What was sent in a round. */
export interface SpamExchange {
  /** In the open: what each person's phone has learned, shape [people][words + 1]. */
  readonly updates: readonly Float64Array[];
  /** Under masks: what leaves each phone, shape [people][words + 2], the bias and the weight last. */
  readonly leaving: readonly Uint32Array[];
  /** Their sum, shape [words + 2], and the mean change that it stands for, shape [words + 1]. */
  readonly sum: Uint32Array;
  readonly mean: Float64Array;
}

/** A round: what was sent, and the models after it. Before the first round nothing was sent. */
export interface SpamRound {
  readonly models: SpamModels;
  readonly exchange: SpamExchange | undefined;
}

/** What rounds are made of. */
export interface SpamRoundOptions {
  /** Flagged and other messages of each person; at least one each. */
  readonly inboxes: readonly (readonly Example[])[];
  /** Words of the list. */
  readonly words: number;
  /** Steps on each phone from one merge to the next. */
  readonly stepsBetween: number;
  readonly rounds: number;
  /** As many as there are people. */
  readonly phones: MaskingPhones;
  /** Decides rounding. */
  readonly random: WordSource;
}

/** All rounds, the start included: `rounds` + 1 of them, one after the other. */
export function* spamRounds(options: SpamRoundOptions): Steps<readonly SpamRound[]> {
  const all = [beforeSpamRounds(options.inboxes.length, options.words)];
  while (all.length <= options.rounds) {
    all.push(nextRound(all.at(-1)!.models, options));
    yield;
  }
  return all;
}

/** The start, at which nobody has learned anything. */
export function beforeSpamRounds(people: number, words: number): SpamRound {
  const first = firstSpamModel(words);
  const alone = Array.from({ length: people }, () => first);
  return { models: { pooled: first, alone, open: first, masked: first }, exchange: undefined };
}

function nextRound(before: SpamModels, options: SpamRoundOptions): SpamRound {
  const { inboxes, stepsBetween, phones, random } = options;
  const train = (model: Float32Array, examples: readonly Example[]): Float32Array => {
    const trained = model.slice();
    trainSpamInPlace(trained, examples, stepsBetween);
    return trained;
  };
  const learned = (from: Float32Array, examples: readonly Example[]): Float64Array =>
    Float64Array.from(train(from, examples), (value, i) => value - from[i]!);

  const updates = inboxes.map((examples) => learned(before.open, examples));
  const encoding: Encoding = { members: inboxes.length, clip: SPAM_CLIP, weightCap: WEIGHT_CAP };
  const leaving = phones.masked(
    inboxes.map((examples) => {
      const update = learned(before.masked, examples);
      return encodeUpdate(update, examples.length, encoding, random);
    }),
  );
  const sum = new Uint32Array(leaving[0]!.length);
  for (const words of leaving) addInPlace(sum, words);
  const { mean } = decodeAggregate(sum, inboxes.length, encoding);

  return {
    exchange: { updates, leaving, sum, mean },
    models: {
      pooled: train(before.pooled, inboxes.flat()),
      alone: before.alone.map((model, at) => train(model, inboxes[at]!)),
      open: moved(before.open, weightedMean(updates, inboxes)),
      masked: moved(before.masked, mean),
    },
  };
}

/** Of updates, by the number of messages. */
function weightedMean(
  updates: readonly Float64Array[],
  inboxes: readonly (readonly Example[])[],
): Float64Array {
  const total = inboxes.reduce((sum, examples) => sum + examples.length, 0);
  return updates[0]!.map((_, i) =>
    updates.reduce((sum, update, at) => sum + (update[i]! * inboxes[at]!.length) / total, 0),
  );
}

function moved(model: Float32Array, change: Float64Array): Float32Array {
  return model.map((value, i) => Math.fround(value + change[i]!));
}
