/**
 * A federation without a network: trainers that average plain updates, against twins that learn alone.
 *
 * Masks change nothing about the sum, so what is learned here is what a masked room learns.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { HEAT_MAP_CLIP, MERGE_EVERY_STEPS, WEIGHT_CAP } from '../../src/config.ts';
import { decodeAggregate } from '../../src/secagg/index.ts';
import { firstParameters, type TaskSettings } from '../../src/task/heat-map.ts';
import type { Pattern } from '../../src/task/patterns.ts';
import { asOutlier, localReadings } from '../../src/task/readings.ts';
import type { Snapshot } from '../../src/worker/messages.ts';
import { Trainer } from '../../src/worker/trainer.ts';

const PEERS = 6;

function readingsOf(pattern: Pattern, peer: number) {
  return localReadings(pattern, `peer ${peer}`, peer);
}

function start(task: TaskSettings, peer: number): Trainer {
  const trainer = new Trainer();
  trainer.answer({ type: 'start', id: 0, task, readings: readingsOf(task.pattern, peer) });
  return trainer;
}

/** What remains of rounding is private randomness; in float64 a test repeats itself. */
function merge(trainers: readonly Trainer[], base: Float32Array): Float32Array {
  const sum = new Float64Array(base.length);
  let total = 0;
  for (const trainer of trainers) {
    const encoding = { members: trainers.length, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP };
    const reply = trainer.answer({ type: 'contribute', id: 0, encoding });
    if (reply.type !== 'contribution') throw new Error(reply.type);
    for (let i = 0; i < sum.length; i++) sum[i]! += reply.weight * reply.update[i]!;
    total += reply.weight;
  }
  return Float32Array.from(base, (value, i) => value + sum[i]! / total);
}

/** So many rounds of a room; `duringRound` steps are made between contributing and the result. */
function learn(
  task: TaskSettings,
  trainers: readonly Trainer[],
  rounds: number,
  duringRound = 0,
): Snapshot {
  let global = firstParameters(task);
  let federation: Snapshot | undefined;
  for (let round = 0; round < rounds; round++) {
    for (const trainer of trainers) trainer.train(MERGE_EVERY_STEPS - duringRound);
    const next = merge(trainers, global);
    for (const trainer of trainers) {
      trainer.train(duringRound);
      const reply = trainer.answer({ type: 'apply', id: 0, global: next });
      if (reply.type === 'merged') federation = reply.federation;
    }
    global = next;
  }
  return federation!;
}

function alone(task: TaskSettings, rounds: number): number[] {
  return Array.from({ length: PEERS }, (_, peer) => {
    const twin = start(task, peer);
    twin.train(rounds * MERGE_EVERY_STEPS);
    return twin.snapshot().accuracy;
  });
}

function room(task: TaskSettings): Trainer[] {
  return Array.from({ length: PEERS }, (_, peer) => start(task, peer));
}

describe.each([
  { pattern: 'circle', hidden: [8], rounds: 30, reached: 0.9 },
  { pattern: 'circle', hidden: [16, 16], rounds: 15, reached: 0.9 },
  { pattern: 'stripes', hidden: [8], rounds: 10, reached: 0.9 },
  { pattern: 'checkerboard', hidden: [8], rounds: 10, reached: 0.85 },
  { pattern: 'spiral', hidden: [16, 16], rounds: 10, reached: 0.8 },
] as const)(
  'six peers, $pattern, hidden $hidden, after $rounds merges',
  ({ pattern, hidden, rounds, reached }) => {
    const task: TaskSettings = { pattern, hidden, modelSeed: 'room' };
    let together: number;
    let twins: number[];

    beforeAll(() => {
      together = learn(task, room(task), rounds).accuracy;
      twins = alone(task, rounds);
    });

    it(`have learned at least ${reached} of the map`, () => {
      expect(together).toBeGreaterThanOrEqual(reached);
    });

    it('know more of it than any of them alone', () => {
      expect(together).toBeGreaterThan(Math.max(...twins));
    });
  },
);

describe('a room', () => {
  const task: TaskSettings = { pattern: 'circle', hidden: [8], modelSeed: 'room' };

  it('repeats itself bit by bit', () => {
    const once = learn(task, room(task), 3).parameters;
    expect(learn(task, room(task), 3).parameters).toEqual(once);
  });

  it('learns on when rounds take as long as a quarter of the steps', () => {
    expect(learn(task, room(task), 30, MERGE_EVERY_STEPS / 4).accuracy).toBeGreaterThanOrEqual(
      0.85,
    );
  });

  it('loses accuracy to two broken thermometers', () => {
    const broken = room(task);
    for (const peer of [0, 1]) {
      const readings = asOutlier(readingsOf('circle', peer));
      broken[peer]!.answer({ type: 'readings', id: 0, readings });
    }
    const honest = learn(task, room(task), 20).accuracy;
    expect(learn(task, broken, 20).accuracy).toBeLessThan(honest - 0.05);
  });

  it('merges the integers of the protocol to the same model, up to their step', () => {
    const trainers = room(task);
    for (const trainer of trainers) trainer.train(MERGE_EVERY_STEPS);
    const encoding = { members: PEERS, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP };
    const words = new Uint32Array(34);
    for (const trainer of trainers) {
      const reply = trainer.answer({ type: 'contribute', id: 0, encoding });
      if (reply.type !== 'contribution') throw new Error(reply.type);
      reply.words.forEach((word, i) => (words[i] = words[i]! + word));
    }
    const first = firstParameters(task);
    const { mean, totalWeight } = decodeAggregate(words, PEERS, encoding);
    expect(totalWeight).toBe(PEERS * 8);
    const plain = merge(trainers, first);
    // Each of the six is off by less than a step of clip x members / 2^31, times cap / weight for the mean.
    const most = (HEAT_MAP_CLIP * PEERS * WEIGHT_CAP) / 2 ** 31 / 8;
    mean.forEach((value, i) => {
      expect(Math.abs(first[i]! + value - plain[i]!)).toBeLessThan(most + 1e-6);
    });
  });
});
