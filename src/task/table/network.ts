/**
 * Linear, logistic and softmax regression, and small networks with hidden layers: one flat vector of numbers.
 *
 * Layer by layer, the weights (shape [inputs, units], row by row) and then the biases; hidden units are tanh.
 * The loss is the mean over rows of cross entropy (nats) or half the squared error, and half of `TABLE_RIDGE`
 * times the squared weights. Plain loops in double precision: without a tensor library peers on different
 * machines differ by rounding alone.
 *
 * @module
 */
import { TABLE_RIDGE } from '../../config.ts';
import { SeededRandom } from '../../seeded-random.ts';
import type { Examples, Layout } from './layout.ts';

/** Units of each layer, inputs and outputs included. */
export function widthsOf(layout: Layout): readonly number[] {
  return [layout.width, ...layout.hidden, layout.outputs];
}

/** Length P of the flat vector. */
export function parameterCountOf(layout: Layout): number {
  const widths = widthsOf(layout);
  return widths.slice(1).reduce((sum, units, layer) => sum + (widths[layer]! + 1) * units, 0);
}

/**
 * The first model, the same for everybody who has the same hash.
 *
 * All zeros without hidden layers. With them, uniform weights whose limit is a power of two, which every engine
 * multiplies by without rounding.
 *
 * @returns Shape [P].
 */
export function firstParametersOf(layout: Layout, hash: string): Float64Array {
  const parameters = new Float64Array(parameterCountOf(layout));
  if (layout.hidden.length === 0) return parameters;
  const random = new SeededRandom(`table model ${hash}`);
  const widths = widthsOf(layout);
  let at = 0;
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const limit = 2 ** Math.floor(Math.log2(1 / Math.sqrt(widths[layer]!)));
    const end = at + widths[layer]! * widths[layer + 1]!;
    while (at < end) parameters[at++] = random.between(-limit, limit);
    at += widths[layer + 1]!;
  }
  return parameters;
}

/** Goes forwards and back through a model, a row at a time. */
export class Network {
  private readonly layout: Layout;
  private readonly widths: readonly number[];
  /** What each layer puts out; of the inputs nothing is kept. */
  private readonly outputs: readonly Float64Array[];
  private readonly slopes: readonly Float64Array[];

  constructor(layout: Layout) {
    this.layout = layout;
    this.widths = widthsOf(layout);
    this.outputs = this.widths.slice(1).map((width) => new Float64Array(width));
    this.slopes = this.widths.slice(1).map((width) => new Float64Array(width));
  }

  /**
   * What the model says of a row: logits, or a standardised number.
   *
   * @returns Shape [outputs]; overwritten by the next row.
   */
  forward(parameters: Float64Array, examples: Examples, row: number): Float64Array {
    const { widths, outputs } = this;
    this.firstLayer(parameters, examples, row);
    let start = (widths[0]! + 1) * widths[1]!;
    for (let layer = 1; layer + 1 < widths.length; layer++) {
      const from = widths[layer]!;
      const to = widths[layer + 1]!;
      const inputs = outputs[layer - 1]!;
      const sums = outputs[layer]!;
      for (let i = 0; i < from; i++) inputs[i] = Math.tanh(inputs[i]!);
      const biases = start + from * to;
      for (let unit = 0; unit < to; unit++) {
        let sum = parameters[biases + unit]!;
        for (let i = 0; i < from; i++) sum += inputs[i]! * parameters[start + i * to + unit]!;
        sums[unit] = sum;
      }
      start = biases + to;
    }
    return outputs.at(-1)!;
  }

  /**
   * Mean loss without the pull to zero; 0 without rows.
   *
   * @param most - Of more rows than this, every so many are looked at.
   */
  loss(parameters: Float64Array, examples: Examples, most = Infinity): number {
    const stride = Math.max(Math.ceil(examples.rows / most), 1);
    let sum = 0;
    let count = 0;
    for (let row = 0; row < examples.rows; row += stride) {
      sum += this.lossAt(this.forward(parameters, examples, row), examples.targets[row]!);
      count += 1;
    }
    return count > 0 ? sum / count : 0;
  }

  /**
   * Mean loss over some rows, the pull to zero included, and its gradient.
   *
   * @param rows - Which rows, shape [batch]; at least one.
   * @param gradient - Shape [P]; overwritten.
   */
  lossAndGradient(
    parameters: Float64Array,
    examples: Examples,
    rows: Int32Array,
    gradient: Float64Array,
  ): number {
    gradient.fill(0);
    let sum = 0;
    for (const row of rows) {
      const output = this.forward(parameters, examples, row);
      const target = examples.targets[row]!;
      sum += this.lossAt(output, target);
      this.slopeAt(output, target, 1 / rows.length);
      this.back(parameters, examples, row, gradient);
    }
    return sum / rows.length + this.pull(parameters, gradient);
  }

