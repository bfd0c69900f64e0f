/**
 * Rooms that one round cannot hold: real processes over real WebRTC go over to lines, sum over everybody,
 * lose some in the middle, and go back to one cohort when few are left; over libp2p, the server as well.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endProcesses, Peer, Server, type PeerEvent } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const COUNT = 18;

/** Peers that are left at the end, at least. */
const LEAST = 16;

/** Sums are the integers of the ring times a step, which is below this for so many peers and clip 1024. */
const STEP = (COUNT * 1024) / 2 ** 31;

let server: Server;

beforeEach(async () => {
  server = await Server.start();
});

afterEach(() => {
  endProcesses();
});

/** A result that includes so many. */
const of =
  (count: number) =>
  ({ event, included }: PeerEvent): boolean =>
    event === 'round' && included?.length === count;

/** Every result of a peer is the sum of what the peers in it gave, and all have the same. */
function checkResults(peers: readonly Peer[], valueOf: ReadonlyMap<string, number>): void {
  const hashes = new Map<string, Set<string>>();
  for (const { rounds } of peers) {
    for (const { round, included, roster, sum, resultHash } of rounds) {
      const name = `${round} ${included.toSorted().join()} ${roster}`;
      hashes.set(name, (hashes.get(name) ?? new Set()).add(resultHash));
      if (sum === undefined) continue;
      const expected = included.reduce((total, id) => total + valueOf.get(id)!, 0);
      expect(Math.abs(sum[0]! - expected)).toBeLessThan(included.length * STEP);
    }
  }
  for (const [, known] of hashes) expect(known.size).toBe(1);
}

/** Eighteen peers that sum again and again, and what each of them gives. */
async function startAll(
  ...flags: string[]
): Promise<{ readonly peers: readonly Peer[]; readonly valueOf: ReadonlyMap<string, number> }> {
  const values = Array.from({ length: COUNT }, (_, i) => i);
  const room = ['--room', 'many', `--key=${KEY}`, '--task', 'sum', ...flags];
  const peers = values.map((value) => Peer.start(server, ...room, `--values=${value}`));
  const ids = await Promise.all(peers.map((peer) => peer.id()));
  return { peers, valueOf: new Map(ids.map((id, at) => [id, values[at]!])) };
}

/**
 * Waits until everybody who lives has a result that includes all who live, two rounds later than anything now.
 *
 * WebRTC for Node crashes now and then (SIGSEGV in `RTCDataChannel::Send`) when something is sent in the moment in
 * which the other side hangs up, and links that are replaced hang up: whoever ends is one more that was killed.
 */
async function untilTogether(what: string, peers: readonly Peer[]): Promise<void> {
  const ids = new Map(
    await Promise.all(peers.map(async (peer) => [peer, await peer.id()] as const)),
  );
  const newest = Math.max(0, ...peers.map(({ rounds }) => rounds.at(-1)?.round ?? 0));
  const isWhole = ({ event, round, included }: PeerEvent): boolean => {
    const living = peers.filter(({ hasEnded }) => !hasEnded).map((peer) => ids.get(peer)!);
    const isAll = event === 'round' && included!.length === living.length;
    return isAll && round! > newest + 1 && living.every((id) => included!.includes(id));
  };
  const hasHeard = peers.map((peer) =>
    peer.until(what, isWhole).catch((error: unknown) => {
      if (!peer.hasEnded) throw error;
    }),
  );
  await Promise.all(hasHeard);
  expect(peers.filter(({ hasEnded }) => !hasEnded).length).toBeGreaterThanOrEqual(LEAST);
}

describe('eighteen processes', () => {
  it('sum in lines, exactly, whoever is killed, and in one cohort again when few are left', async () => {
    const { peers, valueOf } = await startAll();
    await Promise.all(peers.map((peer) => peer.until('a sum over everybody', of(COUNT))));

    const [gone, staying] = [peers.slice(0, 10), peers.slice(10)];
    for (const peer of gone.slice(0, 2)) peer.signal('SIGKILL');
    await Promise.all(peers.slice(2).map((peer) => peer.until('a sum over 16', of(COUNT - 2))));
    for (const peer of gone.slice(2)) peer.signal('SIGKILL');
    const isOneCohort = (event: PeerEvent): boolean =>
      of(staying.length)(event) && event.roster === staying.length;
    await Promise.all(staying.map((peer) => peer.until('a sum over eight', isOneCohort)));
    checkResults(peers, valueOf);
  });

  it('sum over libp2p, 16 at least from the first sum on, also when one and then the server is killed', async () => {
    const { peers, valueOf } = await startAll('--transport', 'libp2p', '--min-peers', '16');
    await untilTogether('a sum over everybody', peers);
    for (const { rounds } of peers) {
      expect(rounds[0]?.included.length ?? COUNT).toBeGreaterThanOrEqual(16);
    }
    const [gone, ...staying] = peers;
    gone!.signal('SIGKILL');
    await gone!.ended;
    await untilTogether('a sum without the killed', staying);
    await server.kill();
    await untilTogether('a sum without the server', staying);
    checkResults(peers, valueOf);
  });
});
