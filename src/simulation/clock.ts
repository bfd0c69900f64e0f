/**
 * A clock that jumps from one thing that happens to the next, so that an hour of a room takes a second.
 *
 * Entries are ordered by time; equal times keep the order in which they were made, so the same
 * entries always happen in the same order.
 *
 * @module
 */

interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Things that happen at one time: more, and something wakes itself for ever. */
const MAX_AT_ONCE = 10_000;

/** Virtual time and what is to happen in it. */
export class VirtualClock {
  readonly #heap: Entry[] = [];
  readonly #maxAtOnce: number;
  #now = 0;
  #order = 0;
  #atOnce = 0;

  /** @param maxAtOnce - Things that may happen at one time before it counts as standing still. */
  constructor(maxAtOnce = MAX_AT_ONCE) {
    this.#maxAtOnce = maxAtOnce;
  }

  /** Virtual time, ms. */
  get now(): number {
    return this.#now;
  }

  /** Lets something happen at a time, not before what is already due then. */
  at(time: number, run: () => void): void {
    push(this.#heap, { at: time, order: this.#order++, run });
  }

  /**
   * Runs until `isDone`, nothing is left to happen, or the virtual time is up.
   *
   * @returns Whether `isDone` became true.
   * @throws Error when time stands still.
   */
  run(isDone: () => boolean, untilMs: number): boolean {
    while (!isDone()) {
      const next = this.#heap[0];
      if (next === undefined || next.at > untilMs) return false;
      pop(this.#heap);
      this.#atOnce = next.at > this.#now ? 0 : this.#atOnce + 1;
      if (this.#atOnce > this.#maxAtOnce) throw new Error(`time stands still at ${this.#now} ms.`);
      this.#now = next.at;
      next.run();
    }
    return true;
  }

  /** Lets time pass up to a moment before which nothing is left to happen. */
  skipTo(time: number): void {
    this.#now = Math.max(this.#now, time);
  }
}

/** A binary heap, the earliest entry first. */
function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (isBefore(heap[parent]!, entry)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
    if (isBefore(last, heap[child]!)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
