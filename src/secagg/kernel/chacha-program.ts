/**
 * ChaCha20 fused with the addition, as a WebAssembly program of 128-bit lanes.
 *
 * Each of the 16 words of a block is a vector whose four lanes are four consecutive blocks, so the rounds need
 * no movement between lanes. After 20 rounds the words are turned so that each vector is four words of one
 * block, and added to the tile.
 *
 * All blocks of a tile go through a round before any goes through the next. A round of four blocks is a chain
 * of operations that wait for each other, on a processor that could do twice as many at once; from one four
 * blocks to the next nothing waits. The words in between lie in memory, which is cheap: loads and stores are no
 * work for the units that add and rotate, and 16 words and two orders of bytes are more than the 15 registers
 * that engines have on x64 anyway. Two quarter rounds at a time fit in there. In V8 that is
 * one and a half times as fast as four blocks in locals through all rounds.
 *
 * Rotations by 16 and 8 are one reordering of bytes each, the others two shifts: an eighth faster than shifts
 * alone in V8, as long as the order is a constant that the engine sees.
 *
 * RFC 8439, section 2.3. The nonce is part of the program: 0 here, where every key is used once.
 *
 * @module
 */
import {
  add,
  choose,
  get,
  isBelow,
  load,
  loadSpread,
  minus,
  moduleOf,
  number,
  or,
  pick,
  plus,
  reorderBytes,
  repeatWhile,
  set,
  shiftLeft,
  shiftNumberRight,
  shiftRight,
  spread,
  store,
  subtract,
  tee,
  vector,
  xor,
  type Code,
} from './assembler.ts';

/**
 * Where things are in the memory of one page, bytes: two tiles of 16 KiB, and the 32 bytes of a key. The second
 * tile holds words made elsewhere, or the blocks at work.
 */
export const TILE_AT = 0;
export const STREAM_AT = 16_384;
export const KEY_AT = 32_768;

const BLOCK_BYTES = 64;

/** What is added at a time, bytes: four blocks. The kernel always works on a multiple. */
export const STRIDE_BYTES = 4 * BLOCK_BYTES;

/** What the module exports beside its memory. */
export interface ChachaExports {
  readonly memory: WebAssembly.Memory;
  /**
   * Adds keystream to the tile, or subtracts it.
   *
   * @param block - Number of the first block.
   * @param end - Where to stop in the tile, bytes: a multiple of `STRIDE_BYTES`, not 0.
   */
  addKeystream(block: number, end: number, isSubtracted: 0 | 1): void;
}

/** The three words of a nonce. */
export type Nonce = readonly [number, number, number];

/** The module, below 4 KiB. Another nonce than 0 is for the examples of the RFC. */
export function chachaModule(nonce: Nonce = [0, 0, 0]): Uint8Array<ArrayBuffer> {
  return moduleOf(1, [
    { name: 'addKeystream', parameters: 3, numbers: 2, vectors: 22, code: addKeystream(nonce) },
  ]);
}

/** Parameters and locals; those of 32 bits come first. */
const BLOCK = 0;
const END = 1;
const IS_SUBTRACTED = 2;
const AT = 3;
const ROUNDS_LEFT = 4;
const STATE = 5;
const SPARE = 21;
const BY_16 = 25;
const BY_8 = 26;

/** "expand 32-byte k", the first four words of every block. */
const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574] as const;

