/**
 * Who is in a room too large for everybody to be linked to everybody: membership by gossip.
 *
 * Each peer signs a hello; hellos and suspicions spread as rumours over the links that there are, and
 * views are compared with one neighbour at a time, so that all views become the same. Peers watch a
 * few others; whoever does not answer is suspected, signed, and has some periods to refute.
 *
 * What holds whatever messages come:
 * 1. A member is held dead only after it was suspect for `suspicionMs` without a newer hello, by this
 *    peer's own clock. One that is linked and is heard from is alive.
 * 2. The newest hello of a member wins: its incarnation never goes down while the member is remembered.
 * 3. Whatever is kept is signed by whom it speaks for, in this room.
 * 4. There are at most `MAX_KNOWN_PEERS` members, `MAX_RUMOURS` rumours, `MAX_LINKS` links, a probe for
 *    each of them, `MAX_ERRANDS` errands, `INDEPENDENT_SUSPICIONS` suspicions of a member; no message
 *    is above `MAX_CONTROL_BYTES`; what a link brings beyond `STATEMENTS_PER_PERIOD` is not looked at.
 *
 * A peer without links learns nothing: its view stays as it was.
 *
 * Das, Gupta, Motivala: SWIM, DSN 2002. Demers et al.: Epidemic Algorithms for Replicated Database
 * Maintenance, PODC 1987. Dadgar, Phillips, Currey: Lifeguard, 2018.
 *
 * @module
 */
import {
  ANSWERS_PER_PERIOD,
  MAX_LINKS,
  MAX_STATUS_BYTES,
  MEMBERSHIP_PERIOD_MS,
  STATEMENTS_PER_PERIOD,
} from '../config.ts';
import type { PeerId } from '../ids.ts';
import { unreachable, type Step } from '../machine.ts';
import { fullAllowance, takeInPlace } from './allowance.ts';
import {
  buryOverdue,
  hearHello,
  hearPeer,
  hearSuspicion,
  losePeer,
  renewHello,
  sayGoodbye,
  scheduleHello,
  type Hearing,
} from './believing.ts';
import {
  answerListing,
  answerSums,
  answerWants,
  compare,
  continueComparing,
  mayAnswer,
} from './comparing.ts';
import { signHello } from './hello.ts';
import {
  send,
  type Member,
  type MemberState,
  type MembershipEffect,
  type MembershipSetting,
  type MembershipState,
  type Turn,
} from './membership-state.ts';
import {
  encodeHello,
  encodeRumours,
  MAX_GROUPS,
  type GossipMessage,
  type Rumours,
} from './messages.ts';
import { moveOverdue, probeNext, probesAt, receiveProbe } from './probing.ts';
import { RandomWords } from './random-words.ts';
import { tell } from './telling.ts';

/** Random words that a `tick` brings. */
export const TICK_WORDS = 64;

/** A hello with news of links or status goes out at most once in so many periods. */
const NEWS_PERIODS = 2;

/** What reaches a peer. `now` is in ms on a clock that only grows. */
export type MembershipEvent = { readonly now: number } & (
  | { readonly type: 'linked'; readonly peer: PeerId }
  | { readonly type: 'unlinked'; readonly peer: PeerId }
  | { readonly type: 'received'; readonly from: PeerId; readonly message: GossipMessage }
  /** Something else came from a linked peer: it is there. */
  | { readonly type: 'heard'; readonly peer: PeerId }
  /** Whom to probe from now on, at most `MAX_LINKS`; undefined: the linked. */
  | { readonly type: 'watch'; readonly peers: readonly PeerId[] | undefined }
  /** What the others are to know of this peer, at most `MAX_STATUS_BYTES`. */
  | { readonly type: 'status'; readonly status: Uint8Array }
  /** This peer goes, and says so. */
  | { readonly type: 'leave' }
  /** The deadline has come. `random`: `TICK_WORDS` fresh random words. */
  | { readonly type: 'tick'; readonly random: Uint32Array }
);

/** Another peer, as this one sees it. */
export interface MemberView {
  readonly peer: PeerId;
  readonly state: MemberState;
  /** Since when it is in that state, ms. */
  readonly since: number;
  readonly incarnation: number;
  readonly status: Uint8Array;
}

