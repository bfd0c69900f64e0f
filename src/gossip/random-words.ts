/**
 * Choices from random words that arrived in an event.
 *
 * @module
 */

/** Deals out words, and nothing else once they are used up. */
export class RandomWords {
  readonly #words: Uint32Array;
  #at = 0;

  constructor(words: Uint32Array) {
    this.#words = words;
  }

  /** A whole number from 0 to `count - 1`; 0 once the words are used up. */
  below(count: number): number {
    return Math.floor((this.word() / 2 ** 32) * count);
  }

  /** A word; 0 once they are used up. */
  word(): number {
    return this.#words[this.#at++] ?? 0;
  }

  /** Some of the items, each at most once, at most `count`. */
  some<Item>(items: readonly Item[], count: number): readonly Item[] {
    const left = [...items];
    const chosen: Item[] = [];
    while (chosen.length < count && left.length > 0) {
      const at = this.below(left.length);
      chosen.push(left[at]!);
      left[at] = left[left.length - 1]!;
      left.pop();
    }
    return chosen;
  }
}
