/**
 * A noise setting: what every peer of a room adds, and what follows from that.
 *
 * The distributed discrete Gaussian (Kairouz, Liu, Steinke 2021, arXiv:2102.06387): an update is clipped,
 * scaled to whole steps, and each peer adds a discrete Gaussian of its own share `s` to each value. Only
 * the sum has the agreed noise; nobody ever sees a contribution with less.
 *
 * @module
 */

/** How updates are hidden in a sum. All of it is public, and agreed by all. */
export interface NoiseSetting {
  /** `distributed`: the noise of `honest` peers together makes `multiplier`; `local`: each peer's alone does. */
  readonly kind: 'distributed' | 'local';
  /** Largest Euclidean norm of an update, C; a longer one is shortened to it. */
  readonly clip: number;
  /** Standard deviation, z, of the noise of `honest` shares, as a multiple of `clip`. */
  readonly multiplier: number;
  /** Peers whose noise `multiplier` counts, h; 1 with `local`. */
  readonly honest: number;
  /** Peers of each sum whose noise does not count, at least 1: whoever looks knows its own. */
  readonly colluding: number;
  /** Standard deviation, s, of one peer's noise in steps, a whole number. */
  readonly share: number;
  /** Probability with which epsilon need not hold. */
  readonly delta: number;
}

/** Bounds of the share: below, sums of discrete Gaussians are none; above, squares leave 2^53. */
const MIN_SHARE = 4;
const MAX_SHARE = 2 ** 20;

/** Bounds of the noise multiplier: of what anybody could mean. */
export const MIN_MULTIPLIER = 1e-6;
export const MAX_MULTIPLIER = 1e6;

/** The largest number of values whose rounding costs nothing to speak of with 1,024 steps. */
const SMALL_DIMENSION = 100_000;

/** Peers that a setting may count on: those of the largest room. */
const MAX_PEERS = 2 ** 20;

/** Standard deviations of noise that a sum must have room for: beyond them, once in 10^32 values. */
const TAIL = 12;

/** The usual delta: far below one over the peers of any room. */
export const DEFAULT_DELTA = 1e-5;

/** Steps of one peer's noise for so many values: with fewer, rounding would cost privacy. */
export function shareFor(dimension: number): number {
  return dimension <= SMALL_DIMENSION ? 1024 : 4096;
}

/** Steps to a unit, S. */
export function scaleOf({ share, honest, multiplier, clip }: NoiseSetting): number {
  return (share * Math.sqrt(honest)) / (multiplier * clip);
}

/**
 * The whole number that no rounded update's squared norm exceeds, in squared steps: what the privacy of the
 * sum rests on (arXiv:2102.06387, Proposition 22, with beta = e^(-1/2)).
 */
export function squaredNormBound(setting: NoiseSetting, dimension: number): number {
  const radius = scaleOf(setting) * setting.clip;
  const likely = radius ** 2 + dimension / 4 + (radius + Math.sqrt(dimension) / 2);
  const certain = (radius + Math.sqrt(dimension)) ** 2;
  return Math.floor(Math.min(likely, certain));
}

/** Fewest peers of a sum that leave anybody's noise to hide behind. */
export function leastIncluded({ kind, colluding }: NoiseSetting): number {
  return kind === 'local' ? 1 : colluding + 1;
}

/** A setting as text: the same for everybody, exact to the last bit. */
export function noiseText(setting: NoiseSetting): string {
  const { kind, clip, multiplier, honest, colluding, share, delta } = setting;
  return `${kind} clip=${clip} multiplier=${multiplier} honest=${honest} colluding=${colluding} share=${share} delta=${delta}`;
}

/**
 * Reads the text of a setting.
 *
 * @returns Undefined for `off`.
 * @throws RangeError when it is none.
 */
export function readNoise(text: string): NoiseSetting | undefined {
  if (text === 'off') return undefined;
  const [kind, ...pairs] = text.split(' ');
  const fields = new Map(pairs.map((pair) => pair.split('=') as [string, string | undefined]));
  const number = (name: string): number => Number(fields.get(name) ?? NaN);
  if (kind === 'distributed' || kind === 'local') {
    const setting: NoiseSetting = {
      kind,
      clip: number('clip'),
      multiplier: number('multiplier'),
      honest: number('honest'),
      colluding: number('colluding'),
      share: number('share'),
      delta: number('delta'),
    };
    // Only one text stands for a setting: peers compare texts.
    if (noiseText(setting) === text) {
      checkValues(setting);
      return setting;
    }
  }
  throw new RangeError(`"${text.slice(0, 40)}" is no noise setting of this version.`);
}

/**
 * Checks that noise does what it says, and that a sum with it fits into words.
 *
 * @param dimension - Values of a vector.
 * @param members - Peers that a sum may include.
 * @throws RangeError that says which value to change, and to what.
 */
export function checkNoise(setting: NoiseSetting, dimension: number, members: number): void {
  checkValues(setting);
  const { share } = setting;
  const norm = Math.sqrt(squaredNormBound(setting, dimension));
  if (!(norm ** 2 < 2 ** 53)) {
    throw new RangeError(
      `An update would have ${norm.toExponential(1)} steps: raise the noise multiplier.`,
    );
  }
  const largest = members * norm + TAIL * share * Math.sqrt(members);
  if (!(largest < 2 ** 31)) {
    throw new RangeError(
      `The sum of ${members} peers would need ${largest.toExponential(1)} steps, and a word has 2.1e+9: raise the noise multiplier.`,
    );
  }
}

function checkValues(setting: NoiseSetting): void {
  const { kind, clip, multiplier, honest, colluding, share, delta } = setting;
  if (!(clip >= 1e-30 && clip <= 1e30)) {
    throw new RangeError(`The clip norm is ${clip}: choose a bound above 0, such as 1.`);
  }
  if (!(multiplier >= MIN_MULTIPLIER && multiplier <= MAX_MULTIPLIER)) {
    throw new RangeError(
      `The noise multiplier is ${multiplier}: choose one from ${MIN_MULTIPLIER} to ${MAX_MULTIPLIER}.`,
    );
  }
  if (!Number.isInteger(honest) || honest < 1 || honest > MAX_PEERS) {
    throw new RangeError(`There are ${honest} honest peers: noise needs one at least.`);
  }
  if (kind === 'local' && honest !== 1) {
    throw new RangeError(`Local noise counts on ${honest} peers: it counts on one, oneself.`);
  }
  if (!Number.isInteger(colluding) || colluding < 1 || colluding > MAX_PEERS) {
    throw new RangeError(
      `There are ${colluding} colluding peers: count one at least, since whoever looks knows its own noise.`,
    );
  }
  if (!Number.isInteger(share) || share < MIN_SHARE || share > MAX_SHARE) {
    throw new RangeError(
      `A share has ${share} steps: choose a whole number from ${MIN_SHARE} to ${MAX_SHARE}.`,
    );
  }
  if (!(delta > 0 && delta < 1)) {
    throw new RangeError(
      `Delta is ${delta}: choose one above 0 and below 1, such as ${DEFAULT_DELTA}.`,
    );
  }
}
