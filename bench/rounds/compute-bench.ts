/**
 * Arithmetic of a round a peer: by OpenSSL in Node, by the pure suite in Node and in Chromium.
 *
 * @module
 */
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { realSuite } from '../../src/secagg/index.ts';
import type { Bench } from '../main.ts';
import { inWorker } from '../browser/in-worker.ts';
import type { Reading } from '../report.ts';
import { detailsOf, measureRounds, type Cost } from './compute.ts';

/** Crypto a peer in a round of 8, ms. */
const EXPECTED_PEERS = 8;
const EXPECTED_CRYPTO_MS = 60;

/** `compute`. */
export const computeBench: Bench = {
  name: 'compute',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const sizes = isQuick ? [3, 8] : [3, 5, 8, 12];
    const rounds = isQuick ? 5 : 25;
    for (const size of sizes) {
      const node = measureRounds(nodeSuite, size, rounds);
      const pure = measureRounds(realSuite, size, isQuick ? 2 : 7);
      yield reading(`${size} peers, crypto a peer and round, Node`, size, node);
      yield {
        what: `${size} peers, the same by the pure suite`,
        value: pure.cryptoMs,
        unit: 'ms',
        details: detailsOf(pure),
      };
      yield {
        what: `${size} peers, pure suite to Node's`,
        value: pure.cryptoMs / node.cryptoMs,
        unit: 'x',
      };
    }
    const costs = await inWorker('rounds', sizes, isQuick ? 2 : 7);
    for (const [i, size] of sizes.entries()) {
      yield reading(`${size} peers, crypto a peer and round, Chromium`, size, costs[i]!);
    }
  },
};

function reading(what: string, size: number, cost: Cost): Reading {
  const expected = size === EXPECTED_PEERS ? { atMost: EXPECTED_CRYPTO_MS } : undefined;
  return { what, value: cost.cryptoMs, unit: 'ms', expected, details: detailsOf(cost) };
}
