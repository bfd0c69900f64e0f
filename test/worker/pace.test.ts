import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../src/worker/pace.ts';

describe('Pace', () => {
  it('gives, on average, the steps that were asked for, however the wake-ups fall', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1000 }),
        fc.array(fc.double({ min: 0, max: 900, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (stepsPerSecond, gaps) => {
          const pace = new Pace(stepsPerSecond, 0);
          let now = 0;
          let made = 0;
          for (const gap of gaps) {
            now += gap;
            const due = pace.due(now);
            pace.take(due);
            made += due;
          }
          // A pace below one step in 900 ms lets nothing go either: it owes one step at a time.
          expect(made).toBeGreaterThanOrEqual(Math.floor((now * stepsPerSecond) / 1000) - 1);
          expect(made).toBeLessThanOrEqual(Math.ceil((now * stepsPerSecond) / 1000));
        },
      ),
    );
  });

  it('makes up for a second at most', () => {
    const pace = new Pace(20, 0);
    expect(pace.due(60_000)).toBe(20);
    pace.take(20);
    expect(pace.due(60_000)).toBe(0);
    expect(pace.due(60_100)).toBe(2);
  });

  it('says when the next step is due', () => {
    const pace = new Pace(20, 1000);
    expect(pace.wait(1000)).toBe(50);
    expect(pace.wait(1030)).toBe(20);
    expect(pace.wait(2000)).toBe(0);
  });
});
