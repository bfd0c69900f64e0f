/**
 * Numbers that a seed repeats: for data and first models, never for anything that hides.
 *
 * The generator is sfc32, 128 bits of state, integer arithmetic alone, so that the same seed gives
 * the same words on every engine. Whoever knows the seed, or some outputs, knows the rest: keys, masks,
 * rounding and noise come from `crypto.getRandomValues`.
 *
 * Doty-Humphrey: PractRand, sfc32. Seeding: FNV-1a over UTF-8, once for each word of the state.
 *
 * @module
 */
import { utf8 } from './bytes.ts';

/** FNV-1a (offset basis, prime); the other bases are the first digits of the square roots of 2 and 3. */
const BASES = [0x811c9dc5, 0x6a09e667, 0xbb67ae85] as const;
const PRIME = 0x01000193;

/** Outputs thrown away so that similar seeds have parted; the author of sfc32 asks for 12. */
const WARM_UP = 15;

/** A repeatable sequence of words and uniform numbers. */
export class SeededRandom {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed - Any text; another text is another sequence. */
  constructor(seed: string) {
    const bytes = utf8(seed);
    [this.a, this.b, this.c] = BASES.map((basis) => {
      let hash: number = basis;
      for (const byte of bytes) hash = Math.imul(hash ^ byte, PRIME);
      return hash;
    }) as [number, number, number];
    for (let i = 0; i < WARM_UP; i++) this.word();
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    const output = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + output) | 0;
    return output >>> 0;
  }

  /** A number in [0, 1), a multiple of 2^-32: exact, so equal on every engine. */
  uniform(): number {
    return this.word() / 2 ** 32;
  }

  /** A number in [low, high). */
  between(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }
}
