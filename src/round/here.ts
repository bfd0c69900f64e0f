/**
 * Who is here, and whom this peer wants a link to.
 *
 * In a full mesh the linked are here. Where links are partial, gossip says who is (`gossip/membership.ts`):
 * whoever is alive or suspect. Those of up to 15 sum as one cohort. As long as a larger room has no epoch,
 * its *founders* make one (`founding.ts`) and the others copy: the first 8 in the order of a hash, so that
 * everybody picks the same ones and no two cohorts that cannot see each other begin two histories.
 *
 * @module
 */
import { compareBytes, concat, utf8 } from '../bytes.ts';
import {
  FOUNDING_TURN_MS,
  LINK_OPEN_TIMEOUT_MS,
  MAX_COHORT,
  MAX_FOUNDERS,
  SETTLED_LINK_MS,
  STRANGER_MS,
} from '../config.ts';
import {
  memberOf,
  membersOf,
  membershipDeadlineOf,
  stepMembership,
  type MembershipEvent,
} from '../gossip/index.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { hashOfParameters, type RoundParameters } from '../secagg/index.ts';
import type { GridEffects, GridState } from './grid-state.ts';
import { differingField } from './roster.ts';

/** What the hellos of a peer say about it: others of the same status can sum with it. */
export function statusOf(suite: Suite, parameters: RoundParameters): Uint8Array {
  return hashOfParameters(suite, parameters).slice(0, STATUS_BYTES);
}

const STATUS_BYTES = 8;

/** Hands an event to the membership machine, where there is one. */
export function gossip(state: GridState, event: MembershipEvent, effects: GridEffects): void {
  if (state.membership === undefined) return;
  const [membership, asked] = stepMembership(state.membership, event);
  state.membership = membership;
  for (const effect of asked) if (effect.type !== 'changed') effects.push(effect);
  if (event.type !== 'heard' || asked.length > 0) noteMembers(state);
}

/** When the membership machine wants a `gossip-tick`, ms; Infinity where there is none. */
export function gossipDeadlineOf({ membership }: GridState): number {
  return membership === undefined ? Infinity : membershipDeadlineOf(membership);
}

/** Whether this peer can tell who is here, beside whom it is linked to. */
export function knowsRoom({ setting, membership }: GridState): boolean {
  return setting.isMesh || membership !== undefined;
}

/** Whether a member of the epoch is here. One that gossip never spoke of is, for a while. */
export function isHere(state: GridState, peer: PeerId, now: number): boolean {
  const { links, setting, membership, here, dividedAt } = state;
  if (peer === setting.signer.id || links.has(peer) || here.has(peer)) return true;
  if (membership === undefined) return false;
  return memberOf(membership, peer) === undefined && now < dividedAt + STRANGER_MS;
}

/** Others that have been here for a while, and sum the same, ascending. */
export function settledPeers(state: GridState, now: number): readonly PeerId[] {
  const { membership, alike } = state;
  const linked = linkedPeers(state, now);
  if (membership === undefined) return [...linked].sort(compareIds);
  const known = [...alike].filter((peer) => {
    const view = memberOf(membership, peer);
    return view?.state === 'alive' && now - view.since >= SETTLED_LINK_MS;
  });
  return [...new Set([...known, ...linked])].sort(compareIds);
}

/** Decides who founds, and opens the links that this peer lacks. Returns whether it may now sum with the whole room. */
export function lookAround(state: GridState, now: number, effects: GridEffects): boolean {
  if (state.membership === undefined) return true;
  state.founders = state.grid === undefined ? foundersOf(state, now) : [];
  const { founders, links, setting } = state;
  const { id } = setting.signer;
  const isOne = founders.includes(id);
  for (const peer of wantedPeers(state, now)) {
    if (peer === id || links.has(peer) || isGone(state, peer)) continue;
    // Of two founders one dials; the other does when nothing came of that.
    if (isOne && !state.dialled.has(peer) && compareIds(peer, id) < 0)
      noteDialled(state, peer, now);
    const at = (state.dialled.get(peer) ?? -Infinity) + LINK_OPEN_TIMEOUT_MS;
    if (now >= at) dial(state, peer, now, effects);
    state.wakeAt = Math.min(state.wakeAt, now >= at ? now + LINK_OPEN_TIMEOUT_MS : at);
  }
  if (state.here.size < MAX_COHORT) return true;
  const reached = founders.filter((peer) => peer === id || links.has(peer));
  return isOne && 2 * reached.length > founders.length;
}

