/**
 * Sums by this project beside what a user could pick instead: two ten-line loops over the same transport, and the
 * figures of another project, measured elsewhere.
 *
 * @module
 */
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';
import { Company, type Cost } from './company.ts';
import { DISCO_SURVIVORS, discoBytes, discoCpuMs } from './disco.ts';
import { WAYS, type Way } from './rival-orders.ts';

/** A heat-map, and models of two sizes. */
const VALUES = [33, 100_000, 1_000_000];

const ELSEWHERE = 'DISCO (measured elsewhere)';

/** `rivals`. */
export const rivalsBench: Bench = {
  name: 'rivals',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    for (const size of isQuick ? [3] : [3, 5, 10]) {
      const costs = new Map<Way, readonly Cost[]>();
      for (const way of WAYS) costs.set(way, await sums(way, size, isQuick ? 1 : 2));
      for (const [i, values] of VALUES.entries()) {
        const [ours, plain, additive] = WAYS.map((way) => costs.get(way)![i]!) as [
          Cost,
          Cost,
          Cost,
        ];
        const what = `${size} peers, ${values.toLocaleString('en')} values`;
        yield {
          what: `${what}, bytes sent a peer`,
          value: ours.bytesSent,
          unit: 'B',
          details: {
            plain: plain.bytesSent,
            additive: additive.bytesSent,
            [ELSEWHERE]: discoBytes(size, values),
          },
        };
        yield {
          what: `${what}, processor time a peer`,
          value: ours.cpuMs,
          unit: 'ms',
          details: {
            plain: plain.cpuMs,
            additive: additive.cpuMs,
            [ELSEWHERE]: discoCpuMs(size, values),
          },
        };
        yield {
          what: `${what}, time to plain`,
          value: ours.ms / plain.ms,
          unit: 'x',
          details: {
            'to additive': ours.ms / additive.ms,
            'ours ms': ours.ms,
            'plain ms': plain.ms,
            'additive ms': additive.ms,
          },
        };
      }
    }
    const size = 5;
    const ended = new Map<Way, number>();
    for (const way of WAYS) {
      const lose = (company: Company) => company.sumWithLoss(33, way);
      ended.set(way, await Company.with(way, size, lose, { needed: size - 1 }));
    }
    yield {
      what: `${size} peers, one leaves: others that end`,
      value: ended.get('ours')!,
      unit: 'peers',
      expected: { atLeast: size - 1 },
      details: {
        plain: ended.get('plain')!,
        additive: ended.get('additive')!,
        [ELSEWHERE]: DISCO_SURVIVORS,
      },
    };
  },
};

/** The cheapest of some sums for each number of values. */
async function sums(way: Way, size: number, repetitions: number): Promise<readonly Cost[]> {
  return Company.with(way, size, async (company) => {
    const costs: Cost[] = [];
    // Links and code that have never carried anything are another matter.
    await company.sum(1);
    for (const values of VALUES) costs.push(await best(company, values, repetitions));
    return costs;
  });
}

/** The fastest of some sums: other programs only ever slow one down. */
export async function best(company: Company, values: number, repetitions: number): Promise<Cost> {
  let fastest = await company.sum(values);
  for (let i = 1; i < repetitions; i++) {
    const cost = await company.sum(values);
    if (cost.ms < fastest.ms) fastest = cost;
  }
  return fastest;
}
