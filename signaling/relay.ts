/**
 * The relay through which libp2p peers find the way to each other, on the server's own port.
 *
 * Two peers exchange their session descriptions over a circuit of the relay, encrypted and
 * authenticated between the two (noise); then they are linked directly, and the relay may go. It
 * carries some 20 KB a pair and cuts a circuit at `CIRCUIT_BYTES`: an update neither fits nor is ever
 * sent there, since peers open no other stream over a circuit.
 *
 * It listens on the loopback only. The server hands it those WebSocket upgrades that are not for the
 * rooms, byte by byte.
 *
 * Circuit relay: https://github.com/libp2p/specs/blob/master/relay/circuit-v2.md
 *
 * @module
 */
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TransportManager } from '@libp2p/interface-internal';

/** How to relay. */
export interface RelayOptions {
  /** Where peers reach the server, such as `/ip4/192.0.2.7/tcp/8080/ws`: the inner port is nobody's business. */
  readonly announce: readonly string[];
  /** Peers that may be reached through the relay at a time. */
  readonly reservations: number;
}

/** A running relay. */
export interface Relay {
  /** Its libp2p peer id. */
  readonly peer: string;
  /** Where it says that it is reached. */
  readonly addresses: readonly string[];
  /** Peers that hold a reservation now. */
  readonly reservations: number;
  /** Hands an upgrade over, with whatever was read behind its headers. */
  take(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** Bytes of one circuit before it is cut: several times what two session descriptions take. */
const CIRCUIT_BYTES = 131_072n;

/** Time of one circuit, ms. */
const CIRCUIT_MS = 60_000;

/** Connections that are still exchanging keys: a class of pages opens at once. */
const MAX_PENDING = 256;

/**
 * Starts a relay with a fresh identity.
 *
 * @throws An error with the code `ERR_MODULE_NOT_FOUND` where libp2p is not installed.
 */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  // Node 20 lacks what libp2p starts with.
  (Promise as { withResolvers?: unknown }).withResolvers ??= withResolvers;
  const [
    { createLibp2p },
    { webSockets },
    { circuitRelayServer },
    { noise },
    { yamux },
    { identify },
    { ping },
  ] = await Promise.all([
    import('libp2p'),
    import('@libp2p/websockets'),
    import('@libp2p/circuit-relay-v2'),
    import('@libp2p/noise'),
    import('@libp2p/yamux'),
    import('@libp2p/identify'),
    import('@libp2p/ping'),
  ]);
  const { reservations: maxReservations } = options;
  const node = await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'], announce: [...options.announce] },
    transports: [webSockets()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    // A page whose thread is busy answers no ping, and is there all the same.
    connectionMonitor: { abortConnectionOnPingFailure: false },
    connectionManager: {
      maxConnections: 2 * maxReservations,
      // All peers of a class come from the address of this very computer, through the server.
      inboundConnectionThreshold: Infinity,
      maxIncomingPendingConnections: MAX_PENDING,
    },
    services: {
      listener: (components: { readonly transportManager: TransportManager }) =>
        components.transportManager,
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        reservations: {
          maxReservations,
          defaultDataLimit: CIRCUIT_BYTES,
          defaultDurationLimit: CIRCUIT_MS,
        },
      }),
    },
  });
  const { reservations } = node.services.relay;
  // By itself the relay would keep a place for two hours for somebody who has left.
  node.addEventListener('peer:disconnect', ({ detail }) => {
    if (node.getConnections(detail).length === 0) reservations.delete(detail);
  });
  const port = portOf(String(node.services.listener.getAddrs()[0]));
  return {
    peer: node.peerId.toString(),
    addresses: node.getMultiaddrs().map(String),
    get reservations() {
      return reservations.size;
    },
    take: (request, socket, head) => {
      replay(request, socket, head, port);
    },
    close: async () => {
      await node.stop();
    },
  };
}

/** Says the request again to the relay's own port, and lets the two talk. */
function replay(request: IncomingMessage, socket: Duplex, head: Buffer, port: number): void {
  const inner = connect({ port, host: '127.0.0.1', noDelay: true });
  const end = (): void => {
    socket.destroy();
    inner.destroy();
  };
  for (const side of [socket, inner]) side.on('error', end).on('close', end);
  // From here on the relay decides how long a silent connection stays.
  (socket as Socket).setTimeout(0);
  const headers: string[] = [];
  for (let at = 0; at < request.rawHeaders.length; at += 2) {
    headers.push(`${request.rawHeaders[at]!}: ${request.rawHeaders[at + 1]!}\r\n`);
  }
  inner.write(`GET / HTTP/1.1\r\n${headers.join('')}\r\n`);
  inner.write(head);
  socket.pipe(inner).pipe(socket);
}

/** The port in an address such as `/ip4/127.0.0.1/tcp/4001/ws`. */
function portOf(address: string): number {
  const match = /\/tcp\/(\d+)/.exec(address);
  if (!match) throw new Error(`The relay listens on no port: ${address}.`);
  return Number(match[1]);
}

function withResolvers(): object {
  let resolve, reject;
  const promise = new Promise((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
