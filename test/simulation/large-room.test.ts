import { describe, expect, it } from 'vitest';
import { play, randoms, slice } from './scenarios.ts';

describe('a room of 12', () => {
  it('keeps every promise under random pairs of faults', { timeout: 15 * 60_000 }, () => {
    const runs = randoms('pairs', 2_000, () => ({ peers: 12, faults: 2 }));
    expect(play(slice(runs, 200, 5)).broken).toEqual([]);
  });
});
