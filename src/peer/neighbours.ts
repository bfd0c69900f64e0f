/**
 * Who can be reached through whom: what the direct neighbours say about their own neighbours.
 *
 * @module
 */
import { compareBytes, concat } from '../bytes.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** A way to a peer: the neighbour that is asked, and how many peers that makes in between. */
export interface Route {
  readonly via: PeerId;
  readonly between: 1 | 2;
}

/** Direct neighbours, and whom each of them names: as direct, or as linked through one other peer. */
export class Neighbours {
  readonly #lists = new Map<PeerId, ReadonlyMap<PeerId, Route['between']>>();

  /** The direct neighbours, ascending. */
  get direct(): readonly PeerId[] {
    return [...this.#lists.keys()].sort(compareIds);
  }

  /** A direct link opened. */
  add(peer: PeerId): void {
    this.#lists.set(peer, new Map());
  }

  /** A direct link is gone. */
  remove(peer: PeerId): void {
    this.#lists.delete(peer);
  }

  /** A direct neighbour says whom it is linked to. */
  hear(peer: PeerId, direct: readonly PeerId[], relayed: readonly PeerId[]): void {
    if (!this.#lists.has(peer)) return;
    const list = new Map<PeerId, Route['between']>();
    for (const other of relayed) list.set(other, 2);
    for (const other of direct) list.set(other, 1);
    this.#lists.set(peer, list);
  }

  /** Everybody whom a neighbour names, the direct ones included. */
  named(): ReadonlySet<PeerId> {
    const named = new Set<PeerId>();
    for (const list of this.#lists.values()) for (const peer of list.keys()) named.add(peer);
    return named;
  }

  /**
   * Ways to a peer in the order in which to try them: short ones first, among those a hash decides, so
   * that pairs spread over the neighbours.
   */
  routesTo(suite: Suite, self: PeerId, peer: PeerId): readonly Route[] {
    const pair = concat(...[self, peer].sort(compareIds).map(publicKeyOf));
    return [...this.#lists]
      .flatMap(([via, list]) => {
        const between = list.get(peer);
        const rank = suite.hash(concat(pair, publicKeyOf(via)));
        return between === undefined ? [] : [{ via, between, rank }];
      })
      .sort((a, b) => a.between - b.between || compareBytes(a.rank, b.rank));
  }
}
