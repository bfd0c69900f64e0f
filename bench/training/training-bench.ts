/**
 * Training steps a second against the plain tfjs loop on the same thread, in Node and in Chromium.
 *
 * @module
 */
import { inWorker } from '../browser/in-worker.ts';
import type { Bench } from '../main.ts';
import { median, quantile, type Reading } from '../report.ts';
import { measureTraining, type Speeds } from './training-loops.ts';

/** Share of the plain loop's steps that the worker must make. */
const EXPECTED_SHARE = 0.9;

/** How long each way of training takes its turn, ms: long enough for two pictures of the model. */
const SLICE_MS = 250;

/** The speed that a quarter of the slices exceed: other programs only ever slow a slice down. */
const UNDISTURBED = 0.75;

const MODELS: readonly (readonly number[])[] = [[8], [16, 16]];

/** `training`. */
export const trainingBench: Bench = {
  name: 'training',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const slices = isQuick ? 5 : 25;
    for (const hidden of MODELS) {
      const model = `2-${hidden.join('-')}-1`;
      yield* readings(`${model} in Node`, await measureTraining(hidden, SLICE_MS, slices));
      yield* readings(`${model} in Chromium`, await inWorker('training', hidden, SLICE_MS, slices));
    }
  },
};

function* readings(where: string, speeds: Speeds): Generator<Reading> {
  const worker = quantile(speeds.worker, UNDISTURBED);
  for (const [name, others] of [
    ['plain tfjs', speeds.plain],
    ['its own bare steps', speeds.bare],
  ] as const) {
    const other = quantile(others, UNDISTURBED);
    yield {
      what: `${where}, worker to ${name}`,
      value: worker / other,
      unit: 'x',
      expected: { atLeast: EXPECTED_SHARE },
      details: {
        'worker steps/s': worker,
        'the other': other,
        'medians would say': median(speeds.worker) / median(others),
      },
    };
  }
}
