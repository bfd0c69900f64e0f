/**
 * Ways to make one update of those of several buckets of users, beside the mean: they heed a bucket less, the
 * farther it is from the others.
 *
 * What is compared are means of buckets of at least four, since single updates are nobody's to see. Whoever
 * is in a bucket with a spoiled update is heeded less with it, and an honest minority looks like a spoiled
 * one: these help against large updates, not for the truth.
 *
 * @module
 */
import type { SeededRandom } from '../seeded-random.ts';

/** How bucket means become one. */
export interface Combining {
  /** Geometric median (Pillutla et al. 2019), or centred clipping (Karimireddy et al. 2021). */
  readonly type: 'geometric-median' | 'centred-clipping';
  /** Users of a bucket, at least 4. */
  readonly bucketSize: number;
}

/** Fewer buckets have no majority. */
const MIN_BUCKETS = 3;

/** Rounds of Weiszfeld's algorithm: more change nothing that a float32 model keeps. */
const WEISZFELD_ROUNDS = 32;

/** Keeps a bucket that lies exactly at the estimate from taking all the weight. */
const SMALLEST_DISTANCE = 1e-6;

/** Rounds of centred clipping. */
const CLIPPING_ROUNDS = 5;

/**
 * One update of the means of buckets; the mean of all where there are too few for a majority.
 *
 * @param users - Of the merge, by number.
 * @param meanOf - The mean update of some of them, shape [P].
 * @param random - Draws the buckets.
 */
export function combined(
  { type, bucketSize }: Combining,
  users: readonly number[],
  meanOf: (some: readonly number[]) => Float64Array,
  random: SeededRandom,
): Float64Array {
  const count = Math.floor(users.length / bucketSize);
  if (count < MIN_BUCKETS) return meanOf(users);
  const buckets = bucketsOf(users, count, random).map(meanOf);
  return type === 'geometric-median' ? geometricMedian(buckets) : centredClipping(buckets);
}

/** Users in buckets that differ by one at most, at random. */
export function bucketsOf(
  users: readonly number[],
  count: number,
  random: SeededRandom,
): readonly (readonly number[])[] {
  const shuffled = [...users];
  for (let i = shuffled.length - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
  }
  return Array.from({ length: count }, (_, bucket) =>
    shuffled.filter((_, place) => place % count === bucket),
  );
}

/** The point with the smallest sum of distances, by Weiszfeld's algorithm (1937). */
export function geometricMedian(points: readonly Float64Array[]): Float64Array {
  let middle = weightedMean(
    points,
    points.map(() => 1),
  );
  for (let round = 0; round < WEISZFELD_ROUNDS; round++) {
    const weights = points.map((point) => 1 / Math.max(distance(point, middle), SMALLEST_DISTANCE));
    middle = weightedMean(points, weights);
  }
  return middle;
}

/** The mean of differences from the estimate, none longer than their median length. */
export function centredClipping(points: readonly Float64Array[]): Float64Array {
  let middle = coordinateMedian(points);
  for (let round = 0; round < CLIPPING_ROUNDS; round++) {
    const lengths = points.map((point) => distance(point, middle));
    const radius = [...lengths].sort((a, b) => a - b)[Math.floor(lengths.length / 2)]!;
    const shrunk = points.map((point, at) => {
      const scale = lengths[at]! > radius ? radius / lengths[at]! : 1;
      return point.map((value, i) => middle[i]! + (value - middle[i]!) * scale);
    });
    middle = weightedMean(
      shrunk,
      shrunk.map(() => 1),
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

function weightedMean(points: readonly Float64Array[], weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return points[0]!.map(
    (_, i) => points.reduce((sum, point, at) => sum + point[i]! * weights[at]!, 0) / total,
  );
}

function distance(one: Float64Array, other: Float64Array): number {
  return Math.sqrt(one.reduce((sum, value, i) => sum + (value - other[i]!) ** 2, 0));
}
