/**
 * What the page asks of the training worker, and what it answers.
 *
 * Every request has an `id` and gets exactly one reply with that id, `failed` with a reason included;
 * `progress` comes unasked while training runs. Arrays of requests are copied: the page keeps its own. Arrays
 * of replies are transferred: the worker keeps none of them.
 *
 * @module
 */
import type { NoiseSetting } from '../privacy/noise.ts';
import type { Encoding } from '../secagg/index.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import type { Reading } from '../task/readings.ts';

export type { Encoding, Reading, TaskSettings };

/** From the page. */
export type TrainerRequest =
  /** Once, first. `parameters`, `global` and `step` come from a store after a reload. Training waits for `run`. */
  | {
      readonly type: 'start';
      readonly id: number;
      readonly task: TaskSettings;
      readonly readings: readonly Reading[];
      /** Readings that are never learned from: contributions end with what the merged model makes of them. */
      readonly checks?: readonly Reading[] | undefined;
      /** Buckets whose updates contributions judge, at most; none where spoiled contributions are not searched for. */
      readonly votes?: number | undefined;
      readonly parameters?: Float32Array | undefined;
      /** The newest merged model this tab had, if any. */
      readonly global?: Float32Array | undefined;
      readonly step?: number | undefined;
    }
  /** What to learn from, from the next step on; the newest `WEIGHT_CAP` are kept. */
  | {
      readonly type: 'readings';
      readonly id: number;
      readonly readings: readonly Reading[];
      /** Replace those of `start`. */
      readonly checks?: readonly Reading[] | undefined;
    }
  /** Train from now on (or stop); `stepsPerSecond` of 0 is as fast as it goes. */
  | {
      readonly type: 'run';
      readonly id: number;
      readonly isRunning: boolean;
      readonly stepsPerSecond: number;
    }
  | { readonly type: 'step'; readonly id: number; readonly count: number }
  /** Draw the noise of the next contribution, unless it is there: before the round that will need it. */
  | { readonly type: 'prepare'; readonly id: number; readonly noise: NoiseSetting }
  /**
   * local - global, as words; the worker remembers what it sent until `apply`, `copy` or `forget`. Asked again
   * for the next attempt of a round, it sends and remembers the newer model.
   */
  | { readonly type: 'contribute'; readonly id: number; readonly encoding: Encoding }
  /** A result with this tab in it: local = new global + (local now - local sent). */
  | {
      readonly type: 'apply';
      readonly id: number;
      readonly global: Float32Array;
      /** Updates of the other buckets of this result, by bucket; undefined for the own one. Judged with the next contribution. */
      readonly bucketMeans?: readonly (Float64Array | undefined)[] | undefined;
    }
  /** A result without this tab in it, or after a reload: local = new global; a pending update is dropped. */
  | { readonly type: 'copy'; readonly id: number; readonly global: Float32Array }
  /** The contribution is spent: local = global + (local now - local sent). */
  | { readonly type: 'forget'; readonly id: number }
  /** Local model back to the newest global one, or to the first model; a pending update stays what it is. */
  | { readonly type: 'reset'; readonly id: number }
  /** The merged model after so many steps on the own readings, beside everything else. */
  | { readonly type: 'personalise'; readonly id: number; readonly count: number }
  /** Stop training and let go of the port; nothing follows the reply. */
  | { readonly type: 'stop'; readonly id: number };

/** A model seen as a map. */
export interface Snapshot {
  readonly step: number;
  /** Share of the true map that is right, 0 to 1, over a grid that leaves out places on the border. */
  readonly accuracy: number;
  /** Share of the own readings that is right, 0 to 1; 1 without readings. */
  readonly ownAccuracy: number;
  /** Logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top (y = 1) down. */
  readonly surface: Float32Array;
  /** Parameters, shape [P]: for the store. */
  readonly parameters: Float32Array;
}

/** The first reply: what a reloaded tab shows before anything is merged again. */
export interface Started {
  /** The first model, the same for the whole room, shape [P]. */
  readonly initial: Float32Array;
  readonly local: Snapshot;
  /** The newest merged model, if `start` brought one. */
  readonly federation: Snapshot | undefined;
}

/** An update ready to be masked. */
export interface Contribution {
  /** Shape [P], [P + 2] with checks, and 2 more for each bucket that may be judged, and one more where there is a weight, which comes last. */
  readonly words: Uint32Array;
  /** The numbers that were encoded, of the shape of `words`, for "what the others saw"; stays in this page. */
  readonly update: Float64Array;
  /** Readings that it was learned from, at most the cap; 1 for the zero update of a peer without readings. */
  readonly weight: number;
}

/** Both maps after `apply` and `copy`. */
export interface Merged {
  readonly local: Snapshot;
  readonly federation: Snapshot;
}

/** From the worker. */
export type TrainerReply =
  | ({ readonly type: 'started'; readonly id: number } & Started)
  | { readonly type: 'done'; readonly id: number; readonly local: Snapshot }
  | { readonly type: 'prepared'; readonly id: number }
  | ({ readonly type: 'contribution'; readonly id: number } & Contribution)
  | ({ readonly type: 'merged'; readonly id: number } & Merged)
  | { readonly type: 'stopped'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  /** Unasked, about ten times a second while training, when a step was made. */
  | { readonly type: 'progress'; readonly local: Snapshot };
