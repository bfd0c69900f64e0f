/**
 * Headless peers as processes over real WebRTC: what they print, how they end, and that killing one at
 * any moment stops and corrupts nobody.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../src/seeded-random.ts';
import {
  commonRounds,
  endProcesses,
  outcome,
  Peer,
  peerHashes,
  Server,
  type PeerEvent,
} from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const OTHER_KEY = 'AAECAwQFBgcICQoLDA0ODg';

/** Peers of the room in which peers are killed, and how many are. */
const CROWD = 5;
const KILLS = 12;

/** A kill comes this long after a result at the latest, ms: about a round of five later. */
const MOMENT_MS = 250;

/** Sums are the integers of the ring times a step, which is below this for five peers and clip 1024. */
const STEP = (5 * 1024) / 2 ** 31;

let server: Server;
/** Calls a server that is not there, from the first moment on: its patience is longer than any test here. */
let lost: Peer;

beforeAll(async () => {
  server = await Server.start();
  lost = Peer.start('http://127.0.0.1:9', '--room', 'lost');
});

afterAll(() => {
  endProcesses();
});

function sum(room: string, value: number | string, ...flags: string[]): Peer {
  const values = ['--task', 'sum', `--values=${value}`];
  return Peer.start(server, '--room', room, `--key=${KEY}`, ...values, ...flags);
}

/** The address of a module of this text. */
function moduleOf(text: string): string {
  return `data:text/javascript,${encodeURIComponent(text).replaceAll("'", '%27')}`;
}

/** Every result of a peer that it is in is the sum of what the peers in it gave. */
function checkSums(peers: readonly Peer[], valueOf: ReadonlyMap<string, number>): void {
  for (const { rounds } of peers) {
    for (const { included, sum: sums, count, mean } of rounds) {
      if (sums === undefined) continue;
      const expected = included.reduce((total, id) => total + valueOf.get(id)!, 0);
      expect(Math.abs(sums[0]! - expected)).toBeLessThan(included.length * STEP);
      expect(count).toBe(included.length);
      expect(mean![0]! * included.length).toBeCloseTo(sums[0]!, 9);
    }
  }
}

describe('peers that sum', () => {
  it('three end after their rounds with equal bits, exact sums and status 0', async () => {
    const values = ['1,2.5,-3', '0.25,0,1000', '-1,-2.5,3'];
    const peers = values.map((value) => sum('three', value, '--rounds', '2'));
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    const ids = await Promise.all(peers.map((peer) => peer.id()));
    expect(new Set(ids).size).toBe(3);
    for (const { events, rounds, errors } of peers) {
      expect(errors).toBe('');
      expect(events[0]).toMatchObject({ event: 'joined' });
      expect(events.at(-1)).toEqual({ event: 'left' });
      expect(events.filter(({ event }) => event === 'peer-joined')).toHaveLength(2);
      expect(rounds).toHaveLength(2);
      rounds.forEach((round, i) => {
        expect(round).toMatchObject({ round: i + 1, roster: 3, dropped: [], count: 3 });
        expect([...round.included].sort()).toEqual([...ids].sort());
        [0.25, 0, 1000].forEach((total, j) => {
          expect(Math.abs(round.sum![j]! - total)).toBeLessThan(3 * STEP);
          expect(round.mean![j]!).toBeCloseTo(total / 3, 5);
        });
        expect(round.resultHash).toMatch(/^[0-9a-f]{64}$/);
        expect(round.durationMs).toBeGreaterThan(0);
        expect(round.bytesSent).toBeGreaterThan(0);
        expect(round.bytesReceived).toBeGreaterThan(0);
      });
    }
    expect(commonRounds(peers.map(peerHashes))).toEqual([1, 2]);
  });

  it('five lose nobody from a roster while all go on: no two sums differ by one of five', async () => {
    const peers = [1, 2, 4, 8, 16].map((value) => sum('steady', value));
    const whole = ({ event, included }: PeerEvent): boolean =>
      event === 'round' && included!.length === 5;
    const first = await Promise.all(peers.map((peer) => peer.until('a round of five', whole)));
    const from = first[0]!.round!;
    await Promise.all(
      peers.map((peer) =>
        peer.until(
          'fifteen rounds',
          ({ event, round }) => event === 'round' && round! >= from + 15,
        ),
      ),
    );
    for (const peer of peers) {
      const later = peer.events.filter(({ round }) => round !== undefined && round > from);
      expect(later.filter((event) => !whole(event))).toEqual([]);
      peer.signal('SIGTERM');
    }
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0, 0, 0, 0]);
  });

  it('three end with "left" at SIGTERM: status 0, or 1 where rounds are still owed', async () => {
    const peers = [sum('stop', 1), sum('stop', 2), sum('stop', 4, '--rounds', '100000')];
    await Promise.all(peers.map((peer) => peer.until('a round', ({ event }) => event === 'round')));
    for (const peer of peers) peer.signal('SIGTERM');
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0, 1]);
    for (const { events } of peers) expect(events.at(-1)).toEqual({ event: 'left' });
  });
});

