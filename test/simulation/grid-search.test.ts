/**
 * Rooms of lines that search for spoiled contributions: what is summed in the buckets of a line, and above it.
 */
import { describe, expect, it } from 'vitest';
import { decodeMessage } from '../../src/round/messages.ts';
import type { Copy } from '../../src/simulation/network.ts';
import { GRID_ACCIDENTS } from './grid-accidents.ts';
import { GridRoom } from './grid-room.ts';
import { IS_THOROUGH as THOROUGH } from './scenarios.ts';

/** A searched room in which all are in each round: at first some are not linked yet. */
function searchedRoom(seed: string, peers: number): GridRoom {
  const room = new GridRoom({ seed, peers, isSearched: true });
  expect(room.play(8)).toBe(true);
  room.bucketCounts.clear();
  expect(room.play(2)).toBe(true);
  return room;
}

function isMasked(copies: readonly Copy[]): boolean {
  return copies.some(({ message: bytes }) => {
    const outer = decodeMessage(bytes);
    const message = outer.type === 'scoped' ? outer.message : outer;
    return message.type === 'attempt' && message.message.content.type === 'masked';
  });
}

describe('a room of lines that is searched', () => {
  it.each([
    [16, [2]],
    [21, [2]],
    [24, [3]],
    [34, [2, 3]],
  ])('of %i opens sums of four or five in each line, and the sum of all', (peers, expected) => {
    const room = searchedRoom(`searched ${peers}`, peers);
    expect([...room.broken]).toEqual([]);
    expect([...room.bucketCounts.keys()].sort()).toEqual(expected);
    expect(room.bucketCounts.get(expected[0]!)).toBeGreaterThanOrEqual(16);
  });

  it('opens no bucket of fewer than three, and nothing twice, whatever goes wrong', () => {
    const broken = Object.keys(GRID_ACCIDENTS).flatMap((name, seed) => {
      if (!THOROUGH && seed % 4 !== 1) return [];
      const room = searchedRoom(`${name}, seed ${seed}`, 16 + ((seed * 7) % 20));
      GRID_ACCIDENTS[name]!(room);
      room.wait(9_000);
      room.recover();
      expect(room.bucketCounts.size).toBeGreaterThan(0);
      return [...room.broken].map((what) => `${name}, seed ${seed}: ${what}`);
    });
    expect(broken).toEqual([]);
  }, 200_000);

  it('opens no bucket of two when two of a line of eight vanish before they gave their words', () => {
    const broken: string[] = [];
    const counts = new Set<number>();
    for (let seed = 0; seed < (THOROUGH ? 24 : 8); seed++) {
      const room = searchedRoom(`two of eight, ${seed}`, 16);
      const gone = room.grid.lines[0]!.slice(-2);
      room.tampers.push((copies, from) => {
        if (!gone.includes(from.id) || !isMasked(copies)) return copies;
        room.network.vanish(from);
        return [];
      });
      room.bucketCounts.clear();
      room.play();
      for (const count of room.bucketCounts.keys()) counts.add(count);
      for (const what of room.broken) broken.push(`seed ${seed}: ${what}`);
    }
    expect(broken).toEqual([]);
    // Where both were of one bucket, those who are left sum again, and as one.
    expect([...counts].sort()).toEqual([1, 2]);
  }, 200_000);

  it('draws its lines anew once one has too few left to be searched among, and searches on', () => {
    const room = searchedRoom('too few', 18);
    const [small] = [...room.grid.lines].sort((a, b) => a.length - b.length);
    const gone = small!.slice(0, small!.length - 7);
    for (const peer of gone) room.network.vanish(room.members.get(peer)!);
    room.wait(12_000);
    expect(room.play(3)).toBe(true);
    room.bucketCounts.clear();
    expect(room.play(2)).toBe(true);
    expect(room.bucketCounts.get(1) ?? 0).toBe(0);
    expect(room.living()[0]!.grid!.grid?.epoch.number).toBe(2);
    expect([...room.broken]).toEqual([]);
  });
});
