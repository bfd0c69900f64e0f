/**
 * Words of messages, and the list of words that all models of a room share.
 *
 * A model has one number for each word of the list, so everybody needs the same list in the same order. It is public:
 * it says which words models know, not who uses them. Words that are not in it say nothing to a model.
 *
 * @module
 */

/** What stands for every number: which one it is says little. */
export const NUMBER_WORD = '#';

/** A part of a message: a word as it is written, or what is between words. */
export interface Part {
  readonly text: string;
  /** The word that models count; undefined between words. */
  readonly word: string | undefined;
}

/** A message as words and what is between them; together they are the message. */
export function partsOf(text: string): readonly Part[] {
  return text
    .split(/(\d+(?:[.,]\d+)*|\p{L}+)/u)
    .map((part, at) => ({ text: part, word: at % 2 === 1 ? wordOf(part) : undefined }))
    .filter(({ text: part }) => part !== '');
}

/** The different words of a message, in the order of their first use. */
export function wordsOf(text: string): readonly string[] {
  return [...new Set(partsOf(text).flatMap(({ word }) => word ?? []))];
}

/** A list of words. */
export class Vocabulary {
  /** Ascending by code units: the same order everywhere. */
  readonly words: readonly string[];
  private readonly places: ReadonlyMap<string, number>;

  /** All words of some messages. */
  constructor(texts: readonly string[]) {
    this.words = [...new Set(texts.flatMap(wordsOf))].sort();
    this.places = new Map(this.words.map((word, place) => [word, place]));
  }

  get size(): number {
    return this.words.length;
  }

  /** The place of a word in the list; undefined for one that is not in it. */
  placeOf(word: string): number | undefined {
    return this.places.get(word);
  }

  /** Places of the different words of a message, ascending: the bag of words. */
  bagOf(text: string): Uint16Array {
    return Uint16Array.from(wordsOf(text).flatMap((word) => this.placeOf(word) ?? [])).sort();
  }
}

function wordOf(part: string): string {
  return /^\d/.test(part) ? NUMBER_WORD : part.toLowerCase();
}
