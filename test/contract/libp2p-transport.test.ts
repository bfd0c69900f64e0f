import type { Transport } from '../../src/ports.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { deriveRoom, newRoomKey, parseRoomKey } from '../../src/peer/room-key.ts';
import { openNodeSocket, prepareNodeForLibp2p } from '../../src/peer/wrtc.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { startSignaling } from '../../signaling/server.ts';
import { describeTransport } from './transport-contract.ts';

await prepareNodeForLibp2p();
const { createLibp2pTransport } = await import('../../src/peer/libp2p-transport.ts');

describeTransport('libp2p', async () => {
  const server = await startSignaling({
    port: 0,
    host: '127.0.0.1',
    relayAt: (port) => [`/ip4/127.0.0.1/tcp/${port}/ws`],
  });
  const room = deriveRoom(realSuite, parseRoomKey(newRoomKey()), 'contract');
  const pages = new Map<Transport, EventTarget>();
  return {
    create() {
      const page = new EventTarget();
      const transport = createLibp2pTransport({
        server: `http://127.0.0.1:${server.port}`,
        room,
        identity: createIdentity(realSuite),
        suite: realSuite,
        openSocket: openNodeSocket,
        page,
      });
      pages.set(transport, page);
      return transport;
    },
    kill: (transport) => void pages.get(transport)?.dispatchEvent(new Event('pagehide')),
    end: () => server.close(),
  };
});
