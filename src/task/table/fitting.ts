/**
 * Steps of learning on one table.
 *
 * Without hidden layers a step is one down the gradient, as long as the loss allows: its curvature is below the
 * power of the inputs, which all peers know, so they take steps of one length. With hidden layers it is one
 * of Adam. A step is over all rows, or over some at random where there are very many.
 *
 * @module
 */
import {
  ADAM_FLOOR,
  GRADIENT_MEMORY,
  SQUARE_MEMORY,
  TABLE_BATCH_ROWS,
  TABLE_HIDDEN_RATE,
  TABLE_RIDGE,
} from '../../config.ts';
import { SeededRandom } from '../../seeded-random.ts';
import type { Examples, Layout } from './layout.ts';
import { Network } from './network.ts';

/** A model and the memory of its optimiser. */
export class Fitting {
  /** Shape [P]; the owner may change it between steps. */
  readonly parameters: Float64Array;
  private readonly layout: Layout;
  private readonly network: Network;
  private readonly gradient: Float64Array;
  private readonly meanGradient: Float64Array;
  private readonly meanSquare: Float64Array;
  private readonly order: Int32Array;
  private readonly random = new SeededRandom('table batches');
  private readonly examples: Examples;
  private steps = 0;

  /** @param parameters - Shape [P]; copied. */
  constructor(layout: Layout, examples: Examples, parameters: Float64Array) {
    this.layout = layout;
    this.examples = examples;
    this.parameters = parameters.slice();
    this.network = new Network(layout);
    this.gradient = new Float64Array(parameters.length);
    this.meanGradient = new Float64Array(parameters.length);
    this.meanSquare = new Float64Array(parameters.length);
    this.order = Int32Array.from({ length: examples.rows }, (_, row) => row);
  }

  /** One step. Without rows nothing changes. */
  step(): void {
    if (this.examples.rows === 0) return;
    this.network.lossAndGradient(this.parameters, this.examples, this.batch(), this.gradient);
    if (this.layout.hidden.length === 0) this.descend();
    else this.adapt();
  }

  private batch(): Int32Array {
    const { order } = this;
    if (order.length <= TABLE_BATCH_ROWS) return order;
    // The first places of a shuffle.
    for (let i = 0; i < TABLE_BATCH_ROWS; i++) {
      const other = i + Math.floor(this.random.uniform() * (order.length - i));
      [order[i], order[other]] = [order[other]!, order[i]!];
    }
    return order.subarray(0, TABLE_BATCH_ROWS);
  }

  private descend(): void {
    const { parameters, gradient } = this;
    const rate = stepLengthOf(this.layout);
    for (let i = 0; i < parameters.length; i++) {
      parameters[i] = parameters[i]! - rate * gradient[i]!;
    }
  }

  private adapt(): void {
    this.steps += 1;
    const { parameters, gradient, meanGradient, meanSquare } = this;
    const rate = TABLE_HIDDEN_RATE / (1 - GRADIENT_MEMORY ** this.steps);
    const squareScale = 1 / (1 - SQUARE_MEMORY ** this.steps);
    for (let i = 0; i < parameters.length; i++) {
      const slope = gradient[i]!;
      const mean = GRADIENT_MEMORY * meanGradient[i]! + (1 - GRADIENT_MEMORY) * slope;
      const square = SQUARE_MEMORY * meanSquare[i]! + (1 - SQUARE_MEMORY) * slope * slope;
      meanGradient[i] = mean;
      meanSquare[i] = square;
      parameters[i] =
        parameters[i]! - (rate * mean) / (Math.sqrt(square * squareScale) + ADAM_FLOOR);
    }
  }
}

/** Largest step that never goes too far: 1 over a bound of the curvature. */
export function stepLengthOf({ kind, outputs, power }: Layout): number {
  const bend = kind === 'number' ? 1 : outputs === 1 ? 0.25 : 0.5;
  return 1 / (bend * power + TABLE_RIDGE);
}
