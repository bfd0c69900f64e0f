/**
 * The server that introduces peers: one port for the page and for the WebSocket of the rooms.
 *
 * It decides what a request is for: the page, the rooms (`desk.ts`) or the relay. It sees room ids
 * and sealed payloads, keeps neither, and logs nothing.
 *
 * @module
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Desk, ExplainingSocket } from './desk.ts';
import { LIMITS, type Limits } from './limits.ts';
import { SIGNALING_PATH, SIGNALING_VERSION, type IceServer } from './messages.ts';
import type { Standing } from './metrics.ts';
import { pageHandler } from './page.ts';
import { startRelay, type Relay } from './relay.ts';

/** How to serve. */
export interface SignalingOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Address to listen on; all of them by default. */
  readonly host?: string | undefined;
  /** Folder of the built page; without it only the rooms are served. */
  readonly page?: string | undefined;
  /** PEM texts; with them everything is https and wss. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer } | undefined;
  /** Handed to every peer; none by default. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /**
   * Sites whose pages may join, such as `https://example.org`, besides the server's own page. Any
   * site by default. Programs that send no Origin are always let in.
   */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Sites that may show the server's own page in a frame; none by default. */
  readonly allowFrames?: readonly string[] | undefined;
  readonly limits?: Partial<Limits> | undefined;
  /**
   * Also runs the relay of libp2p peers, behind WebSocket upgrades of `/`. Given the port, tells under which
   * addresses it is reached, such as `/ip4/192.0.2.7/tcp/8080/ws`.
   */
  readonly relayAt?: ((port: number) => readonly string[]) | undefined;
}

/** A running server. */
export interface Signaling {
  readonly port: number;
  /** The address it listens on. */
  readonly address: string;
  readonly relay: Relay | undefined;
  /** Numbers for the metrics. */
  standing(): Standing;
  /** Closes every connection; the port is free afterwards. */
  close(): Promise<void>;
}

/**
 * Starts a server.
 *
 * @throws An error with `code` when it cannot listen (`EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`) or
 *   the certificate cannot be read.
 */
export async function startSignaling(options: SignalingOptions): Promise<Signaling> {
  const limits = { ...LIMITS, ...options.limits };
  const startedAt = performance.now();
  let isServing = false;
  const handler = pageHandler(
    options.page,
    () => ({
      status: isServing ? 'ok' : 'starting',
      uptimeSeconds: Math.floor((performance.now() - startedAt) / 1_000),
      signaling: SIGNALING_VERSION,
      relay: relay !== undefined,
    }),
    options.allowFrames,
  );
  const http: Server = options.tls
    ? createSecureServer({ ...options.tls, ...HTTP_BOUNDS, ...TLS_BOUNDS }, handler)
    : createServer(HTTP_BOUNDS, handler);
  // A WebSocket is taken out of this when it opens; it has its own pings.
  http.timeout = limits.httpIdleMs;
  // A libp2p peer has a second connection, to the relay.
  http.maxConnections = 2 * limits.connections + SPARE_CONNECTIONS;
  let relay: Relay | undefined;
  let beReady!: () => void;
  const isReady = new Promise<void>((resolve) => {
    beReady = resolve;
  });
  const desk = new Desk(limits, options.iceServers ?? []);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    WebSocket: ExplainingSocket,
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    // Who comes while the relay starts would hear of none.
    void isReady.then(() => upgrade(request, socket, head));
  });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const path = request.url?.split('?', 1)[0];
    const mayEnter = isAllowed(request, options.allowOrigins);
    if (path === RELAY_PATH && relay) {
      if (mayEnter) relay.take(request, socket, head);
      else {
        desk.tally.refusals['origin-not-allowed'] += 1;
        hangUp(socket, '403 Forbidden');
      }
      return;
    }
    if (path !== SIGNALING_PATH) {
      hangUp(socket, '404 Not Found');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (opened) => {
      (socket as Socket).setNoDelay(true);
      desk.receive(opened, mayEnter);
    });
  };
  http.on('clientError', (_error, socket) => hangUp(socket, '400 Bad Request'));
  await listen(http, options.port, options.host);
  // From here on an error is one connection that could not be accepted; its client sees that.
  http.on('error', () => undefined);
  const { port, address } = http.address() as AddressInfo;
  if (options.relayAt) {
    relay = await startRelay({ announce: options.relayAt(port), reservations: limits.connections });
    desk.relay = relay.peer;
  }
  isServing = true;
  beReady();
  const sweeping = setInterval(() => desk.sweep(), limits.pingEveryMs);
  return {
    port,
    address,
    relay,
    standing: () => ({
      tally: desk.tally,
      rooms: desk.roomCount,
      sockets: desk.socketCount,
      reservations: relay?.reservations,
      limits,
    }),
    close: async () => {
      clearInterval(sweeping);
      for (const socket of sockets.clients) socket.terminate();
      await relay?.close();
      await new Promise<void>((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      });
    },
  };
}

/** Path of the relay's WebSocket: libp2p addresses have no room for another. */
const RELAY_PATH = '/';

/** Connections besides those of members: pages being loaded, and refusals being said. */
const SPARE_CONNECTIONS = 512;

/** Slow and idle HTTP clients, ms. */
const HTTP_BOUNDS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 5_000,
};

/** How long a TLS handshake may take, ms. */
const TLS_BOUNDS = { handshakeTimeout: 10_000 };

/** Whether a page of that origin may join. */
function isAllowed(request: IncomingMessage, allowed: readonly string[] | undefined): boolean {
  const { origin, host } = request.headers;
  if (allowed === undefined || origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host.toLowerCase();
}

/** Answers a request that is none, or not for here, and ends the connection. */
function hangUp(socket: Duplex, status: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
