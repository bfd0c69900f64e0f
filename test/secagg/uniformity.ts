/**
 * How far bytes are from uniform, and words from independent.
 *
 * @module
 */

/** Pearson's statistic of bytes against 256 equal bins: 255 degrees of freedom. */
export function chiSquare(bytes: ArrayLike<number>): number {
  const counts = new Float64Array(256);
  for (let i = 0; i < bytes.length; i++) counts[bytes[i]!]!++;
  const expected = bytes.length / 256;
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
}

/** Within five standard deviations of the mean of 255 degrees of freedom; the seeds are fixed. */
export const LOOKS_UNIFORM = (statistic: number): boolean =>
  Math.abs(statistic - 255) < 5 * Math.sqrt(2 * 255);

/** Pearson's coefficient between two lists of words. */
export function correlation(a: Uint32Array, b: Uint32Array): number {
  const mean = (words: Uint32Array) => words.reduce((sum, word) => sum + word, 0) / words.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let both = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    both += (a[i]! - meanA) * (b[i]! - meanB);
    squareA += (a[i]! - meanA) ** 2;
    squareB += (b[i]! - meanB) ** 2;
  }
  return both / Math.sqrt(squareA * squareB);
}

/** Below five standard deviations of what independent lists of this length show. */
export function looksIndependent(a: Uint32Array, b: Uint32Array): boolean {
  return Math.abs(correlation(a, b)) < 5 / Math.sqrt(a.length);
}
