/**
 * Who owns which part of a large vector: its chunks, one for each owner, in the order of the roster.
 *
 * A chunk begins at a tile and is as long as its owner's share of all shares says, to the nearest
 * tile; an owner whose share comes to nothing owns nothing. Everybody computes the same map from the
 * proposal alone.
 *
 * @module
 */

/** How a large vector is split, as a proposal names it. */
export interface Split {
  /** Words of a tile, a multiple of 16: a block of the keystream. */
  readonly tileWords: number;
  /** How much of the vector each member of the roster sums, relative to the others: whole numbers. */
  readonly shares: readonly number[];
}

/** The words from `from` on and before `to`, which the member at place `owner` sums. */
export interface Chunk {
  readonly owner: number;
  readonly from: number;
  readonly to: number;
}

/** Largest share of a member: fine enough for links that differ by a hundred times. */
export const MAX_SHARE = 255;

/** Words of the largest tile that a proposal may name: a few of them fit into one message. */
export const MAX_TILE_WORDS = 2 ** 16;

/** The chunks of a vector; together they cover it, and none is empty. */
export function chunkMapOf(wordCount: number, { tileWords, shares }: Split): readonly Chunk[] {
  const tiles = Math.ceil(wordCount / tileWords);
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const chunks: Chunk[] = [];
  let before = 0;
  let from = 0;
  for (const [owner, share] of shares.entries()) {
    before += share;
    const to = Math.min(wordCount, tileWords * Math.round((tiles * before) / whole));
    if (to > from) chunks.push({ owner, from, to });
    from = to;
  }
  return chunks;
}

/**
 * Whether a split is one for so many members: tiles of whole blocks, and shares of which none is more
 * than half, so that no link has to carry the whole vector.
 */
export function isSplitFor({ tileWords, shares }: Split, memberCount: number): boolean {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const isTiled =
    Number.isInteger(tileWords) &&
    tileWords > 0 &&
    tileWords <= MAX_TILE_WORDS &&
    tileWords % 16 === 0;
  return (
    isTiled &&
    shares.length === memberCount &&
    whole > 0 &&
    shares.every(
      (share) => Number.isInteger(share) && share >= 0 && share <= MAX_SHARE && 2 * share <= whole,
    )
  );
}
