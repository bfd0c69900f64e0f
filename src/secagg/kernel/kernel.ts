/**
 * The kernel, ready to run: words are copied into its memory a tile at a time, all keystreams are added there,
 * and the tile is copied back, so that memory is read and written once however many keystreams there are.
 *
 * It is made when first needed, and only where it works: with 128-bit lanes, on a little-endian machine, under
 * a policy that allows WebAssembly. Elsewhere there is none, and `keystream.ts` does the same in JavaScript.
 *
 * @module
 */
import { IS_LITTLE_ENDIAN } from '../../bytes.ts';
import { TILE_WORDS } from '../../config.ts';
import {
  chachaModule,
  KEY_AT,
  STREAM_AT,
  STRIDE_BYTES,
  TILE_AT,
  type ChachaExports,
} from './chacha-program.ts';

/** A kernel and its memory. Not to be shared: what it works on is in there. */
export class Kernel {
  readonly #exports: ChachaExports;
  readonly #tile: Uint32Array<ArrayBuffer>;
  readonly #stream: Uint8Array<ArrayBuffer>;
  readonly #key: Uint8Array<ArrayBuffer>;

  constructor(exports: ChachaExports) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#tile = new Uint32Array(buffer, TILE_AT, TILE_WORDS);
    this.#stream = new Uint8Array(buffer, STREAM_AT, 4 * TILE_WORDS);
    this.#key = new Uint8Array(buffer, KEY_AT, 32);
  }

  /**
   * Changes words in place, a tile at a time, by the other methods; no secret stays in the kernel's memory.
   *
   * @param change - Called with the place of the tile's first word, and how many words the tile has.
   */
  changeInPlace(words: Uint32Array, change: (at: number, wordCount: number) => void): void {
    try {
      for (let at = 0; at < words.length; at += TILE_WORDS) {
        const part = words.subarray(at, at + TILE_WORDS);
        this.#tile.set(part);
        change(at, part.length);
        part.set(part.length < TILE_WORDS ? this.#tile.subarray(0, part.length) : this.#tile);
      }
    } finally {
      this.#key.fill(0);
      this.#stream.fill(0);
    }
  }

  /** Adds (`sign` 1) or subtracts (-1) the ChaCha20 keystream of a 32-byte key, from a block on. */
  addKeystream(key: Uint8Array, sign: 1 | -1, block: number, wordCount: number): void {
    this.#key.set(key);
    this.#exports.addKeystream(block, endOf(wordCount), sign === 1 ? 0 : 1);
  }
}

/**
 * The kernel of this thread.
 *
 * @returns Undefined where it cannot run.
 */
export function kernelOfThread(): Kernel | undefined {
  if (known === undefined) known = { kernel: makeKernel() };
  return known.kernel;
}

let known: { readonly kernel: Kernel | undefined } | undefined;

function makeKernel(): Kernel | undefined {
  if (!IS_LITTLE_ENDIAN || typeof WebAssembly === 'undefined') return undefined;
  const bytes = chachaModule();
  if (!WebAssembly.validate(bytes)) return undefined;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    return new Kernel(exports as unknown as ChachaExports);
  } catch {
    return undefined; // A content security policy, or a machine out of memory: the fallback serves.
  }
}

/** The end of so many words in a tile, rounded up to what the kernel works on; what is beyond is never read. */
function endOf(wordCount: number): number {
  return Math.ceil((4 * wordCount) / STRIDE_BYTES) * STRIDE_BYTES;
}
