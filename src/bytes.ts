/**
 * Bytes, hex, base64url, text and little-endian words.
 *
 * @module
 */

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The bytes as base64url without padding (RFC 4648, section 5). */
export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const digits = Math.min(bytes.length - i, 3) + 1;
    for (let digit = 0; digit < digits; digit++)
      text += BASE64URL[(group >> (18 - 6 * digit)) & 63]!;
  }
  return text;
}

/**
 * The bytes that a base64url text stands for.
 *
 * @throws RangeError when a character is not of the alphabet.
 */
export function fromBase64url(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8));
  let held = 0;
  let bits = 0;
  let at = 0;
  for (const character of text) {
    const digit = BASE64URL.indexOf(character);
    if (digit < 0)
      throw new RangeError(`"${character}" is not base64url: use A-Z a-z 0-9 - and _.`);
    held = ((held << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = held >> bits;
    }
  }
  return bytes;
}

/** Lowercase hex. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0');
  return text;
}

/** The bytes that a hex text stands for. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++)
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** One array after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two arrays hold the same bytes. Not constant in time: for public values only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic order of two arrays. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i]! - b[i]!;
  }
  return a.length - b.length;
}

/** Whether this machine keeps numbers in the byte order of the protocol: then a copy is enough. */
export const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** Words as little-endian bytes, shape [4 x words]; a copy. */
export function wordsToBytes(words: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(words.length * 4);
  if (IS_LITTLE_ENDIAN) new Uint32Array(bytes.buffer).set(words);
  else {
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < words.length; i++) view.setUint32(4 * i, words[i]!, true);
  }
  return bytes;
}

/** Little-endian bytes as words; a copy. The length must be a multiple of 4. */
export function bytesToWords(bytes: Uint8Array): Uint32Array {
  const words = new Uint32Array(bytes.length / 4);
  if (IS_LITTLE_ENDIAN) new Uint8Array(words.buffer).set(bytes);
  else {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(4 * i, true);
  }
  return words;
}

/** Words as little-endian bytes to look at: of large vectors no copy is made where the machine stores them so. */
export function viewOfWords(words: Uint32Array): Uint8Array {
  if (!IS_LITTLE_ENDIAN) return wordsToBytes(words);
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** Float32 values as little-endian bytes to look at, as `viewOfWords`. */
export function viewOfFloats(values: Float32Array): Uint8Array {
  if (!IS_LITTLE_ENDIAN) return floatsToBytes(values);
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Copies little-endian bytes, a multiple of 4 long, to words from a place on. */
export function copyWords(bytes: Uint8Array, words: Uint32Array, at: number): void {
  if (IS_LITTLE_ENDIAN) viewOfWords(words).set(bytes, 4 * at);
  else words.set(bytesToWords(bytes), at);
}

/** Float32 values as little-endian bytes, shape [4 x values]; a copy. */
export function floatsToBytes(values: Float32Array): Uint8Array {
  return wordsToBytes(new Uint32Array(values.buffer, values.byteOffset, values.length));
}

/** Little-endian bytes as float32 values; a copy. The length must be a multiple of 4. */
export function bytesToFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(bytesToWords(bytes).buffer);
}
