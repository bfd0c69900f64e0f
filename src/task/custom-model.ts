/**
 * Models that people bring: functions over tensors, or a `LayersModel`, seen as one flat vector of weights.
 *
 * A model of functions is `init`, `loss` and, if it is to answer questions, `predict`; the gradient comes from
 * automatic differentiation, and an optimiser of tfjs moves the weights. A `LayersModel` trains itself, by the
 * optimiser it was compiled with. Tensors never leave this file but through the functions that were given.
 *
 * The kernels are those of whatever backend the page or program has registered; where there is none, the
 * plain one of tfjs is loaded.
 *
 * @module
 */
import {
  engine,
  getGradient,
  tensor,
  tidy,
  train,
  variable,
  type Optimizer,
  type Scalar,
  type Tensor,
  type Variable,
} from '@tensorflow/tfjs-core';
import { MODEL_LEARNING_RATE } from '../config.ts';

/**
 * What is asked of a tensor of tfjs-core. The types of this library name no package's types: `Tensor` below is
 * that of whatever version the caller has.
 */
export interface TensorLike {
  /** Its dimensions. */
  readonly shape: readonly number[];
  /** How many numbers it holds. */
  readonly size: number;
  /** Lets go of its memory. */
  dispose(): void;
}

/** What is asked of an optimiser, such as `tf.train.sgd(0.1)`. */
export interface OptimizerLike {
  /** Moves variables against the gradient of what a function returns. */
  minimize(...values: never[]): unknown;
  /** Lets go of its memory. */
  dispose(): void;
}

/** A model as functions over tensors of tfjs-core. All but `optimizer` are called inside a `tidy`. */
export interface FunctionModel<
  Tensor extends TensorLike = TensorLike,
  Batch = unknown,
  Inputs = Tensor,
  Outputs = Tensor,
> {
  /**
   * The first weights, in an order that stays.
   *
   * @param seed - Of the room, a whole number below 2^32: the same for everybody, and so must the weights be.
   */
  init(seed: number): readonly Tensor[];
  /**
   * What a step lowers: one number.
   *
   * @param weights - In the order of `init`.
   * @param batch - What `TrainOptions.batch` gave.
   */
  loss(weights: readonly Tensor[], batch: Batch): Tensor;
  /** What the model says of inputs; the caller disposes. */
  predict?(weights: readonly Tensor[], inputs: Inputs): Outputs;
  /** Moves the weights; Adam at a rate of 0.01 unless given. Its memory stays on this device. */
  optimizer?(): OptimizerLike;
}

/**
 * What is asked of a `LayersModel` of tfjs-layers, compiled. Weights that are not trained are averaged like the
 * others.
 */
export interface LayersModelLike {
  /** Every weight, in an order that stays. */
  getWeights(): TensorLike[];
  /** Takes weights in the same order. */
  setWeights(weights: never[]): void;
  /** One step of the model's own optimiser; the loss, and behind it any metrics. */
  trainOnBatch(xs: never, ys: never): Promise<number | number[]>;
  /** What the model says of inputs. */
  predict(xs: never): unknown;
}

/** What a step of a `LayersModel` learns from; the tensors stay those of whoever gave them. */
export interface LayersBatch {
  /** Inputs, shape [examples, ...]. */
  readonly xs: TensorLike;
  /** What is to come out, shape [examples, ...]. */
  readonly ys: TensorLike;
}

/** Any model that can be brought: a `FunctionModel` over whatever tensors, or a `LayersModel`. */
export type CustomModel =
  | LayersModelLike
  | {
      init(seed: number): readonly TensorLike[];
      loss(weights: never, batch: never): TensorLike;
      predict?(weights: never, inputs: never): unknown;
      optimizer?(): OptimizerLike;
    };

/** A model as a vector that learns. One call at a time. */
export interface VectorModel {
  /** Names and lengths of its parts, in the order of the vector. */
  readonly parts: readonly { readonly name: string; readonly length: number }[];
  readonly size: number;
  /** The weights now, shape [size]; the caller's own. */
  read(): Promise<Float32Array>;
  /** @param weights - Shape [size]; only read. */
  write(weights: Float32Array): void;
  /** One step on a batch; resolves with the loss before it. */
  step(batch: () => unknown): Promise<number>;
  /** @throws TypeError when the model was brought without `predict`. */
  predict(inputs: unknown): unknown;
  /** Lets go of what this file made; a `LayersModel` stays its owner's. */
  dispose(): void;
}

/**
 * A model as a vector.
 *
 * @param seed - For `init`.
 */