describe('killing peers of a room of five', () => {
  it(
    `at ${KILLS} random moments stops nobody and corrupts nothing`,
    { timeout: 300_000 },
    async () => {
      const random = new SeededRandom('kills 1');
      const valueOf = new Map<string, number>();
      const everybody: Peer[] = [];
      const join = async (): Promise<Peer> => {
        const value = 2 ** (everybody.length % 9);
        const peer = sum('crowd', value);
        everybody.push(peer);
        valueOf.set(await peer.id(), value);
        return peer;
      };
      /** A round that includes all of these peers, after the newest of each. */
      const untilTogether = async (peers: readonly Peer[]): Promise<void> => {
        const ids = await Promise.all(peers.map((peer) => peer.id()));
        const after = Math.max(
          0,
          ...peers.flatMap(({ rounds }) => rounds.map(({ round }) => round)),
        );
        const isIt = (event: PeerEvent): boolean =>
          event.event === 'round' &&
          event.round! > after &&
          ids.every((id) => event.included!.includes(id));
        await Promise.all(peers.map((peer) => peer.until(`a round of ${ids.length}`, isIt)));
      };
      let alive = await Promise.all(Array.from({ length: CROWD }, join));
      for (let kill = 0; kill < KILLS; kill++) {
        await untilTogether(alive);
        const victim = alive[random.word() % alive.length]!;
        // The moment is part of what is tested: anywhere in the round that follows.
        await new Promise((resolve) => setTimeout(resolve, random.word() % MOMENT_MS));
        victim.signal('SIGKILL');
        expect(await victim.ended).toBe(null);
        alive = alive.filter((peer) => peer !== victim);
        await untilTogether(alive);
        alive.push(await join());
      }
      await untilTogether(alive);
      for (const peer of alive) peer.signal('SIGTERM');
      expect(await Promise.all(alive.map(({ ended }) => ended))).toEqual(alive.map(() => 0));
      checkSums(everybody, valueOf);
      const hashes = new Map<number, Set<string>>();
      for (const { rounds } of everybody) {
        for (const { round, resultHash } of rounds) {
          hashes.set(round, (hashes.get(round) ?? new Set()).add(resultHash));
        }
      }
      expect(hashes.size).toBeGreaterThan(2 * KILLS);
      // Kills that came between two rounds would show little: some ended an attempt, or a roster lost one.
      const hits = everybody.flatMap(({ events }) =>
        events.filter(
          ({ event, dropped }) => event === 'round-failed' || (dropped?.length ?? 0) > 0,
        ),
      );
      expect(hits.length).toBeGreaterThan(0);
      for (const [round, found] of hashes) expect([round, found.size]).toEqual([round, 1]);
      for (const { errors } of everybody) expect(errors).toBe('');
    },
  );
});

describe('who sums with whom', () => {
  it('a wrong key is another, empty room', async () => {
    const peers = [1, 2, 4].map((value) => sum('key', value, '--rounds', '2'));
    const stranger = Peer.start(
      server,
      ...['--room', 'key', `--key=${OTHER_KEY}`, '--task', 'sum', '--values', '8'],
    );
    await stranger.id();
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    stranger.signal('SIGTERM');
    expect(await stranger.ended).toBe(0);
    expect(stranger.events.map(({ event }) => event)).toEqual(['joined', 'left']);
    for (const { rounds } of peers) for (const { count } of rounds) expect(count).toBe(3);
  });

  it('--min-peers is heeded by everybody in the room', async () => {
    const peers = [1, 2, 4].map((value) => sum('min', value, '--rounds', '1', '--min-peers', '4'));
    await Promise.all(
      peers.map(async (peer) => {
        await peer.until('two others', () => {
          return peer.events.filter(({ event }) => event === 'peer-joined').length === 2;
        });
      }),
    );
    // It accepts three, and gets four: the others do not accept three.
    const fourth = sum('min', 8, '--rounds', '1');
    for (const peer of [...peers, fourth]) {
      expect(await peer.ended).toBe(0);
      expect(peer.rounds.map(({ count }) => count)).toEqual([4]);
    }
  });

  it('two sum with --trust-each-other', async () => {
    const flags = ['--rounds', '2', '--min-peers', '2', '--trust-each-other'];
    const peers = [sum('two', 0.5, ...flags), sum('two', 2, ...flags)];
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0]);
    for (const { rounds } of peers) {
      expect(rounds.map(({ count }) => count)).toEqual([2, 2]);
      for (const round of rounds) expect(Math.abs(round.sum![0]! - 2.5)).toBeLessThan(2 * STEP);
    }
    expect(commonRounds(peers.map(peerHashes))).toEqual([1, 2]);
  });

  it('another clip is named, and shares no round', async () => {
    const peers = [1, 2, 4].map((value) => sum('clip', value, '--rounds', '2'));
    const other = sum('clip', 8, '--clip', '2048');
    const said = await other.until('why', ({ event }) => event === 'round-failed');
    expect(said).toMatchObject({ reason: 'parameters-differ' });
    expect(said.message).toMatch(/clip: 1024, here it is 2048/);
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    for (const { rounds } of peers) for (const { count } of rounds) expect(count).toBe(3);
    expect(other.rounds).toEqual([]);
  });
});

describe('what a peer cannot do without', () => {
  it('WebRTC for Node: where it is missing, it says what to install, with status 2', async () => {
    const hook = `export const resolve = (name, context, next) => {
      if (name === '@roamhq/wrtc') throw new Error("Cannot find package '@roamhq/wrtc'");
      return next(name, context);
    };`;
    const load = `import { register } from 'node:module';
      register(${JSON.stringify(moduleOf(hook))});`;
    const { status, out, err } = await outcome(
      ['peer', '--server', server.url, '--room', 'a', '--task', 'sum', '--values', '1'],
      { NODE_OPTIONS: `--import=${moduleOf(load)}` },
    );
    expect(err).toMatch(
      /^murmuration: This peer needs WebRTC for Node: run "npm install @roamhq\/wrtc"[^\n]+\n$/,
    );
    expect([status, out]).toEqual([2, '']);
  });

  it('a server: where none answers for 30 s, it says so, with status 1', async () => {
    expect(await lost.ended).toBe(1);
    expect(lost.events).toEqual([{ event: 'left' }]);
    expect(lost.errors).toMatch(/^murmuration: the server was not reached for 30 s[^\n]+\n$/);
  });
});
