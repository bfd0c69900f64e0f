import { afterEach, describe, expect, it } from 'vitest';
import { startSignaling } from '../../signaling/server.ts';
import type { PeerId } from '../../src/ids.ts';
import { isCarryMessage } from '../../src/peer/carry-messages.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { enterRoom, type World } from '../../src/peer/join-room.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { newRoomKey } from '../../src/peer/room-key.ts';
import type { Session, SessionEvent } from '../../src/peer/session.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import type { AggregateResult } from '../../src/peer/summing.ts';
import type { SessionView } from '../../src/peer/view.ts';
import { loadWrtc, openNodeSocket, prepareNodeForLibp2p } from '../../src/peer/wrtc.ts';
import type { Transport } from '../../src/ports.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';
import { startBlockingProxy } from '../e2e/blocking-proxy.ts';
import { memberName, startLyingServer } from './lying-server.ts';

const wrtc = await loadWrtc();
const sessions: Session[] = [];
const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.leave()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** Peers by number, and whether two of them are kept apart. */
type Blocked = (a: number, b: number) => boolean;

/** A room whose peers are numbered in the order of their ids. */
interface BlockedRoom {
  readonly ids: readonly PeerId[];
  readonly sessions: readonly Session[];
  /** Ends a peer without a goodbye to the others. */
  kill(peer: number): void;
}

/** Wraps the transport below the relaying one. */
type Wrap = (transport: Transport, peer: number) => Transport;

const kinds: readonly (readonly [
  string,
  (count: number, blocked: Blocked, wrap?: Wrap) => Promise<BlockedRoom>,
])[] = [
  ['memory', memoryRoom],
  ['WebRTC', webrtcRoom],
];

describe.each(kinds)('a room over %s in which pairs are blocked', (_, openRoom) => {
  it('one pair: the round includes everybody, and both know through whom they are linked', async () => {
    const room = await openRoom(3, (a, b) => a + b === 1);
    const [zero, one, two] = room.ids;
    await untilAllLinked(room);
    expect(viaOf(room, 0)).toEqual([two, undefined]);
    expect(viaOf(room, 1)).toEqual([two, undefined]);
    expect(viaOf(room, 2)).toEqual([undefined, undefined]);
    const sums = await sumOf(room.sessions);
    for (const { sum, included } of sums) {
      expect(sum[0]).toBeCloseTo(3, 4);
      expect(included).toEqual([zero, one, two]);
    }
  });

  it('every second pair among six: the round includes everybody', async () => {
    let pairs = 0;
    const isBlocked = new Map<string, boolean>();
    for (let a = 0; a < 6; a++) {
      for (let b = a + 1; b < 6; b++) isBlocked.set(`${a} ${b}`, pairs++ % 2 === 1);
    }
    const room = await openRoom(
      6,
      (a, b) => isBlocked.get(`${Math.min(a, b)} ${Math.max(a, b)}`) === true,
    );
    await untilAllLinked(room);
    const relayed = room.ids.flatMap((_, peer) => viaOf(room, peer)).filter((via) => via);
    expect(relayed).toHaveLength(14);
    for (const { sum, included } of await sumOf(room.sessions)) {
      expect(sum[0]).toBeCloseTo(6, 4);
      expect(included).toEqual(room.ids);
    }
  });

  it('the carrier vanishes in the middle of a round: another one takes its place, and the round ends', async () => {
    let carrier: PeerId | undefined;
    // With its first masked words the carrier ends.
    const wrap: Wrap = (transport) =>
      watching(transport, (message) => {
        if (transport.self === carrier && typeOf(message) === 'masked') {
          carrier = undefined;
          room.kill(room.ids.indexOf(transport.self));
        }
      });
    const room = await openRoom(5, (a, b) => a + b === 1, wrap);
    await untilAllLinked(room);
    const [first] = viaOf(room, 0);
    carrier = first;
    const stay = room.sessions.filter((session) => session.view.self.id !== first);
    const lost = room.sessions.find((session) => session.view.self.id === first)!;
    lost.aggregate([1]).catch(() => undefined);
    for (const { sum, included } of await sumOf(stay)) {
      expect(sum[0]).toBeCloseTo(4, 4);
      expect(included).toEqual(stay.map((session) => session.view.self.id));
    }
    const [second] = viaOf(room, 0);
    expect(second).toBeDefined();
    expect(second).not.toBe(first);
  });

  it('vectors of a megabyte go through a neighbour as well', async () => {
    const room = await openRoom(3, (a, b) => a + b === 1);
    const values = new Float64Array(250_000).fill(0.5);
    const sums = await Promise.all(room.sessions.map((session) => session.aggregate(values)));
    for (const { sum, included } of sums) {
      expect(included).toEqual(room.ids);
      expect(sum.every((value) => Math.abs(value - 1.5) < 1e-3)).toBe(true);
    }
  });
});

