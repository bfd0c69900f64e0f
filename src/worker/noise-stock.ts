/**
 * Noise that is drawn before the round that will need it.
 *
 * A rejection sampler takes longer for rare values, so drawing between "begin" and "send" would tell
 * something of the noise to whoever measures the time (Jin et al. 2022). Each vector is used once.
 *
 * @module
 */
import { drawNoise } from '../privacy/contribution.ts';
import { noiseText, type NoiseSetting } from '../privacy/noise.ts';
import { systemWords } from '../random-words.ts';

/** The noise of the next contribution. */
export class NoiseStock {
  #drawn: { readonly terms: string; readonly noise: Int32Array } | undefined;

  /**
   * Draws what a contribution will need, unless it is here: when the setting changes, and once an attempt is over.
   *
   * @param count - Values of the vector.
   */
  prepare(count: number, setting: NoiseSetting): void {
    const terms = termsOf(count, setting);
    if (this.#drawn?.terms === terms) return;
    this.#drawn = { terms, noise: drawNoise(count, setting, systemWords()) };
  }

  /**
   * Noise for a contribution, which is then used up. Drawn only now where nothing was prepared for it: late is
   * better than noise of another setting.
   *
   * @param count - Values of the vector.
   */
  take(count: number, setting: NoiseSetting): Int32Array {
    this.prepare(count, setting);
    const { noise } = this.#drawn!;
    this.#drawn = undefined;
    return noise;
  }
}

function termsOf(count: number, setting: NoiseSetting): string {
  return `${count} ${noiseText(setting)}`;
}
