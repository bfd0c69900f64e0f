import type { Transport } from '../../src/ports.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { deriveRoom, newRoomKey, parseRoomKey } from '../../src/peer/room-key.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { startSignaling } from '../../signaling/server.ts';
import { describeTransport } from './transport-contract.ts';

const wrtc = await loadWrtc();

describeTransport('simple-peer', async () => {
  const server = await startSignaling({ port: 0, host: '127.0.0.1' });
  const room = deriveRoom(realSuite, parseRoomKey(newRoomKey()), 'contract');
  const pages = new Map<Transport, EventTarget>();
  return {
    create() {
      const page = new EventTarget();
      const transport = createSimplePeerTransport({
        server: `http://127.0.0.1:${server.port}`,
        room,
        identity: createIdentity(realSuite),
        suite: realSuite,
        wrtc,
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