/** A transport that cannot dial one peer: libp2p needs no introduction for it, so the proxy alone does not keep a pair apart. */
function withoutDialling(apart: PeerId | undefined, transport: Transport): Transport {
  const dial = transport.dial?.bind(transport);
  transport.dial = (peer) => {
    if (peer !== apart) dial?.(peer);
  };
  return transport;
}

describe('a room over libp2p', () => {
  it('one pair is blocked: the round includes everybody, and both know through whom they are linked', async () => {
    await prepareNodeForLibp2p();
    const { createLibp2pTransport } = await import('../../src/peer/libp2p-transport.ts');
    const server = await startSignaling({
      port: 0,
      host: '127.0.0.1',
      relayAt: (port) => [`/ip4/127.0.0.1/tcp/${port}/ws`],
    });
    const proxy = await startBlockingProxy(
      `http://127.0.0.1:${server.port}/`,
      (a, b) => a + b === 1,
    );
    servers.push(proxy, server);
    const identities = identitiesInOrder(3);
    const key = newRoomKey();
    const joined: Session[] = [];
    for (const identity of identities) {
      const apart = [1, 0].map((other) => identities[other]!.id)[identities.indexOf(identity)];
      const session = await join(identity, key, 3, (room) =>
        withoutDialling(
          apart,
          createLibp2pTransport({
            server: proxy.url,
            room,
            identity,
            suite: nodeSuite,
            openSocket: openNodeSocket,
          }),
        ),
      );
      joined.push(session);
      await until(session, ({ server: state }) => state === 'connected');
    }
    const room = { ids: identities.map(({ id }) => id), sessions: joined, kill: () => undefined };
    await untilAllLinked(room);
    expect(viaOf(room, 0)).toEqual([room.ids[2], undefined]);
    expect(viaOf(room, 1)).toEqual([room.ids[2], undefined]);
    for (const { sum, included } of await sumOf(joined)) {
      expect(sum[0]).toBeCloseTo(3, 4);
      expect(included).toEqual(room.ids);
    }
  });
});

describe('a pair whose direct link opens late', () => {
  it('gives up the relayed one, and neither the peer nor a round is lost', async () => {
    let isBlocked = true;
    const { network, room } = await openMemoryRoom(4, (a, b) => isBlocked && a + b === 1);
    await untilAllLinked(room);
    expect(viaOf(room, 0)[0]).toBeDefined();
    const events: SessionEvent['type'][] = [];
    room.sessions[0]!.subscribeEvents(({ type }) => events.push(type));
    const sums = sumOf(room.sessions);
    isBlocked = false;
    network.mend(room.ids[0]!, room.ids[1]!);
    for (const { included } of await sums) expect(included).toEqual(room.ids);
    await until(room.sessions[0]!, () => viaOf(room, 0)[0] === undefined);
    await until(room.sessions[1]!, () => viaOf(room, 1)[0] === undefined);
    expect(events).toEqual(['round']);
  });
});

async function memoryRoom(count: number, blocked: Blocked, wrap?: Wrap): Promise<BlockedRoom> {
  return (await openMemoryRoom(count, blocked, wrap)).room;
}

