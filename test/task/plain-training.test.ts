/**
 * The plain loops against the tensors: the same numbers, step by step.
 */
import { describe, expect, it } from 'vitest';
import { firstParameters } from '../../src/task/heat-map.ts';
import { accuracyOf } from '../../src/task/patterns.ts';
import { PlainModel, PlainTraining } from '../../src/task/plain-training.ts';
import { localReadings } from '../../src/task/readings.ts';
import { firstParametersBy } from '../../src/task/recipe.ts';
import { surfaceOf, Training } from '../../src/task/training.ts';

describe.each([[[4]], [[8]], [[16, 16]]])('a model of %j units', (hidden) => {
  const task = { pattern: 'circle', hidden, modelSeed: 'twins' } as const;

  it('is trained to the same numbers as in a room, momentum included', () => {
    const one = firstParameters(task);
    const other = one.slice();
    const tensors = new Training(hidden, one);
    const plain = new PlainTraining(hidden, other);
    for (const [seed, steps] of [
      ['a', 150],
      ['b', 150],
    ] as const) {
      // prettier-ignore
      tensors.learnFrom(localReadings('circle', seed));
      plain.learnFrom(localReadings('circle', seed));
      for (let step = 0; step < steps; step++) {
        tensors.step();
        plain.step();
      }
    }
    tensors.forgetMomentum();
    plain.forgetMomentum();
    tensors.step();
    plain.step();
    const apart = one.map((value, i) => Math.abs(value - other[i]!));
    // 301 steps move the weights by up to 9; single precision accounts for the rest.
    expect(Math.max(...apart)).toBeLessThan(2e-3);
  });

  it('looks the same', () => {
    const parameters = firstParameters(task);
    const model = new PlainModel(hidden);
    const tensors = surfaceOf(hidden, parameters);
    model.surfaceOf(parameters).forEach((logit, point) => {
      expect(Math.abs(logit - tensors[point]!)).toBeLessThan(1e-4);
    });
    expect(model.accuracyOn('circle', parameters)).toBeCloseTo(accuracyOf('circle', tensors), 3);
  });
});

describe('the article’s recipe', () => {
  it('goes down the gradient of the squared distance', () => {
    const hidden = [4];
    const start = firstParametersBy('article', { pattern: 'diagonal', hidden, modelSeed: 'a' });
    const readings = localReadings('diagonal', 'a');
    const trained = start.slice();
    const training = new PlainTraining(hidden, trained, undefined, 'article');
    training.learnFrom(readings);
    training.step();
    // Written down once more: weights in [2, 4], biases [4], weights out [4], bias out.
    const loss = (p: Float64Array): number =>
      readings.reduce((sum, { x, y, isHot }) => {
        const output = [0, 1, 2, 3].reduce(
          (at, i) => at + p[12 + i]! * Math.tanh(x * p[i]! + y * p[4 + i]! + p[8 + i]!),
          p[16]!,
        );
        return sum + (Math.tanh(output) - (isHot ? 1 : 0)) ** 2 / readings.length;
      }, 0);
    start.forEach((_, i) => {
      const [up, down] = [1e-5, -1e-5].map((nudge) => {
        const moved = Float64Array.from(start);
        moved[i]! += nudge;
        return loss(moved);
      });
      expect(trained[i]! - start[i]!).toBeCloseTo((-0.1 * (up! - down!)) / 2e-5, 5);
    });
  });
});
