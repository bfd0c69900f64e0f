/**
 * Renyi differential privacy of a Gaussian whose contributors are drawn by lot: Mironov, Talwar, Zhang 2019
 * (arXiv:1908.10530).
 *
 * A room never counts on it, since its peers see who is in a sum. It holds for whoever sees a published model
 * alone and not who took part, and serves simulations and comparisons with other accountants.
 *
 * @module
 */

/** Orders up to this are integrated, fractional ones included; above it only whole ones are looked at. */
const SMALL_ORDER = 11;

/** Google's default orders (dp_accounting 0.6.0): so figures can be compared. */
export const ORDERS: readonly number[] = [
  ...Array.from({ length: 99 }, (_, i) => 1 + (i + 1) / 10),
  ...Array.from({ length: 53 }, (_, i) => 11 + i),
  128,
  256,
  512,
  1024,
];

/** Steps to a standard deviation of the integral. */
const STEPS = 40;

/** Standard deviations beyond which the integrand is nothing. */
const TAIL = 14;

/**
 * The epsilon after some steps.
 *
 * @param sigma - Noise multiplier.
 * @param q - Probability with which each contributor is in a step.
 */
export function sampledEpsilon(
  sigma: number,
  q: number,
  steps: number,
  delta: number,
  orders: readonly number[] = ORDERS,
): number {
  const epsilons = orders.map((order) => {
    const rdp = steps * rdpOf(order, sigma, q);
    // Pinsker: so little is told that delta alone covers it.
    if (rdp > 1e-12 && delta ** 2 + Math.expm1(-rdp) > 0) return 0;
    return rdp + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
  });
  return Math.max(0, Math.min(...epsilons));
}

/** Renyi divergence of one step at an order above 1. */
export function rdpOf(order: number, sigma: number, q: number): number {
  if (q === 1) return order / (2 * sigma ** 2);
  if (Number.isInteger(order) && order >= SMALL_ORDER) {
    return logMomentOfWhole(order, sigma, q) / (order - 1);
  }
  return logMomentByIntegral(order, sigma, q) / (order - 1);
}

/** log E[ratio^order] by the binomial sum. */
function logMomentOfWhole(order: number, sigma: number, q: number): number {
  let binomial = 0;
  let log = -Infinity;
  for (let k = 0; k <= order; k++) {
    if (k > 0) binomial += Math.log((order - k + 1) / k);
    const term =
      binomial + k * Math.log(q) + (order - k) * Math.log1p(-q) + (k * k - k) / (2 * sigma ** 2);
    log = Math.max(log, term) + Math.log1p(Math.exp(-Math.abs(log - term)));
  }
  return log;
}

/**
 * log E[ratio^order] by the trapezoid rule, which is exact to machine precision for such smooth functions.
 * The expectation of the ratio is 1, so what is integrated is the moment less its linear part: small
 * moments keep their digits.
 */
function logMomentByIntegral(order: number, sigma: number, q: number): number {
  const step = sigma / STEPS;
  const from = -TAIL * sigma;
  const count = Math.ceil((order + 2 * TAIL * sigma) / step);
  let excess = 0;
  let log = -Infinity;
  for (let i = 0; i <= count; i++) {
    const x = from + i * step;
    const logDensity =
      -(x * x) / (2 * sigma ** 2) + Math.log(step / (sigma * Math.sqrt(2 * Math.PI)));
    const logRatio = logSumOf(Math.log1p(-q), Math.log(q) + (2 * x - 1) / (2 * sigma ** 2));
    const term = logDensity + order * logRatio;
    log = logSumOf(log, term);
    excess += Math.exp(logDensity) * (Math.expm1(order * logRatio) - order * Math.expm1(logRatio));
  }
  return Number.isFinite(excess) && excess < 1 ? Math.log1p(excess) : log;
}

function logSumOf(one: number, other: number): number {
  const larger = Math.max(one, other);
  if (larger === -Infinity) return larger;
  return larger + Math.log1p(Math.exp(-Math.abs(one - other)));
}
