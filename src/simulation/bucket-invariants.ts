/**
 * What must hold of the sums of buckets that a peer sees: each hides enough members, the buckets are of one roster, and
 * what they say is the sum of what their members gave, and of nobody else.
 *
 * @module
 */
import { BUCKET_SURVIVORS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { BucketSums, RoundReport } from '../round/round.ts';
import { addInPlace, slotsOf } from '../secagg/index.ts';

/**
 * What is wrong with the buckets of a result, if anything is.
 *
 * @param givenBy - The words that a peer gave to that round; undefined where that is not known.
 */
export function wrongBuckets(
  { sums, included }: Pick<RoundReport, 'sums' | 'included'>,
  self: PeerId,
  givenBy: (peer: PeerId) => Uint32Array | undefined,
): string | undefined {
  if (sums === undefined) return undefined;
  const { buckets, roster } = sums;
  const members = buckets.flat();
  const inside = roster.filter((peer) => included.includes(peer));
  if (!members.includes(self)) return 'a peer sees buckets that it is in none of';
  if ([...members].sort().join() !== [...inside].sort().join()) {
    return 'the buckets are not of those of their roster who are included, each once';
  }
  if (buckets.length > 1 && buckets.some(({ length }) => length < BUCKET_SURVIVORS)) {
    return 'a bucket of too few was opened';
  }
  return buckets.some((bucket, at) => isOtherSum(sums, bucket, at, givenBy))
    ? 'the sum of a bucket is not that of what its members gave'
    : undefined;
}

function isOtherSum(
  { words, buckets }: BucketSums,
  bucket: readonly PeerId[],
  at: number,
  givenBy: (peer: PeerId) => Uint32Array | undefined,
): boolean {
  const slot = slotsOf(words, buckets.length)[at]!;
  const sum = new Uint32Array(slot.length);
  for (const peer of bucket) {
    const given = givenBy(peer);
    if (given === undefined) return false;
    addInPlace(sum, given);
  }
  return sum.some((word, i) => word !== slot[i]);
}
