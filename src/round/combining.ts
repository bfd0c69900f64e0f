/**
 * How the sums of an attempt become one update: the mean of all, or of the means of buckets one that heeds a
 * bucket less, the farther it is from the others.
 *
 * Whoever is in a bucket with a spoiled update is heeded less with it, and an honest minority looks like a
 * spoiled one: this helps against large updates, not for the truth. Every member computes it for itself, and all must
 * end with the same bits: nothing but sums, products, quotients and square roots, which IEEE 754 fixes.
 *
 * @module
 */
import {
  addInPlace,
  decodeAggregate,
  slotsOf,
  type Combining,
  type Encoding,
  type RoundParameters,
} from '../secagg/index.ts';

/** Rounds of Weiszfeld's algorithm: more change nothing that a float32 model keeps. */
const WEISZFELD_ROUNDS = 32;

/** Keeps a bucket that lies exactly at the estimate from taking all the weight. */
const SMALLEST_DISTANCE = 1e-6;

/** Rounds of centred clipping. */
const CLIPPING_ROUNDS = 5;

/** Sums that the words of a result hold. */
export function sumsIn(words: Uint32Array, { dimension, weightCap }: RoundParameters): number {
  return Math.max(1, words.length / (dimension + (weightCap > 0 ? 1 : 0)));
}

/** The sum over everybody of words that hold one sum a bucket, shape [n]. */
export function totalOfBuckets(words: Uint32Array, bucketCount: number): Uint32Array {
  const [first, ...more] = slotsOf(words, bucketCount);
  if (more.length === 0) return words;
  const total = first!.slice();
  for (const slot of more) addInPlace(total, slot);
  return total;
}

/** The mean update of each bucket, shape [n] each; they have a weight word. */
export function meansOfBuckets(
  words: Uint32Array,
  bucketCount: number,
  encoding: Encoding,
): readonly Float64Array[] {
  return slotsOf(words, bucketCount).map((slot) => decodeAggregate(slot, 0, encoding).mean);
}

/**
 * The update of an attempt, shape [length] or longer.
 *
 * @param words - One sum a bucket.
 * @param includedCount - Survivors of all buckets.
 * @param length - Values of a model: what else a vector tells has no say in how far a bucket is from the others.
 */
export function updateOf(
  words: Uint32Array,
  bucketCount: number,
  includedCount: number,
  encoding: Encoding,
  { combining, length }: { readonly combining: Combining | undefined; readonly length: number },
): Float64Array {
  if (bucketCount === 1 || combining === undefined || combining === 'bucket-mean') {
    return decodeAggregate(totalOfBuckets(words, bucketCount), includedCount, encoding).mean;
  }
  const means = meansOfBuckets(words, bucketCount, encoding).map((mean) => mean.slice(0, length));
  return robustOf(means, combining);
}

/** One update of the means of several sums, shape [n] each. */
export function robustOf(means: readonly Float64Array[], combining: Combining): Float64Array {
  switch (combining) {
    case 'bucket-mean':
      return meanOf(means);
    case 'geometric-median':
      return geometricMedian(means);
    case 'centred-clipping':
      return centredClipping(means);
  }
}

/** The point with the smallest sum of distances, by Weiszfeld's algorithm (1937); Pillutla et al. 2019 use it so. */
export function geometricMedian(points: readonly Float64Array[]): Float64Array {
  let middle = meanOf(points);
  for (let round = 0; round < WEISZFELD_ROUNDS; round++) {
    const weights = points.map((point) => 1 / Math.max(distance(point, middle), SMALLEST_DISTANCE));
    middle = weightedMean(points, weights);
  }
  return middle;
}

/** The mean of differences from the estimate, none longer than their median length (Karimireddy et al. 2021). */
export function centredClipping(points: readonly Float64Array[]): Float64Array {
  let middle = coordinateMedian(points);
  for (let round = 0; round < CLIPPING_ROUNDS; round++) {
    const lengths = points.map((point) => distance(point, middle));
    const radius = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
    const centre = middle;
    middle = meanOf(
      points.map((point, at) => {
        const scale = lengths[at]! > radius ? radius / lengths[at]! : 1;
        return point.map((value, i) => centre[i]! + (value - centre[i]!) * scale);
      }),
    );
  }
  return middle;
}

function coordinateMedian(points: readonly Float64Array[]): Float64Array {
  return points[0]!.map((_, i) => {
    const values = points.map((point) => point[i]!).sort((a, b) => a - b);
    const half = Math.floor(values.length / 2);
    return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
  });
}

function meanOf(points: readonly Float64Array[]): Float64Array {
  return weightedMean(
    points,
    points.map(() => 1),
  );
}

/** The mean of points, each counted so much, shape [n]. */
export function weightedMean(
  points: readonly Float64Array[],
  weights: readonly number[],
): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return points[0]!.map(
    (_, i) => points.reduce((sum, point, at) => sum + point[i]! * weights[at]!, 0) / total,
  );
}

function distance(one: Float64Array, other: Float64Array): number {
  return Math.sqrt(
    one.reduce((sum, value, i) => {
      const apart = value - other[i]!;
      return sum + apart * apart;
    }, 0),
  );
}
