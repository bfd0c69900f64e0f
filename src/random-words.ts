/**
 * Random words of the operating system's generator: for everything that hides something.
 *
 * @module
 */

/** Gives uniform, independent words of 32 bits, one a call. */
export type WordSource = () => number;

/** Words drawn at a time: few vectors of a small model need more, and a call costs as much as some hundred words. */
const BUFFERED_WORDS = 4096;

/** Uniform, private words one by one. Where there is no generator, the first call throws. */
export function systemWords(): WordSource {
  const words = new Uint32Array(BUFFERED_WORDS);
  let at = BUFFERED_WORDS;
  return () => {
    if (at === BUFFERED_WORDS) {
      crypto.getRandomValues(words);
      at = 0;
    }
    const word = words[at]!;
    words[at++] = 0;
    return word;
  };
}
