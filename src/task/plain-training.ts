/**
 * The training of `training.ts` by plain loops: for figures and experiments in which hundreds of small
 * models learn at once.
 *
 * The same model, loss, gradient and optimiser, number by number. A tensor library spends ten times longer
 * on calling its operations than these models take; from some hundred units on it is the faster one.
 * The article's recipe is trained by the same loops.
 *
 * @module
 */
import { ADAM_FLOOR, GRADIENT_MEMORY, SQUARE_MEMORY } from '../config.ts';
import { widthsOf } from './heat-map.ts';
import { scoredPoints, type Pattern } from './patterns.ts';
import type { Reading } from './readings.ts';
import { RECIPES, type Recipe, type RecipeDetails } from './recipe.ts';
import { placeOf, SURFACE_POINTS, SURFACE_SIDE } from './surface.ts';

/** One model, its readings, and the memory of its optimiser. */
export class PlainTraining {
  /** Shape [P]; the owner may change it between steps. */
  readonly parameters: Float32Array;
  private readonly network: PlainNetwork;
  private readonly rate: number;
  private readonly gradient: Float64Array;
  private readonly meanGradient: Float32Array;
  private readonly meanSquare: Float32Array;
  private readonly recipe: Recipe;
  private readings: readonly Reading[] = [];
  private steps = 0;

  /**
   * @param hidden - Units of each hidden layer.
   * @param parameters - Shape [P]; each step writes to it.
   * @param rate - Of learning; the recipe's unless given.
   */
  constructor(
    hidden: readonly number[],
    parameters: Float32Array,
    rate?: number,
    recipe: Recipe = 'room',
  ) {
    this.parameters = parameters;
    this.network = new PlainNetwork(hidden, recipe);
    this.recipe = recipe;
    this.rate = rate ?? RECIPES[recipe].learningRate;
    this.gradient = new Float64Array(parameters.length);
    this.meanGradient = new Float32Array(parameters.length);
    this.meanSquare = new Float32Array(parameters.length);
  }

  /** The readings to learn from, from the next step on. */
  learnFrom(readings: readonly Reading[]): void {
    this.readings = readings;
  }

  /** One step on all readings: of Adam, or down the gradient. Without readings, nothing changes. */
  step(): void {
    if (this.readings.length === 0) return;
    this.gradient.fill(0);
    const share = 1 / this.readings.length;
    for (const { x, y, isHot } of this.readings) {
      const output = this.network.outputAt(this.parameters, x, y);
      const truth = isHot ? 1 : 0;
      const slope =
        this.recipe === 'room'
          ? 1 / (1 + Math.exp(-output)) - truth
          : 2 * (output - truth) * (1 - output * output);
      this.network.addGradient(this.gradient, this.parameters, slope * share);
    }
    if (this.recipe === 'room') this.adapt();
    else this.descend();
  }

  /** Forgets which way the last steps went: for a model that was replaced, not moved. */
  forgetMomentum(): void {
    this.steps = 0;
    this.meanGradient.fill(0);
    this.meanSquare.fill(0);
  }

  private descend(): void {
    const { parameters, gradient, rate } = this;
    for (let i = 0; i < parameters.length; i++) parameters[i]! -= rate * gradient[i]!;
  }

  private adapt(): void {
    this.steps += 1;
    const { parameters, gradient, meanGradient, meanSquare } = this;
    const rate = this.rate / (1 - GRADIENT_MEMORY ** this.steps);
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
}

/** Goes forwards and back through a network, one place at a time. */
class PlainNetwork {
  readonly details: RecipeDetails;
  private readonly widths: readonly number[];
  /** What each layer put out for the newest place, the inputs first. */
  private readonly outputs: readonly Float64Array[];
  private readonly slopes: readonly Float64Array[];

  constructor(hidden: readonly number[], recipe: Recipe) {
    this.details = RECIPES[recipe];
    this.widths = widthsOf(hidden);
    this.outputs = this.widths.map((width) => new Float64Array(width));
    this.slopes = this.widths.map((width) => new Float64Array(width));
  }

  /** What the model puts out at a place of the unit square. */
  outputAt(parameters: Float32Array, x: number, y: number): number {
    const { widths, outputs } = this;
    const { inputScale, inputShift, isSquashed } = this.details;
    outputs[0]![0] = inputScale * x + inputShift;
    outputs[0]![1] = inputScale * y + inputShift;
    let start = 0;
    const last = widths.length - 2;
    for (let layer = 0; layer <= last; layer++) {
      const from = widths[layer]!;
      const to = widths[layer + 1]!;
      const inputs = outputs[layer]!;
      const sums = outputs[layer + 1]!;
      const biases = start + from * to;
      for (let unit = 0; unit < to; unit++) {
        let sum = parameters[biases + unit]!;
        for (let i = 0; i < from; i++) sum += inputs[i]! * parameters[start + i * to + unit]!;
        sums[unit] = layer === last && !isSquashed ? sum : Math.tanh(sum);
      }
      start = biases + to;
    }
    return outputs[last + 1]![0]!;
  }

