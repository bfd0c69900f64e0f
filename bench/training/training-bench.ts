/**
 * Training steps a second against the plain tfjs loop on the same thread, in Node and in Chromium.
 *
 * @module
 */
import { inWorker } from '../browser/in-worker.ts';
import type { Bench } from '../main.ts';
import { median, type Reading } from '../report.ts';
import { measureTraining, type Speeds } from './training-loops.ts';

/** Share of the plain loop's steps that the worker must make. */
const EXPECTED_SHARE = 0.9;

const MODELS: readonly (readonly number[])[] = [[8], [16, 16]];

/** `training`. */
export const trainingBench: Bench = {
  name: 'training',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const sliceMs = isQuick ? 300 : 1_000;
    const slices = isQuick ? 2 : 5;
    for (const hidden of MODELS) {
      const model = `2-${hidden.join('-')}-1`;
      yield* readings(`${model} in Node`, await measureTraining(hidden, sliceMs, slices));
      yield* readings(`${model} in Chromium`, await inWorker('training', hidden, sliceMs, slices));
    }
  },
};

function* readings(where: string, speeds: Speeds): Generator<Reading> {
  const shares = (others: readonly number[]): readonly number[] =>
    speeds.worker.map((speed, i) => speed / others[i]!);
  const toPlain = shares(speeds.plain);
  yield {
    what: `${where}, worker to plain tfjs`,
    value: median(toPlain),
    unit: 'x',
    expected: { atLeast: EXPECTED_SHARE },
    details: {
      'worker steps/s': median(speeds.worker),
      'plain steps/s': median(speeds.plain),
      smallest: Math.min(...toPlain),
      largest: Math.max(...toPlain),
    },
  };
  const toBare = shares(speeds.bare);
  yield {
    what: `${where}, worker to its own bare steps`,
    value: median(toBare),
    unit: 'x',
    expected: { atLeast: EXPECTED_SHARE },
    details: {
      'bare steps/s': median(speeds.bare),
      smallest: Math.min(...toBare),
      largest: Math.max(...toBare),
    },
  };
}
