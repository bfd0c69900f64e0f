/**
 * Who can be reached through whom: what the direct neighbours say about their own neighbours.
 *
 * @module
 */
import { concat } from '../bytes.ts';
import { compareBytes } from '../bytes.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** Direct neighbours, and whom each of them names. */
export class Neighbours {
  readonly #lists = new Map<PeerId, ReadonlySet<PeerId>>();

  /** The direct neighbours, ascending. */
  get direct(): readonly PeerId[] {
    return [...this.#lists.keys()].sort(compareIds);
  }

  isDirect(peer: PeerId): boolean {
    return this.#lists.has(peer);
  }

  /** A direct link opened. */
  add(peer: PeerId): void {
    this.#lists.set(peer, new Set());
  }

  /** A direct link is gone. */
  remove(peer: PeerId): void {
    this.#lists.delete(peer);
  }

  /** A direct neighbour says who its own are. */
  hear(peer: PeerId, named: readonly PeerId[]): void {
    if (this.#lists.has(peer)) this.#lists.set(peer, new Set(named));
  }

  /** Everybody whom a neighbour names, the direct ones included. */
  named(): ReadonlySet<PeerId> {
    const named = new Set<PeerId>();
    for (const list of this.#lists.values()) for (const peer of list) named.add(peer);
    return named;
  }

  /**
   * Neighbours through which a peer can be reached, in the order in which to ask them. A hash decides, so
   * that pairs spread over the neighbours and both ends of a pair come to the same order.
   */
  waysTo(suite: Suite, self: PeerId, peer: PeerId): readonly PeerId[] {
    const pair = concat(...[self, peer].sort(compareIds).map(publicKeyOf));
    return [...this.#lists]
      .filter(([, named]) => named.has(peer))
      .map(([via]) => ({ via, rank: suite.hash(concat(pair, publicKeyOf(via))) }))
      .sort((a, b) => compareBytes(a.rank, b.rank))
      .map(({ via }) => via);
  }
}
