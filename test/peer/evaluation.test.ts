/**
 * The room's accuracy and loss: what everybody's held-out readings say of the merged model, and nothing learned from
 * them.
 */
import { describe, expect, it } from 'vitest';
import { CHECKS_PER_PEER, HEAT_MAP_CLIP, WEIGHT_CAP } from '../../src/config.ts';
import { Learner } from '../../src/peer/learner.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { deriveRoom } from '../../src/peer/room-key.ts';
import { decodeAggregate, type Encoding } from '../../src/secagg/index.ts';
import { firstParameters } from '../../src/task/heat-map.ts';
import { PlainModel } from '../../src/task/plain-training.ts';
import { localReadings, type Reading } from '../../src/task/readings.ts';
import { placeOf } from '../../src/task/surface.ts';
import { surfaceOf } from '../../src/task/training.ts';
import type { TrainerRequest } from '../../src/worker/messages.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';
import { Trainer } from '../../src/worker/trainer.ts';
import { HEAT_MAP, join, until } from './sessions.ts';

/** The task of the room that `join` joins. */
const TASK = {
  pattern: 'circle',
  hidden: [8],
  modelSeed: deriveRoom(nodeSuite, undefined, 'test').id,
} as const;
const FIRST = firstParameters(TASK);

/** Accuracy and loss over readings that lie on the grid of a map, from its logits alone. */
function plainly(surface: Float32Array, places: readonly number[], isHot: readonly boolean[]) {
  const logits = places.map((place) => surface[place]!);
  const right = logits.filter((logit, i) => logit > 0 === isHot[i]);
  const losses = logits.map((logit, i) => Math.log(1 + Math.exp(isHot[i] ? -logit : logit)));
  return {
    accuracy: right.length / places.length,
    loss: losses.reduce((sum, loss) => sum + loss, 0) / places.length,
  };
}

describe('the accuracy and the loss in a sum', () => {
  it('are those of the merged model on all held-out readings, each peer weighed by its own', () => {
    const encoding: Encoding = { members: 3, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP };
    // Each peer has others, and as many as nobody else.
    const peers = [
      { count: 3, places: [40, 901, 1203, 2011], isHot: [true, false, true, true] },
      { count: 8, places: [777, 1100, 1600, 2390], isHot: [false, false, false, true] },
      { count: 20, places: [5, 1234, 2080, 2081], isHot: [true, true, false, false] },
    ].map(({ count, places, isHot }) => {
      const checks = places.map((place, i) => ({ ...placeOf(place), isHot: isHot[i]! }));
      const readings = localReadings('circle', `peer ${count}`, undefined, count);
      const trainer = new Trainer();
      trainer.answer({ type: 'start', id: 1, task: TASK, readings, checks });
      return { count, places, isHot, trainer };
    });
    let surface = surfaceOf(TASK.hidden, FIRST);
    let global = FIRST;
    for (let round = 1; round <= 3; round++) {
      const words = new Uint32Array(FIRST.length + 3);
      for (const { trainer } of peers) {
        trainer.train(25);
        const reply = trainer.answer({ type: 'contribute', id: 2, encoding });
        if (reply.type !== 'contribution') throw new Error(reply.type);
        reply.words.forEach((word, i) => (words[i] = words[i]! + word));
      }
      const { mean } = decodeAggregate(words, 3, encoding);
      const told = peers.map((peer) => ({ ...peer, ...plainly(surface, peer.places, peer.isHot) }));
      const weigh = (of: 'accuracy' | 'loss'): number =>
        told.reduce((sum, peer) => sum + peer.count * peer[of], 0) / (3 + 8 + 20);
      expect(mean[FIRST.length]).toBeCloseTo(weigh('accuracy'), 4);
      expect(mean[FIRST.length + 1]).toBeCloseTo(weigh('loss'), 4);
      global = global.map((value, i) => value + mean[i]!);
      for (const { trainer } of peers) trainer.answer({ type: 'apply', id: 3, global });
      surface = surfaceOf(TASK.hidden, global);
    }
  });

  it('teach nothing: whatever is held out, the same is learned and contributed', () => {
    const readings = localReadings('circle', 'peer');
    const encoding: Encoding = { members: 3, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP };
    const learned = (checks: readonly Reading[]) => {
      const trainer = new Trainer();
      trainer.answer({ type: 'start', id: 1, task: TASK, readings, checks });
      trainer.train(20);
      trainer.answer({ type: 'readings', id: 2, readings, checks: [...checks].reverse() });
      trainer.train(20);
      const reply = trainer.answer({ type: 'contribute', id: 3, encoding });
      if (reply.type !== 'contribution') throw new Error(reply.type);
      const { parameters, ownAccuracy } = trainer.snapshot();
      const update = reply.update.slice(0, FIRST.length);
      return { parameters, ownAccuracy, update, weight: reply.weight };
    };
    const contrary = readings.map((reading) => ({ ...reading, isHot: !reading.isHot }));
    expect(learned(contrary)).toEqual(learned([{ x: 0.5, y: 0.5, isHot: true }]));
    expect(learned(contrary).weight).toBe(readings.length);
  });

  it('come from readings that a learner keeps apart from those it learns from', async () => {
    const port = startTrainerInProcess();
    const asked: TrainerRequest[] = [];
    const post = port.postMessage.bind(port);
    port.postMessage = (request, transfer) => {
      asked.push(request);
      post(request, transfer);
    };
    const [readings, checks] = [localReadings('circle', 'a'), localReadings('circle', 'b')];
    const learner = await Learner.start({
      ...{ task: TASK, readings, checks, isOutlier: false, port },
      ...{ kept: undefined, global: undefined, isSpent: false },
      onChange: () => undefined,
      onProblem: (_, message) => {
        throw new Error(message);
      },
    });
    const added = { x: 0.3, y: 0.6, isHot: true };
    learner.addReading(added);
    await learner.close();
    const told = asked.filter(({ type }) => type === 'start' || type === 'readings');
    expect(told).toMatchObject([
      { type: 'start', readings, checks },
      { type: 'readings', readings: [...readings, added], checks },
    ]);
  });

  it('are what a room shows, of the model that its round began with', async () => {
    const network = createMemoryNetwork();
    const seeds = ['a', 'b', 'c'];
    const sessions = await Promise.all(
      seeds.map((seed) => join({ network }, { task: HEAT_MAP, seed, stepsPerSecond: 200 })),
    );
    const views = await Promise.all(
      sessions.map((one) => until(one, ({ learning }) => learning?.evaluation !== undefined)),
    );
    // All have eight readings and four held out: the mean over peers is the mean over readings.
    const held = seeds.flatMap((seed) =>
      localReadings('circle', `checks ${seed}`, undefined, CHECKS_PER_PEER),
    );
    const plain = new PlainModel(TASK.hidden);
    for (const { learning } of views) {
      const { round, accuracy, loss, peers } = learning!.evaluation!;
      expect([round, peers]).toEqual([1, 3]);
      expect(accuracy).toBeCloseTo(plain.accuracyOf(held, FIRST), 4);
      expect(loss).toBeCloseTo(plain.lossOf(held, FIRST), 4);
      for (const { x, y } of held) {
        expect(learning!.readings.some((reading) => reading.x === x && reading.y === y)).toBe(
          false,
        );
      }
    }
  });
});
