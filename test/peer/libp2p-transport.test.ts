import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import type { Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import { MAX_MESSAGE_BYTES, MAX_TOPIC_BYTES } from '../../src/config.ts';
import type { Transport } from '../../src/ports.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import {
  newChallenge,
  proveMembership,
  provesMembership,
  type StreamEnds,
} from '../../src/peer/libp2p-proof.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { untilMesh, Witness } from '../contract/witness.ts';
import { libp2pIdOf } from '../../src/peer/libp2p-ids.ts';
import { addressOf, createPeer, join, startServer } from './libp2p-peers.ts';
import { freshRoom } from './peers.ts';

let server: Signaling;
let witnesses: Witness[];

beforeEach(async () => {
  server = await startServer();
  witnesses = [];
});

afterEach(async () => {
  await Promise.all(witnesses.map(({ transport }) => transport.close()));
  await server.close();
});

function enter(room = freshRoom(), port = server.port): Witness<Required<Transport>> {
  const witness = join(port, room);
  witnesses.push(witness);
  return witness;
}

describe('the proof of membership', () => {
  const [ada, bob] = [createIdentity(realSuite), createIdentity(realSuite)];
  const room = freshRoom();
  const ends: StreamEnds = {
    dialler: ada.id,
    dialled: bob.id,
    diallersChallenge: newChallenge(new Uint8Array(16)),
    dialledsChallenge: newChallenge(new Uint8Array(16)),
  };
  const proof = proveMembership(realSuite, room, ada, ends);
  const holds = (who: Identity, where = room, which = ends): boolean =>
    provesMembership(realSuite, where, who.id, which, proof);

  it('holds for its signer, its room and its stream', () => {
    expect(holds(ada)).toBe(true);
  });

  it('holds for nobody else, in no other room, and cannot be sent back or again', () => {
    expect(holds(bob)).toBe(false);
    expect(holds(ada, freshRoom())).toBe(false);
    expect(holds(ada, room, { ...ends, dialler: ends.dialled, dialled: ends.dialler })).toBe(false);
    for (const end of ['diallersChallenge', 'dialledsChallenge'] as const) {
      expect(holds(ada, room, { ...ends, [end]: newChallenge(new Uint8Array(16)) })).toBe(false);
    }
  });
});

describe('a peer of another room', () => {
  it('that knows an id is not let in, and bans nobody who is', async () => {
    const room = freshRoom();
    const [a, b] = [enter(room), enter(room)];
    const elsewhere = freshRoom();
    const [outsider, friend] = [enter(elsewhere), enter(elsewhere)];
    await untilMesh([a, b]);
    // Once it is linked to somebody of its own room, it has what dialling takes.
    await untilMesh([outsider, friend]);
    outsider.act((transport) => transport.dial(a.id));
    await outsider.until(() => outsider.of('unlinked').some(({ peer }) => peer === a.id));
    expect(outsider.linked.has(a.id)).toBe(false);
    expect(a.of('linked').map(({ peer }) => peer)).toEqual([b.id]);
    b.act((transport) => transport.send(a.id, Uint8Array.of(7)));
    await a.until(() => a.received.length === 1);
  });
});

describe('a circuit of the relay', () => {
  it('carries introductions and never a stream of ours', async () => {
    const room = freshRoom();
    const [a, b] = [enter(room), enter(room)];
    await untilMesh([a, b]);
    const stranger = await createLibp2p({
      transports: [webSockets(), circuitRelayTransport()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify() },
    });
    const circuit = multiaddr(`${addressOf(server)}/p2p-circuit/p2p/${String(libp2pIdOf(a.id))}`);
    const connection = await stranger.dial(circuit);
    expect(connection.limits).toBeDefined();
    const opening = connection.newStream('/murmuration/link/1', { runOnLimitedConnection: true });
    await expect(opening.then(untilClosed)).resolves.toBe('closed');
    await stranger.stop();
    expect(a.of('linking').map(({ peer }) => peer)).toEqual([b.id]);
  });

  it('sees some kilobytes of two peers that send each other megabytes', async () => {
    const counting = await Proxy.start(server.port);
    const room = freshRoom();
    const [a, b] = [enter(room, counting.port), enter(room, counting.port)];
    await untilMesh([a, b]);
    const before = counting.bytes;
    a.act((transport) => transport.send(b.id, new Uint8Array(MAX_MESSAGE_BYTES)));
    await b.until(() => b.received.length === 1);
    expect(before).toBeLessThan(100_000);
    expect(counting.bytes - before).toBeLessThan(10_000);
    await Promise.all([a, b].map(({ transport }) => transport.close()));
    await counting.stop();
  });
});

