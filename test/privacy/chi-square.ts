/**
 * How improbable samples are, if they come from a distribution: Pearson's test.
 *
 * @module
 */
import { logNormal } from '../../src/privacy/analytic-gaussian.ts';

/** Expected samples a bin at least: with fewer, the statistic is no chi-square. */
const MIN_EXPECTED = 10;

/**
 * The probability of samples at least as far from a distribution, by the Wilson-Hilferty approximation.
 *
 * @param counts - How often each value came.
 * @param probabilityOf - Of a value; tails are pooled.
 */
export function pValueOf(
  counts: ReadonlyMap<number, number>,
  probabilityOf: (value: number) => number,
): number {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const farthest = Math.max(...[...counts.keys()].map(Math.abs));
  const bins: { observed: number; expected: number }[] = [{ observed: 0, expected: 0 }];
  for (let value = -farthest; value <= farthest; value++) {
    const bin = bins.at(-1)!;
    bin.observed += counts.get(value) ?? 0;
    bin.expected += total * probabilityOf(value);
    if (bin.expected >= MIN_EXPECTED) bins.push({ observed: 0, expected: 0 });
  }
  const rest = bins.pop()!;
  bins.at(-1)!.observed += rest.observed;
  bins.at(-1)!.expected += rest.expected;
  const statistic = bins.reduce(
    (sum, { observed, expected }) => sum + (observed - expected) ** 2 / expected,
    0,
  );
  const freedom = bins.length - 1;
  const spread = 2 / (9 * freedom);
  const normal = (Math.cbrt(statistic / freedom) - 1 + spread) / Math.sqrt(spread);
  return Math.exp(logNormal(-normal));
}
