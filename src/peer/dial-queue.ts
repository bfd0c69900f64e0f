/**
 * Dials that wait for their turn.
 *
 * A dial keeps both sides, the relay and the processor busy. Where dozens begin at once, each takes so long that
 * all run into their time limits, and what was done for them is done again. So few are under way at a time, the
 * others wait, and the time of a dial counts from its turn.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';

/** What a queue does with a peer whose turn it is. Resolves when the dial is over, however it ended. */
export type DialPeer = (peer: PeerId, signal: AbortSignal) => Promise<void>;

/** One entry for each peer, in the order in which they were asked for. */
export class DialQueue {
  readonly #parallel: number;
  readonly #limitMs: number;
  readonly #dial: DialPeer;
  readonly #waiting = new Set<PeerId>();
  readonly #underWay = new Map<PeerId, AbortController>();

  /**
   * @param parallel - Dials under way at once, at least 1.
   * @param limitMs - How long one may take.
   */
  constructor(parallel: number, limitMs: number, dial: DialPeer) {
    this.#parallel = parallel;
    this.#limitMs = limitMs;
    this.#dial = dial;
  }

  /** Dials that wait or are under way. The caller bounds it. */
  get size(): number {
    return this.#waiting.size + this.#underWay.size;
  }

  /** Whether a peer waits or is being dialled. */
  has(peer: PeerId): boolean {
    return this.#waiting.has(peer) || this.#underWay.has(peer);
  }

  /** Dials a peer as soon as it is its turn. Nothing more happens for one that waits or is being dialled. */
  add(peer: PeerId): void {
    if (this.has(peer)) return;
    this.#waiting.add(peer);
    this.#next();
  }

  /** Gives a dial up, under way or not. */
  drop(peer: PeerId): void {
    this.#waiting.delete(peer);
    this.#underWay.get(peer)?.abort();
  }

  /** Gives all of them up. */
  clear(): void {
    this.#waiting.clear();
    for (const dial of this.#underWay.values()) dial.abort();
  }

  #next(): void {
    for (const peer of this.#waiting) {
      if (this.#underWay.size >= this.#parallel) return;
      this.#waiting.delete(peer);
      void this.#run(peer);
    }
  }

  async #run(peer: PeerId): Promise<void> {
    const dial = new AbortController();
    const timer = setTimeout(() => dial.abort(), this.#limitMs);
    this.#underWay.set(peer, dial);
    try {
      await this.#dial(peer, dial.signal);
    } finally {
      clearTimeout(timer);
      this.#underWay.delete(peer);
      this.#next();
    }
  }
}
