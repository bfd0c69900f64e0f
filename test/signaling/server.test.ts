/** The signalling server over real sockets: what it does for peers that behave. */
import { get } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { WebSocket } from 'ws';
import { afterEach, describe, expect, it } from 'vitest';
import { startSignaling, type Signaling, type SignalingOptions } from '../../signaling/server.ts';
import { selfSigned } from './certificate.ts';
import { Client, roomId } from './client.ts';

const servers: Signaling[] = [];

async function start(options: Partial<SignalingOptions> = {}): Promise<Signaling> {
  const server = await startSignaling({ port: 0, host: '127.0.0.1', ...options });
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('startSignaling', () => {
  it('introduces a newcomer to everybody in its room, in order of arrival', async () => {
    const { port } = await start();
    const ada = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    expect((await ada.next('member-joined')).member).toBe(bob.member);
    const eve = await Client.connect(port);
    eve.send({ type: 'join', version: 1, room: roomId(1) });
    const welcome = await eve.next('welcome');
    expect(welcome.members).toEqual([ada.member, bob.member]);
    expect(welcome.iceServers).toEqual([]);
    expect(welcome.member).toMatch(/^[A-Za-z0-9_-]{22}$/);
  });

  it('hands a payload to the named member, unchanged, and to nobody else', async () => {
    const { port } = await start();
    const [ada, bob, eve] = [
      await Client.join(port, roomId(1)),
      await Client.join(port, roomId(1)),
      await Client.join(port, roomId(1)),
    ];
    ada.relay(eve, 'c2VhbGVk');
    expect(await eve.next('relayed')).toEqual({
      type: 'relayed',
      from: ada.member,
      payload: 'c2VhbGVk',
    });
    eve.relay(bob, 'YmFjaw');
    expect((await bob.next('member-joined')).member).toBe(eve.member);
    expect((await bob.next('relayed')).payload).toBe('YmFjaw');
    expect(bob.unread).toBe(0);
  });

  it('says who left, whether with a goodbye or without', async () => {
    const { port } = await start();
    const ada = await Client.join(port, roomId(1));
    const bob = await Client.join(port, roomId(1));
    const eve = await Client.join(port, roomId(1));
    await bob.leave();
    eve.socket.terminate();
    await ada.next('member-joined');
    await ada.next('member-joined');
    expect((await ada.next('member-left')).member).toBe(bob.member);
    expect((await ada.next('member-left')).member).toBe(eve.member);
  });

  it('hands its ICE servers to every peer', async () => {
    const iceServers = [{ urls: ['stun:stun.example:3478'] }];
    const { port } = await start({ iceServers });
    const ada = await Client.connect(port);
    ada.send({ type: 'join', version: 1, room: roomId(1) });
    expect((await ada.next('welcome')).iceServers).toEqual(iceServers);
  });

  it('starts again on the port it had, while its peers were connected', async () => {
    const first = await start();
    const ada = await Client.join(first.port, roomId(1));
    await first.close();
    await ada.closed();
    const second = await start({ port: first.port });
    expect(second.port).toBe(first.port);
    const again = await Client.join(second.port, roomId(1));
    expect(again.member).not.toBe(ada.member);
  });

  it('refuses a port that is taken with the code of the system', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('serves https and wss with a certificate, and refuses one that does not match its key', async () => {
    const { cert, key } = selfSigned('localhost');
    const { port } = await start({ tls: { cert, key } });
    const status = await new Promise((resolve, reject) => {
      get(
        { host: '127.0.0.1', port, path: '/health', ca: cert, servername: 'localhost' },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      ).on('error', reject);
    });
    expect(status).toBe(200);
    // The types of ws leave out the options that it hands on to TLS.
    const options: ConnectionOptions = { ca: cert, servername: 'localhost' };
    const socket = new WebSocket(`wss://127.0.0.1:${port}/signaling`, options as object);
    const reply = new Promise<string>((resolve) => {
      socket.on('message', (data) => resolve((data as Buffer).toString()));
    });
    socket.on('open', () =>
      socket.send(JSON.stringify({ type: 'join', version: 1, room: roomId(1) })),
    );
    expect(JSON.parse(await reply)).toMatchObject({ type: 'welcome' });
    await expect(start({ tls: { cert, key: selfSigned('other').key } })).rejects.toThrow();
  });
});
