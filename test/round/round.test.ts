import { describe, expect, it } from 'vitest';
import { recorderOf, Room } from './room.ts';

describe('a room', () => {
  it('does round after round, and everybody has the same results', () => {
    const room = new Room(5, { call: 'calling' });
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

  it('goes on without a peer that vanishes', () => {
    const room = new Room(5, { call: 'calling' });
    expect(room.untilResults(1)).toBe(true);
    room.network.at(room.network.now + 40, () => room.network.vanish(room.peers[2]!));
    expect(room.untilResults(4)).toBe(true);
    const sizes = recorderOf(room.peers[0]!).results.map(({ included }) => included.length);
    expect(sizes[3]).toBe(4);
  });

  it('lets a newcomer copy the newest result and take part in the next', () => {
    const room = new Room(4, { call: 'calling' });
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
