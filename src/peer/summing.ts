/**
 * The summing side of a session: one private sum at a time, from the question to the numbers.
 *
 * @module
 */
import {
  MAX_VECTOR_WORDS,
  MAX_COHORT,
  MIN_COHORT,
  SCATTER_FROM_WORDS,
  SUM_CLIP,
  SUM_WEIGHT_CAP,
} from '../config.ts';
import { RoundFailed, type FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import { noisyWords } from '../privacy/contribution.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { systemWords } from '../random-words.ts';
import type { Call } from '../round/messages.ts';
import type { RoundReport } from '../round/round.ts';
import {
  decodeAggregate,
  encodeUpdate,
  encodingFor,
  type Encoding,
  type RoundParameters,
} from '../secagg/index.ts';
import { NoiseStock } from '../worker/noise-stock.ts';
import { settingOf, withNoise } from './noise-parameters.ts';
import type { NoiseChoice } from './view.ts';

/** How to sum; everybody who shares a sum gives the same `clip` and `weightCap`. */
export interface AggregateOptions {
  /** This peer's weight, a whole number from 1 to `weightCap`. With it, everybody's weight is hidden in the sum. */
  readonly weight?: number | undefined;
  /** Largest weight that all agree on; 1,000 where a weight is given. */
  readonly weightCap?: number | undefined;
  /** Bound of |value| that all agree on; 1024 unless given. Larger values are refused, never clipped. */
  readonly clip?: number | undefined;
  /**
   * Noise that hides each peer's values in the sum, and that all agree on. Then `noise.clip` bounds the norm of
   * the values together, longer vectors are shortened to it, and there are no weights.
   */
  readonly noise?: NoiseChoice | undefined;
  /**
   * Peers in the sum at least, 3 or more and never fewer than the session asks for. All give the same where there is
   * noise, 15 at most. Beyond 15 the room sums in lines; when some vanish in the middle, so that fewer than this
   * are left in a sum, the promise rejects with `spent`.
   */
  readonly minPeers?: number | undefined;
  /**
   * Which of several sums this is, for those who make them one after the other: only peers at the same step of
   * the same plan share it. A name of at most 96 characters without #.
   */
  readonly plan?: { readonly name: string; readonly step: number } | undefined;
  /**
   * With a plan: the others made this sum without these values. What it told comes here, and the promise rejects.
   */
  readonly onMissed?: ((result: AggregateResult) => void) | undefined;
  /**
   * Calls the sum off. Values that are under way already may still be summed: the answer then comes, or the
   * error says `spent`.
   */
  readonly signal?: AbortSignal | undefined;
}

/** A private sum. */
export interface AggregateResult {
  /** Sum over `included` of weight x value, shape [n]. */
  readonly sum: Float64Array;
  /** `sum` / `totalWeight`, shape [n]. */
  readonly mean: Float64Array;
  /** Peers in the sum, whatever their weights. */
  readonly count: number;
  /** Sum of the weights over `included`; their number without weights. */
  readonly totalWeight: number;
  /** Whose values are in the sum, this peer among them. */
  readonly included: readonly PeerId[];
  /** Number of the result in this room, from 1. */
  readonly round: number;
  /** Lowercase hex SHA-256 of the sum's words: equal for everybody. */
  readonly resultHash: string;
}

/** A sum of a plan that this peer will ask for, once it has the values: the others wait a moment for it. */
export interface Announcement {
  /** Values of the vector. */
  readonly dimension: number;
  /** Bound of |value|. */
  readonly clip: number;
  /** Which sum of which plan. */
  readonly plan: NonNullable<AggregateOptions['plan']>;
  /** Noise that all agree on. */
  readonly noise?: NoiseChoice | undefined;
  /** Peers in the sum at least. */
  readonly minPeers?: number | undefined;
}

/** What is asked for now. */
interface Question {
  /** The newest attempt that the values were given to. */
  serial: number | undefined;
  /** The asker does not want the answer any more. */
  isCalledOff: boolean;
  readonly values: Float64Array | Float32Array;
  readonly minPeers: number;
  readonly weight: number;
  readonly clip: number;
  readonly weightCap: number;
  readonly noise: NoiseSetting | undefined;
  readonly task: string | undefined;
  readonly onMissed: AggregateOptions['onMissed'];
  readonly resolve: (result: AggregateResult) => void;
  readonly reject: (error: Error) => void;
}

const CALLED_OFF = 'The private sum was called off.';

/** Holds the question under way. */
export class Summing {
  #question: Question | undefined;
  /** By the name of the plan, the newest last. */
  readonly #announced = new Map<string, Announcement>();
  #sent: Float64Array | undefined;
  readonly #stock = new NoiseStock();

  /** A peer that asks nothing takes no part: it has no values to give. */
  get call(): Call {
    if (this.#question === undefined) return this.#announced.size === 0 ? 'off' : 'soon';
    return this.#question.isCalledOff ? 'off' : 'calling';
  }

  /** Says what a plan will ask for next. */
  announce(announced: Announcement): void {
    this.#announced.delete(announced.plan.name);
    this.#announced.set(announced.plan.name, announced);
  }

  /** A plan asks for nothing more. */
  takeBack(plan: string): void {
    this.#announced.delete(plan);
  }

  /** What was announced last, unless a sum is under way. */
  get next(): Announcement | undefined {
    return this.#question === undefined ? [...this.#announced.values()].at(-1) : undefined;
  }

  /**
   * Whoever sums again and again asks at once: the others wait that moment, so that a roster does not lose a
   * member for being a little later, and sums do not tell whoever is in one and not in the next.
   */
  readonly callAfter: Call = 'soon';

  /** The values of the newest contribution, weight last if there is one; of a large vector, none. */
  get sent(): Float64Array | undefined {
    return this.#sent;
  }

  /** What the others must have in common with the question. */
  parametersOver(plain: RoundParameters): RoundParameters {
    if (this.#question === undefined) {
      const { next } = this;
      if (next === undefined) return plain;
      const { dimension, clip, plan, noise, minPeers = MIN_COHORT } = next;
      const setting = noise && settingOf(noise, dimension, minPeers - 1);
      return withNoise({ ...plain, task: taskOf(plan), dimension, clip }, { setting, revision: 0 });
    }
    const { values, clip, weightCap, noise, task = plain.task } = this.#question;
    const asked = { ...plain, task, dimension: values.length, clip, weightCap };
    return withNoise(asked, { setting: noise, revision: 0 });
  }

  /**
   * Asks a question; the answer comes with the first result that includes it.
   *
   * @param minPeers - Peers in the answer at least: noise counts on as many.
   */
  ask(
    values: ArrayLike<number>,
    options: AggregateOptions,
    minPeers: number,
  ): Promise<AggregateResult> {
    if (this.#question !== undefined) {
      throw new TypeError('A private sum is under way: wait for it before asking for another.');
    }
    options.signal?.throwIfAborted();
    const { clip = SUM_CLIP, weight = 1 } = options;
    // What all agree on cannot depend on what this peer alone asks for.
    const least = options.minPeers ?? minPeers;
    if (options.noise !== undefined && least > MAX_COHORT) {
      throw new RangeError(`minPeers is ${least}: with noise, choose up to ${MAX_COHORT}.`);
    }
    const noise = options.noise && settingOf(options.noise, values.length, least - 1);
    const weightCap = options.weightCap ?? (options.weight === undefined ? 0 : SUM_WEIGHT_CAP);
    // Of single precision a copy is as exact, and half as long.
    const numbers = values instanceof Float32Array ? values.slice() : Float64Array.from(values);
    checkQuestion(numbers, clip, weight, weightCap);
    if (noise !== undefined && options.weight !== undefined) {
      throw new TypeError('With noise every weight is 1: leave weight out, or noise.');
    }
    if (options.plan !== undefined) this.takeBack(options.plan.name);
    return new Promise((resolve, reject) => {
      const task = options.plan && taskOf(options.plan);
      const { onMissed } = options;
      const asked = { values: numbers, minPeers, weight, clip, weightCap, noise, task, onMissed };
      this.#question = { serial: undefined, isCalledOff: false, ...asked, resolve, reject };
      this.prepare();
    });
  }

  /** Draws the noise of the next attempt at what is asked for: how long that takes tells of it, in a round. */
  prepare(): void {
    const { values, noise } = this.#question ?? {};
    if (values !== undefined && noise !== undefined) this.#stock.prepare(values.length, noise);
  }

  /** The values as words for an attempt. */
  encode(encoding: Encoding, serial: number): Uint32Array {
    const question = this.#question;
    if (question === undefined || question.isCalledOff) {
      throw new RoundFailed('aborted', 'There is nothing to sum.');
    }
    const { values, weight } = question;
    question.serial = serial;
    this.#sent = values.length < SCATTER_FROM_WORDS ? sentOf(values, weight, encoding) : undefined;
    if (question.noise !== undefined) {
      const noise = this.#stock.take(values.length, question.noise);
      return noisyWords(Float64Array.from(values), question.noise, noise, systemWords());
    }
    return encodeUpdate(values, weight, encoding, systemWords());
  }

  /** Answers the question with the result of an attempt that its values were given to. */
  resolve(
    report: RoundReport,
    serial: number,
    self: PeerId,
    parameters: RoundParameters,
  ): AggregateResult | undefined {
    const question = this.#question;
    if (question?.serial !== serial) return undefined;
    if (!report.included.includes(self)) {
      if (question.task !== undefined) question.onMissed?.(answerOf(report, parameters));
      this.end('spent', 'The others finished without these values, which came too late.');
      return undefined;
    }
    const { length: count } = report.included;
    // Lines that fail include nobody: the room's sum may be smaller than what was there when it began.
    if (report.roster.length > MAX_COHORT && count < question.minPeers) {
      this.end('spent', `The sum has ${count} of at least ${question.minPeers} peers.`);
      return undefined;
    }
    this.#question = undefined;
    const result = answerOf(report, parameters);
    question.resolve(result);
    return result;
  }

  /** The others have made the sum that is asked for, without these values. */
  miss(report: Answer, parameters: RoundParameters): void {
    const question = this.#question;
    if (question?.task === undefined) return;
    question.onMissed?.(answerOf(report, parameters));
    const reason = question.serial === undefined ? 'aborted' : 'spent';
    this.end(reason, 'The others finished without these values, which came too late.');
  }

  /**
   * Calls the question off.
   *
   * @returns The attempt that has its values already: the question ends when that does. Undefined when
   *   nothing was given, and the question has ended.
   */
  callOff(): number | undefined {
    const question = this.#question;
    if (question === undefined) return undefined;
    question.isCalledOff = true;
    if (question.serial === undefined) this.end('aborted', CALLED_OFF);
    return question.serial;
  }

  /** An attempt with the values failed, and nobody learnt them: they may be given to the next one. */
  release(): void {
    const question = this.#question;
    if (question === undefined) return;
    question.serial = undefined;
    if (question.isCalledOff) this.end('aborted', CALLED_OFF);
  }

  /** Ends the question without an answer. */
  end(reason: FailureReason, message: string): void {
    const question = this.#question;
    this.#question = undefined;
    question?.reject(new RoundFailed(reason, message));
  }
}

/** What a report says of a sum. */
type Answer = Pick<RoundReport, 'roster' | 'included' | 'words' | 'round' | 'resultHash'>;

/** The numbers of a sum. */
function answerOf(report: Answer, parameters: RoundParameters): AggregateResult {
  const { included, round, resultHash, words, roster } = report;
  const encoding = encodingFor(parameters, roster.length);
  const decoded = decodeAggregate(words, included.length, encoding);
  const { mean, totalWeight } = decoded;
  const count = included.length;
  return {
    // Not a copy of its properties: that would make the sum at once.
    get sum() {
      return decoded.sum;
    },
    ...{ mean, totalWeight, count, included, round, resultHash },
  };
}

function taskOf({ name, step }: NonNullable<AggregateOptions['plan']>): string {
  if (!/^[^#]{1,96}$/.test(name) || !Number.isSafeInteger(step) || step < 0) {
    throw new RangeError(
      `plan is "${name}", step ${step}: give a name of at most 96 characters without #, and a step from 0.`,
    );
  }
  return `sum:${name}#${step}`;
}

function sentOf(
  values: Float64Array | Float32Array,
  weight: number,
  { weightCap }: Encoding,
): Float64Array {
  const sent = new Float64Array(values.length + (weightCap > 0 ? 1 : 0));
  sent.set(values);
  if (weightCap > 0) sent[values.length] = weight;
  return sent;
}

function checkQuestion(
  values: Float64Array | Float32Array,
  clip: number,
  weight: number,
  weightCap: number,
): void {
  if (values.length < 1 || values.length > MAX_VECTOR_WORDS) {
    throw new RangeError(`There are ${values.length} values: give 1 to ${MAX_VECTOR_WORDS}.`);
  }
  if (!(clip > 0 && clip <= 1e30)) {
    throw new RangeError(`clip is ${clip}: choose a bound above 0, such as ${SUM_CLIP}.`);
  }
  if (!Number.isInteger(weightCap) || weightCap < 0 || weightCap > 2 ** 24) {
    throw new RangeError(`weightCap is ${weightCap}: choose a whole number up to ${2 ** 24}.`);
  }
  if (!Number.isInteger(weight) || weight < 1 || weight > Math.max(weightCap, 1)) {
    throw new RangeError(
      `weight is ${weight}: choose a whole number from 1 to ${Math.max(weightCap, 1)}.`,
    );
  }
  // By index: an iterator makes an object for each of millions.
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Math.abs(value) <= clip) continue;
    if (!Number.isFinite(value)) throw new RangeError(`A value is ${value}: give finite numbers.`);
    throw new RangeError(`A value is ${value}, beyond clip ${clip}: raise clip for everybody.`);
  }
}
