/**
 * Rooms of lines in which peers vanish after any message, and whatever else goes wrong.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import { GRID_ACCIDENTS } from './grid-accidents.ts';
import { GridRoom } from './grid-room.ts';
import { IS_THOROUGH as THOROUGH } from './scenarios.ts';

/** Time in which faults last, ms. */
const FAULTS_MS = 9_000;

/** A room after one undisturbed round. */
function calmRoom(seed: string, peers: number, hasModel = false): GridRoom {
  const room = new GridRoom({ seed, peers, hasModel });
  expect(room.play()).toBe(true);
  return room;
}

/** Lets a peer vanish after so many more of its messages. */
function vanishAfter(room: GridRoom, target: SimulatedPeer, messages: number): void {
  const last = target.messagesSent + messages;
  room.tampers.push((copies, from) => {
    if (from !== target || target.messagesSent <= last) return copies;
    room.network.vanish(target);
    return [];
  });
}

/** What a room under accidents broke, with what plays it again. */
function brokenBy(names: readonly string[], seed: number): readonly string[] {
  const name = `${names.join(' and ')}, seed ${seed}`;
  const room = calmRoom(name, 16 + ((seed * 7) % 25), seed % 3 !== 0);
  for (const accident of names) GRID_ACCIDENTS[accident]!(room);
  room.wait(FAULTS_MS);
  room.recover();
  return [...room.broken].map((what) => `${name}: ${what}`);
}

describe('a peer of a room of lines that vanishes after any of its messages', () => {
  it.each(['plain member', 'stand-in'] as const)(
    'breaks nothing as %s',
    { timeout: 200_000 },
    (role) => {
      const broken: string[] = [];
      // A member sends about a hundred messages a round, and whoever stands in half as many again.
      for (let at = THOROUGH ? 0 : 7; at < 200; at += THOROUGH ? 9 : 67) {
        const room = calmRoom(`vanish ${role}`, 18);
        const order = room.standIns(0, room.round());
        vanishAfter(room, role === 'stand-in' ? order[0]! : order.at(-1)!, at);
        room.play();
        room.recover();
        for (const what of room.broken) broken.push(`after ${at}: ${what}`);
      }
      expect(broken).toEqual([]);
    },
  );
});

describe('a room of lines', () => {
  const names = Object.keys(GRID_ACCIDENTS);

  it('stays exact and goes on through every accident', { timeout: 200_000 }, () => {
    const broken = names.flatMap((name, at) =>
      THOROUGH
        ? [0, 1].flatMap((seed) => brokenBy([name], seed))
        : at % 2 === 0
          ? brokenBy([name], 0)
          : [],
    );
    expect(broken).toEqual([]);
  });

  it.runIf(THOROUGH)('stays exact through two accidents at once', { timeout: 200_000 }, () => {
    const broken = names.flatMap((name, at) =>
      brokenBy([name, names[(at + 1 + (at % 5)) % names.length]!], at % 3),
    );
    expect(broken).toEqual([]);
  });
});
