/**
 * How the page says numbers and names: figures with thin spaces, counts in words, lists of people.
 *
 * Labels for screen readers and scripts use an ordinary space before the percent sign; figures on the page use U+202F,
 * at which no line breaks, U+2009 between thousands, and U+2212 for minus.
 *
 * @module
 */

const SMALL_NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
];

/** A share as a figure on the page, such as "68.3 %" with a thin space. `share` is 0 to 1. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}\u202f%`;
}

/** A share in a label, such as "68.3 %" with an ordinary space. `share` is 0 to 1. */
export function percentLabel(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A whole number with thin spaces between thousands, such as "4 000". */
export function grouped(value: number): string {
  const sign = value < 0 ? '\u2212' : '';
  return sign + String(Math.abs(Math.round(value))).replace(/\B(?=(\d{3})+$)/g, '\u2009');
}

/** Bytes in the largest unit that keeps the figure above 1, such as "12.4 kB". */
export function byteSize(bytes: number): string {
  if (bytes < 1_000) return `${grouped(bytes)} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A count in words up to twelve, in figures beyond. */
export function countWord(count: number): string {
  return SMALL_NUMBERS[count] ?? grouped(count);
}

/** A count and its noun: "eight readings", "one reading". The plural takes an s unless given. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${countWord(count)} ${count === 1 ? noun : plural}`;
}

/** The first letter as a capital. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Names as a list: "Dov", "Dov and Emi", "Dov, Emi and Farid". */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names.join('');
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** Names as a list while a sentence can carry them, else how many they are: "nine peers". */
export function someNames(names: readonly string[]): string {
  return names.length <= 4 ? listed(names) : counted(names.length, 'peer');
}

/** The owner's form of a name: "Dov’s", "Chris’". */
export function possessive(name: string): string {
  return name.endsWith('s') ? `${name}’` : `${name}’s`;
}
