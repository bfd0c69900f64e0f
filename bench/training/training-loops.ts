/**
 * Steps of training a second, three ways on one thread: as a peer trains, by the same steps in a bare
 * loop, and as a program of tfjs would: a tape, an optimiser, `minimize`.
 *
 * Runs in Node and in a worker of a page.
 *
 * @module
 */
import '@tensorflow/tfjs-backend-cpu';
import {
  add,
  losses,
  matMul,
  setBackend,
  tanh,
  tensor2d,
  train,
  variable,
  type Scalar,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { LEARNING_RATE } from '../../src/config.ts';
import { firstParameters, widthsOf, type TaskSettings } from '../../src/task/heat-map.ts';
import { localReadings, type Reading } from '../../src/task/readings.ts';
import { Training } from '../../src/task/training.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';
import { TrainerClient } from '../../src/worker/trainer-client.ts';

/** Steps a second in each slice of time. */
export interface Speeds {
  /** The worker's loop as fast as it goes: slices, pictures ten times a second, messages. */
  readonly worker: readonly number[];
  /** The same steps, and nothing else. */
  readonly bare: readonly number[];
  /** tfjs with `minimize`, and nothing else. */
  readonly plain: readonly number[];
}

/**
 * Measures in turns, so that a machine that slows down slows all three.
 *
 * @param hidden - Units of each hidden layer.
 * @param sliceMs - How long each takes its turn, ms.
 */
export async function measureTraining(
  hidden: readonly number[],
  sliceMs: number,
  sliceCount: number,
): Promise<Speeds> {
  const task: TaskSettings = { pattern: 'circle', hidden, modelSeed: 'bench' };
  const readings = localReadings(task.pattern, 'bench');
  const client = new TrainerClient(startTrainerInProcess(), () => undefined);
  await client.start({ task, readings });
  const training = new Training(hidden, firstParameters(task));
  training.learnFrom(readings);
  const minimize = plainStep(task, readings);
  const speeds = { worker: [] as number[], bare: [] as number[], plain: [] as number[] };
  for (let slice = 0; slice <= sliceCount; slice++) {
    const worker = await speedOfWorker(client, sliceMs);
    const bare = speedOf(() => training.step(), sliceMs);
    const plain = speedOf(minimize, sliceMs);
    // The first of each is compiled on the way.
    if (slice === 0) continue;
    speeds.worker.push(worker);
    speeds.bare.push(bare);
    speeds.plain.push(plain);
  }
  await client.close();
  return speeds;
}

async function speedOfWorker(client: TrainerClient, sliceMs: number): Promise<number> {
  const first = await client.run(true, 0);
  const began = performance.now();
  await new Promise((resolve) => setTimeout(resolve, sliceMs));
  const last = await client.run(false, 0);
  return (last.step - first.step) / ((performance.now() - began) / 1000);
}

function speedOf(step: () => void, sliceMs: number): number {
  const began = performance.now();
  let steps = 0;
  let elapsed = 0;
  for (; elapsed < sliceMs; elapsed = performance.now() - began) {
    step();
    steps += 1;
  }
  return steps / (elapsed / 1000);
}

/** A step on the same model, readings and loss, as the library's guide writes it. */
function plainStep({ hidden, ...task }: TaskSettings, readings: readonly Reading[]): () => void {
  setBackend('cpu');
  const widths = widthsOf(hidden);
  const parameters = firstParameters({ hidden, ...task });
  let at = 0;
  const take = (rows: number, columns: number): Variable => {
    const values = parameters.slice(at, at + rows * columns);
    at += values.length;
    return variable(tensor2d(values, [rows, columns]));
  };
  const layers = widths.slice(1).map((units, layer) => ({
    weights: take(widths[layer]!, units),
    biases: take(1, units),
  }));
  const inputs = tensor2d(readings.map(({ x, y }) => [2 * x - 1, 2 * y - 1]));
  const truths = tensor2d(readings.map(({ isHot }) => [isHot ? 1 : 0]));
  const optimizer = train.adam(LEARNING_RATE);
  const loss = (): Scalar => {
    const outputs = layers.reduce((inner, { weights, biases }, layer) => {
      const sums = add(matMul(inner, weights as unknown as Tensor2D), biases) as Tensor2D;
      return layer === layers.length - 1 ? sums : tanh(sums);
    }, inputs);
    return losses.sigmoidCrossEntropy(truths, outputs);
  };
  return () => void optimizer.minimize(loss);
}
