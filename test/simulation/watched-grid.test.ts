import { describe, expect, it } from 'vitest';
import { pairwiseErrors } from '../../src/simulation/pairwise-averaging.ts';
import { WatchedGrid, type WatchedMoment } from '../../src/simulation/watched-grid.ts';

function errorOf({ estimates, isHere, truth }: WatchedMoment): number {
  const off = [...estimates].filter((_, place) => isHere[place]).map((value) => value - truth);
  return Math.max(...off.map(Math.abs));
}

function playedOut(watched: WatchedGrid): WatchedMoment {
  for (let beat = 0; beat < 200 && !watched.moment().isOver; beat++) watched.advance();
  return watched.moment();
}

describe('a round watched from above', () => {
  it('brings everybody the same mean, level by level', () => {
    const watched = new WatchedGrid(64, 'levels');
    const { lines, numbers } = watched.room;
    const heights: number[] = [];
    while (!watched.moment().isOver) {
      watched.advance();
      heights.push(Math.max(...watched.moment().known));
    }
    expect(heights).toEqual([...heights].sort((a, b) => a - b));
    expect(heights[0]).toBe(1);
    const moment = watched.moment();
    expect(moment.included).toBe(64);
    expect(new Set(moment.estimates).size).toBe(1);
    expect(errorOf(moment)).toBeLessThan(1e-6);
    expect(moment.truth).toBeCloseTo(numbers.reduce((sum, value) => sum + value, 0) / 64, 12);
    expect(lines.flat()).toEqual(Array.from({ length: 64 }, (_, place) => place));
  });

  it('holds the mean of the line once a line has summed', () => {
    const watched = new WatchedGrid(40, 'line');
    const line = watched.room.lines[0]!;
    while (line.some((place) => watched.moment().known[place] === 0)) watched.advance();
    const { known, estimates } = watched.moment();
    const mean = line.reduce((sum, place) => sum + watched.room.numbers[place]!, 0) / line.length;
    const first = line.find((place) => known[place] === 1)!;
    expect(estimates[first]).toBeCloseTo(mean, 6);
  });

  it('leaves out who is gone before the line sums, and counts who goes later', () => {
    const early = new WatchedGrid(32, 'drop');
    early.drop(3);
    const without = playedOut(early);
    expect(without.isOver).toBe(true);
    expect(without.included).toBe(31);
    expect(errorOf(without)).toBeLessThan(1e-6);
    const late = new WatchedGrid(32, 'drop');
    while (late.moment().known[3] === 0) late.advance();
    late.drop(3);
    const counted = playedOut(late);
    expect(counted.isHere[3]).toBe(false);
    expect(counted.included).toBe(32);
  });

  it('knows the room before anything has happened', () => {
    const moment = new WatchedGrid(100, 'start').moment();
    expect(moment.messageTimes).toBe(0);
    expect(moment.known.every((known) => known === 0)).toBe(true);
    expect(() => new WatchedGrid(15, 'few')).toThrow('16 at least');
  });
});

describe('averaging in pairs', () => {
  it('halves the variance at each turn, about', () => {
    const { numbers } = new WatchedGrid(512, 'pairs').room;
    const errors = pairwiseErrors(numbers, 12, 'pairs');
    expect(errors[0]! / errors[12]!).toBeGreaterThan(2 ** 5);
    expect(errors[0]! / errors[12]!).toBeLessThan(2 ** 7);
  });
});
