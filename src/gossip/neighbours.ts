/**
 * Who is linked with whom, as far as hellos tell: a pair counts only when both name each other, so
 * that nobody becomes a neighbour by its own word.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import { names, neighbourTags } from './hello.ts';
import type { MembershipState } from './membership-state.ts';

/** Whether two peers are linked: this peer's own links, or both hellos. */
export function areNeighbours(state: MembershipState, a: PeerId, b: PeerId): boolean {
  const { id } = state.setting.signer;
  if (a === id) return state.links.has(b);
  if (b === id) return state.links.has(a);
  const [first, second] = [state.members.get(a), state.members.get(b)];
  return (
    first !== undefined && second !== undefined && names(first.hello, b) && names(second.hello, a)
  );
}

/** The living that a peer is linked to, this peer among them; suspects count as living. */
export function neighboursOf(state: MembershipState, peer: PeerId): readonly PeerId[] {
  const { id } = state.setting.signer;
  if (peer === id) return [...state.links.keys()];
  const member = state.members.get(peer);
  if (member === undefined) return [];
  const found = neighbourTags(member.hello).flatMap((tag) => {
    const other = state.byTag.get(tag);
    const isThere = other !== undefined && !state.gone.has(other);
    return isThere && areNeighbours(state, peer, other) ? [other] : [];
  });
  return state.links.has(peer) ? [...found, id] : found;
}

/** The living that are linked to both. */
export function commonNeighbours(state: MembershipState, a: PeerId, b: PeerId): readonly PeerId[] {
  const ofA = new Set(neighboursOf(state, a));
  return neighboursOf(state, b).filter((peer) => peer !== a && peer !== b && ofA.has(peer));
}
