/**
 * Training a model that somebody brought: local steps, and a masked sum of updates every so many of them.
 *
 * With `sent` the local model at the moment it was contributed:
 * - a result with this peer in it:    local = new global + (local - sent)
 * - a result without it:              local = new global
 * - a contribution that is spent:     local = global + (local - sent)
 *
 * Between two rounds a peer makes `everySteps` steps and then waits for the round, so that no update grows
 * without bound while nobody else is there. Whoever joins later copies the room's model first.
 *
 * McMahan et al.: Communication-Efficient Learning of Deep Networks from Decentralized Data, 2017: FedAvg.
 *
 * @module
 */
import { MODEL_CLIP, MODEL_EVERY_STEPS, SCATTER_FROM_WORDS } from '../config.ts';
import { RoundFailed } from '../errors.ts';
import { readAgreement } from '../privacy/agreement.ts';
import { noisyWords } from '../privacy/contribution.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { systemWords } from '../random-words.ts';
import type { Call } from '../round/messages.ts';
import { encodeUpdate, type Encoding } from '../secagg/index.ts';
import type { VectorModel } from '../task/custom-model.ts';
import { NoiseStock } from '../worker/noise-stock.ts';
import type { LearningSide } from './learning-side.ts';
import { OneAtATime } from './one-at-a-time.ts';
import type { TrainedRound, Training, TrainOptions } from './training.ts';
import type { MergingView, TrainingView } from './view.ts';

/** Contributions in a row that may fail before this peer takes part in no more rounds. */
const MAX_REFUSALS = 3;

/** What a training is made of. */
export interface TrainingSetting {
  readonly model: VectorModel;
  readonly options: Omit<TrainOptions, 'noise'>;
  /** The newest merged model, or the first one, shape [model.size]. */
  readonly global: Float32Array;
  /** The round that `global` came with; 0 for the first model. */
  readonly round: number;
  onChange(): void;
  onProblem(code: string, message: string): void;
}

interface Waiting {
  left: number;
  readonly resolve: (round: TrainedRound) => void;
  readonly reject: (error: unknown) => void;
}

/** A model in training, as its owner and its session see it. */
export class ModelLearner implements LearningSide, Training {
  readonly #setting: TrainingSetting;
  readonly #turns = new OneAtATime();
  readonly #noise = new NoiseStock();
  readonly #everySteps: number;
  readonly #waiting = new Set<Waiting>();
  #global: Float32Array;
  #round: number;
  #sentFrom: Float32Array | undefined;
  #sent: Float64Array | undefined;
  #isRunning = true;
  #isOff = false;
  #isCalling = false;
  #isStepping = false;
  #step = 0;
  #stepsLeft: number;
  #loss: number | undefined;
  #refusals = 0;

  constructor(setting: TrainingSetting) {
    this.#setting = setting;
    this.#global = setting.global;
    this.#round = setting.round;
    this.#everySteps = setting.options.everySteps ?? MODEL_EVERY_STEPS;
    this.#stepsLeft = this.#everySteps;
    setting.model.write(setting.global);
  }

  get view(): TrainingView {
    return {
      isRunning: this.#isRunning && !this.#isOff,
      step: this.#step,
      loss: this.#loss,
      round: this.#round,
      size: this.#setting.model.size,
    };
  }

  pause(): void {
    this.setRunning(false);
  }

  resume(): void {
    this.setRunning(true);
  }

  merge(): void {
    this.mergeNow();
  }

