/**
 * Questions: what they take, what an answer becomes, and what a sum says of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exposed, topicOf } from '../../src/task/differencing.ts';
import {
  answerOf,
  checkedQuestion,
  lengthOf,
  normOf,
  QUESTION_KINDS,
  QuestionMistake,
  valuesOf,
  type OwnAnswer,
  type Question,
} from '../../src/task/question.ts';

const base = { text: 'How much?', minGroup: 3 };
const QUESTIONS: Readonly<Record<(typeof QUESTION_KINDS)[number], Question>> = {
  average: { ...base, kind: 'average', low: -50, high: 150 },
  sum: { ...base, kind: 'sum', low: 0, high: 1e6 },
  spread: { ...base, kind: 'spread', low: 10, high: 20 },
  count: { ...base, kind: 'count' },
  share: { ...base, kind: 'share' },
  histogram: { ...base, kind: 'histogram', edges: [0, 1, 5, 10] },
};

/** What a sum of real words says, but for its rounding. */
function told(question: Question, answers: readonly OwnAnswer[]): ReturnType<typeof answerOf> {
  const sum = new Float64Array(lengthOf(question));
  for (const answer of answers)
    valuesOf(question, answer).forEach((value, i) => (sum[i]! += value));
  return answerOf(question, sum, answers.length, 0);
}

