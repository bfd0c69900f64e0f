/**
 * Results of large vectors, copied part by part: whoever lacks one asks for each part when the last is here.
 *
 * The vectors of a result, its words and then its model, are one run of bytes. The first part comes with
 * the rest of the result, its head. Nothing is believed before all is here and fits what was signed.
 *
 * @module
 */
import { bytesToFloats, bytesToWords, viewOfFloats, viewOfWords } from '../bytes.ts';
import { MAX_VECTOR_WORDS, RESULT_PART_BYTES, SLOWEST_BYTES_PER_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import {
  encodeFetch,
  encodePart,
  encodeResult,
  type Part,
  type ResultMessage,
} from './messages.ts';
import { messageOf, type RoundResult } from './result.ts';
import { send, violate, type Effects, type RoundState } from './state.ts';

/** How long a part is awaited: what it takes on the slowest link, and a second to be asked for, ms. */
const PART_TIMEOUT_MS = 1_000 + RESULT_PART_BYTES / SLOWEST_BYTES_PER_MS;

/** A result that is being copied. */
export interface PartialResult {
  readonly round: number;
  readonly head: ResultMessage;
  /** Little-endian words and floats, as far as `filled` says, the words first. */
  readonly words: Uint8Array;
  readonly model: Uint8Array;
  filled: number;
}

/** Whether a result is over what one message carries. */
export function isLargeResult({ words, model }: RoundResult): boolean {
  return 4 * (words.length + model.length) > RESULT_PART_BYTES;
}

/** Gives a peer the part from `offset` on: the first to whoever may have the result, then each in order, once. */
export function givePart(state: RoundState, to: PeerId, offset: number, effects: Effects): void {
  const result = state.result!;
  const size = 4 * (result.words.length + result.model.length);
  if (offset > 0 && (state.parts.get(to) !== offset || offset >= size)) return;
  const bytes = vectorBytes(result, offset, Math.min(size, offset + RESULT_PART_BYTES));
  const part: Part = {
    round: result.done.round,
    offset,
    wordCount: result.words.length,
    floatCount: result.model.length,
    head: offset === 0 ? encodeResult(headOf(result)) : new Uint8Array(),
    bytes,
  };
  state.parts = new Map(state.parts).set(to, offset + bytes.length);
  send(effects, [to], encodePart(part));
}

/**
 * Takes a part from the peer that was asked for it, and asks for the next.
 *
 * @returns The result, unverified, once it is whole.
 */
export function takePart(
  state: RoundState,
  from: PeerId,
  part: Part,
  now: number,
  effects: Effects,
): ResultMessage | undefined {
  const { fetching } = state;
  if (fetching?.peer !== from || state.current !== undefined) return undefined;
  const partial = part.offset === 0 ? beginning(part) : fetching.partial;
  if (partial === undefined || part.round !== partial.round || part.offset !== partial.filled) {
    return undefined; // Of another pass, or doubled on its way.
  }
  const size = partial.words.length + partial.model.length;
  const expected = Math.min(RESULT_PART_BYTES, size - part.offset);
  const isOfModel = part.floatCount === state.model.length;
  if (!isOfModel || part.bytes.length !== expected || expected <= 0) {
    violate(effects, from, 'sent a part of a result that is none');
    return undefined;
  }
  fill(partial, part);
  if (partial.filled === size) {
    state.fetching = { ...fetching, partial: undefined };
    return {
      ...partial.head,
      words: bytesToWords(partial.words),
      model: bytesToFloats(partial.model),
    };
  }
  const until = now + PART_TIMEOUT_MS;
  state.fetching = { peer: from, until, partial };
  // What comes part by part is not given up while it does; it ends with the last part.
  if (state.missed !== undefined && part.offset > 0) {
    state.missed = { ...state.missed, until: Math.max(state.missed.until, until) };
  }
  send(effects, [from], encodeFetch(part.round, partial.filled));
  return undefined;
}

function headOf(result: RoundResult): ResultMessage {
  return { ...messageOf(result), words: new Uint32Array(), model: new Float32Array() };
}

/** The vectors of a result from one byte to another; copies no more than that. */
function vectorBytes({ words, model }: RoundResult, from: number, to: number): Uint8Array {
  const border = 4 * words.length;
  const bytes = new Uint8Array(to - from);
  const ofWords = words.subarray(Math.min(from, border) / 4, Math.min(to, border) / 4);
  bytes.set(viewOfWords(ofWords));
  const ofModel = model.subarray(
    (Math.max(from, border) - border) / 4,
    (Math.max(to, border) - border) / 4,
  );
  bytes.set(viewOfFloats(ofModel), 4 * ofWords.length);
  return bytes;
}

function beginning(part: Part): PartialResult | undefined {
  if (part.wordCount > MAX_VECTOR_WORDS + 1 || part.resultHead === undefined) return undefined;
  return {
    round: part.round,
    head: part.resultHead,
    words: new Uint8Array(4 * part.wordCount),
    model: new Uint8Array(4 * part.floatCount),
    filled: 0,
  };
}

function fill(partial: PartialResult, { bytes, offset }: Part): void {
  const border = partial.words.length;
  const ofWords = Math.max(0, Math.min(bytes.length, border - offset));
  if (ofWords > 0) partial.words.set(bytes.subarray(0, ofWords), offset);
  if (ofWords < bytes.length) {
    partial.model.set(bytes.subarray(ofWords), Math.max(0, offset - border));
  }
  partial.filled += bytes.length;
}
