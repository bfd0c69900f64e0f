/**
 * As much of an assembler as the kernel needs: WebAssembly with 128-bit lanes, written down in TypeScript.
 *
 * A piece of code is an array of bytes; a program puts pieces one after the other. The stack machine pops
 * operands and pushes results, so `[...get(a), ...get(b), ...add, ...set(a)]` is a += b. No binary lies in the
 * repository, and no tool is needed to make one.
 *
 * WebAssembly Core Specification 2.0, chapter 5 (binary format).
 *
 * @module
 */

/** Instructions as bytes. */
export type Code = readonly number[];

/** Pushes a local. */
export function get(local: number): Code {
  return [0x20, ...unsigned(local)];
}

/** Pops into a local. */
export function set(local: number): Code {
  return [0x21, ...unsigned(local)];
}

/** Copies the top of the stack into a local. */
export function tee(local: number): Code {
  return [0x22, ...unsigned(local)];
}

/** Pushes a 32-bit number. */
export function number(value: number): Code {
  return [0x41, ...signed(value)];
}

/** Arithmetic of 32-bit numbers. */
export const plus: Code = [0x6a];
export const minus: Code = [0x6b];
export const isBelow: Code = [0x49];
export const shiftNumberRight: Code = [0x76];

/** Repeats the body while it leaves something other than 0 on the stack. */
export function repeatWhile(body: Code): Code {
  return [0x03, 0x40, ...body, 0x0d, 0, 0x0b];
}

/** Pops a number: one way for other than 0, the other for 0. */
export function choose(isTrue: Code, isFalse: Code): Code {
  return [0x04, 0x40, ...isTrue, 0x05, ...isFalse, 0x0b];
}

/** Arithmetic of vectors, lane by lane of 32 bits. */
export const add = simd(0xae);
export const subtract = simd(0xb1);
export const xor = simd(0x51);
export const or = simd(0x50);
export const shiftLeft = simd(0xab);
export const shiftRight = simd(0xad);

/** Spreads a 32-bit number over all lanes. */
export const spread = simd(0x11);

/** Pops bytes and their new order. Where the order is a constant, engines need one instruction of the processor. */
export const reorderBytes = simd(0x0e);

/** Pushes 16 bytes. */
export function vector(bytes: readonly number[]): Code {
  return [...simd(0x0c), ...bytes];
}

/** Pops two vectors and pushes four of their eight lanes; 0 to 3 are of the first, 4 to 7 of the second. */
export function pick(...lanes: readonly number[]): Code {
  return [...simd(0x0d), ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte))];
}

/** Pops an address and pushes the vector at so many bytes after it. */
export function load(offset: number): Code {
  return [...simd(0x00), 4, ...unsigned(offset)];
}

/** The same for one 32-bit number, spread over all lanes. */
export function loadSpread(offset: number): Code {
  return [...simd(0x09), 2, ...unsigned(offset)];
}

/** Pops an address and a vector, and keeps the vector so many bytes after the address. */
export function store(offset: number): Code {
  return [...simd(0x0b), 4, ...unsigned(offset)];
}

/** A function of a module: 32-bit parameters first, then its locals, counted on; no result. */
export interface Definition {
  readonly name: string;
  readonly parameters: number;
  /** Locals of 32 bits, then those of 128. */
  readonly numbers: number;
  readonly vectors: number;
  readonly code: Code;
}

/** A module with a memory of so many pages of 64 KiB, exported as `memory`, and functions by their names. */
export function moduleOf(
  pages: number,
  definitions: readonly Definition[],
): Uint8Array<ArrayBuffer> {
  const NUMBER = 0x7f;
  const VECTOR = 0x7b;
  const types = definitions.map(({ parameters }) => [
    0x60,
    ...listed(Array.from({ length: parameters }, () => [NUMBER])),
    0,
  ]);
  const exported = definitions.map(({ name }, i) => [...text(name), 0, ...unsigned(i)]);
  const bodies = definitions.map(({ numbers, vectors, code }) => {
    const locals = listed([
      [...unsigned(numbers), NUMBER],
      [...unsigned(vectors), VECTOR],
    ]);
    return sized([...locals, ...code, 0x0b]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, listed(types)),
    ...section(3, listed(definitions.map((_, i) => unsigned(i)))),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, listed([[...text('memory'), 2, 0], ...exported])),
    ...section(10, listed(bodies)),
  ]);
}

function simd(operation: number): Code {
  return [0xfd, ...unsigned(operation)];
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function listed(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(name: string): Code {
  return sized(Array.from(name, (character) => character.charCodeAt(0)));
}

/** LEB128: seven bits a byte, lowest first; the highest bit says that more follow. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** The same for 32-bit numbers that may be negative: the last byte's bit 6 is the sign. */
function signed(value: number): Code {
  const low = value & 0x7f;
  const rest = value >> 7;
  const isLast = rest === (low & 0x40 ? -1 : 0);
  return isLast ? [low] : [low | 0x80, ...signed(rest)];
}
