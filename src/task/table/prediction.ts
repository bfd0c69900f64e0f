/**
 * What a finished model says of rows.
 *
 * @module
 */
import type { Examples, Layout } from './layout.ts';
import { Network, sigmoid, softmaxInto } from './network.ts';

/** A model, and all that is needed to use it. */
export interface TableModel {
  readonly layout: Layout;
  /** Shape [P]. */
  readonly parameters: Float64Array;
}

/** Predictions for rows. */
export interface Predictions {
  /** Shape [rows]: the place of the likeliest class, or the number in its own unit. */
  readonly values: Float64Array;
  /** Shape [rows, classes]; empty where a number is predicted. */
  readonly probabilities: Float64Array;
}

/** Predicts every row. */
export function predict({ layout, parameters }: TableModel, examples: Examples): Predictions {
  const network = new Network(layout);
  const classes = layout.kind === 'class' ? layout.classes.length : 0;
  const values = new Float64Array(examples.rows);
  const probabilities = new Float64Array(examples.rows * classes);
  for (let row = 0; row < examples.rows; row++) {
    const output = network.forward(parameters, examples, row);
    if (classes === 0) {
      values[row] = output[0]! * layout.targetDeviation + layout.targetMean;
      continue;
    }
    const shares = probabilities.subarray(row * classes, (row + 1) * classes);
    probabilitiesInto(shares, output);
    values[row] = likeliest(shares);
  }
  return { values, probabilities };
}

/** Probabilities of classes from logits: one logit is that of the second of two classes. */
export function probabilitiesInto(shares: Float64Array, logits: Float64Array): void {
  if (logits.length > 1) softmaxInto(shares, logits);
  else {
    shares[1] = sigmoid(logits[0]!);
    shares[0] = 1 - shares[1]!;
  }
}

/** The place of the largest share; the first of equal ones. */
export function likeliest(shares: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < shares.length; i++) if (shares[i]! > shares[best]!) best = i;
  return best;
}