/** Asks for a link. */
export function dial(state: GridState, peer: PeerId, now: number, effects: GridEffects): void {
  noteDialled(state, peer, now);
  effects.push({ type: 'dial', peer });
}

/** Keeps at hand what gossip says, as sets that stay the same while it says the same. */
function noteMembers(state: GridState): void {
  const members = membersOf(state.membership!);
  const own = state.membership!.status;
  const here = new Set(members.map(({ peer }) => peer));
  const alike = new Set(
    members.filter(({ status }) => compareBytes(status, own) === 0).map(({ peer }) => peer),
  );
  if (!isSameSet(here, state.here)) state.here = here;
  if (!isSameSet(alike, state.alike)) state.alike = alike;
}

/**
 * Of more than one cohort holds, the first `MAX_FOUNDERS` in the order of a hash. Nothing but a share in the
 * beacon comes of being one, so to grind an id for it gains nothing.
 */
function foundersOf(state: GridState, now: number): readonly PeerId[] {
  const { alike, setting } = state;
  const { suite, room, signer } = setting;
  if (alike.size < MAX_COHORT) {
    state.foundingSince = undefined;
    return [...alike, signer.id];
  }
  state.foundingSince ??= now;
  // Others have a try when those do not come to a sum: they may be linked to nobody, or want none.
  const turn = Math.floor((now - state.foundingSince) / FOUNDING_TURN_MS);
  const nextTurn = state.foundingSince + (turn + 1) * FOUNDING_TURN_MS;
  state.wakeAt = Math.min(state.wakeAt, nextTurn);
  if (state.founding?.alike === alike && state.founding.turn === turn) return state.founders;
  state.founding = { alike, turn };
  const number = new Uint8Array([turn & 0xff]);
  return [...alike, signer.id]
    .map((peer) => ({ peer, rank: suite.hash(concat(FOUNDER, room, number, publicKeyOf(peer))) }))
    .sort((a, b) => compareBytes(a.rank, b.rank))
    .slice(0, MAX_FOUNDERS)
    .map(({ peer }) => peer);
}

const FOUNDER = utf8('murmuration/1/founder');

/** Whom this peer sums with or hears of the room from. */
function wantedPeers(state: GridState, now: number): readonly PeerId[] {
  const { grid, line, contacts, founders, here, links, room, setting } = state;
  if (grid !== undefined) {
    if (line === undefined) return [];
    return [...grid.lines[grid.lineOf.get(setting.signer.id)!]!, ...contacts];
  }
  // A newcomer first hears what the room has got so far: it may have lines already.
  const settledAt = Math.min(...links.values()) + SETTLED_LINK_MS;
  if (now < settledAt) state.wakeAt = Math.min(state.wakeAt, settledAt);
  if (now < settledAt || room.fetching !== undefined) return [];
  // Else their record travels from one to the next.
  return here.size < MAX_COHORT || founders.includes(setting.signer.id) ? founders : [];
}

function isGone({ membership }: GridState, peer: PeerId): boolean {
  const held = membership && memberOf(membership, peer)?.state;
  return held === 'dead' || held === 'left';
}

function noteDialled(state: GridState, peer: PeerId, now: number): void {
  const dialled = [...state.dialled].filter(([, at]) => now < at + 2 * LINK_OPEN_TIMEOUT_MS);
  state.dialled = new Map(dialled).set(peer, now);
}

/** Linked peers that have been for a while, and sum the same. */
function linkedPeers(state: GridState, now: number): readonly PeerId[] {
  const { links, room } = state;
  return [...links.keys()].filter((peer) => {
    if (now - links.get(peer)! < SETTLED_LINK_MS) return false;
    const ready = room.links.get(peer)?.ready;
    if (ready === undefined) return state.grid?.lineOf.has(peer) === true;
    return differingField(room.setting.parameters, ready.parameters) === undefined;
  });
}

function isSameSet<Item>(a: ReadonlySet<Item>, b: ReadonlySet<Item>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