/** The state of a peer that has no links yet and knows nobody. */
export function createMembership(setting: MembershipSetting, now: number): MembershipState {
  const { suite, signer, room, incarnation, status } = setting;
  checkStatus(status);
  const content = { room, incarnation, isLeaving: false, links: [], status };
  return {
    setting,
    own: signHello(suite, signer, content),
    ownAt: -Infinity,
    status,
    isLeaving: false,
    helloAt: Infinity,
    members: new Map(),
    byTag: new Map(),
    suspects: new Set(),
    gone: new Set(),
    links: new Map(),
    watched: undefined,
    probes: new Map(),
    errands: new Map(),
    rumours: new Map(),
    sums: new Uint32Array(2 * MAX_GROUPS),
    listed: 0,
    source: undefined,
    heardAt: now,
    periodAt: now + MEMBERSHIP_PERIOD_MS,
  };
}

/** One step of a peer. */
export function stepMembership(
  state: MembershipState,
  event: MembershipEvent,
): Step<MembershipState, MembershipEffect> {
  const turn: Turn = { state, now: event.now, effects: [] };
  if (!state.isLeaving) step(turn, event);
  return [state, turn.effects];
}

/** When the machine wants a `tick`, ms. */
export function deadlineOf(state: MembershipState): number {
  if (state.isLeaving) return Infinity;
  return Math.min(state.periodAt, state.helloAt, probesAt(state));
}

/** An independent copy. */
export function cloneMembership(state: MembershipState): MembershipState {
  return {
    ...state,
    members: copyOf(state.members, (member) => ({
      ...member,
      hellosLeft: { ...member.hellosLeft },
      suspicionsLeft: { ...member.suspicionsLeft },
    })),
    byTag: new Map(state.byTag),
    suspects: new Set(state.suspects),
    gone: new Set(state.gone),
    links: copyOf(state.links, (link) => ({
      ...link,
      statementsLeft: { ...link.statementsLeft },
      answersLeft: { ...link.answersLeft },
    })),
    probes: new Map(state.probes),
    errands: new Map(state.errands),
    rumours: copyOf(state.rumours, (rumour) => ({ ...rumour })),
    sums: state.sums.slice(),
  };
}

/** Everybody else who is alive or suspect, in no order. */
export function membersOf(state: MembershipState): readonly MemberView[] {
  return [...state.members.values()].filter(isThere).map(viewOf);
}

/** What is known of a peer, also when it is dead or has left. */
export function memberOf(state: MembershipState, peer: PeerId): MemberView | undefined {
  const member = state.members.get(peer);
  return member && viewOf(member);
}

function step(turn: Turn, event: MembershipEvent): void {
  const { state, now } = turn;
  switch (event.type) {
    case 'linked':
      return link(turn, event.peer);
    case 'unlinked':
      if (!state.links.has(event.peer)) return;
      losePeer(turn, event.peer);
      return scheduleNews(state, now);
    case 'received':
      return receive(turn, event.from, event.message);
    case 'heard':
      return hearPeer(turn, event.peer);
    case 'watch':
      state.watched = event.peers?.slice(0, MAX_LINKS);
      return;
    case 'status':
      checkStatus(event.status);
      state.status = event.status.slice();
      return scheduleNews(state, now);
    case 'leave':
      return sayGoodbye(turn);
    case 'tick':
      return tick(turn, new RandomWords(event.random));
    default:
      unreachable(event);
  }
}

function link(turn: Turn, peer: PeerId): void {
  const { state, now } = turn;
  if (state.links.size >= MAX_LINKS && !state.links.has(peer)) return;
  state.links.set(peer, {
    since: now,
    heardAt: now,
    statementsLeft: fullAllowance(STATEMENTS_PER_PERIOD, now),
    answersLeft: fullAllowance(ANSWERS_PER_PERIOD, now),
  });
  // The first hello that anybody sees names a neighbour already.
  if (state.ownAt === -Infinity) renewHello(turn);
  send(turn, [peer], encodeHello(state.own));
  compare(turn, peer);
  hearPeer(turn, peer);
  scheduleNews(state, now);
}

