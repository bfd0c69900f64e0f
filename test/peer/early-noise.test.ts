/**
 * Noise is drawn before the round that needs it, in every kind of room: after a change, and for a retry, too.
 */
import { sum, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { RoomOptions } from '../../src/peer/join-room.ts';
import type { Session } from '../../src/peer/session.ts';
import type { NoiseChoice } from '../../src/peer/view.ts';
import type { FunctionModel } from '../../src/task/custom-model.ts';
import { NoiseStock } from '../../src/worker/noise-stock.ts';
import { quittingAtTheLastMoment } from './losing-transports.ts';
import { HEAT_MAP, join, until, untilEvent } from './sessions.ts';

const NOISE: NoiseChoice = { kind: 'distributed', multiplier: 1.7, clip: 0.5 };
const MORE: NoiseChoice = { ...NOISE, multiplier: 2.5 };

/** For each contribution since the test began: whether its noise had still to be drawn. */
let late: boolean[] = [];

beforeEach(() => {
  late = [];
  const drawn = vi.spyOn(crypto, 'getRandomValues');
  const { take } = NoiseStock.prototype;
  vi.spyOn(NoiseStock.prototype, 'take').mockImplementation(function (this: NoiseStock, ...given) {
    const before = drawn.mock.calls.length;
    const noise = take.apply(this, given);
    late.push(drawn.mock.calls.length > before);
    return noise;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

function expectNoneLate(count: number): void {
  expect(late.length).toBeGreaterThanOrEqual(count);
  expect(late).toEqual(late.map(() => false));
}

/** Two peers, and a third that leaves once they have masked: the first attempt fails, and there is another. */
async function afterARetry(
  network: MemoryNetwork,
  options: Partial<RoomOptions>,
): Promise<Session[]> {
  const stayed = await Promise.all([0, 1].map(() => join({ network }, options)));
  const failures = Promise.all(stayed.map((one) => untilEvent(one, 'round-failed')));
  await join({ network, wrap: quittingAtTheLastMoment }, options);
  await failures;
  const sessions = [...stayed, await join({ network }, options)];
  await rounds(sessions, 1);
  return sessions;
}

async function rounds(sessions: readonly Session[], count: number): Promise<void> {
  await Promise.all(
    sessions.map((one) => until(one, ({ privacy }) => privacy.spent.rounds >= count)),
  );
}

describe('noise is drawn before the round', () => {
  it.each([
    ['maps', { task: HEAT_MAP, stepsPerSecond: 200 }],
    ['spam', { task: { type: 'spam' }, stepsPerSecond: 200 }],
  ] as const)('in a room of %s', async (_, options) => {
    const sessions = await afterARetry(createMemoryNetwork(), { ...options, noise: NOISE });
    await rounds(sessions, 2);
    sessions[0]!.setNoise(MORE);
    await Promise.all(
      sessions.map((one) => until(one, ({ privacy }) => privacy.noise?.multiplier === 2.5)),
    );
    await rounds(sessions, Math.max(...sessions.map(({ view }) => view.privacy.spent.rounds)) + 2);
    expectNoneLate(3 * 4);
  });

  it('in a room that trains a model', async () => {
    const weights: FunctionModel<Tensor> = {
      init: () => [zeros([5])],
      loss: ([first]) => sum(first!),
    };
    const network = createMemoryNetwork();
    const sessions = await Promise.all([0, 1, 2].map(() => join({ network })));
    const trainings = await Promise.all(
      sessions.map((one) =>
        one.train(weights, { batch: () => undefined, everySteps: 2, noise: NOISE }),
      ),
    );
    await Promise.all(trainings.map((one) => one.rounds(3)));
    expectNoneLate(3 * 3);
  });

  it('of sums', async () => {
    const network = createMemoryNetwork();
    const ask = (one: Session) => one.aggregate([0.1, 0.2], { noise: NOISE });
    const [ada, bo] = await Promise.all([0, 1].map(() => join({ network })));
    const quitter = await join({ network, wrap: quittingAtTheLastMoment });
    const failures = Promise.all([ada!, bo!].map((one) => untilEvent(one, 'round-failed')));
    const lost = expect(ask(quitter)).rejects.toThrow();
    const answers = [ada!, bo!].map(ask);
    await failures;
    const cy = await join({ network });
    await Promise.all([...answers, ask(cy)]);
    await Promise.all([ada!, bo!, cy].map(ask));
    await quitter.leave();
    await lost;
    expectNoneLate(3 + 3 + 3);
  });
});
