/**
 * Whether noise leaves anything to learn from.
 *
 * Over T rounds the signal grows at most as T clips, and the noise of the mean as sqrt(T) of its norm. So what
 * is left depends on the number of peers, the size of the model and epsilon, and not on T or the clip.
 *
 * @module
 */
import type { NoiseSetting } from './noise.ts';

/** `buried`: the noise is larger than all that can be learned; `costly`: it spoils much; `clear`: it spoils some. */
export type Band = 'buried' | 'costly' | 'clear';

/** Signal to noise from which on something can be learned, and from which on much can. */
const COSTLY_FROM = 1;
const CLEAR_FROM = 4;

/**
 * Largest signal over noise, as Euclidean norms of what all rounds together move the model by.
 *
 * @param dimension - Values of an update, from 1.
 * @param included - Peers in each sum, from 1.
 * @param rounds - From 1.
 */
export function signalToNoise(
  { multiplier, honest }: Pick<NoiseSetting, 'multiplier' | 'honest'>,
  dimension: number,
  included: number,
  rounds: number,
): number {
  return Math.sqrt((rounds * included * honest) / dimension) / multiplier;
}

/** What a signal-to-noise ratio means. */
export function bandOf(ratio: number): Band {
  if (ratio < COSTLY_FROM) return 'buried';
  return ratio < CLEAR_FROM ? 'costly' : 'clear';
}
