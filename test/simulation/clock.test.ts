import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../src/simulation/clock.ts';

describe('the virtual clock', () => {
  it('runs what is earlier first, and at one time what was made first', () => {
    const times = fc.array(fc.nat(20), { maxLength: 200 });
    const property = fc.property(times, (at) => {
      const clock = new VirtualClock();
      const seen: (readonly [time: number, made: number])[] = [];
      at.forEach((time, made) => {
        clock.at(time, () => seen.push([clock.now, made]));
      });
      expect(clock.run(() => false, 20)).toBe(false);
      const sorted = at.map((time, made) => [time, made] as const);
      expect(seen).toEqual(sorted.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    });
    fc.assert(property);
  });

  it('stops when it is asked to, and before what is later than its end', () => {
    const clock = new VirtualClock();
    let count = 0;
    for (const time of [1, 2, 3, 9]) clock.at(time, () => count++);
    expect(clock.run(() => count === 2, 5)).toBe(true);
    expect(clock.now).toBe(2);
    expect(clock.run(() => false, 5)).toBe(false);
    expect([clock.now, count]).toEqual([3, 3]);
    clock.skipTo(5);
    clock.skipTo(4);
    expect(clock.now).toBe(5);
  });

  it('notices what wakes itself for ever', () => {
    const clock = new VirtualClock(10);
    const again = (): void => {
      clock.at(clock.now, again);
    };
    again();
    expect(() => clock.run(() => false, 1)).toThrow('time stands still at 0 ms');
  });
});
