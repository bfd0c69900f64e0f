/** Work in slices, and in turn. @module */
import { describe, expect, it, vi } from 'vitest';
import { finish } from '../../src/simulation/steps.ts';
import { breath, inSlices, inTurn } from '../../src/ui/slices.ts';

function* counted(pieces: number, done: number[]) {
  for (let piece = 0; piece < pieces; piece++) {
    done.push(piece);
    yield;
  }
  return done.length;
}

/** The clock goes on by so much at each look at it, ms. */
function withClock(perLookMs: number): void {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += perLookMs));
}

describe('work in slices', () => {
  it('comes to what it comes to at once', async () => {
    expect(await inSlices(counted(50, []))).toBe(finish(counted(50, [])));
  });
  it('begins in a later task, and lets others come in between', async () => {
    withClock(10);
    const done: number[] = [];
    const all = inSlices(counted(5, done));
    expect(done).toEqual([]);
    const seen: number[] = [];
    for (let task = 0; task < 3; task++) {
      await breath();
      seen.push(done.length);
    }
    expect(seen).toEqual([1, 2, 3]);
    await all;
    vi.restoreAllMocks();
  });
  it('stops when nobody wants it any more', async () => {
    withClock(10);
    const done: number[] = [];
    expect(await inSlices(counted(50, done), () => done.length < 3)).toBeUndefined();
    expect(done).toHaveLength(3);
    vi.restoreAllMocks();
  });
});

describe('pieces in turn', () => {
  it('are done at once while a task has time, then later, all of them and in order', async () => {
    withClock(2);
    const done: number[] = [];
    for (let piece = 0; piece < 9; piece++) inTurn(() => done.push(piece));
    expect(done).toEqual([0, 1, 2]);
    while (done.length < 9) await breath();
    expect(done).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    vi.restoreAllMocks();
  });
  it('go on after one that fails', async () => {
    await breath();
    await breath();
    const done: number[] = [];
    expect(() =>
      inTurn(() => {
        throw new Error('no canvas');
      }),
    ).toThrow('no canvas');
    inTurn(() => done.push(1));
    while (done.length < 1) await breath();
  });
});
