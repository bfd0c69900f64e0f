/**
 * A room that one round cannot hold: real processes over real WebRTC go over to lines, sum over everybody,
 * lose some in the middle, and go back to one cohort when few are left.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcesses, Peer, Server, type PeerEvent } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const COUNT = 18;

/** Sums are the integers of the ring times a step, which is below this for so many peers and clip 1024. */
const STEP = (COUNT * 1024) / 2 ** 31;

let server: Server;

beforeAll(async () => {
  server = await Server.start();
});

afterAll(() => {
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

describe('eighteen processes', () => {
  it('sum in lines, exactly, whoever is killed, and in one cohort again when few are left', async () => {
    const values = Array.from({ length: COUNT }, (_, i) => i);
    const peers = values.map((value) =>
      Peer.start(server, '--room', 'many', `--key=${KEY}`, '--task', 'sum', `--values=${value}`),
    );
    const ids = await Promise.all(peers.map((peer) => peer.id()));
    const valueOf = new Map(ids.map((id, at) => [id, values[at]!]));
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
});
