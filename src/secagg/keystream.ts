/**
 * ChaCha20 keystreams as words, and adding them to vectors.
 *
 * Where the kernel runs it does the work; elsewhere the ciphers of noble do the same, several times slower. Either
 * way a vector is gone through a tile at a time, with all keystreams added to one tile before the next.
 *
 * RFC 8439: 32-byte keys, nonce 0 (every key is used once), block numbers from 0, little-endian words.
 *
 * @module
 */
import { chacha20 } from '@noble/ciphers/chacha.js';
import { bytesToWords } from '../bytes.ts';
import { TILE_WORDS } from '../config.ts';
import type { StreamTerm } from '../ports.ts';
import { kernelOfThread } from './kernel/kernel.ts';
import { addInPlace, subtractInPlace } from './ring.ts';

/** Every key here is used once, so the nonce may be constant. */
const NONCE = new Uint8Array(12);

/** Words of a block. */
const BLOCK_WORDS = 16;

/** Blocks that a key may give: the last number of 32 bits stays unused, since not every library counts so far. */
const MAX_BLOCKS = 2 ** 32 - 1;

/** The first words of a keystream. */
export function keystream(key: Uint8Array, wordCount: number): Uint32Array {
  const words = new Uint32Array(wordCount);
  addKeystreamsInPlace(words, [{ key, sign: 1 }]);
  return words;
}

/**
 * Adds keystreams to words modulo 2^32, in place.
 *
 * @param words - Shape [n]; changed in place.
 * @param from - Place of the first word in every keystream, a multiple of 16.
 * @throws RangeError when a key is not of 32 bytes, or the words are beyond what a key may give.
 */
export function addKeystreamsInPlace(
  words: Uint32Array,
  terms: readonly StreamTerm[],
  from = 0,
): void {
  const kernel = kernelOfThread();
  if (kernel === undefined) return addByNobleInPlace(words, terms, from);
  checkStreams(terms, from, words.length);
  kernel.changeInPlace(words, (at, count) => {
    const block = (from + at) / BLOCK_WORDS;
    for (const { key, sign } of terms) kernel.addKeystream(key, sign, block, count);
  });
}

/** The same by the ciphers of noble alone: where no kernel runs, and what the kernel is compared with. */
export function addByNobleInPlace(
  words: Uint32Array,
  terms: readonly StreamTerm[],
  from: number,
): void {
  checkStreams(terms, from, words.length);
  for (let at = 0; at < words.length; at += TILE_WORDS) {
    const tile = words.subarray(at, at + TILE_WORDS);
    for (const { key, sign } of terms) {
      const zeros = new Uint8Array(4 * tile.length);
      const block = (from + at) / BLOCK_WORDS;
      const stream = bytesToWords(chacha20(key, NONCE, zeros, undefined, block));
      if (sign === 1) addInPlace(tile, stream);
      else subtractInPlace(tile, stream);
    }
  }
}

/**
 * Checks that keystreams have such words.
 *
 * @throws RangeError when a key is not of 32 bytes, or the words are not from a block on within the first 2^32 - 1.
 */
export function checkStreams(terms: readonly StreamTerm[], from: number, wordCount: number): void {
  if (!Number.isSafeInteger(from) || from < 0 || from % BLOCK_WORDS !== 0) {
    throw new RangeError(`from is ${from}: give a multiple of ${BLOCK_WORDS}.`);
  }
  if (from + wordCount > MAX_BLOCKS * BLOCK_WORDS) {
    throw new RangeError(`from is ${from}: a keystream ends at ${MAX_BLOCKS * BLOCK_WORDS} words.`);
  }
  for (const { key } of terms) {
    if (key.length !== 32) throw new RangeError(`key is ${key.length} bytes: give 32.`);
  }
}
