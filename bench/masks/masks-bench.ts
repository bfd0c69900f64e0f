/**
 * Keystreams added to a vector: the kernel against what could be had instead, in Node and in Chromium.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { maskerOfProcess } from '../../src/peer/masker-in-node.ts';
import { inWorker } from '../browser/in-worker.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';
import { BENCH_WORDS, measureMasks, type MaskTimes } from './mask-speeds.ts';

/** How many times faster than noble the kernel must be. */
const EXPECTED_IN_NODE = 4;
const EXPECTED_IN_CHROMIUM = 3;

/** The mask phase to members times the time of one keystream. */
const EXPECTED_PHASE = 1.15;

const ROSTERS = [8, 16, 32];

/** `masks`. */
export const masksBench: Bench = {
  name: 'masks',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const turns = isQuick ? 9 : 45;
    const node = await measureMasks(maskerOfProcess(), ROSTERS, turns);
    yield* readings('Node', node, EXPECTED_IN_NODE);
    yield* readings('Chromium', await inWorker('masks', ROSTERS, turns), EXPECTED_IN_CHROMIUM);
  },
};

function* readings(where: string, times: MaskTimes, expected: number): Generator<Reading> {
  const speed = (what: string, ms: number): Reading => ({
    what: `${where}, ${what}`,
    value: (4 * BENCH_WORDS) / ms / 1e6,
    unit: 'GB/s',
    details: { ms },
  });
  yield speed('keystream and addition by the kernel', times.kernel);
  yield speed('by noble and a loop', times.noble);
  yield {
    what: `${where}, kernel to noble`,
    value: times.noble / times.kernel,
    unit: 'x',
    expected: { atLeast: expected },
  };
  yield speed('by AES-CTR of WebCrypto and a loop', times.webCrypto);
  yield speed('addition alone, by a loop', times.loopAdd);
  for (const { members, keystreams, direct, pool } of times.phases) {
    yield {
      what: `${where}, masks of ${members} to as many keystreams`,
      value: direct / keystreams,
      unit: 'x',
      expected: { atMost: EXPECTED_PHASE },
      details: {
        'ms of the keystreams': keystreams,
        'ms by the kernel': direct,
        'ms by the pool': pool,
        cores: availableParallelism(),
      },
    };
  }
}
