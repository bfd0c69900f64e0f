/**
 * The model of a heat-map: a small network from a place to the logit of "hot", as one flat vector.
 *
 * Layer by layer, the weights (shape [inputs, units], row by row) and then the biases. Everything here
 * is plain arithmetic on that vector; `training.ts` holds what needs tensors.
 *
 * @module
 */
import { MAX_HIDDEN_LAYERS, MAX_HIDDEN_UNITS, MAX_SEED_LENGTH } from '../config.ts';
import { SeededRandom } from '../seeded-random.ts';
import { PATTERNS, isPattern, type Pattern } from './patterns.ts';

/** What is learned: agreed by the whole room. */
export interface TaskSettings {
  readonly pattern: Pattern;
  /** Units of each hidden layer: [8] is 2-8-1 (33 parameters), [16, 16] is 2-16-16-1 (337). */
  readonly hidden: readonly number[];
  /** Text that the first model is a function of: task and room, the same for everybody. */
  readonly modelSeed: string;
}

/** What a room learns unless its address says otherwise. */
export const DEFAULT_TASK = {
  pattern: 'circle',
  hidden: [8],
} as const satisfies Partial<TaskSettings>;

/** A run of the flat vector. */
export interface Layer {
  /** For people, such as `weights in` or `bias out`. */
  readonly name: string;
  readonly length: number;
}

/**
 * Refuses settings that no model can have.
 *
 * @throws RangeError naming the setting.
 */
export function checkTask(task: TaskSettings): void {
  if (!isPattern(task.pattern)) {
    throw new RangeError(`pattern is ${task.pattern}: choose one of ${PATTERNS.join(', ')}.`);
  }
  const { hidden, modelSeed } = task;
  if (!Array.isArray(hidden) || hidden.length < 1 || hidden.length > MAX_HIDDEN_LAYERS) {
    throw new RangeError(
      `hidden is ${hidden}: choose 1 to ${MAX_HIDDEN_LAYERS} layers, such as 8.`,
    );
  }
  for (const units of hidden) {
    if (!Number.isInteger(units) || units < 1 || units > MAX_HIDDEN_UNITS) {
      throw new RangeError(`hidden layer has ${units} units: choose 1 to ${MAX_HIDDEN_UNITS}.`);
    }
  }
  if (typeof modelSeed !== 'string' || modelSeed.length > MAX_SEED_LENGTH) {
    throw new RangeError(`modelSeed must be a text of at most ${MAX_SEED_LENGTH} characters.`);
  }
}

/** Width of each layer of units, input and output included, such as [2, 8, 1]. */
export function widthsOf(hidden: readonly number[]): readonly number[] {
  return [2, ...hidden, 1];
}

/** The runs of the flat vector, in order. */
export function layersOf(hidden: readonly number[]): readonly Layer[] {
  const widths = widthsOf(hidden);
  const last = widths.length - 2;
  return widths.slice(1).flatMap((units, layer) => {
    const place = layer === 0 ? 'in' : layer === last ? 'out' : String(layer + 1);
    return [
      { name: `weights ${place}`, length: widths[layer]! * units },
      { name: `${units === 1 ? 'bias' : 'biases'} ${place}`, length: units },
    ];
  });
}

/** Length P of the flat vector. */
export function parameterCountOf(hidden: readonly number[]): number {
  return layersOf(hidden).reduce((sum, layer) => sum + layer.length, 0);
}

/**
 * The first model: the same bits for the same settings, on every engine.
 *
 * Uniform weights from whole numbers and powers of two, which float32 holds exactly: a sine or a
 * logarithm, as a Gaussian would need, may differ in its last bit from browser to browser, and peers
 * whose first models differ cannot add up. The first layer is wide, so that the units' edges lie all
 * over the square; output biases are 0, so that nothing is hot or cold before it is learned.
 *
 * @returns Shape [P].
 */
export function firstParameters(task: TaskSettings): Float32Array {
  const random = new SeededRandom(
    `model:${task.pattern}:${task.hidden.join('-')}:${task.modelSeed}`,
  );
  const parameters = new Float32Array(parameterCountOf(task.hidden));
  const widths = widthsOf(task.hidden);
  let at = 0;
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const isFirst = layer === 0;
    const isLast = layer === widths.length - 2;
    const weightLimit = isFirst ? 2 : powerOfTwoBelow(1 / Math.sqrt(widths[layer]!));
    const weightsEnd = at + widths[layer]! * widths[layer + 1]!;
    while (at < weightsEnd) parameters[at++] = random.between(-weightLimit, weightLimit);
    const biasLimit = isLast ? 0 : isFirst ? 2 : 0.25;
    const biasesEnd = weightsEnd + widths[layer + 1]!;
    while (at < biasesEnd) parameters[at++] = random.between(-biasLimit, biasLimit);
  }
  return parameters;
}

/** The largest power of two that is not above a limit: a multiplication by it never rounds. */
function powerOfTwoBelow(limit: number): number {
  let power = 1;
  while (power > limit) power /= 2;
  return power;
}
