import { describe, expect, it } from 'vitest';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { play, randoms, slice } from './scenarios.ts';

const MINUTES = 60_000;

/** Schedules of 3 to 12 peers, with one to three faults. */
function schedules(count: number): ReturnType<typeof randoms> {
  return randoms('schedule', count, (random) => ({
    peers: 3 + Math.floor(random.uniform() ** 2 * 10),
    faults: 1 + Math.floor(random.uniform() * 3),
  }));
}

describe('a room of 3 to 12', () => {
  it('keeps every promise in random schedules', { timeout: 8 * MINUTES }, () => {
    expect(play(slice(schedules(1_000), 50)).broken).toEqual([]);
  });

  it('keeps every promise with the real cryptography', { timeout: 4 * MINUTES }, () => {
    const runs = randoms('real', 50, (random) => ({
      peers: 3 + Math.floor(random.uniform() * 4),
      faults: 1 + Math.floor(random.uniform() * 2),
    }));
    expect(play(slice(runs, 25), nodeSuite).broken).toEqual([]);
  });
});
