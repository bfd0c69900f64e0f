/**
 * READY: what this peer says about itself, and what it noted of the others.
 *
 * It is sent when it changes and only then, so that a room at rest is silent.
 *
 * @module
 */
import { equalBytes } from '../bytes.ts';
import type { PeerId } from '../ids.ts';
import type { RoundParameters } from '../secagg/index.ts';
import { agreedRequests, type OpenRequest } from './leave-out.ts';
import { DEFAULT_SHARE } from './data-plane.ts';
import { foundedMembers } from './founding.ts';
import { encodeReady, type Ready } from './messages.ts';
import { includedCount } from './result.ts';
import { differingField, type Situation } from './roster.ts';
import { send, MAX_ATTEMPTS_AHEAD, type RoundState, type Effects } from './state.ts';

export function noteReady(state: RoundState, from: PeerId, ready: Ready, effects: Effects): void {
  const link = state.links.get(from);
  if (link === undefined) return;
  const before = link.ready && differenceOf(state, link.ready);
  const difference = differenceOf(state, ready);
  if (
    difference !== undefined &&
    (difference.field !== before?.field || difference.theirs !== before.theirs)
  ) {
    effects.push({ type: 'differs', peer: from, ...difference });
  }
  const attempt = Math.min(ready.attempt, state.attempt + MAX_ATTEMPTS_AHEAD);
  const neighbours = new Set(ready.links);
  state.links = new Map(state.links).set(from, {
    ...link,
    ready: { ...ready, attempt },
    neighbours,
  });
}

/** Says again who sums something else, after the own parameters changed. */
export function compareAll(state: RoundState, effects: Effects): void {
  for (const [peer, { ready }] of state.links) {
    const difference = ready && differenceOf(state, ready);
    if (difference !== undefined) effects.push({ type: 'differs', peer, ...difference });
  }
}

/** The first parameter that keeps this peer and another apart; nothing, while either wants no round. */
function differenceOf(
  state: RoundState,
  ready: Ready,
): { readonly field: string; readonly own: string; readonly theirs: string } | undefined {
  const { parameters } = state.setting;
  const field = differingField(parameters, ready.parameters);
  if (field === undefined || ready.call === 'off') return undefined;
  const textOf = (of: RoundParameters): string => String(of[field] ?? 'none');
  return { field, own: textOf(parameters), theirs: textOf(ready.parameters) };
}

/** Tells everybody what changed; that this peer is busy, only those who are not busy with it. */
export function announce(state: RoundState, effects: Effects): void {
  const ready = readyOf(state);
  const known = state.announced;
  if (known !== undefined && isSameReady(known, ready)) return;
  const isOnlyBusy =
    known !== undefined &&
    state.current !== undefined &&
    isSameReady(known, { ...ready, isBusy: false });
  const roster = isOnlyBusy ? state.current!.setting.proposal.roster : [];
  const to = [...state.links.keys()].filter((peer) => !roster.includes(peer));
  if (to.length > 0) send(effects, to, encodeReady(ready));
  state.announced = ready;
}

/** Says to a peer whose link was replaced what the others know already. */
export function repeat(state: RoundState, peer: PeerId, effects: Effects): void {
  if (state.announced !== undefined) send(effects, [peer], encodeReady(state.announced));
}

function isSameReady(a: Ready, b: Ready): boolean {
  return (
    a.round === b.round &&
    a.attempt === b.attempt &&
    a.included === b.included &&
    a.call === b.call &&
    a.isBusy === b.isBusy &&
    a.minPeers === b.minPeers &&
    a.trusts === b.trusts &&
    a.uplink === b.uplink &&
    a.parameters === b.parameters &&
    equalBytes(a.base, b.base) &&
    (a.links === b.links || a.links.length === b.links.length) &&
    a.links.every((peer, i) => peer === b.links[i])
  );
}

/** What choosing and judging look at; `change`: how the attempt in question would divide the room. */
export function situationOf(
  state: RoundState,
  isBusy = state.current !== undefined || state.isHeld,
  change = state.change,
): Situation {
  const { cohort } = state.setting;
  return {
    self: state.setting.signer.id,
    own: { ...readyOf(state), isBusy },
    links: state.links,
    blame: state.blame,
    attemptSerial: state.serial,
    leftOut: agreedNow(state).map(({ request }) => request.target),
    suite: state.setting.suite,
    cohort,
    founding: foundedMembers(cohort, state.epoch, change),
  };
}

export function standingOf(state: RoundState): {
  round: number;
  included: number;
  base: Uint8Array;
} {
  const included = state.result === undefined ? 0 : includedCount(state.result);
  return { round: state.round, included, base: state.base };
}

/** Requests to leave somebody out that are open or hold, with the votes for them. */
export function agreedNow(state: RoundState): readonly OpenRequest[] {
  const room = [...state.links.keys(), state.setting.signer.id];
  return agreedRequests(state.requests, state.round, room, state.setting.minPeers);
}

export function readyOf(state: RoundState): Ready {
  return {
    round: state.round,
    attempt: state.attempt,
    base: state.base,
    included: standingOf(state).included,
    parameters: state.setting.parameters,
    call: state.call,
    isBusy: state.current !== undefined || state.isHeld,
    minPeers: state.setting.minPeers,
    trusts: state.trusts,
    uplink: state.setting.uplink ?? DEFAULT_SHARE,
    links: namesOf(state.links),
  };
}

/** Most links that a READY names. */
const MAX_NAMED = 64;

const names = new WeakMap<RoundState['links'], readonly PeerId[]>();

/** The ids of links, ascending; remembered, since every step compares READY with the one before. */
function namesOf(links: RoundState['links']): readonly PeerId[] {
  let sorted = names.get(links);
  if (sorted === undefined) {
    sorted = [...links.keys()].sort().slice(0, MAX_NAMED);
    names.set(links, sorted);
  }
  return sorted;
}
