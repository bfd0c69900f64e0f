/**
 * What noise makes of the parameters of a round.
 *
 * @module
 */
import { agreementText, type Agreement } from '../privacy/agreement.ts';
import { scaleOf } from '../privacy/noise.ts';
import type { RoundParameters } from '../secagg/index.ts';

/**
 * Parameters under an agreement: with noise, every weight is 1 and there is no weight word (it would tell
 * what no noise hides), the clip bounds the norm, and the step is what the noise was drawn in.
 */
export function withNoise(plain: RoundParameters, agreement: Agreement): RoundParameters {
  const noise = agreementText(agreement);
  const { setting } = agreement;
  if (setting === undefined) return { ...plain, noise };
  return { ...plain, noise, clip: setting.clip, step: 1 / scaleOf(setting), weightCap: 0 };
}