export async function vectorModelOf(model: CustomModel, seed: number): Promise<VectorModel> {
  if (Object.keys(engine().registryFactory).length === 0) {
    await import('@tensorflow/tfjs-backend-cpu');
  }
  // A gradient that all need: whoever loaded the whole of tfjs has them.
  if (getGradient('Mean') === undefined) await import('./gradients.ts');
  return isLayersModel(model)
    ? new LayersVector(model as Layers)
    : new FunctionVector(model as Functions, seed);
}

/** The same with the tensors of the package that is installed here. */
type Functions = FunctionModel<Tensor, unknown, unknown, unknown>;

interface Layers {
  getWeights(): Tensor[];
  setWeights(weights: Tensor[]): void;
  trainOnBatch(xs: unknown, ys: unknown): Promise<number | number[]>;
  predict(xs: unknown): unknown;
}

function isLayersModel(model: CustomModel): model is LayersModelLike {
  return 'trainOnBatch' in model;
}

class FunctionVector implements VectorModel {
  readonly parts: VectorModel['parts'];
  readonly size: number;
  readonly #model: Functions;
  readonly #weights: readonly Variable[];
  readonly #optimizer: Optimizer;

  constructor(model: Functions, seed: number) {
    this.#model = model;
    this.#weights = tidy(() => model.init(seed).map((first) => variable(first)));
    this.#optimizer =
      (model.optimizer?.() as Optimizer | undefined) ?? train.adam(MODEL_LEARNING_RATE);
    this.parts = partsOf(this.#weights);
    this.size = sizeOf(this.#weights);
  }

  read(): Promise<Float32Array> {
    return flat(this.#weights, this.size);
  }

  write(weights: Float32Array): void {
    tidy(() => {
      tensorsOf(weights, this.#weights).forEach((values, i) => this.#weights[i]!.assign(values));
    });
  }

  async step(batch: () => unknown): Promise<number> {
    const cost = this.#optimizer.minimize(
      () => this.#model.loss(this.#weights, batch()) as Scalar,
      true,
      this.#weights as Variable[],
    )!;
    try {
      return (await cost.data())[0]!;
    } finally {
      cost.dispose();
    }
  }

  predict(inputs: unknown): unknown {
    const { predict } = this.#model;
    if (predict === undefined) throw new TypeError('This model has no predict: give it one.');
    return tidy(() => predict.call(this.#model, this.#weights, inputs) as Tensor);
  }

  dispose(): void {
    for (const weight of this.#weights) weight.dispose();
    this.#optimizer.dispose();
  }
}

class LayersVector implements VectorModel {
  readonly parts: VectorModel['parts'];
  readonly size: number;
  readonly #model: Layers;

  constructor(model: Layers) {
    this.#model = model;
    this.parts = partsOf(model.getWeights());
    this.size = sizeOf(model.getWeights());
  }

  read(): Promise<Float32Array> {
    return flat(this.#model.getWeights(), this.size);
  }

  write(weights: Float32Array): void {
    tidy(() => this.#model.setWeights(tensorsOf(weights, this.#model.getWeights())));
  }

  async step(batch: () => unknown): Promise<number> {
    const { xs, ys } = batch() as LayersBatch;
    const told = await this.#model.trainOnBatch(xs, ys);
    return typeof told === 'number' ? told : told[0]!;
  }

  predict(inputs: unknown): unknown {
    return this.#model.predict(inputs);
  }

  dispose(): void {
    // The model is its owner's.
  }
}

function partsOf(weights: readonly Tensor[]): VectorModel['parts'] {
  return weights.map(({ shape, size }, i) => ({
    name: `weights ${i + 1}${shape.length > 0 ? `: ${shape.join(' x ')}` : ''}`,
    length: size,
  }));
}

function sizeOf(weights: readonly Tensor[]): number {
  return weights.reduce((sum, { size }) => sum + size, 0);
}

async function flat(weights: readonly Tensor[], size: number): Promise<Float32Array> {
  const values = new Float32Array(size);
  let at = 0;
  for (const weight of weights) {
    values.set(await weight.data(), at);
    at += weight.size;
  }
  return values;
}

/** A flat vector as tensors of the shapes of others; inside a `tidy`. */
function tensorsOf(values: Float32Array, like: readonly Tensor[]): Tensor[] {
  let at = 0;
  return like.map(({ shape, size }) => {
    // A copy: a backend may keep what it is given.
    const part = tensor(values.slice(at, at + size), shape);
    at += size;
    return part;
  });
}
