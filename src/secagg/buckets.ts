/**
 * Buckets: members whose updates are summed apart from those of the others, in one attempt.
 *
 * A vector then has a slot for each bucket. A member fills that of its own and leaves the others at zero, under
 * the same masks, so that the opened sum is one sum a bucket: what combining other than by the mean, and the
 * search for a spoiled contribution, start from. The price is anonymity: an update is hidden among those of its
 * bucket, no longer among all.
 *
 * Who is with whom comes from the keys of everybody, so it is another draw in each attempt; whoever advertises
 * last may try several keys (threat model).
 *
 * @module
 */
import { compareBytes, concat, utf8 } from '../bytes.ts';
import { BUCKET_MEMBERS, BUCKET_SURVIVORS, MAX_COHORT } from '../config.ts';
import type { Suite } from '../ports.ts';
import { countOf, everybody, NOBODY, only, type Members } from './members.ts';

/** With fewer buckets there is no majority of them, so there is one bucket: everybody. */
export const MIN_BUCKETS = 3;

/** A line is summed in buckets for the search alone, which only compares them: two are enough. */
export const MIN_BUCKETS_OF_LINE = 2;

/** Buckets of the largest cohort. */
export const MAX_BUCKETS = Math.floor(MAX_COHORT / BUCKET_MEMBERS);

/** Buckets of a cohort of so many members that sums in buckets; 1 where it is too small for `least`. */
export function bucketCountOf(memberCount: number, least = MIN_BUCKETS): number {
  const count = Math.floor(memberCount / BUCKET_MEMBERS);
  return count < least ? 1 : count;
}

/**
 * The members of each bucket, whose sizes differ by one at most.
 *
 * @param context - The second link of the chain: the keys of all members enter it.
 */
export function drawBuckets(
  suite: Suite,
  context: Uint8Array,
  memberCount: number,
  bucketCount: number,
): readonly Members[] {
  if (bucketCount === 1) return [everybody(memberCount)];
  const ranked = Array.from({ length: memberCount }, (_, place) => ({
    place,
    rank: suite.hash(concat(utf8('murmuration/1/bucket'), context, Uint8Array.of(place))),
  })).sort((a, b) => compareBytes(a.rank, b.rank));
  return Array.from({ length: bucketCount }, (_, bucket) =>
    ranked
      .filter((_, at) => at % bucketCount === bucket)
      .reduce<Members>((members, { place }) => members | only(place), NOBODY),
  );
}

/** Whether the sum over some members shows no bucket of too few. One bucket is for the minimum of all to judge. */
export function hidesEach(buckets: readonly Members[], members: Members): boolean {
  return (
    buckets.length === 1 || buckets.every((bucket) => countOf(bucket & members) >= BUCKET_SURVIVORS)
  );
}

/** A contribution in its slot, shape [buckets * n], zero elsewhere. `words`: shape [n]. */
export function inSlot(words: Uint32Array, bucket: number, bucketCount: number): Uint32Array {
  if (bucketCount === 1) return words;
  const vector = new Uint32Array(bucketCount * words.length);
  vector.set(words, bucket * words.length);
  return vector;
}

/** The slots of a vector: views of it, each of shape [n]. */
export function slotsOf(vector: Uint32Array, bucketCount: number): readonly Uint32Array[] {
  const length = vector.length / bucketCount;
  return Array.from({ length: bucketCount }, (_, bucket) =>
    vector.subarray(bucket * length, (bucket + 1) * length),
  );
}
