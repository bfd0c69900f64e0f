/**
 * A mistake in an address, as one sentence for the page.
 *
 * @module
 */

/** Its message says what to do. */
export class AddressMistake extends Error {}

/** What somebody typed, short and without invisible characters, fit for a sentence. */
export function shortened(text: string): string {
  const visible = text.replace(/[\p{C}\u2028\u2029]/gu, '\ufffd');
  return visible.length > 24 ? `${[...visible].slice(0, 24).join('')}…` : visible;
}
