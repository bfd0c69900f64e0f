import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import type { QuestionView } from '../../src/peer/asking.ts';
import type { Question } from '../../src/task/question.ts';
import {
  answerFigure,
  errorWords,
  exposedWords,
  figure,
  leavesWords,
  standingWords,
} from '../../src/ui/ask-words.ts';

const PAY: Question = {
  text: 'Pay?',
  kind: 'average',
  low: 0,
  high: 200_000,
  unit: 'EUR',
  minGroup: 3,
};
const [ada, bo, cy] = ['a', 'b', 'c'] as unknown as [PeerId, PeerId, PeerId];

const OPEN: QuestionView = {
  name: '0',
  question: PAY,
  asker: ada,
  isOwn: false,
  phase: 'open',
  accepted: undefined,
  accepting: [ada],
  declining: [],
  mayGo: false,
  answer: undefined,
  included: [],
  isMissed: false,
  exposed: [],
  problem: undefined,
};

describe('figures of answers', () => {
  it('have as many digits as their error leaves', () => {
    expect(figure(52_345.678901)).toBe('52\u2009345.678901');
    expect(figure(52_345.678901, 120)).toBe('52\u2009346');
    expect(figure(-0.123456, 0.04)).toBe('\u22120.123');
    expect(figure(1e6)).toBe('1\u2009000\u2009000');
    expect(answerFigure(PAY, { count: 3, value: 1000, error: 0 })).toBe('1\u2009000\u202fEUR');
    expect(answerFigure({ ...PAY, kind: 'share' }, { count: 3, value: 2 / 3, error: 0 })).toBe(
      '66.7\u202f%',
    );
  });

  it('say how sure they are', () => {
    expect(errorWords(PAY, { count: 3, value: 1, error: 0 })).toBe('exact');
    expect(errorWords(PAY, { count: 3, value: 1, error: 20 })).toBe(
      'give or take 20 EUR, in 95 of 100 cases',
    );
    expect(errorWords({ ...PAY, kind: 'share' }, { count: 3, value: 1, error: 0.123 })).toContain(
      '13 points',
    );
  });
});

describe('words about a question', () => {
  it('say what would leave, and in which company', () => {
    expect(leavesWords(PAY)).toContain(
      'your answer, under masks that only cancel in a sum of at least three people',
    );
    expect(leavesWords({ ...PAY, epsilon: 2 })).toContain('with noise for an epsilon of 2');
    expect(leavesWords({ text: 'x', kind: 'count', minGroup: 5 })).toContain(
      'your yes or no, under masks',
    );
  });

  it('say where it stands', () => {
    expect(standingWords(OPEN)).toBe('One would answer.');
    expect(standingWords({ ...OPEN, isOwn: true, accepted: true })).toBe(
      'One would answer. Two more are needed.',
    );
    expect(standingWords({ ...OPEN, accepted: true, accepting: [ada, bo], declining: [cy] })).toBe(
      'Two would answer, one would not. Your answer waits here until the sum is made.',
    );
    expect(standingWords({ ...OPEN, phase: 'answered', included: [ada, bo, cy] })).toBe(
      'Three people are in it, you too.',
    );
    expect(standingWords({ ...OPEN, phase: 'over', problem: 'It was taken back.' })).toBe(
      'It was taken back.',
    );
  });

  it('warn of what two answers tell together', () => {
    expect(exposedWords([], false)).toBe('');
    expect(exposedWords(['Bo'], false)).toContain('only Bo is in one and not the other');
    expect(exposedWords(['you'], true)).toContain(
      'only you are in one and not the other, so the two answers together tell what you said',
    );
  });
});
