/**
 * What the pointer or the focus is at: a message, a word, or both; shared by all lists that show words.
 *
 * @module
 */

/** What somebody points at. */
export interface Pointing {
  /** The element that it is in. */
  readonly from: EventTarget;
  /** The message, if it is one, and what it says. */
  readonly message?: string | undefined;
  readonly text?: string | undefined;
  /** One word, as models count it. */
  readonly word?: string | undefined;
}

/** The same, for those who show it. */
export class Pointed {
  readonly message: string | undefined;
  readonly text: string | undefined;
  readonly word: string | undefined;
  private readonly from: EventTarget;

  constructor({ from, message, text, word }: Pointing) {
    this.from = from;
    this.message = message;
    this.text = text;
    this.word = word;
  }

  /** Whether it is in another element, so that this one may have to scroll. */
  isElsewhere(element: EventTarget): boolean {
    return this.from !== element;
  }
}

/** The pointer or the focus came to something, or left it. */
export class WordsPointedEvent extends Event {
  static readonly type = 'words-pointed';
  readonly pointed: Pointed | undefined;
  constructor(pointing: Pointing | undefined) {
    super(WordsPointedEvent.type, { bubbles: true });
    this.pointed = pointing && new Pointed(pointing);
  }
}

declare global {
  interface HTMLElementEventMap {
    'words-pointed': WordsPointedEvent;
  }
}
