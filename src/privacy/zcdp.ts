/**
 * Zero-concentrated differential privacy: what rounds cost, how costs add up, and the epsilon of it all.
 *
 * Bun, Steinke 2016 (arXiv:1605.02065): the costs (rho) of rounds simply add. The epsilon is that of
 * Canonne, Kamath, Steinke 2020 (arXiv:2004.00010), Proposition 12, over all real orders.
 *
 * @module
 */
import { squaredNormBound, type NoiseSetting } from './noise.ts';

/** The smallest order looked at: nearer to 1, the formula is rounding error. */
const MIN_ORDER = 1.01;

/** Steps of the golden section: enough for the last bit of a double. */
const SECTIONS = 120;

/** Above this gap between sums of discrete Gaussians and a discrete Gaussian, the formula would not hold. */
const MAX_GAP = 1e-12;

/**
 * What one sum tells of each peer in it, at most.
 *
 * arXiv:2102.06387, Theorem 1: rho = (D / (sqrt(h) s) + sqrt(d) t)^2 / 2, in which t is so small for every
 * share that is allowed that only the first term is left.
 *
 * @param dimension - Values of a vector, d.
 * @param honest - Peers in it whose noise counts, h, this peer included; from 1.
 * @returns rho.
 * @throws RangeError when nobody's noise counts.
 */
export function rhoOfRound(setting: NoiseSetting, dimension: number, honest: number): number {
  if (!(honest >= 1)) {
    throw new RangeError(`The noise of ${honest} peers counts: it takes one at least.`);
  }
  if (dimension * gapOf(setting.share, honest) > MAX_GAP) {
    throw new RangeError(
      `A share of ${setting.share} steps is too few for ${dimension} values: take more.`,
    );
  }
  return squaredNormBound(setting, dimension) / (2 * honest * setting.share ** 2);
}

/** How far a sum of discrete Gaussians is from one (arXiv:2102.06387, Theorem 1: tau). */
function gapOf(share: number, honest: number): number {
  // Of so many terms the first is the largest.
  const terms = Math.max(0, honest - 1);
  return 10 * terms * Math.exp(-(Math.PI ** 2) * share ** 2);
}

/**
 * The epsilon of a total cost.
 *
 * @param rho - From 0.
 * @param delta - Above 0, below 1.
 */
export function epsilonOf(rho: number, delta: number): number {
  if (rho === 0) return 0;
  // Pinsker: so little is told that delta alone covers it.
  if (delta ** 2 + Math.expm1(-rho) > 0) return 0;
  const at = (logOrder: number): number => epsilonAt(1 + Math.exp(logOrder), rho, delta);
  // The best order is near 1 + sqrt(log(1/delta) / rho), and the curve has one valley.
  const middle = 0.5 * Math.log(Math.max(-Math.log(delta), 1e-3) / rho);
  let low = Math.max(Math.log(MIN_ORDER - 1), middle - 12);
  let high = Math.max(low + 1, middle + 12);
  const ratio = (Math.sqrt(5) - 1) / 2;
  for (let i = 0; i < SECTIONS; i++) {
    const left = high - ratio * (high - low);
    const right = low + ratio * (high - low);
    if (at(left) <= at(right)) high = right;
    else low = left;
  }
  return Math.max(0, at((low + high) / 2));
}

function epsilonAt(order: number, rho: number, delta: number): number {
  return order * rho + Math.log1p(-1 / order) - Math.log(delta * order) / (order - 1);
}

/**
 * The largest cost whose epsilon does not exceed a budget.
 *
 * @param epsilon - From 0.
 * @returns rho.
 */
export function rhoOf(epsilon: number, delta: number): number {
  let low = 0;
  let high = 1;
  while (epsilonOf(high, delta) <= epsilon && high < 1e9) high *= 2;
  for (let i = 0; i < SECTIONS; i++) {
    const middle = (low + high) / 2;
    if (epsilonOf(middle, delta) <= epsilon) low = middle;
    else high = middle;
  }
  return low;
}