  reset(): void {
    void this.#turns.take(async () => {
      this.#setting.model.write(this.#global);
      // What was learned since the contribution is gone, so nothing of it may come back with the result.
      if (this.#sentFrom !== undefined) this.#sentFrom = await this.#setting.model.read();
    });
  }

  weights(): Promise<Float32Array> {
    return this.#turns.take(() => this.#setting.model.read());
  }

  get merged(): Float32Array {
    return this.#global.slice();
  }

  predict<Inputs, Outputs>(inputs: Inputs): Promise<Outputs> {
    return this.#turns.take(() => Promise.resolve(this.#setting.model.predict(inputs) as Outputs));
  }

  rounds(count: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<TrainedRound> {
    if (!Number.isInteger(count) || count < 1) {
      throw new RangeError(`count is ${count}: wait for a whole number of rounds from 1.`);
    }
    signal?.throwIfAborted();
    if (this.#isOff) return Promise.reject(stopped());
    return new Promise((resolve, reject) => {
      const waiting = { left: count, resolve, reject };
      this.#waiting.add(waiting);
      signal?.addEventListener('abort', () => {
        if (this.#waiting.delete(waiting)) reject(signal.reason as Error);
      });
    });
  }

  stop(): void {
    this.#end(stopped());
  }

  // ---- For the session -------------------------------------------------------------------------

  get call(): Call {
    if (this.#isOff) return 'off';
    if (this.#isCalling) return 'now';
    if (!this.#isRunning) return 'willing';
    return this.#stepsLeft === 0 ? 'calling' : 'soon';
  }

  get callAfter(): Call {
    if (this.#isOff) return 'off';
    return this.#isRunning ? 'soon' : 'willing';
  }

  get merging(): Omit<MergingView, 'minPeers'> {
    return {
      mode: this.#isOff ? 'off' : 'automatic',
      everySteps: this.#everySteps,
      stepsLeft: this.#stepsLeft,
      isCalling: this.#isCalling,
    };
  }

  get layers(): LearningSide['layers'] {
    return [...this.#setting.model.parts, { name: 'weight', length: 1 }];
  }

  get sent(): Float64Array | undefined {
    return this.#sent;
  }

  /** Starts making steps. */
  start(): void {
    void this.#steps();
  }

  setRunning(isRunning: boolean): void {
    this.#isRunning = isRunning;
    void this.#steps();
    this.#setting.onChange();
  }

  stepOnce(): void {
    void this.#turns.take(() => this.#learn());
  }

  mergeNow(): void {
    this.#isCalling = !this.#isOff;
    this.#setting.onChange();
  }

  setMerging(mode: MergingView['mode']): void {
    if (mode === 'off') this.stop();
  }

  prepare(noise: NoiseSetting): void {
    this.#noise.prepare(this.#setting.model.size, noise);
  }

  contribute(encoding: Encoding): Promise<Uint32Array> {
    return this.#turns.take(async () => {
      try {
        const local = await this.#setting.model.read();
        const words = this.#encode(differenceOf(local, this.#global), encoding);
        this.#sentFrom = local;
        this.#refusals = 0;
        return words;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#setting.onProblem('no-update', message);
        if (++this.#refusals >= MAX_REFUSALS) this.#end(error);
        throw error;
      }
    });
  }

  async onResult(model: Float32Array, round: number, isCopied: boolean): Promise<undefined> {
    // At once: the session asks in this very turn how much the next round is wanted, before a step is made for it.
    this.#stepsLeft = this.#everySteps;
    this.#isCalling &&= isCopied;
    await this.#turns.take(async () => {
      this.#global = model;
      this.#round = round;
      if (isCopied) this.#setting.model.write(model);
      else await this.#goOn();
      this.#sentFrom = undefined;
    });
    if (!isCopied) this.#count({ round, loss: this.#loss });
    void this.#steps();
    this.#setting.onChange();
  }

  forget(): void {
    void this.#turns.take(() => this.#goOn());
    this.#stepsLeft = this.#everySteps;
    void this.#steps();
  }

  async close(): Promise<void> {
    this.#end(new RoundFailed('aborted', 'This peer has left the room.'));
    await this.#turns.take(() => Promise.resolve());
    this.#setting.model.dispose();
  }

  /** Steps until a round is due, one after the other, each in a turn of its own so that others come between. */
  async #steps(): Promise<void> {
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      while (this.#isRunning && !this.#isOff && this.#stepsLeft > 0) {
        await this.#turns.take(() => this.#learn());
        await nextTask();
      }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#setting.onProblem('trainer', message);
      this.#end(error);
    } finally {
      this.#isStepping = false;
    }
  }

  async #learn(): Promise<void> {
    const { model, options } = this.#setting;
    this.#loss = await model.step(() => options.batch(this.#step));
    this.#step += 1;
    this.#stepsLeft = Math.max(0, this.#stepsLeft - 1);
    this.#setting.onChange();
  }

  #encode(update: Float64Array, encoding: Encoding): Uint32Array {
    const { options } = this.#setting;
    this.#sent = update.length < SCATTER_FROM_WORDS ? update : undefined;
    const { setting } = readAgreement(encoding.noise ?? 'off');
    if (setting !== undefined) {
      // Whoever stayed out now would tell that its training diverged.
      const finite = update.every(Number.isFinite) ? update : update.map(() => 0);
      return noisyWords(finite, setting, this.#noise.take(update.length, setting), systemWords());
    }
    const { clip = MODEL_CLIP, examples = 1 } = options;
    checkUpdate(update, clip);
    return encodeUpdate(update, examples, encoding, systemWords());
  }

  /** local = global + (local - sent); without a contribution under way, nothing changes. */
  async #goOn(): Promise<void> {
    const sent = this.#sentFrom;
    this.#sentFrom = undefined;
    if (sent === undefined) return;
    const local = await this.#setting.model.read();
    const next = this.#global.map((value, i) => value + Math.fround(local[i]! - sent[i]!));
    this.#setting.model.write(next);
  }

  #count(round: TrainedRound): void {
    for (const waiting of this.#waiting) {
      if (--waiting.left > 0) continue;
      this.#waiting.delete(waiting);
      waiting.resolve(round);
    }
  }

  #end(error: unknown): void {
    if (this.#isOff) return;
    this.#isOff = true;
    for (const { reject } of this.#waiting) reject(error);
    this.#waiting.clear();
    this.#setting.onChange();
  }
}

function stopped(): RoundFailed {
  return new RoundFailed('aborted', 'The training was stopped.');
}

function differenceOf(local: Float32Array, global: Float32Array): Float64Array {
  return Float64Array.from(local, (value, i) => value - global[i]!);
}

function checkUpdate(update: Float64Array, clip: number): void {
  for (const value of update) {
    if (Math.abs(value) <= clip) continue;
    throw new RangeError(
      Number.isFinite(value)
        ? `The update of a weight is ${value}, beyond clip ${clip}: raise clip for everybody, or make fewer or smaller steps.`
        : 'The update holds NaN or Infinity: training diverged, so lower the learning rate and reset.',
    );
  }
}

/** Lets everything else of this thread have its turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}
