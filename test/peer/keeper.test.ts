/** What a person drew is kept soon, and seldom enough; what trains, now and then. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Keeper } from '../../src/peer/keeper.ts';
import type { KeptLearning } from '../../src/peer/keeping.ts';

let written: unknown[];
let keeper: Keeper;

beforeEach(() => {
  vi.useFakeTimers();
  written = [];
  const store = {
    get: () => Promise.resolve(undefined),
    set(_: string, value: unknown) {
      written.push(value);
      return Promise.resolve();
    },
    delete: () => Promise.resolve(),
  };
  keeper = new Keeper(store, () => undefined);
});

afterEach(() => {
  vi.useRealTimers();
});

function learning(step: number): KeptLearning {
  return {
    parameters: new Float32Array(),
    step,
    round: 0,
    readings: [],
    isOutlier: false,
    curve: { local: [], merges: [] },
  };
}

describe('a keeper', () => {
  it('writes what trains once in two seconds, as it is then', () => {
    let step = 0;
    for (; step < 40; step++) {
      keeper.learningSoon(() => learning(step));
      vi.advanceTimersByTime(100);
    }
    expect(written).toEqual([learning(19), learning(39)]);
  });

  it('writes nothing for a peer that cannot come back, and lets it contribute', async () => {
    const forgetful = new Keeper(undefined, () => undefined);
    await forgetful.joined({ round: 1, attempt: 1 });
    await forgetful.learningNow(learning(1));
    expect(forgetful.isReliable).toBe(true);
    expect(written).toEqual([]);
  });

  it('does not let an edit wait for the next write, and writes once for a whole drag', () => {
    keeper.learningSoon(() => learning(1));
    for (let frame = 0; frame < 6; frame++) {
      keeper.editSoon(() => learning(2));
      vi.advanceTimersByTime(16);
    }
    expect(written).toEqual([]);
    vi.advanceTimersByTime(4);
    expect(written).toEqual([learning(2)]);
    vi.advanceTimersByTime(10_000);
    expect(written).toHaveLength(1);
  });

  it('keeps at once when it is told to, and nothing twice', async () => {
    keeper.editSoon(() => learning(1));
    await keeper.learningNow(learning(3));
    vi.advanceTimersByTime(10_000);
    expect(written).toEqual([learning(3)]);
  });
});
