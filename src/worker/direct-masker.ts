/**
 * Masks put on by the thread that asks: where no worker can run, and for vectors too small to be worth one.
 *
 * A long vector is done in ranges with a turn of the event loop between them, so that a page answers meanwhile.
 *
 * @module
 */
import { MASK_RANGE_WORDS } from '../config.ts';
import type { Masker, StreamTerm, Suite } from '../ports.ts';
import { realClock } from './clock.ts';

/** A masker without workers. */
export function directMasker(suite: Suite): Masker {
  let isClosed = false;
  return {
    async apply(words, terms) {
      const isDone = await addInTurns(suite, words, terms, rangesOf(words), () => !isClosed);
      if (!isDone) throw new Error(MASKER_CLOSED);
      return words;
    },
    close() {
      isClosed = true;
    },
  };
}

/** Why a vector has no masks when its masker was closed meanwhile. */
export const MASKER_CLOSED = 'The masker was closed: its vectors are dropped.';

/** Where the ranges of a vector begin, the first one last: they are taken from the end. */
export function rangesOf(words: Uint32Array): number[] {
  const count = Math.ceil(words.length / MASK_RANGE_WORDS);
  return Array.from({ length: count }, (_, i) => (count - 1 - i) * MASK_RANGE_WORDS);
}

/**
 * Adds keystreams to ranges of words in place, other work of the thread in between.
 *
 * @param ranges - Where they begin; empty at the end.
 * @param isWanted - Asked before each range.
 * @returns Whether all was done.
 */
export async function addInTurns(
  suite: Suite,
  words: Uint32Array,
  terms: readonly StreamTerm[],
  ranges: number[],
  isWanted: () => boolean,
): Promise<boolean> {
  for (let at = ranges.pop(); at !== undefined; at = ranges.pop()) {
    if (!isWanted()) return false;
    suite.addStreamsInPlace(words.subarray(at, at + MASK_RANGE_WORDS), terms, at);
    if (ranges.length > 0) await nextTurn();
  }
  return true;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    const clock = realClock();
    clock.soon(() => {
      clock.close();
      resolve();
    });
  });
}
