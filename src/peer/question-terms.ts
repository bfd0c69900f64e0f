/**
 * The masked sum that a question becomes: what everybody in it has in common, the noise in it, and what is said of it.
 *
 * @module
 */
import { RoundFailed } from '../errors.ts';
import { DEFAULT_DELTA } from '../privacy/noise.ts';
import { lengthOf, normOf, type Question } from '../task/question.ts';
import { multiplierFor } from './noise-parameters.ts';
import type { NoiseChoice } from './view.ts';

/** What the sum of a question has in common for everybody in it. */
export function termsOf({
  name,
  question,
}: {
  readonly name: string;
  readonly question: Question;
}): {
  readonly plan: { readonly name: string; readonly step: number };
  readonly minPeers: number;
  readonly noise: NoiseChoice | undefined;
} {
  return {
    plan: { name: `ask ${name}`, step: 0 },
    minPeers: question.minGroup,
    noise: noiseOf(question),
  };
}

/** Noise that keeps the answer within the epsilon of the question, the smallest group being honest but for one. */
export function noiseOf(question: Question): NoiseChoice | undefined {
  const { epsilon, minGroup } = question;
  if (epsilon === undefined) return undefined;
  const others = minGroup - 1;
  const dimension = lengthOf(question);
  const multiplier = multiplierFor(epsilon, DEFAULT_DELTA, dimension, others);
  return { kind: 'distributed', multiplier, clip: normOf(question), delta: DEFAULT_DELTA };
}

/** Standard deviation of the noise in each value of a sum: the share of each in it was set for the smallest group. */
export function deviationOf(
  noise: NoiseChoice | undefined,
  { minGroup }: Question,
  count: number,
): number {
  if (noise === undefined) return 0;
  return noise.multiplier * noise.clip * Math.sqrt(count / (minGroup - 1));
}

export function sentenceOf(error: unknown, { minGroup }: Question): string {
  if (error instanceof RoundFailed && error.reason === 'spent') {
    return 'Too many left in the middle: the answers may have been learnt without a result, so asking again tells them a second time.';
  }
  const isCalledOff =
    error instanceof RoundFailed
      ? error.reason === 'aborted'
      : error instanceof Error && ['TimeoutError', 'AbortError'].includes(error.name);
  if (isCalledOff) {
    return `Fewer than ${minGroup} people were there for the sum, so nothing was opened.`;
  }
  return error instanceof Error ? error.message : String(error);
}
