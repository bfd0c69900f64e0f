/**
 * A signalling server that a test plays: honest until told to lie.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ClientMessage, ServerMessage } from '../../signaling/messages.ts';

/** A payload on its way. */
export interface Relay {
  readonly from: string;
  readonly to: string;
  readonly payload: string;
}

/** See the file's header. */
export interface LyingServer {
  readonly url: string;
  readonly port: number;
  /** Members in order of arrival. */
  readonly members: readonly string[];
  /** Everything that was handed to the server. */
  readonly relays: readonly Relay[];
  /** What is delivered in place of a payload; that payload by default. */
  lie: (relay: Relay) => readonly Relay[];
  /** Says anything to a member. */
  say(member: string, message: ServerMessage | object): void;
  deliver(relay: Relay): void;
  /** Names for members that come, in place of random ones. */
  nextNames: string[];
  close(): Promise<void>;
}

/** A name as the server draws it. */
export function memberName(): string {
  return randomBytes(16).toString('base64url');
}

/** Starts it on a free port, or on a given one. */
export async function startLyingServer(port = 0): Promise<LyingServer> {
  const sockets = new Map<string, WebSocket>();
  const relays: Relay[] = [];
  const wss = new WebSocketServer({ port, host: '127.0.0.1' });
  await new Promise<void>((resolve, reject) => {
    wss.once('listening', resolve);
    wss.once('error', reject);
  });
  const server: LyingServer & { members: string[] } = {
    url: `ws://127.0.0.1:${(wss.address() as AddressInfo).port}`,
    port: (wss.address() as AddressInfo).port,
    members: [],
    relays,
    nextNames: [],
    lie: (relay) => [relay],
    say(member, message) {
      sockets.get(member)?.send(JSON.stringify(message));
    },
    deliver({ from, to, payload }) {
      server.say(to, { type: 'relayed', from, payload });
    },
    close() {
      for (const socket of wss.clients) socket.terminate();
      return new Promise((resolve) => wss.close(() => resolve()));
    },
  };
  wss.on('connection', (socket) => {
    const member = server.nextNames.shift() ?? memberName();
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ClientMessage;
      if (message.type === 'join') {
        socket.send(
          JSON.stringify({ type: 'welcome', member, members: server.members, iceServers: [] }),
        );
        for (const other of server.members) server.say(other, { type: 'member-joined', member });
        sockets.set(member, socket);
        server.members.push(member);
      } else {
        const relay = { from: member, to: message.to, payload: message.payload };
        relays.push(relay);
        for (const lie of server.lie(relay)) server.deliver(lie);
      }
    });
    socket.on('close', () => {
      if (!sockets.delete(member)) return;
      server.members.splice(server.members.indexOf(member), 1);
      for (const other of server.members) server.say(other, { type: 'member-left', member });
    });
  });
  return server;
}
