/**
 * Rooms that sum in buckets: robust combining and the search for spoiled contributions, in whole sessions.
 */
import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { Session } from '../../src/peer/session.ts';
import type { ResultView } from '../../src/peer/view.ts';
import { HEAT_MAP, join, until } from './sessions.ts';

const TASK = { ...HEAT_MAP, combining: 'geometric-median', search: true } as const;

/** Everybody's result of a round that one of them calls for. */
async function round(sessions: readonly Session[], number: number): Promise<ResultView[]> {
  sessions[0]!.mergeNow();
  const views = await Promise.all(
    sessions.map((one) => until(one, ({ result }) => result?.round === number)),
  );
  return views.map(({ result }) => result!);
}

describe('a room that sums in buckets', () => {
  it('combines, votes and judges the same everywhere, and sums as one when it is too small', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(
      Array.from({ length: 12 }, () => join({ network }, { task: TASK })),
    );
    for (const session of sessions) session.setMerging('by-hand');
    await Promise.all(
      sessions.map((one) =>
        until(one, ({ peers }) => peers.filter(({ link }) => link === 'linked').length === 11),
      ),
    );
    const first = await round(sessions, 1);
    for (const { buckets } of first) {
      expect(buckets?.map((bucket) => bucket.length)).toEqual([4, 4, 4]);
      expect(buckets).toEqual(first[0]!.buckets);
    }
    expect(sessions[0]!.view.search).toMatchObject({ rounds: 0, buckets: 3 });
    const second = await round(sessions, 2);
    expect(second[0]!.buckets).not.toEqual(first[0]!.buckets);
    const views = await Promise.all(
      sessions.map((one) => until(one, ({ learning }) => learning?.federation?.at === 2)),
    );
    for (const { search, learning, privacy } of views) {
      expect(search!.rounds).toBe(1);
      expect(search!.suspicions).toHaveLength(12);
      expect(search!.suspicions).toEqual(views[0]!.search!.suspicions);
      expect(search!.suspicions.every(({ isSuspect }) => !isSuspect)).toBe(true);
      expect(learning!.federation!.surface).toEqual(views[0]!.learning!.federation!.surface);
      // 33 of the model, 2 of checks, 3 votes, 3 that say that one was cast.
      expect(privacy.dimension).toBe(41);
      expect(learning!.evaluation).toMatchObject({ round: 2, peers: 12 });
    }
    await sessions.at(-1)!.leave();
    const rest = sessions.slice(0, -1);
    const third = await round(rest, 3);
    for (const { included, buckets } of third) {
      expect(included).toHaveLength(11);
      expect(buckets).toBeUndefined();
    }
    expect(rest[0]!.view.search).toMatchObject({ rounds: 2, buckets: 0 });
  });

  it('shows what left a peer in the slot of its bucket, and hides the sums of all', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(
      Array.from({ length: 12 }, () =>
        join({ network }, { task: { ...HEAT_MAP, combining: 'centred-clipping' } }),
      ),
    );
    for (const session of sessions) session.setMerging('by-hand');
    sessions[0]!.inspect();
    await round(sessions, 1);
    const seen = sessions[0]!.inspect()!;
    const words = 33 + 2 + 1;
    expect(seen.updateWords).toHaveLength(3 * words);
    expect(seen.masked).toHaveLength(3 * words);
    const own = sessions[0]!.view.result!.buckets!.findIndex((bucket) =>
      bucket.includes(sessions[0]!.view.self.id),
    );
    const isZero = (bucket: number): boolean =>
      seen.updateWords.subarray(bucket * words, (bucket + 1) * words).every((word) => word === 0);
    expect([0, 1, 2].map(isZero)).toEqual([0, 1, 2].map((bucket) => bucket !== own));
    expect(seen.layers.reduce((sum, { length }) => sum + length, 0)).toBe(3 * words);
    expect(seen.masked.filter((word) => word === 0).length).toBeLessThan(3);
  });

  it(
    'combines what three lines summed, the same for everybody, where it is a room of lines',
    { timeout: 120_000 },
    async () => {
      const network = createMemoryNetwork();
      const task = { ...HEAT_MAP, combining: 'geometric-median' } as const;
      const sessions = await Promise.all(
        Array.from({ length: 31 }, () => join({ network }, { task, stepsPerSecond: 40 })),
      );
      const views = await Promise.all(
        sessions.map((one) =>
          until(one, ({ grid, result }) => grid !== undefined && result?.included.length === 31),
        ),
      );
      expect(views[0]!.grid!.lines.length).toBeGreaterThanOrEqual(3);
      const from = Math.max(...views.map(({ result }) => result!.round));
      // Two more rounds: nobody could be in them who had made another model of the one before.
      const later = await Promise.all(
        sessions.map((one) =>
          until(one, ({ result }) => result!.round >= from + 2 && result!.included.length >= 30),
        ),
      );
      for (const { learning } of later) expect(learning!.evaluation!.peers).toBeGreaterThan(20);
    },
  );

  it('refuses who wants to be hidden among more than a bucket holds', async () => {
    const network = createMemoryNetwork();
    await expect(join({ network }, { task: TASK, minPeers: 5 })).rejects.toThrow(
      'min-peers is 5, but this room opens sums of 3 peers',
    );
  });

  it('shares no round with whoever combines otherwise, and says so', async () => {
    const network = createMemoryNetwork();
    const [robust, plain] = await Promise.all([
      join({ network }, { task: { ...HEAT_MAP, combining: 'geometric-median' } }),
      join({ network }, { task: HEAT_MAP }),
    ]);
    const view = await until(robust, ({ problems }) => problems.length > 0);
    expect(view.problems[0]!.message).toContain('another combining');
    expect((await until(plain, ({ problems }) => problems.length > 0)).problems).toHaveLength(1);
  });
});
