import { describe, expect, it } from 'vitest';
import { RoundFailed } from '../../src/errors.ts';
import { isCarryMessage } from '../../src/peer/carry-messages.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import type { PeerStore, Transport, TransportEvent } from '../../src/ports.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { HEAT_MAP, join, until, untilEvent } from './sessions.ts';

describe('joining', () => {
  it('is called off by its signal, before it begins and while it is under way', async () => {
    const network = createMemoryNetwork();
    const early = AbortSignal.abort(new Error('Too late.'));
    await expect(join({ network }, { signal: early })).rejects.toThrow('Too late.');
    const control = new AbortController();
    const joining = join({ network }, { signal: control.signal });
    control.abort(new Error('No more.'));
    await expect(joining).rejects.toThrow('No more.');
    const other = await join({ network });
    expect(other.view.peers).toEqual([]);
  });
});

describe('private sums', () => {
  it('give everybody the same numbers, weighted where weights are given', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    const plain = await Promise.all(sessions.map((s, i) => s.aggregate([i, -2.5], { clip: 4 })));
    for (const { sum, count, resultHash } of plain) {
      expect(sum[0]).toBeCloseTo(3, 6);
      expect(sum[1]).toBeCloseTo(-7.5, 6);
      expect(count).toBe(3);
      expect(resultHash).toBe(plain[0]!.resultHash);
    }
    const weighted = await Promise.all(
      sessions.map((s, i) => s.aggregate([i], { clip: 4, weight: i + 1 })),
    );
    // (0 x 1 + 1 x 2 + 2 x 3) / 6
    expect(weighted[0]!.totalWeight).toBe(6);
    expect(weighted[0]!.mean[0]).toBeCloseTo(8 / 6, 4);
    expect(weighted[0]!.round).toBe(2);
  });

  it('of some are no complaint to those who have asked nothing yet, nor the other way round', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    const early = sessions.slice(0, 2).map((session) => session.aggregate([1]));
    await until(
      sessions[2]!,
      ({ peers }) => peers.filter(({ doing }) => doing === 'ready').length > 1,
    );
    expect(sessions.flatMap(({ view }) => view.problems)).toEqual([]);
    const other = sessions[2]!.aggregate([1], { clip: 5 });
    const { problems } = await until(sessions[2]!, (view) => view.problems.length > 0);
    expect(problems[0]!.message).toContain('another clip: 1024, here it is 5');
    await Promise.all([
      ...[...early, other].map((sum) => expect(sum).rejects.toThrow(RoundFailed)),
      ...sessions.map((session) => session.leave()),
    ]);
  });

  it('refuse values that would wrap or lie, and a second question beside the first', async () => {
    const session = await join({ network: createMemoryNetwork() });
    await expect(session.aggregate([5], { clip: 4 })).rejects.toThrow(RangeError);
    await expect(session.aggregate([Number.NaN])).rejects.toThrow(RangeError);
    await expect(session.aggregate([])).rejects.toThrow(RangeError);
    await expect(session.aggregate([1], { weight: 0 })).rejects.toThrow(RangeError);
    await expect(session.aggregate([1], { clip: -1 })).rejects.toThrow(RangeError);
    const first = session.aggregate([1]);
    await expect(session.aggregate([2])).rejects.toThrow(TypeError);
    await Promise.all([expect(first).rejects.toThrow(RoundFailed), session.leave()]);
  });

  it('called off before anybody else came end with "aborted", and the next one stands alone', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([1, 2, 3].map(() => join({ network })));
    const control = new AbortController();
    const called = sessions[0]!.aggregate([1], { signal: control.signal });
    control.abort();
    await expect(called).rejects.toMatchObject({ reason: 'aborted' });
    const answers = await Promise.all(sessions.map((s) => s.aggregate([10])));
    expect(answers[0]!.sum[0]).toBeCloseTo(30, 4);
  });

  it('called off while the masked values leave never answer the next question', async () => {
    const network = createMemoryNetwork();
    const control = new AbortController();
    // Calls off at the moment in which the first masked words are handed to the transport.
    const wrap = (transport: Transport): Transport => ({
      self: transport.self,
      start: (onEvent: (event: TransportEvent) => void) => {
        transport.start(onEvent);
      },
      send(peer, message) {
        transport.send(peer, message);
        if (isCarryMessage(message)) return;
        const decoded = decodeMessage(message);
        if (decoded.type === 'attempt' && decoded.message.content.type === 'masked')
          control.abort();
      },
      disconnect: (peer, reason) => {
        transport.disconnect(peer, reason);
      },
      close: () => transport.close(),
    });
    const four = { minPeers: 4 };
    const hasty = await join({ network, wrap }, four);
    const others = await Promise.all([1, 2, 3].map(() => join({ network }, four)));
    const first = hasty.aggregate([1], { signal: control.signal }).then(
      (result) => result.sum[0],
      (error: unknown) => (error as RoundFailed).reason,
    );
    const theirs = others.map((session) => session.aggregate([1]));
    const outcome = await first;
    expect([4, 'aborted', 'spent']).toContain(
      typeof outcome === 'number' ? Math.round(outcome) : outcome,
    );
    // Asked at once, while the attempt that was called off may still be under way.
    const again = hasty.aggregate([500]);
    await Promise.all(theirs);
    await Promise.all(others.map((session) => session.aggregate([500])));
    expect((await again).sum[0]).toBeCloseTo(2000, 3);
  });

  it('names the field in which another peer differs', async () => {
    const network = createMemoryNetwork();
    const [a, b] = await Promise.all([1, 2].map(() => join({ network })));
    const failed = untilEvent(a!, 'round-failed');
    const sums = [a!.aggregate([1], { clip: 4 }), b!.aggregate([1], { clip: 8 })];
    const event = await failed;
    expect(event).toMatchObject({ failure: { reason: 'parameters-differ' } });
    expect(a!.view.failure?.message).toContain('clip: 8, here it is 4');
    await Promise.all([Promise.allSettled(sums), a!.leave(), b!.leave()]);
  });

  it('stop where "contributed" cannot be kept: nothing leaves, nothing crashes', async () => {
    const network = createMemoryNetwork();
    const broken: PeerStore = {
      ...createMemoryStore(),
      set: () => Promise.reject(new Error('full')),
    };
    const unlucky = await join({ network, store: broken });
    const others = await Promise.all([1, 2, 3].map(() => join({ network })));
    const lost = unlucky.aggregate([1]);
    lost.catch(() => undefined);
    const answers = await Promise.all(others.map((session) => session.aggregate([1])));
    for (const answer of answers) expect(answer.included).not.toContain(unlucky.view.self.id);
    expect(unlucky.view.problems.map(({ code }) => code)).toContain('store');
    await unlucky.leave();
    await expect(lost).rejects.toThrow(RoundFailed);
  });
});

