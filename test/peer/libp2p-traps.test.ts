/**
 * Each default of libp2p that stops a room of browser tabs, and what is done about it: every test here fails
 * without that. (That browsers dial neither `ws` nor private addresses by themselves shows in
 * `test/e2e/libp2p.test.ts`, of which nothing would link.)
 */
import { circuitRelayServer } from '@libp2p/circuit-relay-v2';
import { identify } from '@libp2p/identify';
import type { Connection } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Signaling } from '../../signaling/server.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { hangUpSilently } from '../../src/peer/libp2p-hang-up.ts';
import { libp2pIdOf } from '../../src/peer/libp2p-ids.ts';
import { leaveInitChannelsOpen, type WebRtcClasses } from '../../src/peer/libp2p-runtime.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { RTCPeerConnection as NodePeerConnection } from '../../scripts/node-webrtc/polyfill.js';
import { addressOf, startHost, startServer } from './libp2p-peers.ts';

/** A machine that does other things as well may be late. */
const PATIENCE = { timeout: 30_000 };

const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(cleanUps.splice(0).map((cleanUp) => cleanUp()));
});

async function server(connections?: number): Promise<Signaling> {
  const started = await startServer(connections);
  cleanUps.push(() => started.close());
  return started;
}

async function host(identity = createIdentity(realSuite)) {
  const started = await startHost(identity);
  cleanUps.push(() => started.stop());
  return started;
}

describe('the first channel of a connection', () => {
  it('is closed by the side that made it, and by no other (Node)', async () => {
    const [dialler, dialled] = [new NodePeerConnection({}), new NodePeerConnection({})];
    const channel = dialler.createDataChannel('init');
    const arrived = new Promise<RTCDataChannel>((resolve) => {
      dialled.addEventListener('datachannel', (event) => {
        // As libp2p does, at once.
        event.channel.close();
        resolve(event.channel);
      });
    });
    dialler.onicecandidate = ({ candidate }) =>
      candidate && void dialled.addIceCandidate(candidate);
    dialled.onicecandidate = ({ candidate }) =>
      candidate && void dialler.addIceCandidate(candidate);
    await dialler.setLocalDescription(await dialler.createOffer());
    await dialled.setRemoteDescription(dialler.localDescription!);
    await dialled.setLocalDescription(await dialled.createAnswer());
    await dialler.setRemoteDescription(dialled.localDescription!);
    const other = await arrived;
    const heard = new Promise((resolve) => other.addEventListener('message', resolve));
    if (channel.readyState !== 'open') {
      await new Promise((resolve) => channel.addEventListener('open', resolve));
    }
    channel.send('still open');
    await heard;
    const closed = new Promise((resolve) => other.addEventListener('close', resolve));
    channel.close();
    await closed;
    dialler.close();
    dialled.close();
  });

  it('is closed by the side that made it, and by no other (browsers)', () => {
    class Channel {
      isClosed = false;
      readonly label: string;
      constructor(label: string) {
        this.label = label;
      }
      close(): void {
        this.isClosed = true;
      }
    }
    class PeerConnection {
      createDataChannel(label: string): Channel {
        return new Channel(label);
      }
    }
    leaveInitChannelsOpen({
      RTCPeerConnection: PeerConnection,
      RTCDataChannel: Channel,
    } as unknown as WebRtcClasses);
    const [own, theirs, data] = [
      new PeerConnection().createDataChannel('init'),
      new Channel('init'),
      new Channel(''),
    ];
    for (const channel of [own, theirs, data]) channel.close();
    expect([own, theirs, data].map(({ isClosed }) => isClosed)).toEqual([true, false, true]);
  });
});

describe('a class that opens the page in one second', () => {
  it('gets in at the relay, though all come from one address', async () => {
    const running = await server();
    const hosts = await Promise.all(Array.from({ length: 12 }, () => host()));
    await Promise.all(hosts.map((one) => one.listenAt(addressOf(running))));
    expect(running.relay!.reservations).toBe(12);
  });

  it('gets through to one peer, though all come by the relay', async () => {
    const running = await server();
    const relay = addressOf(running);
    const identity = createIdentity(realSuite);
    const target = await host(identity);
    await target.listenAt(relay);
    const diallers = await Promise.all(Array.from({ length: 8 }, () => host()));
    const limit = new AbortController();
    const opened = diallers.map((one) => one.open(identity.id, relay, limit.signal));
    const addresses = (await Promise.all(opened)).map(({ connection }) => connection.remoteAddr);
    for (const address of addresses) expect(String(address)).toContain('/webrtc/');
  });
});

describe('a connection that is hung up', () => {
  it('says nothing more on any stream: WebRTC for Node crashes when both sides say it', async () => {
    const relay = addressOf(await server());
    const identity = createIdentity(realSuite);
    await (await host(identity)).listenAt(relay);
    const said: number[] = [];
    for (const hangUp of [
      hangUpSilently,
      // Without that, as libp2p does it: this shows that the count counts.
      (connection: Connection, reason: string) => connection.abort(new Error(reason)),
    ]) {
      const dialler = await host();
      const { connection } = await dialler.open(identity.id, relay, new AbortController().signal);
      const sends = connection.streams.map((stream) =>
        vi.spyOn(stream as unknown as { _sendMessage(): void }, '_sendMessage'),
      );
      hangUp(connection, 'Over.');
      said.push(sends.reduce((total, { mock }) => total + mock.calls.length, 0));
      expect(connection.status).not.toBe('open');
      expect(connection.streams).toEqual([]);
    }
    expect(said[0]).toBe(0);
    expect(said[1]).toBeGreaterThan(0);
  });
});

describe('a place at the relay', () => {
  it('is free again as soon as its holder has gone', async () => {
    const running = await server(2);
    const relay = addressOf(running);
    const [first, second] = [await startHost(), await host()];
    await first.listenAt(relay);
    await second.listenAt(relay);
    await first.stop();
    await vi.waitFor(() => expect(running.relay!.reservations).toBe(1), PATIENCE);
    await (await host()).listenAt(relay);
    expect(running.relay!.reservations).toBe(2);
  });

  it('is one of so many', async () => {
    const running = await server(2);
    const relay = addressOf(running);
    for (const one of [await host(), await host()]) await one.listenAt(relay);
    await expect((await host()).listenAt(relay)).rejects.toThrow();
    expect(running.relay!.reservations).toBe(2);
  });

  it('has the address under which the server is reached, not the one behind it', async () => {
    const { relay, port } = await server();
    expect(relay!.addresses).toEqual([`/ip4/127.0.0.1/tcp/${port}/ws/p2p/${relay!.peer}`]);
  });
});

describe('a connection to somebody who answers no ping', () => {
  it('stays: a busy page answers late', async () => {
    let failedPings = 0;
    const busy = await createLibp2p({
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), relay: circuitRelayServer() },
    });
    cleanUps.push(async () => busy.stop());
    await busy.handle('/ipfs/ping/1.0.0', (stream) => {
      failedPings++;
      stream.abort(new Error('Busy.'));
    });
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const identity = createIdentity(realSuite);
    const one = await host(identity);
    await one.listenAt(String(busy.getMultiaddrs()[0]));
    // What libp2p pings with looks at its connections every ten seconds.
    for (let ping = 1; ping <= 2; ping++) {
      vi.advanceTimersByTime(10_000);
      await vi.waitFor(() => expect(failedPings).toBe(ping), PATIENCE);
    }
    const id = libp2pIdOf(identity.id);
    await busy.dialProtocol(id, '/ipfs/id/1.0.0');
    expect(busy.getConnections(id)).toHaveLength(1);
  });
});
