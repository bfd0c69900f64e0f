/**
 * The article's default sweep as the lab plays it, against the same training by the plain tfjs loop, user by
 * user, in the same run.
 *
 * The lab's time holds more: merges through words, scores of all local models, and the two baselines (each
 * user alone, one model with all readings). The loop of tfjs only trains and averages.
 *
 * @module
 */
import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  addN,
  div,
  losses,
  matMul,
  setBackend,
  tanh,
  tensor2d,
  tidy,
  train,
  variable,
  type Scalar,
  type Tensor,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import {
  readingsOf,
  runExperiment,
  type ExperimentSettings,
} from '../../src/simulation/experiment.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';

/** Training points of the article's default sweep. */
const POINTS = [1, 2, 4, 8, 16, 32];

const SEEDS = 20;

const MS_A_SECOND = 1000;

const ARTICLE: Omit<ExperimentSettings, 'points'> = {
  recipe: 'article',
  pattern: 'diagonal',
  hidden: [4],
  users: 16,
  outliers: 0,
  steps: 98,
  stepsBetween: 40,
};

/** `lab`. */
export const labBench: Bench = {
  name: 'lab',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const seeds = isQuick ? 2 : SEEDS;
    sweep('compiled on the way');
    const one = seconds(() => sweep('0'));
    const many = seconds(() => {
      for (let seed = 0; seed < seeds; seed++) sweep(String(seed));
    });
    const plain = seconds(() => POINTS.forEach((points) => plainRun(points, '0')));
    yield {
      what: 'default sweep, one seed',
      value: one,
      unit: 's',
      expected: { atMost: 2 },
    };
    yield {
      what: `default sweep, ${seeds} seeds a point`,
      value: many,
      unit: 's',
      expected: { atMost: 20 },
    };
    yield {
      what: 'default sweep, plain tfjs to the lab',
      value: plain / (many / seeds),
      unit: 'x',
      expected: { atLeast: 3 },
      details: { 'plain tfjs s': plain, 'lab s': many / seeds },
    };
  },
};

function sweep(seed: string): void {
  for (const points of POINTS) runExperiment({ ...ARTICLE, points }, seed);
}

function seconds(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / MS_A_SECOND;
}

/** Weights in [2, 4], biases [1, 4], weights out [4, 1], bias out [1, 1] of one user. */
type Weights = readonly [Variable, Variable, Variable, Variable];

const SHAPES = [[2, 4], [1, 4], [4, 1], [1, 1]] as const; // prettier-ignore

/** One configuration as a program of tfjs plays it: a tape, an optimiser, `minimize` for each user. */
function plainRun(points: number, seed: string): void {
  setBackend('cpu');
  const optimizer = train.sgd(0.1);
  const users = Array.from({ length: ARTICLE.users }, (_, user) => {
    const readings = readingsOf(ARTICLE.pattern, seed, user, points, 0);
    const weights = SHAPES.map(([rows, columns]) =>
      variable(
        tensor2d(
          Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i + 1)),
          [rows, columns],
        ),
      ),
    ) as unknown as Weights;
    return {
      weights,
      inputs: tensor2d(readings.map(({ x, y }) => [x, y])),
      truths: tensor2d(readings.map(({ isHot }) => [isHot ? 1 : 0])),
    };
  });
  for (let step = 1; step <= ARTICLE.steps; step++) {
    for (const { weights, inputs, truths } of users) {
      const loss = (): Scalar =>
        losses.meanSquaredError<Tensor2D, Scalar>(truths, outputs(weights, inputs));
      optimizer.minimize(loss, false, [...weights]);
    }
    if (step % ARTICLE.stepsBetween === 0) average(users.map(({ weights }) => weights));
  }
  for (const { weights, inputs, truths } of users) {
    for (const tensor of [...weights, inputs, truths]) tensor.dispose();
  }
}

function outputs([first, biases, second, bias]: Weights, inputs: Tensor2D): Tensor2D {
  const into = (from: Tensor2D, weights: Variable, shift: Variable): Tensor2D =>
    tanh<Tensor2D>(add(matMul(from, weights as unknown as Tensor2D), shift));
  return into(into(inputs, first, biases), second, bias);
}

function average(users: readonly Weights[]): void {
  SHAPES.forEach((_, at) => {
    tidy(() => {
      const mean = div(addN(users.map((weights) => weights[at]! as Tensor)), users.length);
      for (const weights of users) weights[at]!.assign(mean);
    });
  });
}
