/** Models that people bring: they learn in a room of sessions over the memory transport. */
import {
  matMul,
  mean,
  memory,
  randomNormal,
  square,
  squeeze,
  sub,
  sum,
  tensor1d,
  tensor2d,
  train,
  zeros,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { TrainOptions } from '../../src/peer/training.ts';
import type { FunctionModel } from '../../src/task/custom-model.ts';
import { join, until } from './sessions.ts';

/** Rows of y = 3 a - 2 b: each peer has others, and so has none of both coefficients by itself. */
interface Rows {
  readonly inputs: readonly (readonly [number, number])[];
  readonly truths: readonly number[];
}

const rows = (...inputs: readonly (readonly [number, number])[]): Rows => ({
  inputs,
  truths: inputs.map(([a, b]) => 3 * a - 2 * b),
});

const TABLES = [rows([1, 0], [2, 0]), rows([0, 1]), rows([1, 1], [-1, 2], [0.5, -1])] as const;
const RATE = 0.1;

/** A line through the origin, by plain gradient descent. */
const line: FunctionModel<Tensor, Rows, Tensor2D> = {
  init: () => [zeros([2, 1])],
  loss: ([weights], { inputs, truths }) => {
    const told = squeeze<Tensor1D>(
      matMul(tensor2d(inputs.map((row) => [...row])), weights as Tensor2D),
    );
    return mean(square(sub(told, tensor1d([...truths]))));
  },
  predict: ([weights], inputs) => matMul(inputs, weights as Tensor2D),
  optimizer: () => train.sgd(RATE),
};

const optionsOf = (table: Rows, more: Partial<TrainOptions<Rows>> = {}): TrainOptions<Rows> => ({
  batch: () => table,
  examples: table.truths.length,
  everySteps: 1,
  ...more,
});

/** Gradient descent on all rows at once: what training together has to come to. */
function centrally(rounds: number): readonly [number, number] {
  const all = TABLES.flatMap(({ inputs, truths }) =>
    inputs.map(([a, b], i) => [a, b, truths[i]!] as const),
  );
  let weights: [number, number] = [0, 0];
  for (let round = 0; round < rounds; round++) {
    const slope = [0, 0];
    for (const [a, b, truth] of all) {
      const error = weights[0] * a + weights[1] * b - truth;
      slope[0]! += (2 * error * a) / all.length;
      slope[1]! += (2 * error * b) / all.length;
    }
    weights = [weights[0] - RATE * slope[0]!, weights[1] - RATE * slope[1]!];
  }
  return weights;
}

describe('a model of functions', () => {
  it('with one step a round, is gradient descent on the rows of all three', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    // Steps and merges by hand: by itself a round would not wait for ever for a peer whose step is slow.
    const trainings = await Promise.all(
      sessions.map((session, i) =>
        session.train(line, optionsOf(TABLES[i]!, { everySteps: 1000 })),
      ),
    );
    for (const training of trainings) {
      training.pause();
      training.reset();
    }
    // Whatever was begun before the pause is done, and undone, when this comes back.
    await Promise.all(trainings.map((training) => training.weights()));
    for (let round = 1; round <= 5; round++) {
      const steps = trainings.map(({ view }) => view.step);
      for (const session of sessions) session.stepOnce();
      await Promise.all(
        sessions.map((session, i) => until(session, (view) => view.training!.step > steps[i]!)),
      );
      trainings[0]!.merge();
      await Promise.all(
        sessions.map((session) => until(session, (view) => view.training!.round === round)),
      );
      const expected = centrally(round);
      for (const { merged } of trainings) {
        expect(merged[0]).toBeCloseTo(expected[0], 4);
        expect(merged[1]).toBeCloseTo(expected[1], 4);
      }
    }
    const { loss, step, size } = trainings[0]!.view;
    expect(loss).toBeGreaterThan(0);
    expect(step).toBeGreaterThanOrEqual(5);
    expect(size).toBe(2);
    expect(sessions[0]!.view.training).toEqual(trainings[0]!.view);
    expect(sessions[0]!.view.learning).toBeUndefined();
  });

  it('is copied by whoever comes later, who then takes part', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const trainings = await Promise.all(
      sessions.map((session, i) => session.train(line, optionsOf(TABLES[i]!))),
    );
    await Promise.all(trainings.map((training) => training.rounds(30)));
    const late = await join({ network });
    const training = await late.train(line, optionsOf(rows([2, 1])));
    const { round } = await training.rounds(1);
    expect(round).toBeGreaterThan(30);
    const [a, b] = training.merged;
    expect(a).toBeCloseTo(3, 1);
    expect(b).toBeCloseTo(-2, 1);
    const inputs = tensor2d([[10, 1]]);
    const answer = await training.predict<Tensor2D, Tensor>(inputs);
    expect((await answer.data())[0]).toBeCloseTo(28, 0);
    answer.dispose();
    inputs.dispose();
  });

  it('stays where it is while paused, and goes back to the merged one on reset', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const trainings = await Promise.all(
      sessions.map((session, i) => session.train(line, optionsOf(TABLES[i]!))),
    );
    await Promise.all(trainings.map((training) => training.rounds(2)));
    const [first, ...others] = trainings as [(typeof trainings)[number], ...typeof trainings];
    first.pause();
    const before = await first.weights();
    const { step } = first.view;
    // The others go on, with the paused one willing and nothing new to say.
    await Promise.all(others.map((training) => training.rounds(2)));
    expect(first.view.step - step).toBeLessThanOrEqual(1);
    first.reset();
    await until(sessions[0]!, ({ attempt }) => attempt === undefined);
    expect(await first.weights()).not.toEqual(before);
    first.resume();
    await first.rounds(1);
  });

  it('of 30,000 weights is summed in chunks: five peers send each weight less than twice', async () => {
    const size = 30_000;
    const large: FunctionModel<Tensor, Float32Array> = {
      init: () => [zeros([size])],
      loss: ([weights], target) => sum(square(sub(weights!, tensor1d(target)))) as Scalar,
      optimizer: () => train.sgd(0.25),
    };
    const network = createMemoryNetwork();
    const targets = [1, 2, 3, 4, 5].map((value) => new Float32Array(size).fill(value));
    const sessions = await Promise.all(targets.map(() => join({ network }, { minPeers: 5 })));
    const trainings = await Promise.all(
      sessions.map((session, i) =>
        session.train(large, { batch: () => targets[i]!, everySteps: 1 }),
      ),
    );
    await Promise.all(trainings.map((training) => training.rounds(1)));
    // A step goes half of the way to each target, so a round half of the way to their mean, which is 3.
    const { merged, view } = trainings[0]!;
    const expected = 3 * (1 - 0.5 ** view.round);
    for (const weight of [merged[0]!, merged[size - 1]!]) expect(weight).toBeCloseTo(expected, 3);
    const { bytesSent, included } = sessions[0]!.view.result!;
    expect(included.length).toBe(5);
    expect(bytesSent).toBeLessThan(2 * 4 * size);
    expect(bytesSent).toBeGreaterThan(4 * size);
  });

  it('leaves no tensor behind', async () => {
    const network = createMemoryNetwork();
    const before = memory().numTensors;
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const trainings = await Promise.all(
      sessions.map((session, i) => session.train(line, optionsOf(TABLES[i]!))),
    );
    await Promise.all(trainings.map((training) => training.rounds(3)));
    await Promise.all(sessions.map((session) => session.leave()));
    expect(memory().numTensors).toBe(before);
  });
});