describe('an answer', () => {
  it('stays within the bounds that all agree on, whatever is answered', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...QUESTION_KINDS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (kind, at) => {
          const question = QUESTIONS[kind];
          const { low = 0, high = 10 } = question;
          const answer =
            kind === 'count' || kind === 'share'
              ? at > 0.5
              : Math.min(low + at * (high - low), high);
          const values = valuesOf(question, answer);
          expect(values).toHaveLength(lengthOf(question));
          expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(1 + 1e-12);
          expect(Math.hypot(...values)).toBeLessThanOrEqual(normOf(question) + 1e-12);
        },
      ),
    );
  });

  it('is refused when the question does not take it', () => {
    expect(() => valuesOf(QUESTIONS.average, 151)).toThrow('a number from -50 to 150');
    expect(() => valuesOf(QUESTIONS.average, NaN)).toThrow('a number from');
    expect(() => valuesOf(QUESTIONS.average, true)).toThrow('a number from');
    expect(() => valuesOf(QUESTIONS.count, 1)).toThrow('yes or no');
    expect(() => valuesOf(QUESTIONS.histogram, -0.1)).toThrow('a number from 0 to 10');
  });

  it('falls into the bin whose lower edge it reaches, the highest one included', () => {
    const bins = [0, 0.999, 1, 4.9, 5, 10].map((answer) =>
      valuesOf(QUESTIONS.histogram, answer).indexOf(1),
    );
    expect(bins).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

describe('what a sum says', () => {
  it('is the average, sum, spread, number, share and histogram of the answers', () => {
    expect(told(QUESTIONS.average, [10, 20, 60]).value).toBeCloseTo(30, 9);
    expect(told(QUESTIONS.sum, [10, 20, 60]).value).toBeCloseTo(90, 6);
    const spread = told(QUESTIONS.spread, [12, 14, 16]);
    expect(spread.value).toBeCloseTo(Math.sqrt(8 / 3), 9);
    expect(spread.mean).toBeCloseTo(14, 9);
    expect(told(QUESTIONS.count, [true, false, true])).toMatchObject({ value: 2, error: 0 });
    expect(told(QUESTIONS.share, [true, false, true, true]).value).toBe(0.75);
    expect(told(QUESTIONS.histogram, [0, 2, 3, 10]).bins).toEqual([1, 2, 1]);
  });

  it('has an error that holds 95 of 100 of what noise makes of it', () => {
    // Uniform draws of the standard deviation that is told stand in for the noise.
    const deviation = 0.5;
    const answers = [10, 20, 60, 90];
    const sum = valuesOf(QUESTIONS.average, 10).map(() => 0);
    for (const answer of answers) sum[0]! += valuesOf(QUESTIONS.average, answer)[0]!;
    let inside = 0;
    for (let i = 0; i < 1000; i++) {
      const noise = deviation * Math.sqrt(12) * ((i + 0.5) / 1000 - 0.5);
      const { value, error } = answerOf(QUESTIONS.average, [sum[0]! + noise], 4, deviation);
      if (Math.abs(value - 45) <= error) inside++;
    }
    expect(inside).toBe(1000); // Uniform noise never strays by 1.96 deviations.
    expect(answerOf(QUESTIONS.average, sum, 4, deviation).error).toBeCloseTo(
      (1.96 * 0.5 * 100) / 4,
      9,
    );
  });
});

describe('a question', () => {
  it('is refused with a sentence when it cannot be asked', () => {
    const wrong =
      (change: Partial<Question>): (() => unknown) =>
      () =>
        checkedQuestion({ ...QUESTIONS.average, ...change });
    expect(wrong({ text: '  ' })).toThrow('Ask something');
    expect(wrong({ text: 'a\u202eb' })).toThrow('ordinary characters');
    expect(wrong({ text: 'x'.repeat(201) })).toThrow('1 to 200');
    expect(wrong({ minGroup: 2 })).toThrow('choose 3 to 15');
    expect(wrong({ low: 5, high: 5 })).toThrow('the second one larger');
    expect(wrong({ high: Infinity })).toThrow('smallest and the largest');
    expect(wrong({ epsilon: 0 })).toThrow('epsilon is 0');
    expect(wrong({ kind: 'histogram' })).toThrow('edges of 2 to 50 bins');
    expect(wrong({ kind: 'histogram', edges: [0, 2, 1] })).toThrow('ascending');
    expect(wrong({ kind: 'mode' as 'sum' })).toThrow('choose one of');
  });

  it('keeps what it needs and nothing else', () => {
    // What a peer sends may have any type, and turn the words around it.
    for (const wrong of [
      { unit: ['x'.repeat(5000)] },
      { unit: {} },
      { unit: '\u202eRUE' },
      { epsilon: '2' },
      { epsilon: [2] },
      { epsilon: true },
      { text: 'Pay \u2066now\u2069?' },
      { text: '\u200fWhy?' },
      { text: '\u200b\u200b' },
    ]) {
      const question = { ...QUESTIONS.count, ...wrong } as Question;
      expect(() => checkedQuestion(question), JSON.stringify(wrong)).toThrow(QuestionMistake);
    }
    expect(checkedQuestion({ ...QUESTIONS.count, low: 3, high: 5, text: ' So? ' })).toEqual({
      text: 'So?',
      kind: 'count',
      minGroup: 3,
    });
  });
});

describe('two answers to one question', () => {
  it('expose those who are in just one of the groups, when they are few', () => {
    expect(exposed(['a', 'b', 'c'], ['a', 'b', 'c'])).toEqual([]);
    expect(exposed(['a', 'b', 'c'], ['a', 'b', 'c', 'd'])).toEqual(['d']);
    expect(exposed(['a', 'b', 'c'], ['a', 'b', 'd'])).toEqual(['c', 'd']);
    expect(exposed(['a', 'b', 'c'], ['d', 'e', 'f'])).toEqual([]);
    expect(topicOf({ text: ' How  MUCH? ' })).toBe(topicOf({ text: 'how much?' }));
  });

  it('are seen to be of one question whatever is made of them, and whatever hides in their words', () => {
    const asked = { ...QUESTIONS.average, text: 'How much?' };
    expect(topicOf({ ...QUESTIONS.sum, text: 'How much?' })).toBe(topicOf(asked));
    for (const text of [
      'How\u200d much?',
      'How\u00a0much?',
      'H\u{e0001}ow much?',
      '\uff28ow much?',
    ]) {
      expect(topicOf({ ...asked, text }), text).toBe(topicOf(asked));
    }
  });
});
