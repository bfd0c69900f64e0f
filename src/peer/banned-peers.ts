/**
 * Peers that get no further link: they broke the protocol, or must not be fought for. The oldest is forgotten first.
 *
 * @module
 */
import { MAX_BANNED } from '../config.ts';
import type { PeerId } from '../ids.ts';

/** At most `MAX_BANNED`. */
export class BannedPeers {
  readonly #peers = new Set<PeerId>();

  has(peer: PeerId): boolean {
    return this.#peers.has(peer);
  }

  add(peer: PeerId): void {
    if (this.#peers.size >= MAX_BANNED) {
      const oldest = this.#peers.values().next();
      if (!oldest.done) this.#peers.delete(oldest.value);
    }
    this.#peers.add(peer);
  }
}
