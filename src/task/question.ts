/**
 * Questions to a room: what is asked, what a person's answer becomes before it is masked, and what the sum says.
 *
 * All answers are brought between -1 and 1 first, so that everybody's bound is the same and a sum has the finest
 * steps. Whether an answer may leave is decided before that, by the person and by `minGroup`.
 *
 * @module
 */
import { MAX_ANSWER_BINS, MAX_COHORT, MAX_QUESTION_LENGTH, MIN_COHORT } from '../config.ts';

/** What is made of the answers. */
export const QUESTION_KINDS = ['average', 'sum', 'spread', 'count', 'share', 'histogram'] as const;

/** `average`, `sum`, `spread` (variance) and `histogram` ask for a number; `count` and `share` for yes or no. */
export type QuestionKind = (typeof QUESTION_KINDS)[number];

/** A question, the same for everybody. */
export interface Question {
  /** What is asked, for people; 1 to 200 characters. */
  readonly text: string;
  /** What is made of the answers. */
  readonly kind: QuestionKind;
  /** Of a number: the smallest and the largest answer that are taken. */
  readonly low?: number | undefined;
  /** The largest answer that is taken. */
  readonly high?: number | undefined;
  /** Of a histogram: the edges of its bins, ascending, 3 to 51; each bin holds its lower edge, the last both. */
  readonly edges?: readonly number[] | undefined;
  /** Behind numbers, such as `EUR`; at most 12 characters. */
  readonly unit?: string | undefined;
  /** Answers in the sum at least, 3 to 15. */
  readonly minGroup: number;
  /** What the answer may tell of one person, at a delta of 0.00001; undefined: the sum is exact. */
  readonly epsilon?: number | undefined;
}

/** One person's answer: a number, or yes (true) and no. */
export type OwnAnswer = number | boolean;

/** What a sum says. */
export interface RoomAnswer {
  /** People in the sum. */
  readonly count: number;
  /** The average, the sum, the standard deviation, the number or the share (0 to 1) of those who said yes. */
  readonly value: number;
  /** Half the width of the interval that holds what an exact sum would say in 95 of 100 cases; 0: it is exact. */
  readonly error: number;
  /** Of `spread`: the average beside it. */
  readonly mean?: number | undefined;
  /** Of a histogram: how many are in each bin. */
  readonly bins?: readonly number[] | undefined;
}

/** A question or an answer that cannot be: the message says what to do. */
export class QuestionMistake extends RangeError {
  /** Name of the class. */
  override readonly name = 'QuestionMistake';
}

/** Smallest and largest epsilon of a question: below nothing is left of an answer, above nothing is promised. */
const EPSILONS = [0.1, 20] as const;

const MAX_UNIT_LENGTH = 12;
const MAX_NUMBER = 1e12;

/** Of normal noise, so many standard deviations hold 95 of 100. */
const LIKELY = 1.96;

/**
 * A question as everybody will have it.
 *
 * @throws QuestionMistake that says what is wrong.
 */
export function checkedQuestion(question: Question): Question {
  const { kind, unit, minGroup, epsilon } = question;
  const text = question.text.trim();
  if (
    text === '' ||
    text.length > MAX_QUESTION_LENGTH ||
    /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/u.test(text) ||
    !/[\p{L}\p{N}\p{P}\p{S}]/u.test(text)
  ) {
    throw new QuestionMistake(
      `Ask something in 1 to ${MAX_QUESTION_LENGTH} ordinary characters, such as "How many hours did you sleep?".`,
    );
  }
  if (!QUESTION_KINDS.includes(kind)) {
    throw new QuestionMistake(
      `kind is ${String(kind)}: choose one of ${QUESTION_KINDS.join(', ')}.`,
    );
  }
  if (!Number.isInteger(minGroup) || minGroup < MIN_COHORT || minGroup > MAX_COHORT) {
    throw new QuestionMistake(
      `The smallest group is ${minGroup}: choose ${MIN_COHORT} to ${MAX_COHORT}.`,
    );
  }
  if (
    unit !== undefined &&
    (typeof unit !== 'string' || unit.length > MAX_UNIT_LENGTH || /\p{C}/u.test(unit))
  ) {
    throw new QuestionMistake(`The unit has more than ${MAX_UNIT_LENGTH} characters: shorten it.`);
  }
  if (
    epsilon !== undefined &&
    !(typeof epsilon === 'number' && epsilon >= EPSILONS[0] && epsilon <= EPSILONS[1])
  ) {
    throw new QuestionMistake(`epsilon is ${epsilon}: choose ${EPSILONS[0]} to ${EPSILONS[1]}.`);
  }
  const common = { text, kind, minGroup, ...(unit && { unit }), ...(epsilon && { epsilon }) };
  if (kind === 'count' || kind === 'share') return common;
  if (kind === 'histogram') return { ...common, edges: checkedEdges(question.edges) };
  return { ...common, ...checkedBounds(question) };
}