/** The words of a block as four rows of a square. */
const ROWS = [
  [0, 1, 2, 3],
  [4, 5, 6, 7],
  [8, 9, 10, 11],
  [12, 13, 14, 15],
] as const;
const WORDS = ROWS.flat();
const COLUMNS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
] as const;
const DIAGONALS = [
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const;

function addKeystream(nonce: Nonce): Code {
  const firstValues = WORDS.map((word) => firstValueOf(word, nonce));
  return [
    ...vector(bytesRotatedBy(2)),
    ...set(BY_16),
    ...vector(bytesRotatedBy(1)),
    ...set(BY_8),
    ...everyStride(
      firstValues.flatMap((value, word) => [...value, ...set(STATE + word), ...put(word)]),
    ),
    ...number(10),
    ...set(ROUNDS_LEFT),
    ...repeatWhile([
      ...everyStride(round(COLUMNS)),
      ...everyStride(round(DIAGONALS)),
      ...get(ROUNDS_LEFT),
      ...number(1),
      ...minus,
      ...tee(ROUNDS_LEFT),
    ]),
    ...everyStride(ROWS.flatMap((row) => finished(row, firstValues))),
  ];
}

/** Does the same to all blocks, four at a time. */
function everyStride(body: Code): Code {
  return [...number(0), ...set(AT), ...repeatWhile([...body, ...untilEnd(STRIDE_BYTES)])];
}

/** Moves on by so many bytes, and says whether there is more to do. */
function untilEnd(bytes: number): Code {
  return [...get(AT), ...number(bytes), ...plus, ...tee(AT), ...get(END), ...isBelow];
}

/** Writes down a word of four blocks. */
function put(word: number): Code {
  return [...get(AT), ...get(STATE + word), ...store(STREAM_AT + 16 * word)];
}

/** Fetches it. */
function take(word: number): Code {
  return [...get(AT), ...load(STREAM_AT + 16 * word), ...set(STATE + word)];
}

/** A word of four blocks before the first round: constant, key, block number, nonce. */
function firstValueOf(word: number, nonce: Nonce): Code {
  if (word < 4) return [...number(CONSTANTS[word]!), ...spread];
  if (word < 12) return [...number(0), ...loadSpread(KEY_AT + 4 * (word - 4))];
  if (word > 12) return [...number(nonce[word - 13]!), ...spread];
  return [
    ...get(BLOCK),
    ...get(AT),
    ...number(Math.log2(BLOCK_BYTES)),
    ...shiftNumberRight,
    ...plus,
    ...spread,
    ...vector([0, 1, 2, 3].flatMap((lane) => [lane, 0, 0, 0])),
    ...add,
  ];
}

/** Four quarter rounds, two at a time. */
function round(quarters: typeof COLUMNS | typeof DIAGONALS): Code {
  return [quarters.slice(0, 2), quarters.slice(2)].flatMap((pair) => {
    const words = pair.flat();
    return [
      ...words.flatMap(take),
      ...pair.flatMap((quarter) => quarterRound(quarter.map((word) => STATE + word))),
      ...words.flatMap(put),
    ];
  });
}

/** RFC 8439, section 2.1. */
function quarterRound([a, b, c, d]: readonly number[]): Code {
  return [
    ...mixed(a!, b!, d!, 16),
    ...mixed(c!, d!, b!, 12),
    ...mixed(a!, b!, d!, 8),
    ...mixed(c!, d!, b!, 7),
  ];
}

/** a += b; d = (d ^ a) rotated to the left. */
function mixed(a: number, b: number, d: number, bits: number): Code {
  return [
    ...get(a),
    ...get(b),
    ...add,
    ...tee(a),
    ...get(d),
    ...xor,
    ...rotated(d, bits),
    ...set(d),
  ];
}

/** The top of the stack rotated to the left; `scratch` is overwritten. */
function rotated(scratch: number, bits: number): Code {
  if (bits === 16) return [...get(BY_16), ...reorderBytes];
  if (bits === 8) return [...get(BY_8), ...reorderBytes];
  return [
    ...tee(scratch),
    ...number(bits),
    ...shiftLeft,
    ...get(scratch),
    ...number(32 - bits),
    ...shiftRight,
    ...or,
  ];
}

/** The order of bytes that rotates each lane to the left by so many bytes. */
function bytesRotatedBy(count: number): readonly number[] {
  return Array.from({ length: 16 }, (_, i) => (i & ~3) | ((i - count) & 3));
}

/** A row after the last round. */
function finished(row: readonly number[], firstValues: readonly Code[]): Code {
  const sums = row.flatMap((word) => [
    ...take(word),
    ...get(STATE + word),
    ...firstValues[word]!,
    ...add,
    ...set(STATE + word),
  ]);
  const [added, subtracted] = [combinedWithTile(row, add), combinedWithTile(row, subtract)];
  return [...sums, ...turned(STATE + row[0]!), ...get(IS_SUBTRACTED), ...choose(subtracted, added)];
}

/** Four vectors from `first` on, as a square of lanes: rows become columns. */
function turned(first: number): Code {
  const [a, b, c, d] = [first, first + 1, first + 2, first + 3] as const;
  const woven = (x: number, y: number, lanes: readonly number[], to: number): Code => [
    ...get(x),
    ...get(y),
    ...pick(...lanes),
    ...set(to),
  ];
  return [
    ...woven(a, b, [0, 4, 1, 5], SPARE),
    ...woven(c, d, [0, 4, 1, 5], SPARE + 1),
    ...woven(a, b, [2, 6, 3, 7], SPARE + 2),
    ...woven(c, d, [2, 6, 3, 7], SPARE + 3),
    ...woven(SPARE, SPARE + 1, [0, 1, 4, 5], a),
    ...woven(SPARE, SPARE + 1, [2, 3, 6, 7], b),
    ...woven(SPARE + 2, SPARE + 3, [0, 1, 4, 5], c),
    ...woven(SPARE + 2, SPARE + 3, [2, 3, 6, 7], d),
  ];
}

/** Once turned, the vectors of a row are its words of one block each. */
function combinedWithTile(row: readonly number[], operation: Code): Code {
  return row.flatMap((word, block) => {
    const offset = TILE_AT + BLOCK_BYTES * block + 4 * row[0]!;
    return [
      ...get(AT),
      ...get(AT),
      ...load(offset),
      ...get(STATE + word),
      ...operation,
      ...store(offset),
    ];
  });
}
