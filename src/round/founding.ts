/**
 * Founding: how a room that one cohort cannot hold gets its first lines.
 *
 * A record of members needs a certificate, which comes of an attempt, which holds at most 15. So that the
 * first sum includes everybody rather than those 15, the attempt that divides a room of one cohort sums
 * nothing: its members give zeros, keep their updates, and the next round is one of lines. It moves no
 * model, and nobody is told of it as a result.
 *
 * The first round of a room also waits a moment, and never longer: for links to be old enough to
 * count, and, where gossip says who is here, for those it names to be linked to each other.
 *
 * @module
 */
import { FOUNDING_WAIT_MS, MAX_COHORT, MIN_LINE, SETTLED_LINK_MS } from '../config.ts';
import { memberOf, type Epoch } from '../gossip/index.ts';
import type { PeerId } from '../ids.ts';
import {
  contributionWords,
  type EpochChange,
  type Proposal,
  type RoundParameters,
} from '../secagg/index.ts';
import type { Cohort } from './cohort.ts';
import { readDetail } from './detail.ts';
import type { GridState } from './grid-state.ts';
import type { RoundResult } from './result.ts';
import { differingField } from './roster.ts';

/** Members of the epoch that an attempt with this change founds; undefined for one that sums. */
export function foundedMembers(
  cohort: Cohort | undefined,
  epoch: Epoch | undefined,
  change: EpochChange | undefined,
): number | undefined {
  if (cohort !== undefined || change === undefined) return undefined;
  return (epoch?.members.length ?? 0) + change.joining.length - change.leaving.length;
}

/** Whether an attempt of a cohort sums nothing. */
export function isFounding(cohort: Cohort | undefined, { change }: Proposal): boolean {
  return cohort === undefined && change !== undefined;
}

/** What a member gives to an attempt that sums nothing: zeros, of the smallest weight there is. */
export function nothingFor(proposal: Proposal): Uint32Array {
  const words = new Uint32Array(contributionWords(proposal));
  if (proposal.parameters.weightCap > 0) words[words.length - 1] = 1;
  return words;
}

/** Whether a result of a whole room divided it, and holds nobody's update. */
export function hasFounded({ within, detail }: RoundResult): boolean {
  return within === undefined && readDetail(detail).epoch !== undefined;
}

/**
 * The smallest sum that a peer takes part in, inside its line: lines are smaller than some rooms ask for, so
 * there the whole room is counted before a line begins. Noise counts on as many in each sum as it says.
 */
export function leastInLine(minPeers: number, { noise }: RoundParameters): number {
  return noise === 'off' ? Math.min(minPeers, MIN_LINE) : minPeers;
}

/** Whether a room without lines had better wait before it sums: see the header. Notes when to look again. */
export function waitsToFound(state: GridState, now: number): boolean {
  const { grid, room, call } = state;
  if (grid !== undefined || call === 'off' || room.current !== undefined) return false;
  const others = othersAlike(state);
  const freshest = Math.max(-Infinity, ...others.map(({ since }) => since));
  const settledAt = freshest + SETTLED_LINK_MS;
  if (others.length >= MAX_COHORT && room.change === undefined && now < settledAt) {
    state.wakeAt = Math.min(state.wakeAt, settledAt);
    return true;
  }
  if (state.membership === undefined || room.result !== undefined) return false;
  if (others.length === 0) {
    state.awaitingSince = undefined;
    return true;
  }
  state.awaitingSince ??= now;
  const until = state.awaitingSince + FOUNDING_WAIT_MS;
  if (now >= until) return false;
  const isQuiet = now >= settledAt;
  if (
    isQuiet &&
    areMet(state, others.length < MAX_COHORT ? others.map(({ peer }) => peer) : state.founders)
  )
    return false;
  state.wakeAt = Math.min(state.wakeAt, isQuiet ? until : Math.min(settledAt, until));
  return true;
}

/** Others that sum the same, by links or gossip, and since when this peer knows of them, ms. */
function othersAlike({
  membership,
  alike,
  links,
  room,
}: GridState): readonly { readonly peer: PeerId; readonly since: number }[] {
  const linked = [...links].flatMap(([peer, since]) => {
    const ready = room.links.get(peer)?.ready;
    const isAlike =
      ready !== undefined &&
      differingField(room.setting.parameters, ready.parameters) === undefined;
    return isAlike ? [{ peer, since }] : [];
  });
  if (membership === undefined) return linked;
  const told = [...alike].flatMap((peer) => {
    const view = memberOf(membership, peer);
    return view?.state === 'alive' ? [{ peer, since: view.since }] : [];
  });
  return [...told, ...linked.filter(({ peer }) => !alike.has(peer))];
}

/** Whether this peer is linked to all of these, and each of them says the same. */
function areMet({ room, setting }: GridState, peers: readonly PeerId[]): boolean {
  const others = peers.filter((peer) => peer !== setting.signer.id);
  return others.every((peer) => {
    const neighbours = room.links.get(peer)?.neighbours;
    return (
      neighbours !== undefined && others.every((other) => other === peer || neighbours.has(other))
    );
  });
}
