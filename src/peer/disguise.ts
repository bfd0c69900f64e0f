/**
 * Readings as this peer learns from them: as they are, blurred, or randomised.
 *
 * Each reading is changed once and stays so, over reloads too: a second draw would tell more.
 *
 * @module
 */
import { randomised, rhoOfReading } from '../privacy/local-randomiser.ts';
import { DEFAULT_DELTA } from '../privacy/noise.ts';
import { epsilonOf } from '../privacy/zcdp.ts';
import { systemWords } from '../random-words.ts';
import { blurred } from '../task/blur.ts';
import type { Reading } from '../task/readings.ts';
import type { DisguiseChoice, DisguiseView } from './view.ts';

/** What a reload needs. */
export interface KeptDisguise {
  readonly choice: DisguiseChoice;
  /** Disguised readings, in the order of the true ones, checks last. */
  readonly made: readonly Reading[];
  /** Readings that were randomised so far, and what they told together, as rho. */
  readonly released: number;
  readonly rho: number;
}

/** Readings are as they are. */
export const NO_DISGUISE: DisguiseChoice = { type: 'none' };

/** Changes readings, each once. */
export class Disguise {
  #choice: DisguiseChoice = NO_DISGUISE;
  /** By the true reading. */
  #made = new Map<Reading, Reading>();
  #released = 0;
  #rho = 0;
  readonly #words = systemWords();

  /** @param readings - The true ones, in the order of `kept.made`. */
  constructor(kept: KeptDisguise | undefined, readings: readonly Reading[]) {
    if (kept === undefined) return;
    this.#choice = kept.choice;
    this.#released = kept.released;
    this.#rho = kept.rho;
    // Of others, kept by another version, each is made anew, and counted.
    if (kept.made.length === readings.length) {
      this.#made = new Map(readings.map((reading, at) => [reading, kept.made[at]!]));
    }
  }

  get view(): DisguiseView {
    return {
      choice: this.#choice,
      released: this.#released,
      epsilon: epsilonOf(this.#rho, DEFAULT_DELTA),
      rho: this.#rho,
    };
  }

  /** From now on; readings that were disguised otherwise are disguised anew. */
  choose(choice: DisguiseChoice): void {
    this.#choice = choice;
    this.#made.clear();
  }

  /** Readings as they are learned from. */
  of(readings: readonly Reading[]): readonly Reading[] {
    return readings.map((reading) => {
      const made = this.#made.get(reading) ?? this.#make(reading);
      this.#made.set(reading, made);
      return made;
    });
  }

  /** What to keep of these readings; the others are gone. */
  kept(readings: readonly Reading[]): KeptDisguise {
    const made = this.of(readings);
    this.#made = new Map(readings.map((reading, at) => [reading, made[at]!]));
    return { choice: this.#choice, made, released: this.#released, rho: this.#rho };
  }

  #make(reading: Reading): Reading {
    const choice = this.#choice;
    switch (choice.type) {
      case 'none':
        return reading;
      case 'blur':
        return blurred(reading, choice.level, () => this.#words() / 2 ** 32);
      case 'randomise':
        this.#released += 1;
        this.#rho += rhoOfReading(choice);
        return randomised(reading, choice, this.#words);
    }
  }
}
