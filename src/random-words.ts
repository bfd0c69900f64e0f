/**
 * Random words of the operating system's generator: for everything that hides something.
 *
 * @module
 */

/** Gives uniform, independent words of 32 bits, one a call. */
export type WordSource = () => number;

/** Words drawn at a time: one call of `getRandomValues` fills at most 65,536 bytes. */
const WORDS_PER_CALL = 16_384;

/** Words that `systemWords` keeps at hand: few vectors of a small model need more. */
const BUFFERED_WORDS = 1024;

/** Uniform, private words, shape [count]. */
export function randomWords(count: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at += WORDS_PER_CALL) {
    crypto.getRandomValues(words.subarray(at, at + WORDS_PER_CALL));
  }
  return words;
}

/** Uniform, private words one by one. Where there is no generator, the first call throws. */
export function systemWords(): WordSource {
  let words = new Uint32Array();
  let at = 0;
  return () => {
    if (at === words.length) {
      words = randomWords(BUFFERED_WORDS);
      at = 0;
    }
    const word = words[at]!;
    words[at++] = 0;
    return word;
  };
}
