/**
 * How much of something a peer may still cause: a bucket that fills again with time.
 *
 * @module
 */

/** What is left, and when that was true. */
export interface Allowance {
  left: number;
  at: number;
}

/** A full bucket. */
export function fullAllowance(size: number, now: number): Allowance {
  return { left: size, at: now };
}

/**
 * Takes from a bucket, in place, unless too little is left.
 *
 * @param size - What a full one holds.
 * @param refillMs - How long an empty one takes to fill.
 */
export function takeInPlace(
  allowance: Allowance,
  cost: number,
  now: number,
  size: number,
  refillMs: number,
): boolean {
  const refilled = (Math.max(now - allowance.at, 0) * size) / refillMs;
  allowance.left = Math.min(size, allowance.left + refilled);
  allowance.at = now;
  if (allowance.left < cost) return false;
  allowance.left -= cost;
  return true;
}
