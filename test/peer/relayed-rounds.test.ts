import { afterEach, describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { enterRoom, type World } from '../../src/peer/join-room.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Session } from '../../src/peer/session.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';

const sessions: Session[] = [];

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.leave()));
});

describe('a room over memory in which pairs are blocked', () => {
  it('one pair: the round includes everybody, and both know through whom they are linked', async () => {
    const ids = identities(3);
    const room = await memoryRoom(ids, [[0, 1]]);
    const sums = await Promise.all(room.map((session) => session.aggregate([1])));
    for (const { sum, included } of sums) {
      expect(sum[0]).toBeCloseTo(3, 5);
      expect(included).toHaveLength(3);
    }
    expect(viaOf(room[0]!, ids[1]!.id)).toBe(ids[2]!.id);
    expect(viaOf(room[1]!, ids[0]!.id)).toBe(ids[2]!.id);
    expect(viaOf(room[2]!, ids[0]!.id)).toBeUndefined();
  });
});

function identities(count: number): readonly Identity[] {
  return Array.from({ length: count }, () => createIdentity(nodeSuite));
}

async function memoryRoom(
  ids: readonly Identity[],
  blocked: readonly (readonly [number, number])[],
): Promise<Session[]> {
  const pairs = new Set(blocked.flatMap(([a, b]) => [`${a} ${b}`, `${b} ${a}`]));
  const placeOf = (id: PeerId): number => ids.findIndex((identity) => identity.id === id);
  const network = createMemoryNetwork((a, b) => pairs.has(`${placeOf(a)} ${placeOf(b)}`));
  return Promise.all(
    ids.map((identity) => join(identity, () => network.createTransport(identity.id))),
  );
}

async function join(
  identity: Identity,
  createTransport: World['createTransport'],
): Promise<Session> {
  const session = await enterRoom(
    { server: 'http://unused', room: 'blocked pairs' },
    {
      suite: nodeSuite,
      identity,
      kind: 'program',
      createTransport,
      createStore: () => Promise.resolve(createMemoryStore()),
      startTrainer: startTrainerInProcess,
    },
  );
  sessions.push(session);
  return session;
}

function viaOf(session: Session, peer: PeerId): PeerId | undefined {
  return session.view.peers.find(({ id }) => id === peer)?.via;
}