describe('learning', () => {
  const options = { task: HEAT_MAP, stepsPerSecond: 200 };

  it('merges by itself, and everybody has the same federation', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all(
      [0, 1, 2].map((i) => join({ network }, { ...options, seed: `${i}` })),
    );
    const views = await Promise.all(
      sessions.map((session) => until(session, (view) => (view.result?.round ?? 0) >= 2)),
    );
    expect(views[0]!.learning?.federation).toBeDefined();
    expect(views.every((view) => view.result!.included.length === 3)).toBe(true);
  });

  it('never sends an update of an earlier life again', async () => {
    const network = createMemoryNetwork();
    const identity = createIdentity(nodeSuite);
    const store = createMemoryStore();
    const others = await Promise.all([1, 2, 3].map(() => join({ network }, options)));
    const first = await join({ network, identity, store }, options);
    await until(first, (view) => view.result?.included.includes(identity.id) === true);
    await first.leave();
    // A crash may come between keeping the result and keeping the model: here it comes before.
    const name = 'learning';
    const keys = new Map<string, unknown>();
    const stale: PeerStore = {
      get: async (key) =>
        key.startsWith(name)
          ? {
              ...((await store.get(key)) as object),
              round: 0,
              parameters: new Float32Array(33).fill(7),
            }
          : store.get(key),
      set: (key, value) => {
        keys.set(key, value);
        return store.set(key, value);
      },
      delete: (key) => store.delete(key),
      list: (start) => store.list(start),
    };
    const second = await join({ network, identity, store: stale }, options);
    const { local, federation } = second.view.learning!;
    expect(federation).toBeDefined();
    // Were the stale parameters taken over, every logit would be far from the merged model's.
    const distance = Math.max(
      ...local!.surface.map((logit, i) => Math.abs(logit - federation!.surface[i]!)),
    );
    expect(distance).toBeLessThan(5);
    await Promise.all(others.map((session) => session.leave()));
  });

  it('under another task of the same room starts afresh', async () => {
    const identity = createIdentity(nodeSuite);
    const store = createMemoryStore();
    const small = await join({ network: createMemoryNetwork(), identity, store }, options);
    await until(small, (view) => (view.learning?.step ?? 0) > 3);
    await small.leave();
    const large = await join(
      { network: createMemoryNetwork(), identity, store },
      { ...options, task: { ...HEAT_MAP, hidden: [16, 16] } },
    );
    expect(large.view.learning?.local).toBeDefined();
    expect(large.view.room.task).toBe('heat-map:circle:16-16');
  });
});