function receive(turn: Turn, from: PeerId, message: GossipMessage): void {
  const { state, now } = turn;
  const link = state.links.get(from);
  if (link === undefined) return;
  hearPeer(turn, from);
  const cost = costOf(message);
  const size = STATEMENTS_PER_PERIOD;
  if (!takeInPlace(link.statementsLeft, cost, now, size, MEMBERSHIP_PERIOD_MS)) return;
  switch (message.type) {
    case 'hello':
      hearHello(turn, from, message.hello);
      return;
    case 'rumours':
      return receiveRumours(turn, from, message.rumours);
    case 'probe':
      return receiveProbe(turn, from, message.probe);
    default:
      unreachable(message);
  }
}

function receiveRumours(turn: Turn, from: PeerId, rumours: Rumours): void {
  const { state } = turn;
  const { hellos, suspicions, sums, listing, wants, hasMore } = rumours;
  const heard: Hearing[] = hellos.map((hello) => hearHello(turn, from, hello));
  const refuted = new Set<Uint8Array>();
  for (const suspicion of suspicions) {
    const hearing = hearSuspicion(turn, from, suspicion);
    heard.push(hearing);
    if (hearing !== 'outdated') continue;
    const known = state.members.get(suspicion.suspect)?.hello ?? state.own;
    refuted.add(known.bytes);
  }
  if (refuted.size > 0 && mayAnswer(turn, from)) {
    send(turn, [from], encodeRumours({ hellos: [...refuted].slice(0, MAX_REFUTED) }));
  }
  if (sums !== undefined) answerSums(turn, from, sums);
  if (listing !== undefined) answerListing(turn, from, listing, hasMore);
  else if (wants.length > 0) answerWants(turn, from, wants, hasMore);
  else if (hellos.length > 0) continueComparing(turn, from, hasMore && heard.includes('news'));
}

/** Refutations in one answer. */
const MAX_REFUTED = 16;

function tick(turn: Turn, random: RandomWords): void {
  const { state, now } = turn;
  const lateMs = now - state.periodAt;
  if (lateMs > MEMBERSHIP_PERIOD_MS) forgiveSilence(turn, lateMs);
  moveOverdue(turn, random);
  if (state.helloAt <= now) renewHello(turn);
  if (state.periodAt > now) return;
  state.periodAt = now + MEMBERSHIP_PERIOD_MS;
  buryOverdue(turn);
  tell(turn, random);
  const [partner] = random.some([...state.links.keys()], 1);
  if (partner !== undefined) compare(turn, partner);
  probeNext(turn, random);
}

/** This peer was stopped for a while: that nobody answered meanwhile says nothing about them. */
function forgiveSilence({ state }: Turn, lateMs: number): void {
  state.probes.clear();
  for (const peer of state.suspects) state.members.get(peer)!.since += lateMs;
}

function scheduleNews(state: MembershipState, now: number): void {
  const soon = now + MEMBERSHIP_PERIOD_MS / 4;
  scheduleHello(state, Math.max(soon, state.ownAt + NEWS_PERIODS * MEMBERSHIP_PERIOD_MS));
}

/** What a message uses up: signatures to check, entries to look up. */
function costOf(message: GossipMessage): number {
  if (message.type !== 'rumours') return 1;
  const { hellos, suspicions, wants, listing } = message.rumours;
  return 1 + hellos.length + suspicions.length + wants.length + (listing?.entries.length ?? 0) / 16;
}

function checkStatus(status: Uint8Array): void {
  if (status.length <= MAX_STATUS_BYTES) return;
  throw new RangeError(`status is ${status.length} bytes: give at most ${MAX_STATUS_BYTES}.`);
}

function isThere({ state }: Member): boolean {
  return state === 'alive' || state === 'suspect';
}

function viewOf({ hello, state, since }: Member): MemberView {
  const { peer, incarnation, status } = hello;
  return { peer, state, since, incarnation, status };
}

function copyOf<Key, Value>(map: ReadonlyMap<Key, Value>, copy: (value: Value) => Value) {
  return new Map([...map].map(([key, value]) => [key, copy(value)] as const));
}
