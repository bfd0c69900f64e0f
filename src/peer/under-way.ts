/**
 * Bytes of pieces that neighbours were given to pass on and whose receivers have not taken them yet.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';

/** By neighbour and then by receiver. */
export class UnderWay {
  readonly #byNeighbour = new Map<PeerId, Map<PeerId, number>>();

  /** Bytes for `peer` that `via` has. */
  to(peer: PeerId, via: PeerId): number {
    return this.#byNeighbour.get(via)?.get(peer) ?? 0;
  }

  add(peer: PeerId, via: PeerId, bytes: number): void {
    const receivers = this.#byNeighbour.get(via) ?? new Map<PeerId, number>();
    this.#byNeighbour.set(via, receivers);
    receivers.set(peer, (receivers.get(peer) ?? 0) + bytes);
  }

  /** The neighbour says that so many of them were taken. */
  credit(peer: PeerId, via: PeerId, bytes: number): void {
    this.#byNeighbour.get(via)?.set(peer, Math.max(0, this.to(peer, via) - bytes));
  }

  /** The neighbour passes nothing on to that peer any more. */
  forget(peer: PeerId, via: PeerId): void {
    this.#byNeighbour.get(via)?.delete(peer);
  }

  /** The neighbour passes nothing on any more. */
  forgetNeighbour(via: PeerId): void {
    this.#byNeighbour.delete(via);
  }
}
