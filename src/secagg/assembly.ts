/**
 * Words that arrive in parts: every part once, in any order, into the place where they stay.
 *
 * A part is as long as the message size says, but for the last one.
 *
 * @module
 */
import { copyWords } from '../bytes.ts';

/** Words of which parts are here. */
export interface Assembly {
  /** Shape [words]; parts not here yet are 0. */
  readonly words: Uint32Array;
  readonly partWords: number;
  /** Which parts are here. */
  readonly isHere: Uint8Array;
  missing: number;
}

/** How many parts words come in. */
export function partCountOf(wordCount: number, partWords: number): number {
  return Math.ceil(wordCount / partWords);
}

/** Nothing of these words is here yet; the array is written to. */
export function assemblyOf(words: Uint32Array, partWords: number): Assembly {
  const count = partCountOf(words.length, partWords);
  return { words, partWords, isHere: new Uint8Array(count), missing: count };
}

/** Bytes of the part with this number; 0 where there is none. */
export function partBytesOf(wordCount: number, partWords: number, part: number): number {
  return 4 * Math.max(0, Math.min(partWords, wordCount - part * partWords));
}

/** Takes a part of the right length; one that is here already is left alone. */
export function takePart(assembly: Assembly, part: number, bytes: Uint8Array): void {
  if (assembly.isHere[part] !== 0) return;
  assembly.isHere[part] = 1;
  assembly.missing--;
  copyWords(bytes, assembly.words, part * assembly.partWords);
}

/** An independent copy that keeps its words in an array of the caller's. */
export function cloneAssembly(assembly: Assembly, words = assembly.words.slice()): Assembly {
  return { ...assembly, words, isHere: assembly.isHere.slice() };
}
