/**
 * Robust combining over buckets of any size, in a simulated federation of any size: a room does it in one cohort
 * (`round/combining.ts`).
 *
 * @module
 */
import { centredClipping, geometricMedian } from '../round/combining.ts';
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
