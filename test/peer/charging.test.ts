/**
 * What an attempt without a result costs: all of it where somebody may have opened the sum, nothing where
 * enough peers have signed that nobody ever will.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import type { Session } from '../../src/peer/session.ts';
import type { NoiseChoice } from '../../src/peer/view.ts';
import type { Transport } from '../../src/ports.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import { quittingAtTheLastMoment, without } from './losing-transports.ts';
import { join, untilEvent } from './sessions.ts';

const NOISE: NoiseChoice = { kind: 'distributed', multiplier: 1.7, clip: 0.5 };
const VALUES = [0.1, 0.2, 0.3];

/** One round of three peers: two hide each. */
const setting = settingOf(NOISE, VALUES.length, 2);
const ROUND = epsilonOf(rhoOfRound(setting, VALUES.length, 2), setting.delta);

const ask = (one: Session) => one.aggregate(VALUES, { noise: NOISE });

/** What became of a sum, by its reason. */
const reasonOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: unknown) => (error as { reason: string }).reason,
  );

afterEach(() => {
  vi.useRealTimers();
});

describe('an attempt that was masked', () => {
  it('is charged where it stayed open whether the others opened it', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const network = createMemoryNetwork();
    // Everybody promises that the sum may be opened, and nobody hears of it.
    const deaf = (transport: Transport): Transport =>
      without(transport, ({ type }) => type === 'lock');
    const sessions = await passing(joinAll(network, 3, deaf));
    const reasons = await passing(Promise.all(sessions.map((one) => reasonOf(ask(one)))));
    expect(reasons).toEqual(['spent', 'spent', 'spent']);
    for (const { view } of sessions) {
      expect(view.privacy.spent.rounds).toBe(1);
      expect(view.privacy.spent.othersHonest).toBeCloseTo(ROUND, 9);
    }
    await passing(Promise.all(sessions.map((one) => one.leave())));
  });

  it('is charged nothing once enough have signed that nobody will open it, and its retry is, once', async () => {
    const network = createMemoryNetwork();
    const [ada, bo] = await joinAll(network, 2);
    const quitter = await join({ network, wrap: quittingAtTheLastMoment });
    const failures = Promise.all([ada!, bo!].map((one) => untilEvent(one, 'round-failed')));
    const lost = reasonOf(ask(quitter));
    const answers = [ada!, bo!].map(ask);
    for (const event of await failures) {
      // Not the message of an attempt that ended before anything was masked.
      const message = 'Too few peers were left to finish it.';
      expect(event).toMatchObject({ failure: { attempt: 1, message } });
    }
    for (const { view } of [ada!, bo!]) {
      expect(view.privacy.spent).toMatchObject({ rounds: 0, othersHonest: 0 });
    }
    const cy = await join({ network });
    await Promise.all([...answers, ask(cy)]);
    for (const { view } of [ada!, bo!, cy]) {
      expect(view.privacy.spent.rounds).toBe(1);
      expect(view.privacy.spent.othersHonest).toBeCloseTo(ROUND, 9);
    }
    await quitter.leave();
    await lost;
  });
});

function joinAll(
  network: MemoryNetwork,
  count: number,
  wrap = (transport: Transport): Transport => transport,
): Promise<Session[]> {
  return Promise.all(Array.from({ length: count }, () => join({ network, wrap })));
}

/** Lets time pass until something comes about: links of memory need turns, timers need hours. */
async function passing<Result>(awaited: Promise<Result>): Promise<Result> {
  let isOver = false;
  const over = awaited.finally(() => {
    isOver = true;
  });
  // What it rejects with comes out at the end.
  over.catch(() => undefined);
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(20);
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  return over;
}
