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
  #setting: NoiseSetting | undefined;
  #noise: Int32Array | undefined;
  #count = 0;

  /**
   * Noise for a contribution, which is then used up.
   *
   * @param count - Values of the vector.
   */
  take(count: number, setting: NoiseSetting): Int32Array {
    const isOfSetting = this.#setting && noiseText(this.#setting) === noiseText(setting);
    const stocked = isOfSetting && this.#count === count ? this.#noise : undefined;
    this.#setting = setting;
    this.#count = count;
    this.#noise = undefined;
    return stocked ?? drawNoise(count, setting, systemWords());
  }

  /** Draws what the next contribution will need, if it is like the one before. */
  refill(): void {
    if (this.#setting !== undefined) this.prepare(this.#count, this.#setting);
  }

  /** Draws what a contribution of so many values will need. */
  prepare(count: number, setting: NoiseSetting): void {
    this.#noise = this.take(count, setting);
  }
}
