/**
 * Hostile bytes at every layer - TCP, HTTP, WebSocket frames, JSON - while two members of another
 * room talk: the server goes on, and they never notice.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SIGNALING_PATH } from '../../signaling/messages.ts';
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import { Client, roomId } from './client.ts';

let server: Signaling;
let ada: Client;
let bob: Client;
let exchanged = 0;

beforeAll(async () => {
  server = await startSignaling({
    port: 0,
    host: '127.0.0.1',
    // Attackers come by the hundred and in one second: their rate is not what is tested here.
    limits: { messageBurst: 100_000, closeTimeoutMs: 500 },
  });
  ada = await Client.join(server.port, roomId(1));
  bob = await Client.join(server.port, roomId(1));
  await ada.next('member-joined');
});

/** The bystanders heard each other, and nothing else. */
afterEach(async () => {
  exchanged += 1;
  ada.relay(bob, `ping-${exchanged}`);
  expect((await bob.next('relayed')).payload).toBe(`ping-${exchanged}`);
  bob.relay(ada, `pong-${exchanged}`);
  expect((await ada.next('relayed')).payload).toBe(`pong-${exchanged}`);
  expect(ada.unread + bob.unread).toBe(0);
});

afterAll(() => server.close());

const HANDSHAKE = [
  `GET ${SIGNALING_PATH} HTTP/1.1`,
  'Host: 127.0.0.1',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  '',
  '',
].join('\r\n');

async function dial(): Promise<Socket> {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Writes bytes, ends the connection in one of two ways, and waits until the server let go. */
async function throwAt(bytes: Uint8Array | string, isRude: boolean): Promise<string> {
  const socket = await dial();
  const answer: Buffer[] = [];
  socket.on('data', (data: Buffer) => answer.push(data));
  const closed = once(socket, 'close');
  await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  if (isRude) socket.resetAndDestroy();
  else socket.end();
  await closed;
  return Buffer.concat(answer).toString('latin1');
}

/** A client frame with a mask of zeros, whatever its header claims. */
function frame(head: number, length: number, body: Uint8Array): Buffer {
  const claimed =
    length < 126
      ? Buffer.from([0x80 | length])
      : length < 65_536
        ? Buffer.from([0x80 | 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([0x80 | 127]), bigEndian(length)]);
  return Buffer.concat([Buffer.from([head]), claimed, Buffer.alloc(4), body]);
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

const json = fc.oneof(
  fc.json(),
  fc.json({ maxDepth: 6 }),
  fc
    .record(
      {
        type: fc.oneof(fc.constantFrom('join', 'relay', '__proto__', 'welcome'), fc.jsonValue()),
        version: fc.oneof(fc.constant(1), fc.jsonValue()),
        room: fc.oneof(fc.constant(roomId(7)), fc.jsonValue()),
        to: fc.oneof(fc.constant('A'.repeat(22)), fc.jsonValue()),
        payload: fc.oneof(fc.constant('AAAA'), fc.jsonValue()),
        ['__proto__']: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((value) => JSON.stringify(value)),
);

describe('hostile bytes', () => {
  it('at the port: random ones end in a refusal or a closed connection', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.boolean(),
        async (bytes, isRude) => {
          const answer = await throwAt(bytes, isRude);
          expect(answer === '' || answer.startsWith('HTTP/1.1 4')).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('at the port: a handshake cut anywhere', async () => {
    for (let length = 1; length <= HANDSHAKE.length; length += 7) {
      await throwAt(HANDSHAKE.slice(0, length), length % 2 === 0);
    }
  });

  it('after the handshake: random bytes in place of frames', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.boolean(),
        async (bytes, isRude) => {
          await throwAt(Buffer.concat([Buffer.from(HANDSHAKE), bytes]), isRude);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('after the handshake: frames of any kind that claim any length and end early', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 255 }),
        fc.oneof(
          fc.nat({ max: 70_000 }),
          fc.constantFrom(2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
        ),
        fc.uint8Array({ maxLength: 300 }),
        fc.boolean(),
        async (head, length, body, isRude) => {
          await throwAt(Buffer.concat([Buffer.from(HANDSHAKE), frame(head, length, body)]), isRude);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('in messages: any JSON that is no message is refused as such', async () => {
    await fc.assert(
      fc.asyncProperty(json, async (text) => {
        const client = await Client.connect(server.port);
        client.send(text);
        const message = await client.any();
        if (message.type === 'welcome') return client.leave();
        expect(message).toMatchObject({ type: 'error', fatal: true });
        expect(['bad-message', 'version-differs', 'not-joined']).toContain(
          message.type === 'error' ? message.code : '',
        );
        await client.closed();
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['deep nesting', '['.repeat(65_000)],
    ['a huge number', `{"type":"join","version":1${'0'.repeat(60_000)},"room":"${roomId(2)}"}`],
    ['a huge room', JSON.stringify({ type: 'join', version: 1, room: 'A'.repeat(60_000) })],
    ['a room that is a path', JSON.stringify({ type: 'join', version: 1, room: '../../etc' })],
    ['a room named __proto__', JSON.stringify({ type: 'join', version: 1, room: '__proto__' })],
    ['half a surrogate pair', '"\\ud800"'],
    ['nothing', ''],
  ])('in messages: %s is refused', async (_name, text) => {
    const client = await Client.connect(server.port);
    client.send(text);
    const error = await client.next('error');
    expect(['bad-message', 'version-differs']).toContain(error.code);
    await client.closed();
  });

  it('in messages: bytes that are not UTF-8 end the connection', async () => {
    const client = await Client.connect(server.port);
    client.socket.send(Buffer.from([0xff, 0xfe, 0x80]), { binary: false });
    expect((await client.closed()).status).toBe(1007);
  });

  it('from many readers that never read', async () => {
    const readers = await Promise.all(
      Array.from({ length: 12 }, () => Client.join(server.port, roomId(3))),
    );
    for (const reader of readers) reader.socket.pause();
    const loud = await Client.join(server.port, roomId(3));
    for (let i = 0; i < 50; i++) for (const to of readers) loud.relay(to, 'A'.repeat(1_000));
    // The answer to the last one comes when all of them went through.
    loud.relay(loud, 'AAAA');
    expect(await loud.next('error')).toMatchObject({ code: 'unknown-member' });
    for (const reader of readers) reader.socket.terminate();
    await loud.leave();
  });
});
