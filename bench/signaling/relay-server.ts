/**
 * A server whose processor time is measured: `relay-server relay` or `relay-server echo`.
 *
 * Says its port; at each message it says how much processor time it has used, ms.
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { MAX_SIGNALING_BYTES } from '../../signaling/messages.ts';
import { startSignaling } from '../../signaling/server.ts';

/** Far above what a peer may send: the bound is not what is measured. */
const UNBOUNDED = 1e9;

const port = process.argv[2] === 'relay' ? await relay() : await echo();

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send!({ cpuMs: (user + system) / 1000 });
});
process.send!({ port });

async function relay(): Promise<number> {
  const server = await startSignaling({
    port: 0,
    host: '127.0.0.1',
    limits: { messagesPerSecond: UNBOUNDED, messageBurst: UNBOUNDED, bufferedBytes: UNBOUNDED },
  });
  return server.port;
}

function echo(): Promise<number> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    maxPayload: MAX_SIGNALING_BYTES,
    perMessageDeflate: false,
  });
  server.on('connection', (socket) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return new Promise((resolve) => {
    server.on('listening', () => resolve((server.address() as AddressInfo).port));
  });
}
