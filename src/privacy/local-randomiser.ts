/**
 * A local randomiser for readings: a promise about each of them, made once, before anything is learned.
 *
 * The place goes to a fine grid and gets discrete Gaussian noise; the label is told truly with probability
 * e^eps / (1 + e^eps) (randomised response, Warner 1965). As long as the noisy reading is kept and used again,
 * it costs the same however many rounds follow, and needs nobody else to be honest. It costs far more accuracy
 * than noise in a sum.
 *
 * @module
 */
import type { WordSource } from '../random-words.ts';
import { discreteGaussian } from './discrete-gaussian.ts';

/** How much is changed. */
export interface Randomiser {
  /** Standard deviation of the noise of a coordinate, as a share of the side of the square; 1/256 to 64. */
  readonly spread: number;
  /** Epsilon of the label, above 0. */
  readonly labelEpsilon: number;
}

/** A reading, as far as this folder knows it. */
interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly isHot: boolean;
}

/** Steps of the grid along a side. */
const STEPS = 1024;

/**
 * A reading that may be learned from; fresh for each call, so call it once for each reading and keep it.
 *
 * @throws RangeError when the randomiser is out of range.
 */
export function randomised<Reading extends Labelled>(
  reading: Reading,
  { spread, labelEpsilon }: Randomiser,
  words: WordSource,
): Reading {
  if (!(spread >= 1 / 256 && spread <= 64)) {
    throw new RangeError(`spread is ${spread}: choose a share of the side from 1/256 to 64.`);
  }
  if (!(labelEpsilon > 0 && labelEpsilon <= 20)) {
    throw new RangeError(`labelEpsilon is ${labelEpsilon}: choose one above 0, up to 20.`);
  }
  const share = Math.ceil(spread * STEPS);
  const moved = (coordinate: number): number => {
    const step = Math.round(inside(coordinate) * STEPS);
    return inside((step + discreteGaussian(share, words)) / STEPS);
  };
  // Rounded up: a label that is changed a little more often tells a little less.
  const changed = Math.ceil(2 ** 32 / (1 + Math.exp(labelEpsilon)));
  const isChanged = words() < changed;
  const isHot = reading.isHot !== isChanged;
  return { ...reading, x: moved(reading.x), y: moved(reading.y), isHot };
}

/**
 * What one randomised reading tells of itself, as rho: two places are at most the diagonal apart.
 *
 * So many readings of one person tell so many times as much of that person.
 */
export function rhoOfReading({ spread, labelEpsilon }: Randomiser): number {
  return 1 / spread ** 2 + labelEpsilon ** 2 / 2;
}

function inside(coordinate: number): number {
  return Math.min(Math.max(coordinate, 0), 1);
}
