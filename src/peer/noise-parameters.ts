/**
 * From the noise that a person chooses to the setting of a room, and to the parameters of a round.
 *
 * @module
 */
import { agreementText, type Agreement } from '../privacy/agreement.ts';
import {
  checkNoise,
  DEFAULT_DELTA,
  scaleOf,
  shareFor,
  type NoiseSetting,
} from '../privacy/noise.ts';
import { epsilonOf, rhoOfRound } from '../privacy/zcdp.ts';
import type { RoundParameters } from '../secagg/index.ts';
import type { NoiseChoice } from './view.ts';

/** Peers that a sum has room for: more than the largest room that was ever played. */
const MEMBERS = 4096;

/**
 * Parameters under an agreement: with noise, every weight is 1 and there is no weight word (it would tell
 * what no noise hides), the clip bounds the norm, and the step is what the noise was drawn in. Nor are there
 * buckets: the noise is what one sum over everybody needs.
 */
export function withNoise(plain: RoundParameters, agreement: Agreement): RoundParameters {
  const noise = agreementText(agreement);
  const { setting } = agreement;
  if (setting === undefined) return { ...plain, noise };
  return {
    ...plain,
    noise,
    clip: setting.clip,
    step: 1 / scaleOf(setting),
    weightCap: 0,
    combining: undefined,
  };
}

/**
 * A setting as a room needs it.
 *
 * @throws RangeError when it is out of range, or does not fit.
 */
export function settingOf(choice: NoiseChoice, dimension: number, others: number): NoiseSetting {
  const { kind, multiplier, clip, delta = DEFAULT_DELTA } = choice;
  const setting: NoiseSetting = {
    kind,
    clip,
    multiplier,
    // Of whoever is here now, the one who looks does not count.
    honest: kind === 'local' ? 1 : Math.max(2, others),
    colluding: 1,
    share: shareFor(dimension),
    delta,
  };
  checkFit(setting, dimension);
  return setting;
}

/**
 * Whether a setting, from wherever it comes, is one for vectors of this size.
 *
 * @throws RangeError when it is not: with fewer steps than there should be, rounding would cost privacy.
 */
export function checkFit(setting: NoiseSetting, dimension: number): void {
  checkNoise(setting, dimension, MEMBERS);
  if (setting.share < shareFor(dimension)) {
    throw new RangeError(
      `A share has ${setting.share} steps: for ${dimension} values it takes ${shareFor(dimension)}.`,
    );
  }
}

/** Halvings by which a multiplier is found: more change nothing. */
const HALVINGS = 60;

/**
 * The smallest noise of one sum that tells at most epsilon of a peer, rounded up to four digits so that everybody
 * works out the same.
 *
 * @param others - Peers whose noise hides it, besides whoever looks.
 */
export function multiplierFor(
  epsilon: number,
  delta: number,
  dimension: number,
  others: number,
): number {
  let [low, high] = [1e-2, 1e4];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = Math.sqrt(low * high);
    const setting = settingOf(
      { kind: 'distributed', multiplier: middle, clip: 1, delta },
      dimension,
      others,
    );
    if (epsilonOf(rhoOfRound(setting, dimension, others), delta) <= epsilon) high = middle;
    else low = middle;
  }
  const digits = 10 ** (3 - Math.floor(Math.log10(high)));
  return Math.ceil(high * digits) / digits;
}