describe('what goes wrong', () => {
  it('other first weights are told, and share no rounds', async () => {
    const network = createMemoryNetwork();
    const [one, other] = await Promise.all([join({ network }), join({ network })]);
    const random: FunctionModel<Tensor, Rows, Tensor2D> = {
      ...line,
      init: () => [randomNormal([2, 1])],
    };
    await one!.train(random, optionsOf(TABLES[0]));
    await other!.train(random, optionsOf(TABLES[1]));
    const { problems } = await until(one!, (view) => view.problems.length > 0);
    expect(problems[0]).toMatchObject({ code: 'parameters-differ' });
    expect(problems[0]!.message).toContain('another task: model:model:');
  });

  it('an update beyond the clip is refused, and ends the training after three times', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const trainings = await Promise.all(
      sessions.map((session, i) => session.train(line, optionsOf(TABLES[i]!, { clip: 1e-4 }))),
    );
    await expect(trainings[0]!.rounds(1)).rejects.toThrow('beyond clip 0.0001: raise clip');
    expect(sessions[0]!.view.problems.map(({ code }) => code)).toContain('no-update');
  });

  it('what batch throws ends the training, and comes out of the waiting', async () => {
    const session = await join({ network: createMemoryNetwork() });
    const training = await session.train(line, {
      batch: () => {
        throw new Error('The file is gone.');
      },
    });
    await expect(training.rounds(1)).rejects.toThrow(/gone|stopped/);
    expect(session.view.problems).toMatchObject([{ message: 'The file is gone.' }]);
  });

  it('a wait is called off by its signal, and the training by its own', async () => {
    const session = await join({ network: createMemoryNetwork() });
    const [all, one] = [new AbortController(), new AbortController()];
    const training = await session.train(line, optionsOf(TABLES[0], { signal: all.signal }));
    const called = training.rounds(1, { signal: one.signal });
    one.abort(new Error('No time.'));
    await expect(called).rejects.toThrow('No time.');
    const waiting = training.rounds(1);
    all.abort();
    await expect(waiting).rejects.toMatchObject({ reason: 'aborted' });
    await expect(training.rounds(1)).rejects.toMatchObject({ reason: 'aborted' });
  });

  it('sums and models do not mix in one session, and options are checked', async () => {
    const network = createMemoryNetwork();
    const session = await join({ network });
    for (const wrong of [{ everySteps: 0 }, { examples: 1.5 }, { clip: 0 }, { name: 'a\u202eb' }]) {
      await expect(session.train(line, optionsOf(TABLES[0], wrong))).rejects.toThrow(RangeError);
    }
    await session.train(line, optionsOf(TABLES[0]));
    await expect(session.train(line, optionsOf(TABLES[0]))).rejects.toThrow(TypeError);
    await expect(session.aggregate([1])).rejects.toThrow('trains a model');
    const summing = await join({ network });
    const asked = summing.aggregate([1]);
    await expect(summing.train(line, optionsOf(TABLES[0]))).rejects.toThrow('join again');
    await Promise.all([expect(asked).rejects.toThrow(), summing.leave()]);
  });
});

