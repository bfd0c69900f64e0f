/**
 * Masks: words that hide one peer's update and vanish from the sum over the roster.
 *
 * Two members agree a seed and expand it to the same words; the smaller id adds them, the other
 * subtracts, modulo 2^32. A further mask of one's own seed stays until that seed is opened, so that a
 * late update of a member given up for lost is still hidden. One keystream runs over the whole
 * vector: restarting it for each layer would let two layers be subtracted from each other.
 *
 * Bonawitz et al.: Practical Secure Aggregation for Privacy-Preserving Machine Learning, CCS 2017, section 4.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { StreamTerm, Suite } from '../ports.ts';

/** The seed of the mask between two members; the same from either side. */
export function pairSeed(
  suite: Suite,
  context: Uint8Array,
  ownSecret: Uint8Array,
  theirPublic: Uint8Array,
  a: PeerId,
  b: PeerId,
): Uint8Array {
  const [smaller, larger] = a < b ? [a, b] : [b, a];
  return suite.derive(
    suite.agree(ownSecret, theirPublic),
    context,
    concat(utf8('murmuration/1/pair'), publicKeyOf(smaller), publicKeyOf(larger)),
  );
}

/** The seed of a member's own mask. */
export function selfSeed(
  suite: Suite,
  context: Uint8Array,
  secret: Uint8Array,
  member: PeerId,
): Uint8Array {
  return suite.derive(secret, context, concat(utf8('murmuration/1/self'), publicKeyOf(member)));
}

/** +1 when `member` adds the mask it shares with `partner`, -1 when it subtracts it. */
export function signOf(member: PeerId, partner: PeerId): 1 | -1 {
  return member < partner ? 1 : -1;
}

/** One mask as it enters a contribution. */
export interface Mask {
  /** The partner, or undefined for the member's own mask. */
  readonly peer: PeerId | undefined;
  readonly sign: 1 | -1;
  readonly seed: Uint8Array;
}

/**
 * Adds masks to words, in place.
 *
 * @param words - Ring elements, shape [words].
 * @param direction - 1 puts the masks on, -1 takes the very same masks off.
 */
export function applyMasksInPlace(
  suite: Suite,
  words: Uint32Array,
  masks: readonly Mask[],
  direction: 1 | -1 = 1,
): void {
  suite.addStreamsInPlace(words, termsOf(masks, direction));
}

/** The keystreams that masks are, put on (1) or taken off (-1). */
export function termsOf(masks: readonly Mask[], direction: 1 | -1): StreamTerm[] {
  return masks.map(({ seed, sign }) => ({ key: seed, sign: sign === direction ? 1 : -1 }));
}
