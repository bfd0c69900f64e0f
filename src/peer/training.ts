/**
 * What whoever brings a model says and gets: how to train, and a handle on the training.
 *
 * @module
 */
import type { NoiseChoice, TrainingView } from './view.ts';

/** How to train; `name`, `clip`, `weightCap` and `noise` are agreed: peers who share rounds give the same. */
export interface TrainOptions<Batch = unknown> {
  /**
   * What a local step learns from, asked for before each. For functions it is called inside a `tidy`: tensors
   * that it makes are disposed after the step.
   *
   * @param step - Number of the step, from 0.
   */
  batch(step: number): Batch;
  /** Names the model and everything that must be alike: 1 to 64 characters; "model" unless given. */
  readonly name?: string | undefined;
  /** Examples this peer learns from: its weight in the mean, 1 to `weightCap`; 1 unless given. */
  readonly examples?: number | undefined;
  /** Largest weight; 1,000 unless given. */
  readonly weightCap?: number | undefined;
  /** Local steps from one round to the next, 1 to 10,000; 20 unless given. May differ between peers. */
  readonly everySteps?: number | undefined;
  /** Bound of |update| in each weight; 8 unless given. A larger update is refused, never cut. */
  readonly clip?: number | undefined;
  /**
   * Noise that hides each peer's update in the sum. Then `noise.clip` bounds the norm of an update, a longer one
   * is shortened to it, and every weight is 1.
   */
  readonly noise?: NoiseChoice | undefined;
  /** Stops the training: as `stop`. */
  readonly signal?: AbortSignal | undefined;
}

/** A round that this peer's update is in. */
export interface TrainedRound {
  /** Number of the round, from 1. */
  readonly round: number;
  /** Loss of the newest local step before it; undefined before the first. */
  readonly loss: number | undefined;
}

/** A model in training; `session.train` starts it. */
export interface Training {
  /** What there is to show; part of `session.view`, too. */
  readonly view: TrainingView;
  /** The newest merged weights, or the first ones, shape [view.size]; the caller's own. */
  readonly merged: Float32Array;
  /** No local steps until `resume`; the others' rounds go on, with what this peer has learned so far. */
  pause(): void;
  /** Goes on after `pause`. */
  resume(): void;
  /** Calls a round now, however many steps were made. */
  merge(): void;
  /** Local model back to the newest merged one, or the first. */
  reset(): void;
  /** The local weights, shape [view.size]; the caller's own. */
  weights(): Promise<Float32Array>;
  /**
   * What the local model says of inputs.
   *
   * @returns What the model's own `predict` returns; its tensors are the caller's to dispose.
   * @throws TypeError when the model was brought without `predict`.
   */
  predict<Inputs, Outputs>(inputs: Inputs): Promise<Outputs>;
  /**
   * Waits for so many more rounds that this peer's update is in.
   *
   * @param count - A whole number from 1.
   * @param options - `signal` ends the waiting, not the training.
   * @returns The last of them.
   * @throws RangeError when `count` is none.
   * @throws RoundFailed with the reason `aborted` when the training is stopped or its session left. What
   *   `batch` or `loss` throws ends the training, and comes out here.
   */
  rounds(count: number, options?: { readonly signal?: AbortSignal }): Promise<TrainedRound>;
  /** Takes part in no more rounds and makes no more steps; the session and the weights stay. */
  stop(): void;
}
