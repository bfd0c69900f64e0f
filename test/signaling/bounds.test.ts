/** Every bound of the signalling server, over real sockets: each has its code, and others go on. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { SignalingErrorCode } from '../../signaling/messages.ts';
import { startSignaling, type Signaling, type SignalingOptions } from '../../signaling/server.ts';
import { MAX_LINKS } from '../../src/config.ts';
import { Client, roomId } from './client.ts';

const servers: Signaling[] = [];

async function start(options: Partial<SignalingOptions> = {}): Promise<number> {
  const server = await startSignaling({ port: 0, host: '127.0.0.1', ...options });
  servers.push(server);
  return server.port;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** The client is told why, in words, and then closed with the code as the reason. */
async function expectRefused(client: Client, code: SignalingErrorCode): Promise<void> {
  const error = await client.next('error');
  expect(error).toMatchObject({ code, fatal: true });
  expect(error.message.length).toBeGreaterThan(20);
  const { status, reason } = await client.closed();
  expect([4000, 1009]).toContain(status);
  if (status === 4000) expect(reason).toBe(code);
}

describe('the bounds of the server', () => {
  it('take a message of exactly 64 KiB, and refuse one byte more', async () => {
    const port = await start();
    const ada = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    const empty = JSON.stringify({ type: 'relay', to: bob.member, payload: '' });
    const payload = 'A'.repeat(65_536 - empty.length);
    ada.relay(bob, payload);
    expect((await bob.next('relayed')).payload).toBe(payload);
    await ada.next('member-joined');
    ada.relay(bob, `${payload}A`);
    await expectRefused(ada, 'message-too-large');
    expect((await bob.next('member-left')).member).toBe(ada.member);
  });

  it('refuse a large message that comes in fragments', async () => {
    const port = await start();
    const ada = await Client.join(port, roomId(1));
    for (let i = 0; i < 40; i++) ada.socket.send('A'.repeat(2_000), { fin: false });
    await expectRefused(ada, 'message-too-large');
  });

  it('refuse whoever sends too many messages', async () => {
    const port = await start({ limits: { messageBurst: 10, messagesPerSecond: 0.001 } });
    const ada = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    await ada.next('member-joined');
    for (let i = 0; i < 20; i++) ada.relay(bob, 'AAAA');
    await expectRefused(ada, 'too-many-messages');
    for (let i = 0; i < 9; i++) await bob.next('relayed');
    expect((await bob.next('member-left')).member).toBe(ada.member);
  });

  it('count pings as messages', async () => {
    const port = await start({ limits: { messageBurst: 10, messagesPerSecond: 0.001 } });
    const ada = await Client.join(port, roomId(1));
    for (let i = 0; i < 20; i++) ada.socket.ping();
    await expectRefused(ada, 'too-many-messages');
  });

  it('refuse a room too many, and a member too many in a room', async () => {
    const port = await start({ limits: { rooms: 1, roomMembers: 2 } });
    await Client.join(port, roomId(1));
    const other = await Client.connect(port);
    other.send({ type: 'join', version: 1, room: roomId(2) });
    await expectRefused(other, 'too-many-rooms');
    await Client.join(port, roomId(1));
    const third = await Client.connect(port);
    third.send({ type: 'join', version: 1, room: roomId(1) });
    await expectRefused(third, 'room-full');
  });

  it('let as many into a room as one peer can be linked to', async () => {
    const port = await start();
    const members = await Promise.all(
      Array.from({ length: MAX_LINKS }, () => Client.join(port, roomId(1))),
    );
    const last = await Client.connect(port);
    last.send({ type: 'join', version: 1, room: roomId(1) });
    await expectRefused(last, 'room-full');
    expect(new Set(members.map(({ member }) => member)).size).toBe(MAX_LINKS);
  });

  it('refuse a connection too many until one is gone', async () => {
    const port = await start({ limits: { connections: 1 } });
    const ada = await Client.join(port, roomId(1));
    await expectRefused(await Client.connect(port), 'too-many-connections');
    await ada.leave();
    await Client.join(port, roomId(1));
  });

  it('close a connection that stops answering pings', async () => {
    const port = await start({ limits: { pingEveryMs: 50, idleMs: 1_000 } });
    const ada = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    await ada.next('member-joined');
    bob.socket.pause();
    expect((await ada.next('member-left')).member).toBe(bob.member);
    bob.socket.resume();
    await expectRefused(bob, 'idle');
  });

  it('close a connection that never joins', async () => {
    const port = await start({ limits: { pingEveryMs: 20, joinTimeoutMs: 60 } });
    await expectRefused(await Client.connect(port), 'not-joined');
  });

  it('close a reader that does not keep up, while the others hear everything', async () => {
    const port = await start({ limits: { bufferedBytes: 100_000, messageBurst: 100_000 } });
    const ada = await Client.join(port, roomId(1));
    const slow = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    await ada.next('member-joined');
    await ada.next('member-joined');
    await slow.next('member-joined');
    slow.socket.pause();
    const payload = 'A'.repeat(60_000);
    let sent = 0;
    // The kernel's own buffers come first; how large they are is the system's business.
    const left = ada.next('member-left');
    let isLeft = false;
    void left.then(() => (isLeft = true));
    while (!isLeft && sent < 2_000) {
      ada.relay(slow, payload);
      ada.relay(bob, 'AAAA');
      sent += 1;
      // Only as fast as the server takes it, so that it is the slow one whose queue grows.
      ada.socket.ping();
      await once(ada.socket, 'pong');
    }
    expect((await left).member).toBe(slow.member);
    for (let i = 0; i < sent;) {
      const message = await bob.any();
      if (message.type === 'relayed') i += 1;
      else expect(message).toMatchObject({ type: 'member-left', member: slow.member });
    }
    slow.socket.terminate();
  });

  it('cut off a page request whose answer is not read, and one that is never finished', async () => {
    const page = mkdtempSync(join(tmpdir(), 'murmuration-page-'));
    // More than the kernel takes for a reader that does not read.
    const size = 64 * 1024 * 1024;
    writeFileSync(join(page, 'large.bin'), Buffer.alloc(size));
    const port = await start({ page, limits: { httpIdleMs: 200 } });
    const member = await Client.join(port, roomId(1));
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => undefined);
    slow.write('GET /large.bin HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(slow, 'readable');
    slow.pause();
    // Each of these takes as long as the server waits. Node gives a write under way a second wait, and on
    // a busy machine the last progress comes late.
    for (let i = 0; i < 8; i++) {
      const unfinished = connect(port, '127.0.0.1').resume();
      unfinished.write('GET / HTTP/1.1\r\n');
      await once(unfinished, 'close');
    }
    let received = 0;
    slow.on('data', (data: Buffer) => (received += data.length));
    slow.resume();
    await once(slow, 'close');
    expect(received).toBeLessThan(size);
    expect(member.socket.readyState).toBe(member.socket.OPEN);
    rmSync(page, { recursive: true });
  });

  it('keep other sites out when a list is given, but not programs nor the own page', async () => {
    const port = await start({ allowOrigins: ['https://class.example'] });
    await expectRefused(
      await Client.connect(port, { origin: 'https://evil.example' }),
      'origin-not-allowed',
    );
    await expectRefused(await Client.connect(port, { origin: 'null' }), 'origin-not-allowed');
    for (const origin of ['https://class.example', `http://127.0.0.1:${port}`, undefined]) {
      const client = await Client.connect(port, origin === undefined ? {} : { origin });
      client.send({ type: 'join', version: 1, room: roomId(1) });
      await client.next('welcome');
    }
  });

  it('let every site in when none is listed', async () => {
    const port = await start();
    const client = await Client.connect(port, { origin: 'https://anywhere.example' });
    client.send({ type: 'join', version: 1, room: roomId(1) });
    await client.next('welcome');
  });

  it('refuse another version, a second join, a relay before joining, and bytes', async () => {
    const port = await start();
    const old = await Client.connect(port);
    old.send({ type: 'join', version: 0, room: roomId(1) });
    await expectRefused(old, 'version-differs');
    const twice = await Client.join(port, roomId(1));
    twice.send({ type: 'join', version: 1, room: roomId(1) });
    await expectRefused(twice, 'bad-message');
    const early = await Client.connect(port);
    early.relay('A'.repeat(22), 'AAAA');
    await expectRefused(early, 'not-joined');
    const binary = await Client.join(port, roomId(1));
    binary.socket.send(new Uint8Array(10));
    await expectRefused(binary, 'bad-message');
  });

  it('say that a member is unknown, and keep the connection', async () => {
    const port = await start();
    const ada = await Client.join(port, roomId(1));
    ada.relay('A'.repeat(22), 'AAAA');
    expect(await ada.next('error')).toMatchObject({ code: 'unknown-member', fatal: false });
    const bob = await Client.join(port, roomId(1));
    expect((await ada.next('member-joined')).member).toBe(bob.member);
  });
});
