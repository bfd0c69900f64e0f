import { describe, expect, it } from 'vitest';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { recorderOf, Room } from './room.ts';

describe('a peer that stops every attempt before anything is masked', () => {
  it.each([
    [4, 'active'],
    [6, 'active'],
    [6, 'honest'],
  ] as const)('keeps the others of %i in %s mode from nothing', (count, mode) => {
    const room = new Room(count, {
      call: 'calling',
      suite: simulatedSuite,
      parameters: { mode },
    });
    const stopping = room.peers[1]!;
    stopping.participant.contribute = () => undefined;
    const others = room.peers.filter((peer) => peer !== stopping);
    expect(untilResults(room, others, 5, 120_000)).toBe(true);
    for (const peer of others) {
      for (const { included } of recorderOf(peer).results) {
        expect(included).not.toContain(stopping.id);
      }
    }
  });
});

/** Runs until these peers have had so many results. */
function untilResults(
  room: Room,
  peers: readonly SimulatedPeer[],
  count: number,
  withinMs: number,
): boolean {
  return room.network.run(
    () => peers.every((peer) => recorderOf(peer).results.length >= count),
    room.network.now + withinMs,
  );
}
