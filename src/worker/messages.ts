/**
 * What the page asks of the training worker, and what it answers.
 *
 * Every request has an `id` and gets exactly one reply with that id; `progress` comes unasked while
 * training runs. Arrays are transferred where they are large: the sender's array is empty afterwards.
 *
 * @module
 */

/** A reading of a thermometer at a place of the unit square, y upwards. */
export interface Reading {
  readonly x: number;
  readonly y: number;
  readonly isHot: boolean;
}

/** What is learned: agreed by the whole room (all but `stepsPerSecond`). */
export interface TaskSettings {
  readonly pattern: 'diagonal' | 'circle' | 'checkerboard' | 'stripes' | 'spiral';
  /** Units of each hidden layer: [8] is 2-8-1 (33 parameters), [16, 16] is 2-16-16-1. */
  readonly hidden: readonly number[];
  /** Text that the first model is a function of: task and room, the same for everybody. */
  readonly modelSeed: string;
}

/** How an update becomes words: agreed in the round's proposal. */
export interface Encoding {
  /** Members of the roster: the sum of so many must not wrap. */
  readonly members: number;
  /** Bound of |value| per coordinate. */
  readonly clip: number;
  /** Largest weight, or 0 when there is no weight word. */
  readonly weightCap: number;
}

/** From the page. */
export type TrainerRequest =
  /** Once, first. `parameters` and `step` come from a store after a reload. */
  | {
      readonly type: 'start';
      readonly id: number;
      readonly task: TaskSettings;
      readonly readings: readonly Reading[];
      readonly parameters?: Float32Array | undefined;
      /** The newest merged model this tab had, if any. */
      readonly global?: Float32Array | undefined;
      readonly step?: number | undefined;
      readonly stepsPerSecond: number;
    }
  | { readonly type: 'readings'; readonly id: number; readonly readings: readonly Reading[] }
  /** Train from now on (or stop); `stepsPerSecond` of 0 is as fast as it goes. */
  | {
      readonly type: 'run';
      readonly id: number;
      readonly isRunning: boolean;
      readonly stepsPerSecond: number;
    }
  | { readonly type: 'step'; readonly id: number; readonly count: number }
  /** local - global, as words; the worker remembers what it sent until `apply`, `copy` or `forget`. */
  | { readonly type: 'contribute'; readonly id: number; readonly encoding: Encoding }
  /** A result with this tab in it: local = new global + (local now - local sent). */
  | { readonly type: 'apply'; readonly id: number; readonly global: Float32Array }
  /** A result without this tab in it, or after a reload: local = new global; a pending update is dropped. */
  | { readonly type: 'copy'; readonly id: number; readonly global: Float32Array }
  /** The contribution is spent: local = global + (local now - local sent). */
  | { readonly type: 'forget'; readonly id: number }
  /** Local model back to the newest global one, or to the first model. */
  | { readonly type: 'reset'; readonly id: number }
  /** Dispose of every tensor; nothing follows. */
  | { readonly type: 'stop'; readonly id: number };

/** A model seen as a map. */
export interface Snapshot {
  readonly step: number;
  /** Share of the true map that is right, 0 to 1, over a grid that leaves out places on the border. */
  readonly accuracy: number;
  /** Logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top (y = 1) down. */
  readonly surface: Float32Array;
  /** Parameters, shape [P]: for the store. */
  readonly parameters: Float32Array;
}

/** From the worker. */
export type TrainerReply =
  | {
      readonly type: 'started';
      readonly id: number;
      readonly initial: Float32Array;
      readonly local: Snapshot;
    }
  | { readonly type: 'done'; readonly id: number; readonly local: Snapshot }
  | {
      readonly type: 'contribution';
      readonly id: number;
      /** Shape [P] or [P + 1]: the weight last when there is one. */
      readonly words: Uint32Array;
      /** The update as it was encoded, for "what the others saw"; stays in this page. */
      readonly update: Float64Array;
      readonly weight: number;
    }
  /** Both maps after `apply` and `copy`. */
  | {
      readonly type: 'merged';
      readonly id: number;
      readonly local: Snapshot;
      readonly federation: Snapshot;
    }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  /** Unasked, about ten times a second while training. */
  | { readonly type: 'progress'; readonly local: Snapshot };
