/**
 * Training of one heat-map, with tensors that live no longer than one call.
 *
 * The parameters are one flat `Float32Array`. A step wraps its runs as tensors, goes forwards and
 * back through the network, and hands plain gradients to the optimiser: no variables, no tape, nothing
 * to dispose of later. With five operations a layer, writing the gradient down is three to five times
 * faster than recording it, because the recording costs more than the arithmetic.
 *
 * The loss is the binary cross-entropy of the logits over all readings at once; its gradient at a
 * logit is (sigmoid - truth) / readings. Places are scaled from [0, 1] to [-1, 1].
 *
 * Kingma and Ba: Adam, ICLR 2015.
 *
 * @module
 */
import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  div,
  enableProdMode,
  matMul,
  mul,
  setBackend,
  sigmoid,
  square,
  sub,
  sum,
  tanh,
  tensor1d,
  tensor2d,
  tidy,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { ADAM_FLOOR, GRADIENT_MEMORY, LEARNING_RATE, SQUARE_MEMORY } from '../config.ts';
import { widthsOf } from './heat-map.ts';
import type { Reading } from './readings.ts';
import { SURFACE_POINTS, placeOf } from './surface.ts';

// Without it, the library greets every Node program on its standard error and checks each result.
enableProdMode();

/** What a step learns from, as flat arrays: shape [readings, 2] in [-1, 1], and [readings, 1], 1 is hot. */
interface Batch {
  readonly size: number;
  readonly inputs: Float32Array;
  readonly truths: Float32Array;
}

/** One model, its readings, and the memory of its optimiser. */
export class Training {
  /** Shape [P]; the owner may change it between steps. */
  readonly parameters: Float32Array;
  private readonly widths: readonly number[];
  private readonly gradient: Float32Array;
  private readonly meanGradient: Float32Array;
  private readonly meanSquare: Float32Array;
  private batch: Batch = batchOf([]);
  private steps = 0;

  /**
   * @param hidden - Units of each hidden layer.
   * @param parameters - Shape [P]; each step writes to it.
   */
  constructor(hidden: readonly number[], parameters: Float32Array) {
    setBackend('cpu');
    this.parameters = parameters;
    this.widths = widthsOf(hidden);
    this.gradient = new Float32Array(parameters.length);
    this.meanGradient = new Float32Array(parameters.length);
    this.meanSquare = new Float32Array(parameters.length);
  }

  /** The readings to learn from, from the next step on. */
  learnFrom(readings: readonly Reading[]): void {
    this.batch = batchOf(readings);
  }

  /** One step of Adam on all readings; without readings, nothing changes. */
  step(): void {
    if (this.batch.size === 0) return;
    fillGradient(this.gradient, this.parameters, this.widths, this.batch);
    this.steps += 1;
    const { parameters, gradient, meanGradient, meanSquare } = this;
    const rate = LEARNING_RATE / (1 - GRADIENT_MEMORY ** this.steps);
    const squareScale = 1 / (1 - SQUARE_MEMORY ** this.steps);
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]!;
      const mean = GRADIENT_MEMORY * meanGradient[i]! + (1 - GRADIENT_MEMORY) * slope;
      const meanOfSquares = SQUARE_MEMORY * meanSquare[i]! + (1 - SQUARE_MEMORY) * slope * slope;
      meanGradient[i] = mean;
      meanSquare[i] = meanOfSquares;
      parameters[i]! -= (rate * mean) / (Math.sqrt(meanOfSquares * squareScale) + ADAM_FLOOR);
    }
  }

  /** Forgets which way the last steps went: for a model that was replaced, not moved. */
  forgetMomentum(): void {
    this.steps = 0;
    this.meanGradient.fill(0);
    this.meanSquare.fill(0);
  }
}

/**
 * The model as a map.
 *
 * @param parameters - Shape [P]; only read.
 * @returns Logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top; the caller's own.
 */
