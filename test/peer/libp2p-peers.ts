/**
 * Real peers over libp2p for tests, and the server that they meet at.
 *
 * @module
 */
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import type { Transport } from '../../src/ports.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import type { Libp2pHost as Libp2pHostType } from '../../src/peer/libp2p-host.ts';
import type { Room } from '../../src/peer/room-key.ts';
import { openNodeSocket, prepareNodeForLibp2p } from '../../src/peer/wrtc.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { Witness } from '../contract/witness.ts';

await prepareNodeForLibp2p();
const { createLibp2pTransport } = await import('../../src/peer/libp2p-transport.ts');
export const { Libp2pHost } = await import('../../src/peer/libp2p-host.ts');

/** A server with a relay. */
export function startServer(connections = 2_048, port = 0): Promise<Signaling> {
  return startSignaling({
    port,
    host: '127.0.0.1',
    limits: { connections },
    relayAt: (own) => [`/ip4/127.0.0.1/tcp/${own}/ws`],
  });
}

/** The relay of a server, as its peers address it. */
export function addressOf({ port, relay }: Signaling): string {
  return `/ip4/127.0.0.1/tcp/${port}/ws/p2p/${relay!.peer}`;
}

/** A peer that is about to join. */
export function createPeer(
  port: number,
  room: Room,
  identity: Identity = createIdentity(realSuite),
): Required<Transport> {
  return createLibp2pTransport({
    server: `http://127.0.0.1:${port}`,
    room,
    identity,
    suite: realSuite,
    openSocket: openNodeSocket,
    page: new EventTarget(),
  });
}

/** A peer that joins. */
export function join(port: number, room: Room): Witness<Required<Transport>> {
  return new Witness(createPeer(port, room)).start();
}

/** A libp2p node by itself, which accepts no streams. */
export function startHost(identity: Identity = createIdentity(realSuite)): Promise<Libp2pHostType> {
  return Libp2pHost.start({
    identity,
    iceServers: () => [],
    isRefused: () => false,
    onStream: (_peer, stream) => void stream,
    onConnection: () => undefined,
  });
}
