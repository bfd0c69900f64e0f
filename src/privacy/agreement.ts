/**
 * What a room adds to its sums, and how often it has changed that.
 *
 * Everybody's setting travels in the parameters of READY and PROPOSE as one text. Of two settings the one
 * that was changed more often is the newer, as in a last-writer-wins register; of equally new ones the
 * stronger wins, so that nobody has to vote for two peers to meet.
 *
 * @module
 */
import { noiseText, readNoise, type NoiseSetting } from './noise.ts';
import { rhoOfRound } from './zcdp.ts';

/** A setting, and the number of changes that led to it. */
export interface Agreement {
  /** Undefined where masks are all there is. */
  readonly setting: NoiseSetting | undefined;
  /** 0 for what a peer comes with. */
  readonly revision: number;
}

/** Masks only, and nobody has changed that. */
export const MASKS_ONLY: Agreement = { setting: undefined, revision: 0 };

/** Relative difference of costs that is a matter of rounding to whole steps. */
const ROUNDING = 1e-9;

/** Changes that are counted: beyond it no setting can be newer. */
const MAX_REVISION = 2 ** 31 - 1;

/** An agreement as it stands in the parameters of a round. */
export function agreementText({ setting, revision }: Agreement): string {
  const text = setting === undefined ? 'off' : noiseText(setting);
  return revision === 0 ? text : `${text} #${revision}`;
}

/**
 * Reads the text of an agreement.
 *
 * @throws RangeError when it is none.
 */
export function readAgreement(text: string): Agreement {
  const [, noise = '', digits = '0'] = /^(.*?)(?: #([1-9]\d{0,9}))?$/.exec(text) ?? [];
  const revision = Number(digits);
  if (revision > MAX_REVISION) {
    throw new RangeError(`The noise was changed ${digits} times: no room does that.`);
  }
  return { setting: readNoise(noise), revision };
}

/** The agreement after a change to a setting. */
export function changedTo(setting: NoiseSetting | undefined, known: Agreement): Agreement {
  return { setting, revision: Math.min(known.revision + 1, MAX_REVISION) };
}

/** Whether `one` replaces `other`, for everybody who knows both. */
export function isNewer(one: Agreement, other: Agreement): boolean {
  if (one.revision !== other.revision) return one.revision > other.revision;
  const [own, others] = [ownNoise(one.setting), ownNoise(other.setting)];
  if (own !== others) return own > others;
  return agreementText(one) > agreementText(other);
}

/**
 * Whether a peer hides less behind one setting than behind another, whoever colludes: a round tells more, or
 * the promise need not hold more often.
 *
 * @param dimension - Values of a vector.
 */
export function isWeaker(
  one: NoiseSetting | undefined,
  other: NoiseSetting | undefined,
  dimension: number,
): boolean {
  if (other === undefined) return false;
  if (one === undefined || one.delta > other.delta) return true;
  return rhoOfRound(one, dimension, 1) > rhoOfRound(other, dimension, 1) * (1 + ROUNDING);
}

/** Standard deviation of the noise that one peer adds, as a multiple of the largest norm of its update. */
function ownNoise(setting: NoiseSetting | undefined): number {
  return setting === undefined ? 0 : setting.multiplier / Math.sqrt(setting.honest);
}