describe('noise', () => {
  it('is in every update, and in the account', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const noise = { kind: 'distributed', multiplier: 1, clip: 0.5 } as const;
    const trainings = await Promise.all(
      sessions.map((session, i) => session.train(line, optionsOf(TABLES[i]!, { noise }))),
    );
    await Promise.all(trainings.map((training) => training.rounds(2)));
    const { spent, noise: own } = sessions[0]!.view.privacy;
    expect(own).toMatchObject({ multiplier: 1, clip: 0.5 });
    expect(spent.rounds).toBeGreaterThanOrEqual(2);
    expect(spent.othersHonest).toBeGreaterThan(0);
    expect(spent.bareRounds).toBe(0);
  });
});

describe('a LayersModel', () => {
  it('trains by its own optimiser, and ends up with the same weights everywhere', async () => {
    // Here, since it registers the gradients that the tests above must do without.
    const tfl = await import('@tensorflow/tfjs-layers');
    const network = createMemoryNetwork();
    const sessions = await Promise.all(TABLES.map(() => join({ network })));
    const models = TABLES.map(() => {
      const model = tfl.sequential();
      const kernelInitializer = tfl.initializers.glorotUniform({ seed: 7 });
      model.add(tfl.layers.dense({ units: 1, inputShape: [2], kernelInitializer }));
      model.compile({ optimizer: train.sgd(0.1), loss: 'meanSquaredError' });
      return model;
    });
    const trainings = await Promise.all(
      sessions.map((session, i) => {
        const { inputs, truths } = TABLES[i]!;
        const xs = tensor2d(inputs.map((row) => [...row]));
        const ys = tensor2d([...truths], [truths.length, 1]);
        return session.train(models[i]!, { batch: () => ({ xs, ys }), everySteps: 2 });
      }),
    );
    expect(trainings[0]!.view.size).toBe(3);
    await Promise.all(trainings.map((training) => training.rounds(40)));
    const inputs = tensor2d([[1, 1]]);
    for (const training of trainings) {
      const answer = await training.predict<Tensor2D, Tensor>(inputs);
      expect((await answer.data())[0]).toBeCloseTo(1, 0);
    }
  });
});
