/**
 * Frames over a stream that keeps no boundaries: each behind its length.
 *
 * @module
 */
import { ProtocolViolation } from '../errors.ts';

const LENGTH_BYTES = 4;

/** A frame with its length in front. */
export function recordOf(frame: Uint8Array): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(LENGTH_BYTES + frame.length);
  new DataView(record.buffer).setUint32(0, frame.length, true);
  record.set(frame, LENGTH_BYTES);
  return record;
}

/** Finds frames in the bytes of a stream, however they were cut on the way. */
export class RecordReader {
  readonly #maxBytes: number;
  readonly #length = new Uint8Array(LENGTH_BYTES);
  #frame: Uint8Array | undefined;
  #filled = 0;

  /** @param maxBytes - Longest frame that is taken. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes the next bytes and gives each frame that they complete; the frame is the caller's to keep.
   *
   * @throws ProtocolViolation when a frame is longer than allowed.
   */
  take(bytes: Uint8Array, onFrame: (frame: Uint8Array) => void): void {
    let at = 0;
    while (at < bytes.length || this.#frame?.length === this.#filled) {
      const into = this.#frame ?? this.#length;
      const part = bytes.subarray(at, at + into.length - this.#filled);
      into.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled < into.length) return;
      this.#filled = 0;
      if (this.#frame) {
        this.#frame = undefined;
        onFrame(into);
      } else this.#frame = new Uint8Array(this.#checkedLength());
    }
  }

  #checkedLength(): number {
    const length = new DataView(this.#length.buffer).getUint32(0, true);
    if (length > this.#maxBytes) {
      throw new ProtocolViolation(`A frame of ${length} bytes is over ${this.#maxBytes}.`);
    }
    return length;
  }
}
