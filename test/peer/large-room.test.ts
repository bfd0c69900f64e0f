/**
 * Sessions in a room that is too large for one cohort: real sessions with real cryptography. Here they are
 * linked in memory; `test/e2e/large-room.test.ts` has real processes and WebRTC.
 *
 * @module
 */
import { afterEach, describe, expect, it } from 'vitest';
import { createIdentity } from '../../src/peer/identity.ts';
import { enterRoom, type RoomOptions } from '../../src/peer/join-room.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Session, SessionEvent } from '../../src/peer/session.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';

const COUNT = 18;

const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** Sums the same value again and again, and keeps what came of it. */
async function sumAgain(session: Session, value: number, results: SessionEvent[]): Promise<void> {
  session.subscribeEvents((event) => {
    if (event.type === 'round') results.push(event);
  });
  for (;;) {
    try {
      await session.aggregate([value, 1]);
    } catch {
      if (isOver(session)) return;
    }
  }
}

const over = new WeakSet<Session>();
const isOver = (session: Session): boolean => over.has(session);

/** Sessions that are linked to each other in memory, as soon as they are there. */
function join(count: number, options: Partial<RoomOptions> = {}): Promise<readonly Session[]> {
  const network = createMemoryNetwork();
  const enter = (): Promise<Session> => {
    const identity = createIdentity(nodeSuite);
    return enterRoom(
      { server: 'http://unused', room: 'many', task: { type: 'sum' }, ...options },
      {
        suite: nodeSuite,
        identity,
        kind: 'program',
        createTransport: () => network.createTransport(identity.id),
        createStore: () => Promise.resolve(createMemoryStore()),
        startTrainer: startTrainerInProcess,
      },
    );
  };
  return Promise.all(Array.from({ length: count }, enter));
}

describe('twenty peers that ask at once', () => {
  it.each([3, 18])(
    'all are in the first sum, with minPeers %i',
    { timeout: 60_000 },
    async (minPeers) => {
      const sessions = await join(20, { minPeers });
      closing.push(() => Promise.all(sessions.map((session) => session.leave())));
      const answers = await Promise.all(sessions.map((session, at) => session.aggregate([at, 1])));
      for (const { count, included, sum } of answers) {
        expect(count).toBe(20);
        expect(included).toHaveLength(20);
        expect(sum[0]).toBeCloseTo(190, 3);
        expect(sum[1]).toBeCloseTo(20, 3);
      }
      expect(new Set(answers.map(({ resultHash }) => resultHash)).size).toBe(1);
    },
  );
});

describe('a room of eighteen', () => {
  it('sums over all of them once it is divided into lines', { timeout: 120_000 }, async () => {
    const sessions = await join(COUNT);
    const results = sessions.map(() => [] as SessionEvent[]);
    const loops = sessions.map((session, at) => sumAgain(session, at, results[at]!));
    closing.unshift(async () => {
      for (const session of sessions) over.add(session);
      await Promise.all(sessions.map((session) => session.leave()));
      await Promise.all(loops);
    });
    const everybody = await new Promise<SessionEvent & { type: 'round' }>((resolve) => {
      sessions[0]!.subscribeEvents((event) => {
        if (event.type === 'round' && event.aggregate?.count === COUNT) resolve(event);
      });
    });
    expect(everybody.aggregate!.sum[0]).toBeCloseTo((COUNT * (COUNT - 1)) / 2, 3);
    expect(everybody.aggregate!.sum[1]).toBeCloseTo(COUNT, 3);
    expect(everybody.result.roster.length).toBe(COUNT);
    expect(sessions[0]!.view.grid).toMatchObject({ levels: 1 });
    expect(sessions[0]!.view.grid!.lines.map((line) => line.length)).toEqual([9, 9]);
    // Whoever has a result of a round has the same one.
    const hashes = new Map<number, Set<string>>();
    for (const { result } of results.flat().filter((event) => event.type === 'round')) {
      if (result.included.length === COUNT) {
        hashes.set(result.round, (hashes.get(result.round) ?? new Set()).add(result.resultHash));
      }
    }
    expect(hashes.size).toBeGreaterThan(0);
    for (const [, known] of hashes) expect(known.size).toBe(1);
  });
});
