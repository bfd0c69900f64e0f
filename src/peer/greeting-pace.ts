/**
 * How many greetings each neighbour may bring: a flood of them costs its receiver little.
 *
 * A bucket for each neighbour: `RELAYED_GREETINGS_BURST` at once, `RELAYED_GREETINGS_PER_SECOND` after that.
 *
 * @module
 */
import { RELAYED_GREETINGS_BURST, RELAYED_GREETINGS_PER_SECOND } from '../config.ts';
import type { PeerId } from '../ids.ts';

/** See the file's header. Times are those of one monotonic clock, ms. */
export class GreetingPace {
  readonly #buckets = new Map<PeerId, { left: number; at: number }>();

  /** Whether a greeting by a neighbour is to be answered; it counts either way. */
  allows(via: PeerId, now: number): boolean {
    const { left, at } = this.#buckets.get(via) ?? { left: RELAYED_GREETINGS_BURST, at: now };
    const earned = ((now - at) * RELAYED_GREETINGS_PER_SECOND) / 1000;
    const available = Math.min(left + earned, RELAYED_GREETINGS_BURST);
    this.#buckets.set(via, { left: Math.max(0, available - 1), at: now });
    return available >= 1;
  }

  /** The neighbour is none any more. */
  forget(via: PeerId): void {
    this.#buckets.delete(via);
  }
}
