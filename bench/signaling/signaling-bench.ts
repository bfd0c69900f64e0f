/**
 * Introductions relayed by one core, against a bare echo server of the same WebSocket library.
 *
 * Counted by the server's processor time, so that clients on the same machine do not matter.
 *
 * @module
 */
import { once } from 'node:events';
import { WebSocket, type RawData } from 'ws';
import { SIGNALING_PATH, SIGNALING_VERSION, type ServerMessage } from '../../signaling/messages.ts';
import { INTRODUCTION_PAD_BYTES } from '../../src/config.ts';
import type { Bench } from '../main.ts';
import { messageOf, program, stop } from '../processes.ts';
import { median, type Reading } from '../report.ts';

/** Rooms of two, each with so many introductions under way in each direction. */
const ROOMS = 16;
const WINDOW = 8;

/** An introduction: sealed, padded, in base64url. */
const PAYLOAD = 'A'.repeat(Math.ceil(((INTRODUCTION_PAD_BYTES + 256) * 4) / 3));

/** `signaling`. */
export const signalingBench: Bench = {
  name: 'signaling',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const count = isQuick ? 20_000 : 100_000;
    const speeds = { relay: [] as number[], echo: [] as number[] };
    for (let i = 0; i < (isQuick ? 2 : 5); i++) {
      for (const kind of ['relay', 'echo'] as const) speeds[kind].push(await measure(kind, count));
    }
    yield {
      what: 'messages relayed a second of one core',
      value: median(speeds.relay),
      unit: '/s',
      details: { slowest: Math.min(...speeds.relay), fastest: Math.max(...speeds.relay) },
    };
    yield {
      what: 'relay to a bare echo server',
      value: median(speeds.relay.map((speed, i) => speed / speeds.echo[i]!)),
      unit: 'x',
      details: { 'echo /s': median(speeds.echo), 'bytes a message': PAYLOAD.length },
    };
  },
};

/** Messages a second of processor time. */
async function measure(kind: 'relay' | 'echo', count: number): Promise<number> {
  const server = program('relay-server', [kind]);
  const clients: WebSocket[] = [];
  try {
    const { port } = (await messageOf(server)) as { port: number };
    const url = `ws://127.0.0.1:${port}${SIGNALING_PATH}`;
    const cpuMs = async (): Promise<number> => {
      const answer = messageOf(server);
      server.send('cpu');
      return ((await answer) as { cpuMs: number }).cpuMs;
    };
    const frames: string[] = [];
    for (let i = 0; i < 2 * ROOMS; i++) {
      const client = new WebSocket(url, { perMessageDeflate: false });
      clients.push(client);
      await once(client, 'open');
    }
    if (kind === 'echo') {
      for (let i = 0; i < clients.length; i++) frames.push(relayTo('A'.repeat(22)));
    } else {
      const members: string[] = [];
      for (const [i, client] of clients.entries()) {
        members.push(await join(client, roomId(Math.floor(i / 2))));
      }
      for (const i of clients.keys()) frames.push(relayTo(members[i ^ 1]!));
    }
    await exchange(clients, frames, count / 10);
    const before = await cpuMs();
    await exchange(clients, frames, count);
    return count / (((await cpuMs()) - before) / 1000);
  } finally {
    for (const client of clients) client.terminate();
    await stop(server);
  }
}

/** Every client keeps its window full until so many messages came back in all. */
function exchange(
  clients: readonly WebSocket[],
  frames: readonly string[],
  count: number,
): Promise<void> {
  return new Promise((resolve) => {
    let sent = 0;
    let received = 0;
    const send = (i: number): void => {
      if (sent >= count) return;
      sent += 1;
      clients[i]!.send(frames[i]!);
    };
    for (const [i, client] of clients.entries()) {
      client.removeAllListeners('message');
      client.on('message', (data: RawData) => {
        if ((data as Buffer).length < PAYLOAD.length) return;
        received += 1;
        if (received === count) resolve();
        else send(i);
      });
    }
    for (let i = 0; i < WINDOW * clients.length; i++) send(i % clients.length);
  });
}

async function join(client: WebSocket, room: string): Promise<string> {
  client.send(JSON.stringify({ type: 'join', version: SIGNALING_VERSION, room }));
  const [data] = (await once(client, 'message')) as [Buffer];
  const message = JSON.parse(data.toString()) as ServerMessage;
  if (message.type !== 'welcome') throw new Error(`The server said ${message.type}.`);
  return message.member;
}

function relayTo(to: string): string {
  return JSON.stringify({ type: 'relay', to, payload: PAYLOAD });
}

function roomId(n: number): string {
  return Buffer.alloc(32, `room ${n} `).toString('base64url');
}
