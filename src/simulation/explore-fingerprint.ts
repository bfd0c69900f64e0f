/**
 * A text that two values share exactly when they are equal: what makes two states one.
 *
 * It goes through every field that a state has, so that a field added later counts by itself; but for
 * `setting`, which does not change during an attempt.
 *
 * @module
 */

/** The text of a value made of plain objects, lists, numbers and typed arrays. */
export function fingerprintOf(value: unknown): string {
  switch (typeof value) {
    case 'object':
      break;
    case 'string':
      return `"${value.length}:${value}`;
    case 'undefined':
      return '_';
    default:
      return `${String(value)};`;
  }
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `b${value.length}:${latin1(value)}`;
  if (value instanceof Uint32Array) return `w${value.join()};`;
  if (Array.isArray(value)) return `[${value.map(fingerprintOf).join('')}]`;
  let text = '{';
  for (const [name, field] of Object.entries(value)) {
    if (name !== 'setting') text += `${name}=${fingerprintOf(field)}`;
  }
  return `${text}}`;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}
