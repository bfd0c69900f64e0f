/**
 * What a round costs a peer, by the size of the room: on a virtual clock and from a seed, so the numbers are
 * the same on every machine; only how long the simulation takes is not.
 *
 * @module
 */
import { LINE_SIZE } from '../../src/config.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { simulateGrid } from '../../src/simulation/measured-grid.ts';
import { simulateRoom } from '../../src/simulation/measured-room.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';

/** Values of a vector: the heat-map's model. */
const DIMENSION = 33;

/** Probability that a peer vanishes in a round. */
const DROP = 0.02;

/** Most words of a small vector that a peer may send, in vectors, and most attempts one after the other. */
const MOST_VECTORS = 40;
const MOST_STEPS = 8;

/** Least of all inputs that must be in a sum, those of peers that vanish among them, %. */
const LEAST_INCLUDED = 95;

/** `scaling`. */
export const scalingBench: Bench = {
  name: 'scaling',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    for (const peers of isQuick ? [8, 64] : [8, 15, 16, 64, 256, 1_024, 4_096]) {
      yield* await Promise.resolve(measure(peers));
    }
  },
};

function measure(peers: number): readonly Reading[] {
  const suite = peers <= 64 ? nodeSuite : simulatedSuite;
  const common = { suite, peers, rounds: 2, dimension: DIMENSION, drop: DROP };
  const options = { ...common, latencyMs: 20, seed: '7' };
  const began = performance.now();
  if (peers <= 15) {
    const summary = simulateRoom(options, () => undefined);
    return readings(peers, { ...summary, levels: 0, lines: 1, mostLinks: peers - 1 }, began);
  }
  const summary = simulateGrid({ ...options, lineSize: LINE_SIZE }, () => undefined);
  return readings(peers, summary, began);
}

/** What both kinds of rooms tell. */
interface Measured {
  readonly lines: number;
  readonly levels: number;
  readonly wordsSentPerPeer: number;
  readonly messagesPerPeer: number;
  readonly controlBytesPerPeer?: number;
  readonly steps: number;
  readonly mostLinks: number;
  readonly includedShare: number;
  readonly disagreeing: number;
  readonly maxErrorVsIncludedMean: number;
}

function readings(peers: number, summary: Measured, began: number): readonly Reading[] {
  const { lines, levels, includedShare, disagreeing, maxErrorVsIncludedMean } = summary;
  const details = {
    lines,
    levels,
    largestError: maxErrorVsIncludedMean,
    simulatedInMs: Math.round(performance.now() - began),
  };
  const what = (name: string): string => `${peers} peers, ${name} a peer and round`;
  return [
    {
      what: what('vectors sent'),
      value: summary.wordsSentPerPeer / DIMENSION,
      unit: 'vectors',
      expected: { atMost: MOST_VECTORS },
      details,
    },
    { what: what('messages'), value: summary.messagesPerPeer, unit: 'messages' },
    ...(summary.controlBytesPerPeer === undefined
      ? []
      : [{ what: what('control'), value: summary.controlBytesPerPeer / 1024, unit: 'KiB' }]),
    { what: `${peers} peers, most links`, value: summary.mostLinks, unit: 'links' },
    {
      what: `${peers} peers, attempts one after the other`,
      value: summary.steps,
      unit: 'attempts',
      expected: { atMost: MOST_STEPS },
    },
    {
      what: `${peers} peers, inputs included`,
      value: 100 * includedShare,
      unit: '%',
      expected: { atLeast: LEAST_INCLUDED },
    },
    {
      what: `${peers} peers, that disagree`,
      value: disagreeing,
      unit: 'peers',
      expected: { atMost: 0 },
    },
  ];
}
