import type { PeerId } from '../../src/ids.ts';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { createRelayingTransport } from '../../src/peer/relaying-transport.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';
import type { Transport } from '../../src/ports.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { startLyingServer } from '../peer/lying-server.ts';
import { freshRoom } from '../peer/peers.ts';
import { describeTransport, type ContractRoom } from './transport-contract.ts';

const wrtc = await loadWrtc();

describeTransport('relaying, with every pair linked directly,', () => {
  const network = createMemoryNetwork();
  const options = { suite: realSuite, room: freshRoom() };
  return Promise.resolve({
    create() {
      const identity = createIdentity(realSuite);
      const inner = network.createTransport(identity.id);
      return createRelayingTransport(inner, { ...options, identity });
    },
    kill: (transport: Transport) => network.kill(transport.self),
    end: () => Promise.resolve(),
  });
});

describeTransport('relaying over memory, with every pair blocked,', () => {
  const carriers = new Set<PeerId>();
  const network = createMemoryNetwork((a, b) => !carriers.has(a) && !carriers.has(b));
  return Promise.resolve(
    roomAround({
      carriers,
      create: (identity) => network.createTransport(identity.id),
      kill: (transport) => network.kill(transport.self),
      end: () => Promise.resolve(),
    }),
  );
});

describeTransport('relaying over simple-peer, with every pair blocked,', async () => {
  const server = await startLyingServer();
  // The carrier comes first; whatever goes past it is lost.
  server.lie = (relay) => ([relay.from, relay.to].includes(server.members[0]!) ? [relay] : []);
  const room = freshRoom();
  const pages = new Map<PeerId, EventTarget>();
  return roomAround({
    carriers: new Set(),
    create(identity) {
      const page = new EventTarget();
      pages.set(identity.id, page);
      return createSimplePeerTransport({
        server: server.url,
        room,
        identity,
        suite: realSuite,
        wrtc,
        openSocket: openNodeSocket,
        page,
      });
    },
    kill: (transport) => void pages.get(transport.self)?.dispatchEvent(new Event('pagehide')),
    end: () => server.close(),
  });
});

interface BlockedRoom {
  readonly carriers: Set<PeerId>;
  create(identity: Identity): Transport;
  kill(transport: Transport): void;
  end(): Promise<void>;
}

/** A room with one peer that everybody is linked to, and that the contract does not look at. */
function roomAround({ carriers, create, kill, end }: BlockedRoom): ContractRoom {
  const options = { suite: realSuite, room: freshRoom(), graceMs: 0 };
  const join = (identity: Identity): Transport =>
    createRelayingTransport(create(identity), { ...options, identity });
  const carrier = createIdentity(realSuite);
  carriers.add(carrier.id);
  const between = join(carrier);
  let isThere: Promise<void> | undefined = new Promise((resolve) => {
    between.start((event) => {
      if (event.type === 'server' && event.state === 'connected') resolve();
    });
  });
  return {
    create: () => {
      const transport = join(createIdentity(realSuite));
      return {
        self: transport.self,
        start(onEvent) {
          const start = (): void => {
            transport.start((event) => {
              if (!('peer' in event && event.peer === carrier.id)) onEvent(event);
            });
          };
          if (isThere === undefined) start();
          else void isThere.then(start);
          isThere?.then(() => (isThere = undefined));
        },
        send: (peer, message) => transport.send(peer, message),
        disconnect: (peer, reason) => transport.disconnect(peer, reason),
        close: () => transport.close(),
      };
    },
    kill,
    async end() {
      await between.close();
      await end();
    },
  };
}
