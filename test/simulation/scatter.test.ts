import { describe, expect, it } from 'vitest';
import { play, scattered, slice } from './scenarios.ts';

const MINUTES = 60_000;

describe('a room whose vectors are scattered', () => {
  it('keeps every promise under faults at 5 peers', { timeout: 8 * MINUTES }, () => {
    expect(play(slice(scattered(5), 40)).broken).toEqual([]);
  });
});
