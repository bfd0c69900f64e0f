import { describe, expect, it } from 'vitest';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { AggregateResult } from '../../src/peer/summing.ts';
import { areOfOnePlan } from '../../src/round/roster.ts';
import { join, until, untilEvent } from './sessions.ts';

const plan = (step: number) => ({ name: 'survey', step });

describe('sums of a plan', () => {
  it('that were made without a peer are told to it when it asks, and its values stay with it', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3, 4].map(() => join({ network })));
    const [late, ...others] = sessions;
    await Promise.all(
      sessions.map((one) =>
        until(one, ({ peers }) => peers.filter((p) => p.link === 'linked').length === 3),
      ),
    );
    const made = await Promise.all(others.map((one, i) => one.aggregate([i], { plan: plan(0) })));
    for (const one of others) one.announce({ dimension: 2, clip: 8, plan: plan(1) });
    let missed: AggregateResult | undefined;
    const asked = late!.aggregate([1000], { plan: plan(0), onMissed: (sum) => (missed = sum) });
    await expect(asked).rejects.toMatchObject({ reason: 'aborted' });
    expect(missed).toMatchObject({ count: 3, resultHash: made[0]!.resultHash });
    expect([...missed!.sum]).toEqual([...made[0]!.sum]);
    const next = await Promise.all(
      sessions.map((one) => one.aggregate([1, 2], { clip: 8, plan: plan(1) })),
    );
    expect(next.map(({ count }) => count)).toEqual([4, 4, 4, 4]);
  });

  it('at different steps are never one, and no difference is told of it', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3, 4].map(() => join({ network })));
    const ahead = sessions[0]!.aggregate([7], { plan: plan(2) });
    const rest = sessions.slice(1).map((one) => one.aggregate([1], { plan: plan(1) }));
    for (const { sum, count } of await Promise.all(rest)) {
      expect(count).toBe(3);
      expect(sum[0]).toBeCloseTo(3, 5);
    }
    expect(sessions.flatMap(({ view }) => view.problems)).toEqual([]);
    const more = sessions.slice(1).map((one) => one.aggregate([1], { plan: plan(2) }));
    expect((await Promise.all([ahead, ...more])).map(({ count }) => count)).toEqual([4, 4, 4, 4]);
  });

  it('of two names differ like any other settings', async () => {
    const network = createMemoryNetwork();
    const [one, two] = await Promise.all([1, 2].map(() => join({ network })));
    const told = untilEvent(one!, 'round-failed');
    const asks = [
      one!.aggregate([1], { plan: plan(0) }),
      two!.aggregate([1], { plan: { name: 'other', step: 0 } }),
    ].map((asked) => asked.catch(() => undefined));
    expect(await told).toMatchObject({ failure: { reason: 'parameters-differ' } });
    await Promise.all([one!.leave(), two!.leave(), ...asks]);
  });

  it('keep their smallest group while another one is announced', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    const stop = new AbortController();
    const { signal } = stop;
    const asked = sessions.map((one) =>
      one.aggregate([1], { plan: plan(0), minPeers: 4, signal }).then(
        () => 'opened',
        () => 'nothing',
      ),
    );
    const other = { dimension: 1, clip: 1, plan: { name: 'other', step: 0 }, minPeers: 3 };
    for (const one of sessions) one.announce(other);
    setTimeout(() => {
      stop.abort();
    }, 2000);
    expect(await Promise.all(asked)).toEqual(['nothing', 'nothing', 'nothing']);
  });

  it('of two plans take turns in one order, whichever each peer wanted first', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    const sum = (one: (typeof sessions)[number], name: string): Promise<AggregateResult> =>
      one.turns.take(name, (signal) => one.aggregate([1], { plan: { name, step: 0 }, signal }));
    const asked = sessions.flatMap((one, at) =>
      (at === 0 ? ['ask', 'table'] : ['table', 'ask']).map((name) => sum(one, name)),
    );
    expect((await Promise.all(asked)).map(({ count }) => count)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  it('of two plans are announced side by side, and the one that spoke last counts', async () => {
    const network = createMemoryNetwork();
    const [one, two] = await Promise.all([1, 2].map(() => join({ network })));
    const tables = { dimension: 1, clip: 1, plan: { name: 'table', step: 3 } };
    const asks = { dimension: 5, clip: 1, plan: { name: 'ask', step: 0 } };
    const dimension = (): number => one!.view.privacy.dimension;
    const takeTablesBack = one!.announce(tables);
    const takeAsksBack = one!.announce(asks);
    expect(dimension()).toBe(5);
    one!.announce({ ...asks, dimension: 6 });
    expect(dimension()).toBe(6);
    takeAsksBack();
    expect(dimension()).toBe(1);
    one!.announce(asks);
    takeTablesBack();
    expect(dimension()).toBe(5);
    await Promise.all([one!.leave(), two!.leave()]);
  });

  it('are told apart by name, and refuse what is none', async () => {
    expect(areOfOnePlan('sum:a#1', 'sum:a#2')).toBe(true);
    expect(areOfOnePlan('sum:a#1', 'sum:b#1')).toBe(false);
    expect(areOfOnePlan('sum', 'sum')).toBe(false);
    expect(areOfOnePlan('sum:a#1', 'sum')).toBe(false);
    expect(areOfOnePlan('heat-map:circle:8', 'heat-map:circle:8')).toBe(false);
    const session = await join({ network: createMemoryNetwork() });
    for (const bad of [
      { name: '', step: 0 },
      { name: 'a#b', step: 0 },
      { name: 'a', step: -1 },
    ]) {
      await expect(session.aggregate([1], { plan: bad })).rejects.toThrow(RangeError);
    }
  });
});

describe('notes', () => {
  it('reach everybody who is linked, with what was said and by whom', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    await Promise.all(
      sessions.map((one) =>
        until(one, ({ peers }) => peers.filter((p) => p.link === 'linked').length === 2),
      ),
    );
    const heard = sessions.slice(1).map((one) => untilEvent(one, 'note'));
    sessions[0]!.tell({ topic: 'survey', body: Uint8Array.of(1, 2, 3) });
    for (const event of await Promise.all(heard)) {
      expect(event).toMatchObject({
        from: sessions[0]!.view.self.id,
        note: { topic: 'survey', body: Uint8Array.of(1, 2, 3) },
      });
    }
    const large = { topic: 'survey', body: new Uint8Array(24_577) };
    expect(() => sessions[0]!.tell(large)).toThrow(RangeError);
  });
});
