/**
 * The search for spoiled contributions in a room of lines, in whole sessions.
 */
import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { Session } from '../../src/peer/session.ts';
import type { Inspection, SessionView } from '../../src/peer/view.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { FEWEST_ROUNDS } from '../../src/task/group-testing.ts';
import { HEAT_MAP, join, until } from './sessions.ts';

const TASK = { ...HEAT_MAP, search: true } as const;

/** Words of a contribution: a model of 33 values, two checks, three votes, three that say who voted, a weight. */
const WORDS = 33 + 2 + 6 + 1;

/** A room of 16 that learns and merges by itself; the first of them may be wrong about the whole map. */
async function room(name: string, isSpoiled: boolean): Promise<readonly Session[]> {
  const network = createMemoryNetwork();
  const sessions = await Promise.all(
    Array.from({ length: 16 }, (_, at) =>
      join({ network }, { task: TASK, seed: `${name} ${at}`, stepsPerSecond: 20 }),
    ),
  );
  const random = new SeededRandom(name);
  for (let i = 0; isSpoiled && i < 120; i++) {
    sessions[0]!.addReading({ x: random.uniform(), y: random.uniform(), isHot: false });
  }
  for (const session of sessions) session.setMerging('automatic', 5);
  return sessions;
}

/** Everybody's view once so many rounds were judged, and the whole line was in the newest. */
function searched(sessions: readonly Session[], rounds: number): Promise<SessionView[]> {
  return Promise.all(
    sessions.map((one) =>
      until(one, ({ search }) => search!.rounds >= rounds && search!.among === 8),
    ),
  );
}

/** What left a peer in a round of its whole line. */
async function inspected(session: Session): Promise<Inspection> {
  await until(session, ({ search }) => search!.among === 8);
  return session.inspect()!;
}

function suspectsOf({ search }: SessionView): readonly string[] {
  return search!.suspicions.filter(({ isSuspect }) => isSuspect).map(({ peer }) => peer);
}

describe('a room of 16 that searches', { timeout: 300_000 }, () => {
  it('points at the one who spoils the map, in its line, and at nobody else', async () => {
    const sessions = await room('spoiled', true);
    const spoiler = sessions[0]!.view.self.id;
    const views = await searched(sessions, FEWEST_ROUNDS + 10);
    const line = views[0]!.grid!.lines.find((members) => members.includes(spoiler))!;
    expect(views[0]!.grid!.lines.map(({ length }) => length)).toEqual([8, 8]);
    for (const view of views) {
      const isMate = line.includes(view.self.id);
      expect(view.search).toMatchObject({ buckets: 2, among: 8, smallest: 4 });
      const judged = view.result!.buckets!.flat();
      expect(judged.every((peer) => line.includes(peer) === isMate)).toBe(true);
      expect(suspectsOf(view)).toEqual(isMate ? [spoiler] : []);
      if (isMate) expect(view.search!.suspicions[0]!.peer).toBe(spoiler);
    }
  });

  it('points at nobody where nobody spoils it, and shows each what it gave in a slot of its line', async () => {
    const sessions = await room('calm', false);
    sessions[0]!.inspect();
    const views = await searched(sessions, FEWEST_ROUNDS + 1);
    for (const view of views) expect(suspectsOf(view)).toEqual([]);
    // Others may have gone on to a round in which somebody was late.
    const seen = await inspected(sessions[0]!);
    expect(seen.updateWords).toHaveLength(2 * WORDS);
    expect(seen.aggregateWords).toHaveLength(2 * WORDS);
    expect(seen.layers.reduce((sum, { length }) => sum + length, 0)).toBe(2 * WORDS);
    expect(views[0]!.result!.buckets!.map(({ length }) => length)).toEqual([4, 4]);
  });
});

describe('a peer that did not opt in', () => {
  it('is in no round with those who did, who are then too few to be searched among', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(
      Array.from({ length: 12 }, (_, at) =>
        join({ network }, { task: at === 0 ? HEAT_MAP : TASK }),
      ),
    );
    const [plain, ...opted] = sessions;
    for (const session of sessions) session.setMerging('by-hand');
    const { problems } = await until(plain!, (view) => view.problems.length > 0);
    expect(problems[0]!.message).toContain('sums with another search: votes, here it is none');
    opted[0]!.mergeNow();
    const views = await Promise.all(
      opted.map((one) => until(one, ({ result }) => result?.included.length === 11)),
    );
    for (const { result, search } of views) {
      expect(result!.included).not.toContain(plain!.view.self.id);
      expect(result!.buckets).toBeUndefined();
      expect(search).toMatchObject({ rounds: 0, buckets: 0 });
    }
    expect(plain!.view.result).toBeUndefined();
  });
});
