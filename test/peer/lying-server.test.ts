import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { fromBase64url, toBase64url, utf8 } from '../../src/bytes.ts';
import {
  fingerprintsOf,
  openIntroduction,
  SEAL_NONCE_BYTES,
  sealIntroduction,
} from '../../src/peer/introduction.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { deriveRoom, type Room } from '../../src/peer/room-key.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { untilMesh, type Witness } from '../contract/witness.ts';
import { memberName, startLyingServer, type LyingServer, type Relay } from './lying-server.ts';
import { freshRoom, orderedIdentities, Peers } from './peers.ts';

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));

describe('a signalling server that lies', () => {
  let server: LyingServer;
  let peers: Peers;

  beforeEach(async () => {
    server = await startLyingServer();
    peers = new Peers();
  });

  afterEach(async () => {
    await peers.close();
    await server.close();
  });

  const refusals = (peer: Witness): string[] => peer.of('refused').map(({ code }) => code);
  const untilRefused = (peer: Witness): Promise<void> =>
    peer.until(() => refusals(peer).length > 0);

  /** The kind of an introduction, for a test that knows the room. */
  const kindOf = (room: Room, { from, to, payload }: Relay): string =>
    openIntroduction(realSuite, room, { from, to }, fromBase64url(payload)).content.type;

  it('honest at first: two peers link, and the server has read nothing of it', async () => {
    const room = freshRoom();
    const [a, b] = [peers.join(server.url, room), peers.join(server.url, room)];
    await untilMesh([a, b]);
    for (const { payload } of server.relays) {
      const bytes = Buffer.from(fromBase64url(payload));
      for (const word of ['v=0', 'fingerprint', 'candidate', 'hello']) {
        expect(bytes.includes(word)).toBe(false);
      }
      expect(bytes.includes(Buffer.from(fromBase64url(a.id)))).toBe(false);
    }
    // Everything short has one size, so that the size does not say what it is.
    const sizes = new Set(server.relays.map(({ payload }) => payload.length));
    expect(sizes.size).toBeLessThanOrEqual(2);
  });

  it('that swaps fingerprints in an open room, which it can read, is refused', async () => {
    const room = deriveRoom(realSuite, undefined, 'open');
    const [small, large] = orderedIdentities();
    let swapped = 0;
    server.lie = (relay) => {
      if (kindOf(room, relay) !== 'offer') return [relay];
      swapped++;
      return [{ ...relay, payload: swapFingerprint(room, relay) }];
    };
    const a = peers.join(server.url, room, small);
    const b = peers.join(server.url, room, large);
    await untilRefused(b);
    expect(swapped).toBeGreaterThan(0);
    expect(refusals(b)).toEqual(['introduction-refused']);
    expect([a.linked.size, b.linked.size]).toEqual([0, 0]);
  });

  it('that replays an offer of an earlier connection under the same names is refused', async () => {
    const room = freshRoom();
    const [small, large] = orderedIdentities();
    const a = peers.join(server.url, room, small);
    const b = peers.join(server.url, room, large);
    await untilMesh([a, b]);
    const names = [...server.members];
    const offer = server.relays.find((relay) => kindOf(room, relay) === 'offer')!;
    const early = [...server.relays];
    await a.transport.close();
    await b.until(() => !b.linked.has(a.id));

    // The same member name again, for the same identity, in a new connection.
    server.nextNames = [names[0]!];
    const again = peers.join(server.url, room, small);
    await untilMesh([again, b]);
    server.deliver(offer);
    await untilRefused(b);
    expect(refusals(b)).toContain('introduction-refused');
    expect(again.linked.has(b.id)).toBe(true);

    // Everything else of the earlier connection, at both.
    for (const relay of early) server.deliver(relay);
    again.act((transport) => transport.send(b.id, utf8('still here')));
    await b.until(() => b.received.length === 1);
    expect(b.of('unlinked')).toHaveLength(1);
  });

  it('that replays everything in the very same connection changes nothing', async () => {
    const room = freshRoom();
    server.lie = (relay) => [relay, relay, relay];
    const [a, b] = [peers.join(server.url, room), peers.join(server.url, room)];
    await untilMesh([a, b]);
    a.act((transport) => transport.send(b.id, utf8('once')));
    await b.until(() => b.received.length === 1);
    expect(refusals(a).length + refusals(b).length).toBeGreaterThan(0);
    expect(b.received).toHaveLength(1);
    expect(a.of('linked')).toHaveLength(1);
  });

  it('that reflects a peer’s own words is refused, and an honest pair still links', async () => {
    const room = freshRoom();
    const a = peers.join(server.url, room);
    await a.until(() => server.members.length === 1);
    server.lie = (relay) => [relay, { ...relay, from: relay.to, to: relay.from }];
    const b = peers.join(server.url, room);
    await untilMesh([a, b]);
    await untilRefused(b);
    expect(new Set([...refusals(a), ...refusals(b)])).toEqual(new Set(['introduction-refused']));
  });

  it('that redirects introductions to another member is refused', async () => {
    const room = freshRoom();
    const [a, b] = [peers.join(server.url, room), peers.join(server.url, room)];
    await untilMesh([a, b]);
    server.lie = (relay) => [
      relay,
      ...server.members
        .filter((to) => to !== relay.to && to !== relay.from)
        .map((to) => ({ ...relay, to })),
    ];
    const c = peers.join(server.url, room);
    await untilMesh([a, b, c]);
    await Promise.all([untilRefused(a), untilRefused(b)]);
    expect(refusals(a)[0]).toBe('introduction-refused');
  });

  it('that invents a peer without the room key is refused', async () => {
    const room = freshRoom();
    const forged = freshRoom();
    const a = peers.join(server.url, room);
    await a.until(() => server.members.length === 1);
    const [to] = server.members as [string];
    const from = memberName();
    server.say(to, { type: 'member-joined', member: from });
    const hello = sealIntroduction(
      realSuite,
      { ...forged, id: room.id },
      createIdentity(realSuite),
      { from, to },
      { incarnation: random(16), nonce: random(16), receiver: undefined, sequence: 0, content: { type: 'hello', transport: 'simple-peer' } }, // prettier-ignore
      random(SEAL_NONCE_BYTES),
    );
    server.deliver({ from, to, payload: toBase64url(hello.payload) });
    await untilRefused(a);
    expect(refusals(a)).toEqual(['introduction-refused']);
    const relaysOfA = server.relays.length;
    expect(relaysOfA).toBe(0);
    const b = peers.join(server.url, room);
    await untilMesh([a, b]);
  });

  it('that speaks for a member it never named is refused', async () => {
    const room = freshRoom();
    const a = peers.join(server.url, room);
    await a.until(() => a.of('server').at(-1)?.state === 'connected');
    server.deliver({ from: memberName(), to: server.members[0]!, payload: 'AAAA' });
    await untilRefused(a);
    expect(refusals(a)).toEqual(['introduction-refused']);
  });

  it('that floods is told of a bounded number of times, and honest peers still link', async () => {
    const room = freshRoom();
    const a = peers.join(server.url, room);
    await a.until(() => a.of('server').at(-1)?.state === 'connected');
    const [to] = server.members as [string];
    const names = Array.from({ length: 50 }, memberName);
    for (const from of names) server.say(to, { type: 'member-joined', member: from });
    for (let i = 0; i < 2_000; i++) {
      server.deliver({ from: names[i % 50]!, to, payload: toBase64url(random(1_200)) });
    }
    const b = peers.join(server.url, room);
    await untilMesh([a, b]);
    expect(refusals(a).length).toBeGreaterThan(8);
    expect(refusals(a).length).toBeLessThanOrEqual(32);
  });

  it('that says everybody left is not believed while they answer', async () => {
    const room = freshRoom();
    const [a, b] = [peers.join(server.url, room), peers.join(server.url, room)];
    await untilMesh([a, b]);
    const [first, second] = server.members as [string, string];
    server.say(first, { type: 'member-left', member: second });
    server.say(second, { type: 'member-left', member: first });
    // A newcomer takes longer to meet than a ping takes to be answered.
    const c = peers.join(server.url, room);
    await c.until(() => c.of('server').at(-1)?.state === 'connected');
    a.act((transport) => transport.send(b.id, utf8('here')));
    await b.until(() => b.received.length === 1);
    expect([...a.of('unlinked'), ...b.of('unlinked')]).toEqual([]);
  });

  it('that sends what no server sends is left, and joined again later', async () => {
    const room = freshRoom();
    const a = peers.join(server.url, room);
    await a.until(() => a.of('server').at(-1)?.state === 'connected');
    server.say(server.members[0]!, { type: 'welcome', member: 'x', members: 'all', iceServers: 7 });
    await a.until(() => a.of('server').at(-1)?.state === 'away');
    expect(refusals(a)).toEqual(['bad-server-message']);
  });
});