/** Whether a person answers with a number. */
export function isNumeric({ kind }: Question): boolean {
  return kind !== 'count' && kind !== 'share';
}

/** The bounds of a numeric answer. */
export function boundsOf(question: Question): readonly [number, number] {
  const { edges, low = 0, high = 1 } = question;
  return edges === undefined ? [low, high] : [edges[0]!, edges.at(-1)!];
}

/**
 * What leaves a device, before rounding and masks: shape [1], [2] for `spread`, or one value a bin; each at most 1
 * either way.
 *
 * @throws QuestionMistake when the answer is none that the question takes.
 */
export function valuesOf(question: Question, answer: OwnAnswer): Float64Array {
  if (!isNumeric(question)) {
    if (typeof answer !== 'boolean') throw new QuestionMistake('Answer yes or no.');
    return Float64Array.of(answer ? 1 : 0);
  }
  const [low, high] = boundsOf(question);
  if (typeof answer !== 'number' || !(answer >= low && answer <= high)) {
    throw new QuestionMistake(`Answer with a number from ${low} to ${high}.`);
  }
  if (question.edges !== undefined) {
    const values = new Float64Array(question.edges.length - 1);
    values[binOf(question.edges, answer)] = 1;
    return values;
  }
  const scaled = (answer - middleOf(question)) / halfOf(question);
  return question.kind === 'spread'
    ? Float64Array.of(scaled, scaled * scaled)
    : Float64Array.of(scaled);
}

/** Length of what `valuesOf` gives. */
export function lengthOf({ kind, edges }: Question): number {
  if (edges !== undefined) return edges.length - 1;
  return kind === 'spread' ? 2 : 1;
}

/** The largest Euclidean norm of what `valuesOf` gives. */
export function normOf({ kind }: Question): number {
  return kind === 'spread' ? Math.SQRT2 : 1;
}

/**
 * What the sum over `count` people says.
 *
 * @param sum - Of what `valuesOf` gave.
 * @param deviation - Standard deviation of the noise in each value of the sum; 0 without.
 */
export function answerOf(
  question: Question,
  sum: ArrayLike<number>,
  count: number,
  deviation: number,
): RoomAnswer {
  const { kind } = question;
  const isExact = deviation === 0;
  const whole = (value: number): number => (isExact ? Math.round(value) : value);
  const first = sum[0]!;
  const noise = LIKELY * deviation;
  switch (kind) {
    case 'count':
      return { count, value: whole(first), error: noise };
    case 'share':
      return { count, value: whole(first) / count, error: noise / count };
    case 'histogram':
      return { count, value: count, error: noise, bins: Array.from(sum, whole) };
    default:
  }
  const [middle, half] = [middleOf(question), halfOf(question)];
  if (kind === 'sum') {
    return { count, value: count * middle + half * first, error: half * noise };
  }
  const mean = middle + (half * first) / count;
  if (kind === 'average') return { count, value: mean, error: (half * noise) / count };
  // Of the square of a standard deviation, a variance; noise may make it negative.
  const variance = Math.max(0, sum[1]! / count - (first / count) ** 2);
  const value = half * Math.sqrt(variance);
  const spreadOfVariance = (noise * Math.sqrt(1 + (2 * first) ** 2 / count ** 2)) / count;
  const error = half * (Math.sqrt(variance + spreadOfVariance) - Math.sqrt(variance));
  return { count, value, error, mean };
}

/** The bin of a number within the edges. */
function binOf(edges: readonly number[], answer: number): number {
  const above = edges.findIndex((edge) => answer < edge);
  return above < 0 ? edges.length - 2 : above - 1;
}

function middleOf(question: Question): number {
  const [low, high] = boundsOf(question);
  return (low + high) / 2;
}

function halfOf(question: Question): number {
  const [low, high] = boundsOf(question);
  return (high - low) / 2;
}

function checkedBounds({ low, high }: Question): { readonly low: number; readonly high: number } {
  if (!isUsable(low) || !isUsable(high) || low >= high) {
    throw new QuestionMistake(
      'Say the smallest and the largest answer: two numbers, the second one larger. They bound what one person can do to the sum.',
    );
  }
  return { low, high };
}

function checkedEdges(edges: readonly number[] | undefined): readonly number[] {
  const isFine =
    Array.isArray(edges) &&
    edges.length >= 3 &&
    edges.length <= MAX_ANSWER_BINS + 1 &&
    edges.every(isUsable) &&
    edges.every((edge, at) => at === 0 || edges[at - 1]! < edge);
  if (!isFine) {
    throw new QuestionMistake(
      `Give the edges of 2 to ${MAX_ANSWER_BINS} bins, ascending, such as 0, 20, 40, 60.`,
    );
  }
  return [...edges];
}

function isUsable(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= MAX_NUMBER;
}
