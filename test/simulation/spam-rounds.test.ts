/**
 * Spam in four ways: what is sent, what the sum gives, and who is protected when.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/seeded-random.ts';
import { MaskingPhones, PHONE_SECRET_BYTES } from '../../src/simulation/masking-phones.ts';
import { spamRounds } from '../../src/simulation/spam-rounds.ts';
import { finish } from '../../src/simulation/steps.ts';
import {
  INBOXES,
  MET_BY,
  NEW_SCAM,
  NOT_MET_BY,
  SPAM_VOCABULARY,
} from '../../src/task/spam/messages.ts';
import { spamProbability } from '../../src/task/spam/model.ts';

const vocabulary = SPAM_VOCABULARY;
const inboxes = INBOXES.map((inbox) =>
  inbox.map(({ text, isSpam }) => ({ bag: vocabulary.bagOf(text), isSpam })),
);

function phones(): MaskingPhones {
  return MaskingPhones.agreed(
    [1, 2, 3].map((byte) => new Uint8Array(PHONE_SECRET_BYTES).fill(byte)),
  );
}

function run(stepsBetween = 3, rounds = 20) {
  const random = new SeededRandom('spam');
  return finish(
    spamRounds({
      inboxes,
      words: vocabulary.size,
      stepsBetween,
      rounds,
      phones: phones(),
      random: () => random.word(),
    }),
  );
}

describe('phones with masks', () => {
  it('send words that tell nothing alone, add up to the sum, and differ from round to round', () => {
    const vectors = [
      [1, 2],
      [10, 20],
      [100, 2 ** 32 - 1],
    ].map((words) => Uint32Array.from(words));
    const both = phones();
    const [one, other] = [both.masked(vectors), both.masked(vectors)];
    for (const sent of [one, other]) {
      const sum = [0, 1].map((i) => sent.reduce((total, words) => (total + words[i]!) >>> 0, 0));
      expect(sum).toEqual([111, 21]);
    }
    for (const place of [0, 1, 2]) {
      expect(one[place]).not.toEqual(vectors[place]);
      expect(one[place]).not.toEqual(other[place]);
    }
    expect(vectors[0]).toEqual(Uint32Array.of(1, 2));
  });
});

describe('spam in four ways', () => {
  it('comes to the same model under masks as in the open, but for rounding', () => {
    const { open, masked } = run().at(-1)!.models;
    open.forEach((value, i) => expect(Math.abs(value - masked[i]!)).toBeLessThan(1e-5));
  });

  it('comes to the pooled model exactly when phones merge after each step', () => {
    const { pooled, masked } = run(1, 10).at(-1)!.models;
    pooled.forEach((value, i) => expect(Math.abs(value - masked[i]!)).toBeLessThan(1e-5));
  });

  it('protects who has not met the scam after three rounds together, and never alone', () => {
    const bag = vocabulary.bagOf(NEW_SCAM);
    const rounds = run();
    const verdicts = rounds.map(({ models }) => spamProbability(models.masked, bag));
    expect(verdicts.findIndex((probability) => probability > 0.5)).toBe(3);
    const alone = rounds.map(({ models }) => spamProbability(models.alone[NOT_MET_BY]!, bag));
    expect(Math.max(...alone)).toBe(0.5);
    expect(alone.at(-1)).toBeLessThan(0.1);
  });

  it('tells in the open which words somebody got, and nothing of it under masks', () => {
    const { updates, leaving } = run()[1]!.exchange!;
    const own = new Set(INBOXES[MET_BY]!.flatMap(({ text }) => [...vocabulary.bagOf(text)]));
    const moved = vocabulary.words.flatMap((_, i) => (updates[MET_BY]![i] === 0 ? [] : i));
    expect(new Set(moved)).toEqual(own);
    // The mean of 212 uniform words is 0.02 from the middle, typically.
    const mean =
      leaving[MET_BY]!.reduce((sum, word) => sum + word / 2 ** 32, 0) / leaving[MET_BY]!.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.125);
  });
});
