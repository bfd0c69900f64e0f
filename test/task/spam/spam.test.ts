/**
 * Spam: words of messages, the model over them, and the messages that it learns from.
 *
 * @module
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPAM_LARGEST_WEIGHT } from '../../../src/config.ts';
import {
  CHECKS,
  INBOXES,
  MET_BY,
  NEW_SCAM,
  SPAM_VOCABULARY,
} from '../../../src/task/spam/messages.ts';
import {
  firstSpamModel,
  logitOf,
  spamAccuracy,
  spamProbability,
  trainSpamInPlace,
  type Example,
} from '../../../src/task/spam/model.ts';
import { partsOf, Vocabulary, wordsOf } from '../../../src/task/spam/vocabulary.ts';

const vocabulary = SPAM_VOCABULARY;
const examplesOf = (inbox: (typeof INBOXES)[number]): readonly Example[] =>
  inbox.map(({ text, isSpam }) => ({ bag: vocabulary.bagOf(text), isSpam }));

describe('words of a message', () => {
  it('count once each, whatever their case, and all numbers are one word', () => {
    expect(wordsOf('Pay 1.99 now, PAY 20 Now!')).toEqual(['pay', '#', 'now']);
  });

  it('and what is between them make up the message', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(
          partsOf(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });

  it('that stand in no list say nothing', () => {
    const list = new Vocabulary(['pay the fee']);
    expect([...list.bagOf('the xylophone fee')].map((place) => list.words[place])).toEqual([
      'fee',
      'the',
    ]);
  });

  it('are in the same order whoever makes the list', () => {
    const texts = INBOXES.flat().map(({ text }) => text);
    expect(new Vocabulary([...texts].reverse()).words).toEqual(vocabulary.words);
  });
});

describe('the model of spam', () => {
  it('steps down the gradient of the cross-entropy', () => {
    const examples = examplesOf(INBOXES[0]!);
    const loss = (model: Float64Array): number =>
      examples.reduce((sum, { bag, isSpam }) => {
        const logit = bag.reduce((total, place) => total + model[place]!, model.at(-1)!);
        return sum + Math.log1p(Math.exp(isSpam ? -logit : logit)) / examples.length;
      }, 0);
    const start = firstSpamModel(vocabulary.size).map((_, i) => Math.sin(i) / 4);
    const moved = start.slice();
    trainSpamInPlace(moved, examples, 1);
    for (const place of [
      vocabulary.placeOf('prize')!,
      vocabulary.placeOf('you')!,
      start.length - 1,
    ]) {
      const shifted = (by: number): number =>
        loss(Float64Array.from(start, (value, i) => value + (i === place ? by : 0)));
      const slope = (shifted(1e-4) - shifted(-1e-4)) / 2e-4;
      expect((moved[place]! - start[place]!) / -0.5).toBeCloseTo(slope, 4);
    }
  });

  it('moves the words of the messages it learns from, and no others', () => {
    const model = firstSpamModel(vocabulary.size);
    trainSpamInPlace(model, examplesOf(INBOXES[1]!), 3);
    const moved = vocabulary.words.filter((_, place) => model[place] !== 0);
    expect(moved).toEqual(new Vocabulary(INBOXES[1]!.map(({ text }) => text)).words);
  });

  it('stays within bounds however long it trains, and is untouched without messages', () => {
    const model = firstSpamModel(1);
    trainSpamInPlace(model, [{ bag: Uint16Array.of(0), isSpam: true }], 200_000);
    expect(Math.max(...model)).toBeLessThanOrEqual(SPAM_LARGEST_WEIGHT);
    const same = model.slice();
    trainSpamInPlace(model, [], 5);
    expect(model).toEqual(same);
  });

  it('gives a probability that its logit stands for', () => {
    const model = Float32Array.of(2, -1, 0.5);
    const bag = Uint16Array.of(0, 1);
    expect(logitOf(model, bag)).toBe(1.5);
    expect(spamProbability(model, bag)).toBeCloseTo(1 / (1 + Math.exp(-1.5)), 12);
  });
});

describe('the messages', () => {
  it('are enough for whoever has all of them, and not for one person alone', () => {
    const checks = CHECKS.map(({ text, isSpam }) => ({ bag: vocabulary.bagOf(text), isSpam }));
    const accuracyAfter = (examples: readonly Example[]): number => {
      const model = firstSpamModel(vocabulary.size);
      trainSpamInPlace(model, examples, 60);
      return spamAccuracy(model, checks);
    };
    expect(accuracyAfter(INBOXES.flatMap(examplesOf))).toBe(1);
    for (const inbox of INBOXES) expect(accuracyAfter(examplesOf(inbox))).toBeLessThan(0.75);
  });

  it('warn of the parcel scam only whoever has met it', () => {
    const verdicts = INBOXES.map((inbox) => {
      const model = firstSpamModel(vocabulary.size);
      trainSpamInPlace(model, examplesOf(inbox), 60);
      return logitOf(model, vocabulary.bagOf(NEW_SCAM)) > 0;
    });
    expect(verdicts).toEqual(INBOXES.map((_, place) => place === MET_BY));
  });
});
