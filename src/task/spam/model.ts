/**
 * The model of spam: logistic regression over the words of a message, as one flat vector.
 *
 * A weight for each word of the list and a bias, shape [words + 1], the bias last. The logit of a message is the bias
 * and the weights of its different words, added up; a word that comes twice counts once. Training goes down the
 * gradient of the cross-entropy over all messages at once, whose part for a word is the mean of (probability - truth)
 * over the messages that have it. So a step moves exactly the words of the messages it learns from: who sees somebody's
 * update sees which words they got.
 *
 * Weights stay within bounds that a few hundred steps do not reach; then no update is ever too large for its words
 * modulo 2^32.
 *
 * @module
 */
import { SPAM_LARGEST_WEIGHT, SPAM_LEARNING_RATE } from '../../config.ts';

/** A message as a model sees it. */
export interface Example {
  /** Places of its different words in the list, ascending. */
  readonly bag: Uint16Array;
  readonly isSpam: boolean;
}

/** The first model: all zeros, since it has seen nothing. Shape [words + 1]. */
export function firstSpamModel(words: number): Float32Array {
  return new Float32Array(words + 1);
}

/** What speaks for spam in a message, in logits: 0 is undecided. */
export function logitOf(model: Float32Array, bag: Uint16Array): number {
  return bag.reduce((sum, place) => sum + model[place]!, model.at(-1)!);
}

/** The probability that a message is spam, 0 to 1. */
export function spamProbability(model: Float32Array, bag: Uint16Array): number {
  return 1 / (1 + Math.exp(-logitOf(model, bag)));
}

/** Steps on all examples at once, in place; without examples, nothing changes. */
export function trainSpamInPlace(
  model: Float32Array,
  examples: readonly Example[],
  steps: number,
): void {
  if (examples.length === 0) return;
  const gradient = new Float64Array(model.length);
  const rate = SPAM_LEARNING_RATE / examples.length;
  for (let step = 0; step < steps; step++) {
    gradient.fill(0);
    for (const { bag, isSpam } of examples) {
      const error = spamProbability(model, bag) - Number(isSpam);
      for (const place of bag) gradient[place]! += error;
      gradient[model.length - 1]! += error;
    }
    for (let i = 0; i < model.length; i++) {
      const moved = model[i]! - rate * gradient[i]!;
      model[i] = Math.min(Math.max(moved, -SPAM_LARGEST_WEIGHT), SPAM_LARGEST_WEIGHT);
    }
  }
}

/** Share of messages whose verdict is right, 0 to 1; 1 without messages. */
export function spamAccuracy(model: Float32Array, examples: readonly Example[]): number {
  const right = examples.filter(({ bag, isSpam }) => logitOf(model, bag) > 0 === isSpam);
  return examples.length === 0 ? 1 : right.length / examples.length;
}
