/**
 * Recipes: what a model puts out, what it minimises, and how.
 *
 * A room's model gives a logit, minimises cross-entropy and moves by Adam. The article's gives the hyperbolic
 * tangent of the same sum, minimises the squared distance to 0 (cold) and 1 (hot), and goes down the plain
 * gradient; it is here so that the article's numbers can be had again, next to a room's.
 *
 * Mitchell, Pearce: How Federated Learning Protects Privacy, 2022.
 *
 * @module
 */
import { LEARNING_RATE } from '../config.ts';
import { SeededRandom } from '../seeded-random.ts';
import { firstParameters, parameterCountOf, type TaskSettings } from './heat-map.ts';

/** The name of a recipe. */
export type Recipe = 'room' | 'article';

/** What a recipe says. */
export interface RecipeDetails {
  /** A coordinate x of the unit square goes in as inputScale x + inputShift. */
  readonly inputScale: number;
  readonly inputShift: number;
  /** Whether the output is squashed, and the loss the squared distance; a logit and cross-entropy if not. */
  readonly isSquashed: boolean;
  /** An output above this is hot. */
  readonly hotAbove: number;
  readonly learningRate: number;
}

/** Every recipe. */
export const RECIPES: Readonly<Record<Recipe, RecipeDetails>> = {
  room: {
    inputScale: 2,
    inputShift: -1,
    isSquashed: false,
    hotAbove: 0,
    learningRate: LEARNING_RATE,
  },
  article: { inputScale: 1, inputShift: 0, isSquashed: true, hotAbove: 0.5, learningRate: 0.1 },
};

/** Uniform numbers whose sum stands for a normal one: twelve have variance 1. */
const UNIFORMS = 12;

/**
 * The first model of a recipe: the same bits for the same settings, on every engine.
 *
 * The article draws every weight and bias from N(0, 1); a sum of twelve uniform numbers is near enough, and
 * exact where a logarithm is not.
 *
 * @returns Shape [P].
 */
export function firstParametersBy(recipe: Recipe, task: TaskSettings): Float32Array {
  if (recipe === 'room') return firstParameters(task);
  const random = new SeededRandom(`article:${task.hidden.join('-')}:${task.modelSeed}`);
  const normal = (): number => {
    let sum = -UNIFORMS / 2;
    for (let i = 0; i < UNIFORMS; i++) sum += random.uniform();
    return sum;
  };
  return Float32Array.from({ length: parameterCountOf(task.hidden) }, normal);
}