  /** Adds up the first layer: numbers by weight, and one row of weights for each input that is 1. */
  private firstLayer(parameters: Float64Array, examples: Examples, row: number): void {
    const [width = 0, to = 0] = this.widths;
    const sums = this.outputs[0]!;
    const { numbers, codes, codesPerRow } = examples;
    const numberCount = this.layout.numbers.length;
    for (let unit = 0; unit < to; unit++) sums[unit] = parameters[width * to + unit]!;
    for (let i = 0; i < numberCount; i++) {
      const value = numbers[row * numberCount + i]!;
      for (let unit = 0; unit < to; unit++) {
        sums[unit] = sums[unit]! + value * parameters[i * to + unit]!;
      }
    }
    for (let slot = 0; slot < codesPerRow; slot++) {
      const code = codes[row * codesPerRow + slot]!;
      if (code < 0) continue;
      for (let unit = 0; unit < to; unit++)
        sums[unit] = sums[unit]! + parameters[code * to + unit]!;
    }
  }

  private lossAt(output: Float64Array, target: number): number {
    if (this.layout.kind === 'number') return 0.5 * (output[0]! - target) ** 2;
    if (this.layout.outputs === 1) {
      const logit = output[0]!;
      // log(1 + e^x) without overflow.
      return Math.max(logit, 0) - logit * target + Math.log1p(Math.exp(-Math.abs(logit)));
    }
    let largest = -Infinity;
    for (const logit of output) largest = Math.max(largest, logit);
    let sum = 0;
    for (const logit of output) sum += Math.exp(logit - largest);
    return largest + Math.log(sum) - output[target]!;
  }

  /** Slope of the loss at the outputs, times the share of this row. */
  private slopeAt(output: Float64Array, target: number, share: number): void {
    const slope = this.slopes.at(-1)!;
    if (this.layout.kind === 'number') slope[0] = (output[0]! - target) * share;
    else if (this.layout.outputs === 1) slope[0] = (sigmoid(output[0]!) - target) * share;
    else {
      softmaxInto(slope, output);
      for (let i = 0; i < slope.length; i++) {
        slope[i] = (slope[i]! - (i === target ? 1 : 0)) * share;
      }
    }
  }

  private back(
    parameters: Float64Array,
    examples: Examples,
    row: number,
    gradient: Float64Array,
  ): void {
    const { widths, outputs, slopes } = this;
    let end = gradient.length;
    for (let layer = widths.length - 2; layer >= 1; layer--) {
      const from = widths[layer]!;
      const to = widths[layer + 1]!;
      const start = end - (from + 1) * to;
      const inputs = outputs[layer - 1]!;
      const slope = slopes[layer]!;
      const before = slopes[layer - 1]!;
      for (let unit = 0; unit < to; unit++) {
        gradient[start + from * to + unit] = gradient[start + from * to + unit]! + slope[unit]!;
      }
      for (let i = 0; i < from; i++) {
        let sum = 0;
        for (let unit = 0; unit < to; unit++) {
          const at = start + i * to + unit;
          gradient[at] = gradient[at]! + inputs[i]! * slope[unit]!;
          sum += parameters[at]! * slope[unit]!;
        }
        before[i] = sum * (1 - inputs[i]! * inputs[i]!);
      }
      end = start;
    }
    this.firstGradient(examples, row, gradient);
  }

  private firstGradient(examples: Examples, row: number, gradient: Float64Array): void {
    const [width = 0, to = 0] = this.widths;
    const slope = this.slopes[0]!;
    const { numbers, codes, codesPerRow } = examples;
    const numberCount = this.layout.numbers.length;
    const add = (input: number, value: number): void => {
      for (let unit = 0; unit < to; unit++) {
        gradient[input * to + unit] = gradient[input * to + unit]! + value * slope[unit]!;
      }
    };
    for (let i = 0; i < numberCount; i++) add(i, numbers[row * numberCount + i]!);
    for (let slot = 0; slot < codesPerRow; slot++) {
      const code = codes[row * codesPerRow + slot]!;
      if (code >= 0) add(code, 1);
    }
    add(width, 1);
  }

  /** Adds the pull of the weights to zero; biases are free. Returns its part of the loss. */
  private pull(parameters: Float64Array, gradient: Float64Array): number {
    let squares = 0;
    let at = 0;
    for (let layer = 0; layer + 1 < this.widths.length; layer++) {
      const to = this.widths[layer + 1]!;
      const end = at + this.widths[layer]! * to;
      for (; at < end; at++) {
        gradient[at] = gradient[at]! + TABLE_RIDGE * parameters[at]!;
        squares += parameters[at]! ** 2;
      }
      at += to;
    }
    return 0.5 * TABLE_RIDGE * squares;
  }
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** Probabilities of logits, written to `into`. Both of shape [classes]. */
export function softmaxInto(into: Float64Array, logits: ArrayLike<number>): void {
  let largest = -Infinity;
  for (let i = 0; i < logits.length; i++) largest = Math.max(largest, logits[i]!);
  let sum = 0;
  for (let i = 0; i < logits.length; i++) {
    into[i] = Math.exp(logits[i]! - largest);
    sum += into[i]!;
  }
  for (let i = 0; i < logits.length; i++) into[i] = into[i]! / sum;
}