describe('a greeting', () => {
  it('that comes before its receiver can be reached is answered once it can', async () => {
    const proxy = await Proxy.start(server.port, true);
    const room = freshRoom();
    const slow = enter(room, proxy.port);
    await slow.until(() => lastState(slow) === 'connected');
    const [a, b] = [enter(room), enter(room)];
    // These two have greeted everybody by now.
    await untilMesh([a, b]);
    proxy.release();
    await untilMesh([slow, a, b]);
    expect(slow.of('refused')).toEqual([]);
    await Promise.all([slow, a, b].map(({ transport }) => transport.close()));
    await proxy.stop();
  });
});

describe('without the server', () => {
  it('links and topics stay, and newcomers come in when it is back', async () => {
    const room = freshRoom();
    const [a, b] = [enter(room), enter(room)];
    await untilMesh([a, b]);
    for (const peer of [a, b]) peer.act((transport) => transport.subscribe('line', true));
    const { port } = server;
    await server.close();
    await Promise.all([a, b].map((peer) => peer.until(() => lastState(peer) === 'away')));
    a.act((transport) => transport.send(b.id, Uint8Array.of(1)));
    await b.until(() => b.received.length === 1);
    await untilHeard(a, b, Uint8Array.of(2));
    server = await startServer(2_048, port);
    await Promise.all([a, b].map((peer) => peer.until(() => lastState(peer) === 'connected')));
    const c = enter(room);
    await untilMesh([a, b, c]);
    expect(a.of('unlinked')).toEqual([]);
  });
});

describe('topics', () => {
  it('reach everybody who hears them, and nobody else', async () => {
    const room = freshRoom();
    const [a, b, c] = [enter(room), enter(room), enter(room)];
    await untilMesh([a, b, c]);
    for (const peer of [a, b]) peer.act((transport) => transport.subscribe('line', true));
    c.act((transport) => transport.subscribe('another line', true));
    const largest = new Uint8Array(MAX_TOPIC_BYTES).fill(3);
    await untilHeard(a, b, largest);
    await untilHeard(b, a, Uint8Array.of(9));
    expect(b.of('heard')[0]).toEqual({
      type: 'heard',
      topic: 'line',
      from: a.id,
      message: largest,
    });
    expect(c.of('heard')).toEqual([]);
    b.act((transport) => transport.subscribe('line', false));
  });

  it('take no message above their bound', () => {
    const peer = createPeer(server.port, freshRoom());
    const tooLarge = new Uint8Array(MAX_TOPIC_BYTES + 1);
    expect(() => peer.publish('line', tooLarge)).toThrow(RangeError);
  });
});

describe('a server without a relay', () => {
  it('is told as such', async () => {
    const plain = await startSignaling({ port: 0, host: '127.0.0.1' });
    const peer = new Witness(createPeer(plain.port, freshRoom())).start();
    await peer.until(() => peer.of('refused').length === 1);
    expect(peer.of('refused')[0]?.code).toBe('no-relay');
    await peer.transport.close();
    await plain.close();
  });
});

/** Resolves when the other side has closed a stream, whether it was taken at first or not. */
function untilClosed(stream: Stream): Promise<string> {
  return new Promise((resolve) => {
    if (stream.status !== 'open') resolve('closed');
    stream.addEventListener('close', () => resolve('closed'));
  });
}

function lastState(peer: Witness): string | undefined {
  return peer.of('server').at(-1)?.state;
}

/** Says something until it is heard: who hears what is news that takes its time to get round. */
async function untilHeard(
  from: Witness<Required<Transport>>,
  to: Witness,
  message: Uint8Array,
): Promise<void> {
  const before = to.of('heard').length;
  const saying = setInterval(() => from.transport.publish('line', message), 200);
  await to.until(() => to.of('heard').length > before);
  clearInterval(saying);
}

/** Stands before a server, counts what goes through, and may hold back what is for the relay. */
class Proxy {
  bytes = 0;
  release!: () => void;
  readonly #server: Server;

  private constructor(target: number, holdsRelay: boolean) {
    const isReleased = new Promise<void>((resolve) => {
      this.release = resolve;
    });
    this.#server = createServer((client) => {
      const inner = connect(target, '127.0.0.1');
      for (const side of [client, inner]) side.on('error', () => undefined);
      for (const side of [client, inner]) {
        side.on('data', (data: Buffer) => {
          this.bytes += data.length;
        });
      }
      client.once('data', (first: Buffer) => {
        client.pause();
        const mayPass =
          holdsRelay && first.toString().startsWith('GET / ') ? isReleased : undefined;
        void Promise.resolve(mayPass).then(() => {
          inner.write(first);
          client.pipe(inner).pipe(client);
        });
      });
    });
  }

  static async start(target: number, holdsRelay = false): Promise<Proxy> {
    const proxy = new Proxy(target, holdsRelay);
    await new Promise<void>((resolve) => proxy.#server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