async function openMemoryRoom(
  count: number,
  blocked: Blocked,
  wrap: Wrap = (transport) => transport,
): Promise<{ network: ReturnType<typeof createMemoryNetwork>; room: BlockedRoom }> {
  const identities = identitiesInOrder(count);
  const ids = identities.map(({ id }) => id);
  const key = newRoomKey();
  const network = createMemoryNetwork((a, b) => blocked(ids.indexOf(a), ids.indexOf(b)));
  const joined = await Promise.all(
    identities.map((identity, peer) =>
      join(identity, key, minimumOf(count), () => wrap(network.createTransport(identity.id), peer)),
    ),
  );
  const kill = (peer: number): void => network.kill(ids[peer]!);
  return { network, room: { ids, sessions: joined, kill } };
}

/** The server hands over no introductions of blocked pairs. */
async function webrtcRoom(
  count: number,
  blocked: Blocked,
  wrap: Wrap = (transport) => transport,
): Promise<BlockedRoom> {
  const server = await startLyingServer();
  servers.push(server);
  const names = Array.from({ length: count }, memberName);
  server.nextNames = [...names];
  server.lie = (relay) =>
    blocked(names.indexOf(relay.from), names.indexOf(relay.to)) ? [] : [relay];
  const identities = identitiesInOrder(count);
  const key = newRoomKey();
  const pages = identities.map(() => new EventTarget());
  const joined: Session[] = [];
  for (const [peer, identity] of identities.entries()) {
    const session = await join(identity, key, minimumOf(count), (room) =>
      wrap(
        createSimplePeerTransport({
          server: server.url,
          room,
          identity,
          suite: nodeSuite,
          wrtc,
          openSocket: openNodeSocket,
          page: pages[peer]!,
        }),
        peer,
      ),
    );
    joined.push(session);
    // Names are given in the order of arrival.
    await until(session, ({ server: state }) => state === 'connected');
  }
  const kill = (peer: number): void => void pages[peer]!.dispatchEvent(new Event('pagehide'));
  return { ids: identities.map(({ id }) => id), sessions: joined, kill };
}

async function join(
  identity: Identity,
  key: string,
  minPeers: number,
  createTransport: World['createTransport'],
): Promise<Session> {
  const session = await enterRoom(
    { server: 'http://unused', room: 'blocked pairs', key, minPeers },
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

/** One may vanish where that leaves enough. */
function minimumOf(count: number): number {
  return count === 5 ? 4 : count;
}

function identitiesInOrder(count: number): readonly Identity[] {
  const identities = Array.from({ length: count }, () => createIdentity(nodeSuite));
  return identities.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The same transport, of which every message that leaves is seen after it was handed over. */
function watching(transport: Transport, onSent: (message: Uint8Array) => void): Transport {
  return {
    self: transport.self,
    start: (onEvent) => transport.start(onEvent),
    send(peer, message) {
      transport.send(peer, message);
      onSent(message);
    },
    disconnect: (peer, reason) => transport.disconnect(peer, reason),
    close: () => transport.close(),
  };
}

function typeOf(message: Uint8Array): string {
  if (isCarryMessage(message)) return 'carry';
  const decoded = decodeMessage(message);
  return decoded.type === 'attempt' ? decoded.message.content.type : decoded.type;
}

/** Everybody asks for the sum of ones, and waits for so many as ask. */
function sumOf(asking: readonly Session[]): Promise<AggregateResult[]> {
  return Promise.all(asking.map((session) => session.aggregate([1])));
}

/** Through whom a peer reaches the others, in the order of their ids. */
function viaOf({ ids, sessions: all }: BlockedRoom, peer: number): readonly (PeerId | undefined)[] {
  const { peers } = all[peer]!.view;
  return ids
    .filter((id) => id !== ids[peer])
    .map((id) => peers.find((other) => other.id === id)?.via);
}

async function untilAllLinked({ sessions: all }: BlockedRoom): Promise<void> {
  await Promise.all(
    all.map((session) =>
      until(
        session,
        ({ peers }) => peers.filter(({ link }) => link === 'linked').length === all.length - 1,
      ),
    ),
  );
}

/** Resolves with the first view that fits. */
function until(session: Session, fits: (view: SessionView) => boolean): Promise<SessionView> {
  return new Promise((resolve) => {
    const look = (view: SessionView): void => {
      if (!fits(view)) return;
      stop();
      resolve(view);
    };
    const stop = session.subscribe(look);
    if (fits(session.view)) look(session.view);
  });
}
