/**
 * The exact epsilon of a continuous Gaussian: Balle, Wang 2018 (arXiv:1805.06530), Theorem 8.
 *
 * No theorem for the discrete noise that peers add, so never the headline: it shows how little the
 * accountant's bound gives away. T rounds of multiplier z are one of z / sqrt(T).
 *
 * @module
 */

/** Below, the series of the normal distribution would cancel; above its negative, it is 1 minus little. */
const TAIL_FROM = 3;

/** Halvings that leave no bit of a double open. */
const HALVINGS = 200;

/**
 * The epsilon of a Gaussian of so many multiples of the sensitivity.
 *
 * @param sigma - Standard deviation over sensitivity, above 0.
 * @param delta - Above 0, below 1.
 */
export function gaussianEpsilon(sigma: number, delta: number): number {
  const isCovered = (epsilon: number): boolean => logDelta(epsilon, sigma) <= Math.log(delta);
  if (isCovered(0)) return 0;
  let high = 1;
  while (!isCovered(high) && high < Number.MAX_VALUE) high *= 2;
  return smallest(isCovered, 0, high);
}

/** The standard deviation, as a multiple of the sensitivity, that gives an epsilon. */
export function gaussianSigma(epsilon: number, delta: number): number {
  const isEnough = (sigma: number): boolean => logDelta(epsilon, sigma) <= Math.log(delta);
  let high = 1;
  while (!isEnough(high)) high *= 2;
  return smallest(isEnough, 0, high);
}

/** The smallest number for which something holds, which it does from there on; it holds for `high`. */
function smallest(holds: (value: number) => boolean, low: number, high: number): number {
  let [below, above] = [low, high];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) break;
    if (holds(middle)) above = middle;
    else below = middle;
  }
  return above;
}

/** Logarithm of the delta that goes with an epsilon; far out, of what bounds it, where the difference cancels. */
function logDelta(epsilon: number, sigma: number): number {
  const with_ = logNormal(1 / (2 * sigma) - epsilon * sigma);
  const without = epsilon + logNormal(-1 / (2 * sigma) - epsilon * sigma);
  return without < with_ ? with_ + Math.log(-Math.expm1(without - with_)) : with_;
}

/** Logarithm of the standard normal distribution function, to 13 digits in both tails. */
export function logNormal(x: number): number {
  if (x > TAIL_FROM) return Math.log1p(-Math.exp(logNormal(-x)));
  if (x >= -TAIL_FROM) return Math.log(0.5 + density(x) * seriesOf(x));
  return -(x * x) / 2 - Math.log(2 * Math.PI) / 2 - Math.log(millsFraction(-x));
}

function density(x: number): number {
  return Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** x + x^3/3 + x^5/15 + ...: the distribution over the density, from the middle (Marsaglia 2004). */
function seriesOf(x: number): number {
  let term = x;
  let sum = x;
  for (let odd = 3; Math.abs(term) > 1e-18 * Math.abs(sum); odd += 2) {
    term *= (x * x) / odd;
    sum += term;
  }
  return sum;
}

/** Density over upper tail: x + 1/(x + 2/(x + 3/(x + ...))), for x above 3. */
function millsFraction(x: number): number {
  let fraction = x;
  for (let k = 200; k > 0; k--) fraction = x + k / fraction;
  return fraction;
}
