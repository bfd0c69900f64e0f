/**
 * What a user could write in ten lines instead: two ways for everybody to learn a sum.
 *
 * Plain all-to-all hides nothing. Additive sharing hides a vector from all but everybody else together, and
 * sends it whole, twice to each.
 *
 * @module
 */

/** Vectors of words among peers that are linked to each other. */
export interface Exchange<Peer> {
  readonly others: readonly Peer[];
  send(to: Peer, step: number, words: Uint32Array): void;
  /** What all others sent in a step. */
  gather(step: number): Promise<readonly Uint32Array[]>;
}

/** Everybody sends its bare vector to everybody. */
export async function plainSum<Peer>(
  { others, send, gather }: Exchange<Peer>,
  vector: Uint32Array,
): Promise<Uint32Array> {
  const sum = vector.slice();
  for (const peer of others) send(peer, 0, vector);
  for (const theirs of await gather(0)) addInPlace(sum, theirs);
  return sum;
}

/** Everybody splits its vector into shares of full size, one for each, and sends the sum of those it got. */
export async function additiveSum<Peer>(
  { others, send, gather }: Exchange<Peer>,
  vector: Uint32Array,
): Promise<Uint32Array> {
  const partial = vector.slice();
  for (const peer of others) {
    const share = randomWords(vector.length);
    for (let i = 0; i < share.length; i++) partial[i]! -= share[i]!;
    send(peer, 0, share);
  }
  for (const theirs of await gather(0)) addInPlace(partial, theirs);
  const sum = partial.slice();
  for (const peer of others) send(peer, 1, partial);
  for (const theirs of await gather(1)) addInPlace(sum, theirs);
  return sum;
}

function addInPlace(words: Uint32Array, others: Uint32Array): void {
  for (let i = 0; i < words.length; i++) words[i]! += others[i]!;
}

/** Words that `getRandomValues` gives at once. */
const RANDOM_WORDS = 16_384;

function randomWords(count: number): Uint32Array {
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at += RANDOM_WORDS) {
    crypto.getRandomValues(words.subarray(at, at + RANDOM_WORDS));
  }
  return words;
}
