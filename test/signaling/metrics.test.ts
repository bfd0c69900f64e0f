/** Health and metrics: that they count what happened, and that nothing in them is about anybody. */
import { afterEach, describe, expect, it } from 'vitest';
import { metricsText, startMetrics, type MetricsPort } from '../../signaling/metrics.ts';
import { startSignaling, type Signaling, type SignalingOptions } from '../../signaling/server.ts';
import { emptyTally } from '../../signaling/tally.ts';
import { Client, roomId } from './client.ts';

const open: (Signaling | MetricsPort)[] = [];

const PROCESS = { startedAt: 1_790_000_000, memoryBytes: 70_000_000 };

async function start(options: Partial<SignalingOptions> = {}): Promise<Signaling> {
  const server = await startSignaling({ port: 0, host: '127.0.0.1', ...options });
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Values by name and labels, as a monitor reads them. */
function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
  );
}

const samples = (server: Signaling): ReadonlyMap<string, number> =>
  samplesOf(metricsText(server.standing(), PROCESS));

describe('the metrics', () => {
  it('count rooms, sockets, messages and bytes in both directions', async () => {
    const server = await start();
    const ada = await Client.join(server.port, roomId(1));
    const bob = await Client.join(server.port, roomId(1));
    const eve = await Client.join(server.port, roomId(2));
    await ada.next('member-joined');
    const before = samples(server);
    expect(before.get('murmuration_rooms')).toBe(2);
    expect(before.get('murmuration_sockets')).toBe(3);
    // Three welcomes, and one word of an arrival.
    expect(before.get('murmuration_messages_total{direction="received"}')).toBe(3);
    expect(before.get('murmuration_messages_total{direction="sent"}')).toBe(4);
    const relay = JSON.stringify({ type: 'relay', to: bob.member, payload: 'AAAA' });
    bob.send({ type: 'relay', to: ada.member, payload: 'AAAA' });
    const relayed = JSON.stringify(await ada.next('relayed'));
    const after = samples(server);
    const gained = (name: string): number => after.get(name)! - before.get(name)!;
    expect(gained('murmuration_messages_total{direction="received"}')).toBe(1);
    expect(gained('murmuration_bytes_total{direction="received"}')).toBe(relay.length);
    expect(gained('murmuration_messages_total{direction="sent"}')).toBe(1);
    expect(gained('murmuration_bytes_total{direction="sent"}')).toBe(relayed.length);
    await eve.leave();
    await expect.poll(() => samples(server).get('murmuration_rooms')).toBe(1);
    expect(samples(server).get('murmuration_sockets')).toBe(2);
    expect(samples(server).get('murmuration_sockets_opened_total')).toBe(3);
  });

  it('count each refusal once, under its reason', async () => {
    const server = await start({ limits: { roomMembers: 2 }, allowOrigins: [] });
    const ada = await Client.join(server.port, roomId(1));
    await Client.join(server.port, roomId(1));
    const full = await Client.connect(server.port);
    full.send({ type: 'join', version: 1, room: roomId(1) });
    const elsewhere = await Client.connect(server.port, { origin: 'https://elsewhere.example' });
    const large = await Client.connect(server.port);
    large.send('A'.repeat(65_537));
    await Promise.all([full.closed(), elsewhere.closed(), large.closed()]);
    ada.relay('A'.repeat(22), 'AAAA');
    await ada.next('member-joined');
    await ada.next('error');
    const counted = [...samples(server)].filter(([name]) => name.includes('refusals'));
    expect(counted).toHaveLength(12);
    expect(counted.filter(([, n]) => n > 0)).toEqual([
      ['murmuration_refusals_total{code="message-too-large"}', 1],
      ['murmuration_refusals_total{code="room-full"}', 1],
      ['murmuration_refusals_total{code="unknown-member"}', 1],
      ['murmuration_refusals_total{code="origin-not-allowed"}', 1],
    ]);
  });

  it('hold no room, no member, no address and no text of a client', async () => {
    const server = await start();
    const ada = await Client.join(server.port, roomId(1));
    const bob = await Client.join(server.port, roomId(1));
    ada.relay(bob, 'c2VhbGVk');
    await bob.next('relayed');
    const text = metricsText(server.standing(), PROCESS);
    for (const secret of [roomId(1), ada.member, bob.member, 'c2VhbGVk', '127.0.0.1'])
      expect(text).not.toContain(secret);
    // Whatever a client sends, labels are of a list that is fixed.
    const labels = [...text.matchAll(/\{(\w+)="([\w-]+)"\}/g)].map(([, name, value]) =>
      name === 'code' ? value! : `${name} ${value}`,
    );
    expect(new Set(labels)).toEqual(
      new Set([...Object.keys(emptyTally().refusals), 'direction received', 'direction sent']),
    );
  });

  it('are in the format of Prometheus: a help and a type for each, then its samples', () => {
    const text = metricsText(
      { tally: emptyTally(), rooms: 0, sockets: 0, reservations: 3, limits: LIMITS },
      PROCESS,
    );
    const groups = text.split(/(?=^# HELP )/m);
    expect(groups.length).toBeGreaterThan(9);
    for (const group of groups) {
      const [, name] = /^# HELP (\w+) \S.*\n# TYPE \1 (?:gauge|counter)\n/.exec(group)!;
      const lines = group.trimEnd().split('\n').slice(2);
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines)
        expect(line).toMatch(new RegExp(`^${name}(?:\\{\\w+="[\\w-]+"\\})? \\d+$`));
    }
    expect(text.endsWith('\n')).toBe(true);
    expect(samplesOf(text).get('murmuration_relay_reservations')).toBe(3);
    expect(samplesOf(text).get('murmuration_rooms_limit')).toBe(LIMITS.rooms);
  });

  it('say nothing of a relay where none runs', async () => {
    const server = await start();
    expect(samples(server).has('murmuration_relay_reservations')).toBe(false);
    const relaying = await start({ relayAt: (port) => [`/ip4/127.0.0.1/tcp/${port}/ws`] });
    expect(samples(relaying).get('murmuration_relay_reservations')).toBe(0);
  });

  it('come on a port of their own, and nothing else does', async () => {
    const server = await start();
    const metrics = await startMetrics(
      { port: 0, host: '127.0.0.1' },
      () => 'murmuration_rooms 0\n',
    );
    open.push(metrics);
    const base = `http://127.0.0.1:${metrics.port}`;
    const answer = await fetch(`${base}/metrics`);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await answer.text()).toBe('murmuration_rooms 0\n');
    expect((await fetch(`${base}/`)).status).toBe(404);
    expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(404);
    // The port that a proxy makes public does not know them.
    expect((await fetch(`http://127.0.0.1:${server.port}/metrics`)).status).toBe(404);
    const taken = startMetrics({ port: metrics.port, host: '127.0.0.1' }, () => '');
    await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

const LIMITS = { rooms: 1_024, connections: 2_048 };

describe('the health', () => {
  it('tells that the server serves, and not how many are here', async () => {
    const server = await start();
    const url = `http://127.0.0.1:${server.port}/health`;
    const read = async (): Promise<unknown> => {
      const answer = await fetch(url);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/json');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const { uptimeSeconds, ...others } = (await answer.json()) as Record<string, unknown>;
      expect(uptimeSeconds).toBeGreaterThanOrEqual(0);
      return others;
    };
    const empty = await read();
    expect(empty).toEqual({ status: 'ok', signaling: 1, relay: false });
    await Client.join(server.port, roomId(1));
    expect(await read()).toEqual(empty);
  });

  it('tells of the relay where one runs', async () => {
    const { port } = await start({ relayAt: (at) => [`/ip4/127.0.0.1/tcp/${at}/ws`] });
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    expect(await answer.json()).toMatchObject({ status: 'ok', relay: true });
  });
});
