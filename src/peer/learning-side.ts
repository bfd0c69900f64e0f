/**
 * What a session asks of whatever learns in it: the heat-map, or a model that somebody brought.
 *
 * @module
 */
import type { NoiseSetting } from '../privacy/noise.ts';
import type { Call } from '../round/messages.ts';
import type { Encoding } from '../secagg/index.ts';
import type { MergingView } from './view.ts';

/** The learning side of a session. */
export interface LearningSide {
  /** How much this peer wants a round now. */
  readonly call: Call;
  /** How much it will want one right after a result. */
  readonly callAfter: Call;
  readonly merging: Omit<MergingView, 'minPeers'>;
  /** Names and lengths of the parts of its vector, in order. */
  readonly layers: readonly { readonly name: string; readonly length: number }[];
  /** The update of the newest contribution, as numbers. */
  readonly sent: Float64Array | undefined;
  /** Draws the noise of the next contribution, unless it is there: how long that takes tells of it, in a round. */
  prepare(noise: NoiseSetting): void;
  /** The update for an attempt, as words; rejects when there is none. */
  contribute(encoding: Encoding): Promise<Uint32Array>;
  /**
   * A result: with the own update in it, or copied. Resolves with accuracies, where there are any.
   *
   * @param model - The merged model, shape [P].
   * @param bucketMeans - Updates of buckets without the own one, to be judged with the next contribution.
   */
  onResult(
    model: Float32Array,
    round: number,
    isCopied: boolean,
    bucketMeans: readonly (Float64Array | undefined)[],
  ): Promise<{ readonly local: number; readonly federation: number } | undefined>;
  /** The pending update may have been learnt without a result: it is dropped. */
  forget(): void;
  setRunning(isRunning: boolean): void;
  stepOnce(): void;
  /** Local model back to the newest merged one. */
  reset(): void;
  mergeNow(): void;
  setMerging(mode: MergingView['mode'], everySteps?: number): void;
  close(): Promise<void>;
}
