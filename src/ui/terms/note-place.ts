/**
 * Where the note of a term lies: under its word, or over it where there is no room below, and never off the screen.
 *
 * @module
 */

/** Between the word and its note, and between a note and the edge of the screen, px. */
const GAP = 6;
const EDGE = 12;

/** A width and a height, px. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A box on the screen, px from its upper left corner. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * The upper left corner of a note.
 *
 * @param word - What the note explains.
 * @param screen - What can be seen, scroll bars left out.
 */
export function notePlace(
  word: Box,
  note: Size,
  screen: Size,
): { readonly left: number; readonly top: number } {
  const below = word.top + word.height + GAP;
  const above = word.top - GAP - note.height;
  const fitsBelow = below + note.height <= screen.height - EDGE;
  return {
    left: Math.max(EDGE, Math.min(word.left, screen.width - EDGE - note.width)),
    top: fitsBelow || above < EDGE ? below : above,
  };
}
