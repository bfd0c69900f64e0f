import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { DialQueue } from '../../src/peer/dial-queue.ts';

const LIMIT_MS = 1_000;
const [A, B, C] = ['a', 'b', 'c'] as PeerId[] as [PeerId, PeerId, PeerId];

/** Dials that end when the test says so, or when they are given up. */
function patientDials() {
  const ends = new Map<PeerId, () => void>();
  const begun: PeerId[] = [];
  const aborted: PeerId[] = [];
  const dial = (peer: PeerId, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      begun.push(peer);
      ends.set(peer, resolve);
      signal.addEventListener('abort', () => {
        aborted.push(peer);
        resolve();
      });
    });
  return { begun, aborted, dial, end: (peer: PeerId) => ends.get(peer)!() };
}

/** Lets what follows from a dial's end happen. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('the queue of dials', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('lets so many be under way and the others wait, in the order in which they came', async () => {
    const { begun, dial, end } = patientDials();
    const queue = new DialQueue(2, LIMIT_MS, dial);
    for (const peer of [A, B, C, A]) queue.add(peer);
    expect(begun).toEqual([A, B]);
    expect(queue.size).toBe(3);
    end(B);
    await settle();
    expect(begun).toEqual([A, B, C]);
    expect([queue.has(A), queue.has(B), queue.has(C)]).toEqual([true, false, true]);
  });

  it('counts the time of a dial from its turn', async () => {
    const { begun, aborted, dial } = patientDials();
    const queue = new DialQueue(1, LIMIT_MS, dial);
    queue.add(A);
    queue.add(B);
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    expect([begun, aborted]).toEqual([[A, B], [A]]);
    await vi.advanceTimersByTimeAsync(LIMIT_MS - 1);
    expect(aborted).toEqual([A]);
    await vi.advanceTimersByTimeAsync(1);
    expect(aborted).toEqual([A, B]);
    expect(queue.size).toBe(0);
  });

  it('a peer that is given up is not dialled, and makes room when it is being dialled', async () => {
    const { begun, aborted, dial } = patientDials();
    const queue = new DialQueue(1, LIMIT_MS, dial);
    for (const peer of [A, B, C]) queue.add(peer);
    queue.drop(B);
    queue.drop(A);
    await settle();
    expect([begun, aborted]).toEqual([[A, C], [A]]);
    queue.add(B);
    queue.clear();
    await settle();
    expect([begun, aborted, queue.size]).toEqual([[A, C], [A, C], 0]);
  });
});