  /** Adds the gradient at the newest place, times the slope of the loss there. */
  addGradient(gradient: Float64Array, parameters: Float32Array, slope: number): void {
    const { widths, outputs, slopes } = this;
    let end = gradient.length;
    slopes.at(-1)![0] = slope;
    for (let layer = widths.length - 2; layer >= 0; layer--) {
      const from = widths[layer]!;
      const to = widths[layer + 1]!;
      const biases = end - to;
      const start = biases - from * to;
      const inputs = outputs[layer]!;
      const above = slopes[layer + 1]!;
      const below = slopes[layer]!;
      for (let unit = 0; unit < to; unit++) gradient[biases + unit]! += above[unit]!;
      for (let i = 0; i < from; i++) {
        let sum = 0;
        for (let unit = 0; unit < to; unit++) {
          gradient[start + i * to + unit]! += inputs[i]! * above[unit]!;
          sum += above[unit]! * parameters[start + i * to + unit]!;
        }
        below[i] = sum * (1 - inputs[i]! * inputs[i]!);
      }
      end = start;
    }
  }
}

/** Looks at models of one shape: how right they are, and about what. */
export class PlainModel {
  private readonly network: PlainNetwork;

  /** @param hidden - Units of each hidden layer. */
  constructor(hidden: readonly number[], recipe: Recipe = 'room') {
    this.network = new PlainNetwork(hidden, recipe);
  }

  /**
   * Share of the true map that a model has right, 0 to 1, on the points that are scored.
   *
   * @param stride - Scores every so many-th row and column: 2 takes a quarter of the time.
   */
  accuracyOn(pattern: Pattern, parameters: Float32Array, stride = 1): number {
    const places = scoredPlaces(pattern, stride);
    let right = 0;
    for (const { x, y, isHot } of places) if (this.isHotAt(parameters, x, y) === isHot) right += 1;
    return right / places.length;
  }

  /** Share of readings that a model has right, 0 to 1; 1 without readings. */
  accuracyOf(readings: readonly Reading[], parameters: Float32Array): number {
    const right = readings.filter(({ x, y, isHot }) => this.isHotAt(parameters, x, y) === isHot);
    return readings.length === 0 ? 1 : right.length / readings.length;
  }

  /** Mean binary cross-entropy over readings, in nats; 0 without readings. */
  lossOf(readings: readonly Reading[], parameters: Float32Array): number {
    const losses = readings.map(({ x, y, isHot }) => {
      const logit = this.logitAt(parameters, x, y);
      const wrong = isHot ? -logit : logit;
      return Math.max(wrong, 0) + Math.log1p(Math.exp(-Math.abs(wrong)));
    });
    return losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length);
  }

  /** The model as a map: logits, shape [SURFACE_SIDE, SURFACE_SIDE], row by row from the top. */
  surfaceOf(parameters: Float32Array): Float32Array {
    return Float32Array.from({ length: SURFACE_POINTS }, (_, point) => {
      const { x, y } = placeOf(point);
      return this.logitAt(parameters, x, y);
    });
  }

  private isHotAt(parameters: Float32Array, x: number, y: number): boolean {
    return this.network.outputAt(parameters, x, y) > this.network.details.hotAbove;
  }

  /** The logit of "hot"; a squashed output is taken as the probability itself. */
  private logitAt(parameters: Float32Array, x: number, y: number): number {
    const output = this.network.outputAt(parameters, x, y);
    if (!this.network.details.isSquashed) return output;
    const hot = Math.min(Math.max(output, SUREST), 1 - SUREST);
    return Math.log(hot / (1 - hot));
  }
}

/** A squashed output beyond 0 or 1 is drawn as certain as this. */
const SUREST = 1e-3;

const places = new Map<string, readonly Reading[]>();

function scoredPlaces(pattern: Pattern, stride: number): readonly Reading[] {
  const key = `${pattern} ${stride}`;
  const known = places.get(key);
  if (known) return known;
  const { points, truths } = scoredPoints(pattern);
  const found: Reading[] = [];
  points.forEach((point, i) => {
    const row = Math.floor(point / SURFACE_SIDE);
    if (row % stride > 0 || (point % SURFACE_SIDE) % stride > 0) return;
    found.push({ ...placeOf(point), isHot: truths[i] === 1 });
  });
  places.set(key, found);
  return found;
}
