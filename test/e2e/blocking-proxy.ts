/**
 * Stands between peers and the server, and loses the introductions of chosen pairs: to these
 * two it is as if no direct connection could be made.
 *
 * @module
 */
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import {
  SIGNALING_PATH,
  type ClientMessage,
  type ServerMessage,
} from '../../signaling/messages.ts';

/** See the file's header. */
export interface BlockingProxy {
  /** With a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts it before a server. `isBlocked`: whether members who came as this and that number never meet. */
export async function startBlockingProxy(
  serverUrl: string,
  isBlocked: (a: number, b: number) => boolean,
): Promise<BlockingProxy> {
  const names: string[] = [];
  const { host } = new URL(serverUrl);
  const http = createServer((incoming, answer) => {
    const options = { host: '127.0.0.1', port: new URL(serverUrl).port, path: incoming.url };
    const outgoing = request({ ...options, method: incoming.method, headers: incoming.headers });
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode!, response.headers);
      response.pipe(answer);
    });
    outgoing.on('error', () => answer.destroy());
    incoming.pipe(outgoing);
  });
  const sockets = new WebSocketServer({ server: http });
  sockets.on('connection', (page: WebSocket, incoming: IncomingMessage) => {
    const server = new WebSocket(`ws://${host}${incoming.url ?? '/'}`, {
      origin: `http://${host}`,
    });
    // Every other path is the libp2p relay's.
    const isSignaling = incoming.url?.startsWith(SIGNALING_PATH) === true;
    const early: { readonly data: RawData; readonly binary: boolean }[] = [];
    let number = -1;
    server.on('open', () => {
      for (const { data, binary } of early.splice(0)) server.send(data, { binary });
    });
    page.on('message', (data, binary) => {
      if (isSignaling) {
        const message = JSON.parse(String(data)) as ClientMessage;
        if (message.type === 'relay' && isBlocked(number, names.indexOf(message.to))) return;
      }
      if (server.readyState === WebSocket.OPEN) server.send(data, { binary });
      else early.push({ data, binary });
    });
    server.on('message', (data, binary) => {
      if (isSignaling) {
        const message = JSON.parse(String(data)) as ServerMessage;
        if (message.type === 'welcome') number = names.push(message.member) - 1;
      }
      page.send(data, { binary });
    });
    for (const [one, other] of [
      [page, server],
      [server, page],
    ] as const) {
      one.on('close', () => other.close());
      one.on('error', () => other.terminate());
    }
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
}
