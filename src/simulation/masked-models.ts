/**
 * Whole models under masks: what each of a few people learned, what leaves them, and what any sum of it says.
 *
 * Updates become words and words are masked and added by the code of a room. All have equally many readings, so
 * there is no weight word: a sum that is not whole can be read as a model too, if only as one of nothing.
 *
 * @module
 */
import { HEAT_MAP_CLIP } from '../config.ts';
import { addInPlace, decodeAggregate, encodeUpdate, type Encoding } from '../secagg/index.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import { accuracyOf } from '../task/patterns.ts';
import { PlainModel, PlainTraining } from '../task/plain-training.ts';
import type { Reading } from '../task/readings.ts';
import { firstParametersBy } from '../task/recipe.ts';
import type { MaskingPhones } from './masking-phones.ts';

/** A model as it can be drawn. */
export interface Drawn {
  /** The change of the first model's parameters, shape [P]. */
  readonly update: Float64Array;
  /** Shape [SURFACE_SIDE, SURFACE_SIDE]. */
  readonly surface: Float32Array;
  /** Share of the true map that is right, 0 to 1. */
  readonly accuracy: number;
}

/** What a sum of masked words says. */
export interface Summed extends Drawn {
  readonly words: Uint32Array;
}

/** Some people with a model each. */
export class MaskedModels {
  readonly learned: readonly Drawn[];
  /** The mean of all updates, as nobody could work it out who did not have them all. */
  readonly mean: Drawn;
  /** What leaves each: words modulo 2^32, shape [people][P]. */
  leaving: readonly Uint32Array[] = [];
  private readonly first: Float32Array;
  private readonly look: PlainModel;
  private readonly task: TaskSettings;
  private readonly words: readonly Uint32Array[];
  private readonly encoding: Encoding;
  private readonly phones: MaskingPhones;

  /**
   * @param readings - Of each of the people, equally many.
   * @param steps - Local steps of each.
   * @param phones - One for each of them.
   * @param random - Uniform words, for rounding.
   */
  constructor(
    task: TaskSettings,
    readings: readonly (readonly Reading[])[],
    steps: number,
    phones: MaskingPhones,
    random: () => number,
  ) {
    this.task = task;
    this.phones = phones;
    this.look = new PlainModel(task.hidden);
    this.first = firstParametersBy('room', task);
    this.encoding = { members: readings.length, clip: HEAT_MAP_CLIP, weightCap: 0 };
    const updates = readings.map((own) => {
      const training = new PlainTraining(task.hidden, this.first.slice());
      training.learnFrom(own);
      for (let step = 0; step < steps; step++) training.step();
      return Float64Array.from(training.parameters, (value, i) => value - this.first[i]!);
    });
    this.learned = updates.map((update) => this.drawn(update));
    this.mean = this.drawn(
      updates[0]!.map((_, i) => updates.reduce((sum, one) => sum + one[i]!, 0) / updates.length),
    );
    this.words = updates.map((update) => encodeUpdate(update, 1, this.encoding, random));
    this.maskAnew();
  }

  /** Puts fresh masks on; the words under them stay. */
  maskAnew(): void {
    this.leaving = this.phones.masked(this.words);
  }

  /** The sum of what left some of the people, read as the mean of their updates; of nobody: undefined. */
  sumOf(places: readonly number[]): Summed | undefined {
    if (places.length === 0) return undefined;
    const words = new Uint32Array(this.first.length);
    for (const place of places) addInPlace(words, this.leaving[place]!);
    const { mean } = decodeAggregate(words, places.length, this.encoding);
    return { words, ...this.drawn(mean) };
  }

  private drawn(update: Float64Array): Drawn {
    const surface = this.look.surfaceOf(this.first.map((value, i) => value + update[i]!));
    return { update, surface, accuracy: accuracyOf(this.task.pattern, surface) };
  }
}