export function surfaceOf(hidden: readonly number[], parameters: Float32Array): Float32Array {
  setBackend('cpu');
  const surface = new Float32Array(SURFACE_POINTS);
  // What a `tidy` returns is searched for tensors, number by number: this takes longer than the model.
  tidy(() => {
    const outputs = forward(parameters, widthsOf(hidden), tensor2d(PLACES, [SURFACE_POINTS, 2]));
    surface.set(outputs.at(-1)!.dataSync());
  });
  return surface;
}

/**
 * The gradient of the loss.
 *
 * @returns Shape [P]; zero without readings.
 */
export function gradientOf(
  hidden: readonly number[],
  parameters: Float32Array,
  readings: readonly Reading[],
): Float32Array {
  setBackend('cpu');
  const gradient = new Float32Array(parameters.length);
  if (readings.length > 0) fillGradient(gradient, parameters, widthsOf(hidden), batchOf(readings));
  return gradient;
}

const PLACES = Float32Array.from({ length: 2 * SURFACE_POINTS }, (_, i) => {
  const { x, y } = placeOf(Math.floor(i / 2));
  return scaled(i % 2 === 0 ? x : y);
});

function scaled(coordinate: number): number {
  return 2 * coordinate - 1;
}

function batchOf(readings: readonly Reading[]): Batch {
  return {
    size: readings.length,
    inputs: Float32Array.from(readings.flatMap(({ x, y }) => [scaled(x), scaled(y)])),
    truths: Float32Array.from(readings, ({ isHot }) => (isHot ? 1 : 0)),
  };
}

/** Where the weights of each layer start in the flat vector; the biases follow them. */
function startsOf(widths: readonly number[]): readonly number[] {
  let at = 0;
  return widths.slice(1).map((units, layer) => {
    const start = at;
    at += (widths[layer]! + 1) * units;
    return start;
  });
}

/** The weights that lead into a layer, as a tensor over the same memory; inside a `tidy`. */
function weightsAt(parameters: Float32Array, start: number, from: number, to: number): Tensor2D {
  return tensor2d(parameters.subarray(start, start + from * to), [from, to]);
}

function biasesAt(parameters: Float32Array, start: number, from: number, to: number): Tensor1D {
  return tensor1d(parameters.subarray(start + from * to, start + (from + 1) * to));
}

/** What each layer puts out, the inputs first and the logits last; inside a `tidy`. */
function forward(
  parameters: Float32Array,
  widths: readonly number[],
  inputs: Tensor2D,
): readonly Tensor2D[] {
  const outputs = [inputs];
  startsOf(widths).forEach((start, layer) => {
    const from = widths[layer]!;
    const to = widths[layer + 1]!;
    const weighted = matMul(outputs[layer]!, weightsAt(parameters, start, from, to));
    const sums = add<Tensor2D>(weighted, biasesAt(parameters, start, from, to));
    outputs.push(layer === widths.length - 2 ? sums : tanh(sums));
  });
  return outputs;
}

/** Writes the gradient of the loss over a batch, shape [P], into `gradient`. */
function fillGradient(
  gradient: Float32Array,
  parameters: Float32Array,
  widths: readonly number[],
  batch: Batch,
): void {
  tidy(() => {
    const outputs = forward(parameters, widths, tensor2d(batch.inputs, [batch.size, 2]));
    const truths = tensor2d(batch.truths, [batch.size, 1]);
    let slope: Tensor2D = div(sub(sigmoid(outputs.at(-1)!), truths), batch.size);
    const starts = startsOf(widths);
    for (let layer = starts.length - 1; layer >= 0; layer--) {
      const start = starts[layer]!;
      const from = widths[layer]!;
      const to = widths[layer + 1]!;
      gradient.set(matMul(outputs[layer]!, slope, true, false).dataSync(), start);
      gradient.set(sum(slope, 0).dataSync(), start + from * to);
      if (layer === 0) return;
      const back = matMul(slope, weightsAt(parameters, start, from, to), false, true);
      slope = mul(back, sub(1, square(outputs[layer]!)));
    }
  });
}
