/**
 * Numbers as words modulo 2^32: where exact sums come from.
 *
 * A value becomes a whole number of steps, rounded up or down at random so that the expectation is
 * right, and negative numbers wrap. A sum of words is then the sum of the numbers, bit for bit the
 * same on every peer, as long as nothing wraps: the step is chosen so that the roster's sum cannot.
 *
 * With weights, a coordinate carries weight/cap x value, and one further word carries the weight, so
 * that the weighted mean is a quotient of two hidden sums.
 *
 * @module
 */
import type { WordSource } from '../random-words.ts';

/** How a vector becomes words; every member of a roster uses the same. */
export interface Encoding {
  /** Members of the roster: the sum of so many must not wrap. */
  readonly members: number;
  /** Bound of |value| per coordinate. */
  readonly clip: number;
  /** Largest weight, or 0 when every weight is 1 and there is no weight word. */
  readonly weightCap: number;
  /** The value of one step; as small as `members` and `clip` allow where it is 0 or not given. */
  readonly step?: number | undefined;
  /** The noise that everybody adds before anything is masked, as agreed; none unless given. */
  readonly noise?: string | undefined;
}

/** The steps from 0 to `clip`: `members` times as many still fit below 2^31. */
export function levelsOf({ members, clip, step }: Encoding): number {
  if (step) return Math.round(clip / step);
  return Math.floor((2 ** 31 - 1) / members) - 1;
}

/** The value of one step. */
export function stepOf(encoding: Encoding): number {
  return encoding.step || encoding.clip / levelsOf(encoding);
}

/** Words of an encoded vector of so many values. */
export function wordCountOf(valueCount: number, encoding: Encoding): number {
  return valueCount + (encoding.weightCap > 0 ? 1 : 0);
}

/**
 * A vector as words.
 *
 * @param values - Shape [n]; every |value| at most `encoding.clip`.
 * @param weight - A whole number from 1 to `encoding.weightCap`; 1 where there is no weight word.
 * @param nextWord - Uniform, private words: they decide which way each value is rounded.
 * @returns Shape [n], or [n + 1] with the weight last.
 * @throws RangeError when a value is too large or not finite, or the weight is out of range: never a silent clip,
 *   which would be a wrong sum.
 */
export function encodeUpdate(
  values: Float64Array | Float32Array,
  weight: number,
  encoding: Encoding,
  nextWord: WordSource,
): Uint32Array {
  const cap = encoding.weightCap;
  if (!Number.isInteger(weight) || weight < 1 || weight > Math.max(cap, 1)) {
    throw new RangeError(
      `weight is ${weight}: choose a whole number from 1 to ${Math.max(cap, 1)}.`,
    );
  }
  const scale = ((cap > 0 ? weight / cap : 1) * levelsOf(encoding)) / encoding.clip;
  if (!(scale > 0 && scale < Infinity)) {
    throw new RangeError(`clip is ${encoding.clip}: choose a bound between 1e-30 and 1e30.`);
  }
  const { clip } = encoding;
  const words = new Uint32Array(wordCountOf(values.length, encoding));
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!(Math.abs(value) <= clip)) throw unfit(value, clip);
    words[i] = Math.floor(value * scale + nextWord() / 2 ** 32) >>> 0;
  }
  if (cap > 0) words[values.length] = weight;
  return words;
}

function unfit(value: number, clip: number): RangeError {
  return new RangeError(
    Number.isFinite(value)
      ? `value is ${value}: all agreed on at most ${clip}, so raise clip.`
      : 'update holds NaN or Infinity: training diverged, so lower the learning rate.',
  );
}

/** An aggregate in numbers. */
export interface DecodedAggregate {
  /** Sum over the included of weight x value, shape [n]; made when it is first read. */
  readonly sum: Float64Array;
  /** `sum` / `totalWeight`, shape [n]. */
  readonly mean: Float64Array;
  /** Sum of the weights; without a weight word, how many were included. */
  readonly totalWeight: number;
}

/**
 * The numbers of an aggregate.
 *
 * @param words - Sum of the included words modulo 2^32, shape [n] or [n + 1]; not to be changed any more.
 * @param includedCount - How many are in the sum.
 */
export function decodeAggregate(
  words: Uint32Array,
  includedCount: number,
  encoding: Encoding,
): DecodedAggregate {
  const cap = encoding.weightCap;
  const length = words.length - (cap > 0 ? 1 : 0);
  const totalWeight = cap > 0 ? words[length]! : includedCount;
  const unit = stepOf(encoding) * (cap > 0 ? cap : 1);
  const mean = new Float64Array(length);
  if (totalWeight > 0) {
    for (let i = 0; i < length; i++) mean[i] = ((words[i]! | 0) * unit) / totalWeight;
  }
  let sum: Float64Array | undefined;
  return {
    mean,
    totalWeight,
    // Of a large model most want the mean alone.
    get sum() {
      return (sum ??= Float64Array.from({ length }, (_, i) => (words[i]! | 0) * unit));
    },
  };
}

/** Adds words to others modulo 2^32, in place. Both of shape [n]. */
export function addInPlace(words: Uint32Array, others: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = words[i]! + others[i]!;
}

/** Subtracts words from others modulo 2^32, in place. Both of shape [n]. */
export function subtractInPlace(words: Uint32Array, others: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i] = words[i]! - others[i]!;
}
