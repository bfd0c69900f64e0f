/**
 * What is said about questions to a room: what would leave, what an answer is worth, and what two tell together.
 *
 * @module
 */
import type { QuestionView } from '../peer/asking.ts';
import {
  boundsOf,
  isNumeric,
  type Question,
  type QuestionKind,
  type RoomAnswer,
} from '../task/question.ts';
import { capitalised, counted, countWord, percent } from './words.ts';

/** Kinds as a person chooses among them. */
export const KIND_WORDS: Readonly<Record<QuestionKind, string>> = {
  average: 'the average',
  sum: 'the sum',
  spread: 'the average and how far answers spread',
  histogram: 'how many are in each range',
  count: 'how many say yes',
  share: 'which part says yes',
};

/** A number with at most so many digits that its error leaves, and thin spaces between thousands. */
export function figure(value: number, error = 0): string {
  const digits = error > 0 ? Math.max(0, 1 - Math.floor(Math.log10(error))) : 6;
  const rounded = Number(value.toFixed(Math.min(digits, 6)));
  const [whole = '0', fraction] = String(Math.abs(rounded)).split('.');
  const sign = rounded < 0 ? '\u2212' : '';
  const grouped = /^\d+$/.test(whole) ? whole.replace(/\B(?=(\d{3})+$)/g, '\u2009') : whole;
  return `${sign}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** The large figure of an answer. */
export function answerFigure({ kind, unit }: Question, answer: RoomAnswer): string {
  const { value, error } = answer;
  if (kind === 'share') return error > 0 ? `${Math.round(100 * value)}\u202f%` : percent(value);
  return unit ? `${figure(value, error)}\u202f${unit}` : figure(value, error);
}

/** How sure it is. */
export function errorWords({ kind, unit }: Question, { error }: RoomAnswer): string {
  if (error === 0) return 'exact';
  const width =
    kind === 'share'
      ? `${Math.ceil(100 * error)} points`
      : `${figure(error, error)}${unit ? ` ${unit}` : ''}`;
  return `give or take ${width}, in 95 of 100 cases`;
}

/** What would leave this device if one accepts. */
export function leavesWords(question: Question): string {
  const { kind, edges, epsilon, minGroup } = question;
  const what =
    kind === 'spread'
      ? 'your answer and its square'
      : edges
        ? 'which range your answer is in'
        : isNumeric(question)
          ? 'your answer'
          : 'your yes or no';
  const noise = epsilon === undefined ? '' : ` with noise for an epsilon of ${epsilon}`;
  return `What leaves this device: ${what}${noise}, under masks that only cancel in a sum of at least ${countWord(minGroup)} people. Nobody sees it alone, not even who asks.`;
}

/** The bounds of an answer. */
export function boundsWords(question: Question): string {
  const [low, high] = boundsOf(question);
  return `${figure(low)} to ${figure(high)}${question.unit ? ` ${question.unit}` : ''}`;
}

/** Where a question stands, for whoever asks or answers. */
export function standingWords(view: QuestionView): string {
  const { phase, accepting, declining, question, isOwn, accepted, included, isMissed } = view;
  if (phase === 'summing') return 'Masked answers meet: a moment.';
  if (phase === 'answered') {
    const people = `${capitalised(countWord(included.length))} people are in it`;
    return isMissed ? `${people}; your answer came too late.` : `${people}, you too.`;
  }
  if (phase === 'over') return view.problem ?? '';
  const replies = `${capitalised(countWord(accepting.length))} would answer${declining.length > 0 ? `, ${countWord(declining.length)} would not` : ''}.`;
  if (isOwn) {
    const missing = question.minGroup - accepting.length;
    return missing > 0
      ? `${replies} ${capitalised(counted(missing, 'more is', 'more are'))} needed.`
      : replies;
  }
  if (accepted === true) return `${replies} Your answer waits here until the sum is made.`;
  return accepted === false ? 'You declined.' : replies;
}

/** A warning before two answers expose somebody; empty where they do not. */
export function exposedWords(names: readonly string[], isSelf: boolean): string {
  if (names.length === 0) return '';
  const who = [...(isSelf ? ['you'] : []), ...names.filter((name) => name !== 'you')].join(' and ');
  return `Asked before in this room: of the two groups only ${who} ${names.length === 1 && !isSelf ? 'is' : 'are'} in one and not the other, so the two answers together tell what ${isSelf && names.length === 1 ? 'you' : 'they'} said.`;
}