describe('the server is killed', () => {
  it('links stay; a server at the same address brings newcomers, and no link is disturbed', async () => {
    const peers = new Peers();
    const room = freshRoom();
    const first = await startLyingServer();
    const [a, b, c] = [1, 2, 3].map(() => peers.join(first.url, room)) as [
      Witness,
      Witness,
      Witness,
    ];
    await untilMesh([a, b, c]);
    await first.close();
    await Promise.all(
      [a, b, c].map((peer) => peer.until(() => peer.of('server').at(-1)?.state === 'away')),
    );
    a.act((transport) => transport.send(b.id, utf8('no server')));
    await b.until(() => b.received.length === 1);

    const second = await startLyingServer(first.port);
    const d = peers.join(second.url, room);
    await untilMesh([a, b, c, d]);
    for (const peer of [a, b, c]) {
      expect(peer.of('unlinked')).toEqual([]);
      expect(peer.of('linked')).toHaveLength(3);
      expect(peer.of('server').map(({ state }) => state)).toEqual([
        'connecting',
        'connected',
        'away',
        'connected',
      ]);
    }
    await peers.close();
    await second.close();
  });
});

describe('two holders of one identity', () => {
  it('a reloaded peer replaces its older link', async () => {
    const server = await startLyingServer();
    const peers = new Peers();
    const room = freshRoom();
    const identity = createIdentity(realSuite);
    const a = peers.join(server.url, room);
    const before = peers.join(server.url, room, identity);
    await untilMesh([a, before]);
    peers.pages.get(before)!.dispatchEvent(new Event('pagehide'));
    const after = peers.join(server.url, room, identity);
    await after.until(() => after.linked.has(a.id));
    await a.until(() => a.of('linked').length === 2 && a.linked.has(identity.id));
    after.act((transport) => transport.send(a.id, utf8('back')));
    await a.until(() => a.received.length === 1);
    expect(a.of('unlinked')).toHaveLength(1);
    await peers.close();
    await server.close();
  });

  it('the newer one gets the links, both are told, and they do not fight', async () => {
    const server = await startLyingServer();
    const peers = new Peers();
    const room = freshRoom();
    const identity = createIdentity(realSuite);
    const a = peers.join(server.url, room);
    const older = peers.join(server.url, room, identity);
    await untilMesh([a, older]);
    const newer = peers.join(server.url, room, identity);
    await newer.until(() => newer.linked.has(a.id));
    await older.until(() => !older.linked.has(a.id));
    const told = (peer: Witness): boolean =>
      peer.of('refused').some(({ code }) => code === 'identity-in-use');
    await Promise.all([older.until(() => told(older)), newer.until(() => told(newer))]);
    newer.act((transport) => transport.send(a.id, utf8('mine')));
    await a.until(() => a.received.length === 1);
    expect(a.linked).toEqual(new Set([identity.id]));
    expect(newer.of('unlinked')).toEqual([]);
    await peers.close();
    await server.close();
  });
});

/** What a server can do that knows the key: open, change a fingerprint, seal again. It cannot sign. */
function swapFingerprint(room: Room, { from, to, payload }: Relay): string {
  const bytes = fromBase64url(payload);
  const associated = utf8(['murmuration introduction 1', room.id, from, to].join('\0'));
  const open = xchacha20poly1305(room.introductionKey, bytes.subarray(0, 24), associated);
  const plain = Buffer.from(open.decrypt(bytes.subarray(24)));
  const { content } = openIntroduction(realSuite, room, { from, to }, bytes);
  const [fingerprint] = fingerprintsOf(content.type === 'offer' ? content.sdp : '');
  const old = fingerprint!.split(' ')[1]!;
  const fresh = old.startsWith('00') ? `11${old.slice(2)}` : `00${old.slice(2)}`;
  // Both where it is named and where WebRTC reads it.
  let at = plain.indexOf(old);
  while (at >= 0) {
    plain.write(fresh, at);
    at = plain.indexOf(old);
  }
  const nonce = random(24);
  const sealed = xchacha20poly1305(room.introductionKey, nonce, associated).encrypt(plain);
  return toBase64url(Buffer.concat([nonce, sealed]));
}
