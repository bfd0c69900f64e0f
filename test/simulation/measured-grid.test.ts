import { describe, expect, it } from 'vitest';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Suite } from '../../src/ports.ts';
import { simulateGrid, type GridSummary } from '../../src/simulation/measured-grid.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { IS_THOROUGH as THOROUGH } from './scenarios.ts';

function simulate(
  peers: number,
  { suite = simulatedSuite, rounds = 1, drop = 0, seed = '1', dimension = 2 } = {} as {
    readonly suite?: Suite;
    readonly rounds?: number;
    readonly drop?: number;
    readonly seed?: string;
    readonly dimension?: number;
  },
): GridSummary {
  const options = { suite, peers, rounds, dimension, drop, latencyMs: 20, seed, lineSize: 11 };
  return simulateGrid(options, () => undefined);
}

/** What must hold whatever happens, with the seed that plays it again. */
function expectExact(summary: GridSummary, what: string): void {
  const { disagreeing, includedDiffers, wrongSums } = summary;
  expect({ what, disagreeing, includedDiffers, wrongSums }).toEqual({
    what,
    disagreeing: 0,
    includedDiffers: 0,
    wrongSums: 0,
  });
  expect(summary.maxErrorVsIncludedMean).toBeLessThan(1e-5);
}

describe('a room of lines', () => {
  const counts = [16, 17, 23, 31, 47, 64, 100];
  it.each(THOROUGH ? [...counts, 129, 333, 500] : counts)('of %i includes everybody', (peers) => {
    const summary = simulate(peers);
    expectExact(summary, `${peers} peers`);
    expect(summary.includedShare).toBe(1);
    expect(summary.steps).toBe(summary.levels + 1);
  });

  it.each(THOROUGH ? ['1', '2', '3', '4', '5', '6', '7', '8'] : ['1', '2'])(
    'stays exact while one in ten vanishes each round (seed %s)',
    (seed) => {
      const summary = simulate(60, { rounds: 3, drop: 0.1, seed });
      expectExact(summary, `seed ${seed}`);
      expect(summary.includedShare).toBeGreaterThan(0.6);
    },
  );

  it('of 64 includes 95 % of all inputs, seeds together, while one in fifty vanishes', () => {
    const seeds = ['1', '2', '3', '4'];
    const shares = seeds.map((seed) => {
      const summary = simulate(64, { rounds: 2, drop: 0.02, dimension: 33, seed });
      expectExact(summary, `seed ${seed}`);
      expect(summary.steps).toBeLessThanOrEqual(8);
      return summary.includedShare;
    });
    // Somebody who vanishes late is included: below 1 shows that not all of them did.
    expect(Math.min(...shares)).toBeLessThan(1);
    const mean = shares.reduce((sum, share) => sum + share, 0) / seeds.length;
    expect(mean).toBeGreaterThanOrEqual(0.95);
  });

  it('sums the same with real cryptography as with simulated, in as many steps', () => {
    const [real, simulated] = [nodeSuite, simulatedSuite].map((suite) => simulate(64, { suite }));
    expectExact(real!, 'real');
    expectExact(simulated!, 'simulated');
    // Inputs and rounding come from the seed alone, so that both sums are of the very same words.
    for (const field of ['includedShare', 'steps', 'lines', 'levels'] as const) {
      expect(real![field]).toBe(simulated![field]);
    }
  });

  it('includes everybody where vectors are so large that words are scattered in the lines', () => {
    const summary = simulate(24, { dimension: 25_000 });
    expectExact(summary, 'large vectors');
    expect(summary.includedShare).toBe(1);
  });

  it('sends each peer a few links and a few vectors, however large it is', () => {
    const [small, large] = [64, THOROUGH ? 500 : 200].map((peers) =>
      simulate(peers, { dimension: 33 }),
    );
    expect(large!.wordsSentPerPeer).toBeLessThan(1.3 * small!.wordsSentPerPeer);
    expect(large!.wordsSentPerPeer).toBeLessThan(40 * 33);
    expect(large!.mostLinks).toBeLessThan(40);
  });
});
