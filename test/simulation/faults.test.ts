import { describe, expect, it } from 'vitest';
import { pairs, play, singles, slice } from './scenarios.ts';

const MINUTES = 60_000;

describe('a room under faults', () => {
  it('keeps every promise under each pair of faults at 5 peers', { timeout: 8 * MINUTES }, () => {
    expect(play(slice(pairs(5), 40)).broken).toEqual([]);
  });

  it('keeps every promise under each single fault at 12 peers', { timeout: 4 * MINUTES }, () => {
    expect(play(slice(singles(12), 20)).broken).toEqual([]);
  });
});
