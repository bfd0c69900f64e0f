import { describe, expect, it } from 'vitest';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { MESSAGE_TYPES } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { recorderOf, Room } from './room.ts';

describe('a room', () => {
  it('does round after round, and everybody has the same results', () => {
    const room = new Room(5, { call: 'calling', suite: nodeSuite });
    expect(room.untilResults(4)).toBe(true);
    for (let round = 0; round < 4; round++) {
      const hashes = new Set(room.peers.map((peer) => recorderOf(peer).results[round]?.resultHash));
      expect([...hashes]).toHaveLength(1);
      expect(recorderOf(room.peers[0]!).results[round]).toMatchObject({
        round: round + 1,
        attempt: 1,
      });
      expect(recorderOf(room.peers[0]!).results[round]!.included).toHaveLength(5);
    }
    expect(room.peers.flatMap((peer) => recorderOf(peer).failures)).toEqual([]);
    expect(room.peers.flatMap((peer) => recorderOf(peer).others)).toEqual([]);
  });

  it('says READY once a round to each other peer, and never in between', () => {
    let count = 0;
    const room = new Room(6, {
      call: 'calling',
      suite: simulatedSuite,
      delivery: (random) => (message) => {
        if (message[0] === MESSAGE_TYPES.ready) count++;
        return [{ message, delayMs: random.between(1, 20) }];
      },
    });
    expect(room.untilResults(1)).toBe(true);
    count = 0;
    expect(room.untilResults(6)).toBe(true);
    expect(count).toBeLessThanOrEqual(5 * 6 * 5);
  });

  it('goes on without a peer that vanishes', () => {
    const room = new Room(5, { call: 'calling', suite: nodeSuite });
    expect(room.untilResults(1)).toBe(true);
    room.network.at(room.network.now + 40, () => room.network.vanish(room.peers[2]!));
    expect(room.untilResults(4)).toBe(true);
    const sizes = recorderOf(room.peers[0]!).results.map(({ included }) => included.length);
    expect(sizes[3]).toBe(4);
  });

  it('lets a newcomer copy the newest result and take part in the next', () => {
    const room = new Room(4, { call: 'calling', suite: nodeSuite });
    expect(room.untilResults(2)).toBe(true);
    const newcomer = room.add('newcomer');
    room.call('calling', 'calling', [newcomer]);
    expect(room.untilResults(3)).toBe(true);
    const { results } = recorderOf(newcomer);
    expect(results[0]).toMatchObject({ isCopied: true });
    expect(results.at(-1)!.included).toContain(newcomer.id);
  });

  it('of two waits, unless each trusts the other', () => {
    const room = new Room(2, { call: 'calling' });
    expect(room.untilResults(1, 60_000)).toBe(false);
    const [a, b] = room.peers as [never, never];
    room.network.step(a, { type: 'trust', trusts: '*', now: room.network.now });
    expect(room.untilResults(1, 60_000)).toBe(false);
    room.network.step(b, { type: 'trust', trusts: '*', now: room.network.now });
    expect(room.untilResults(1, 60_000)).toBe(true);
  });
});
