/**
 * What a peer knows of its room, and the few places that change it: members come in, turn suspect,
 * die or leave, and are forgotten.
 *
 * @module
 */
import { fromBase64url } from '../bytes.ts';
import {
  INDEPENDENT_SUSPICIONS,
  MAX_LINKS,
  MAX_KNOWN_PEERS,
  MAX_RUMOURS,
  MEMBERSHIP_PERIOD_MS,
  SUSPICION_PERIODS,
} from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { fullAllowance, type Allowance } from './allowance.ts';
import { markOf, tagOf, type Hello, type Tag } from './hello.ts';
import { NONCE_BYTES } from './messages.ts';
import type { Signer } from './signed.ts';
import type { Suspicion } from './suspicion.ts';

/** What a peer holds another for. */
export type MemberState = 'alive' | 'suspect' | 'dead' | 'left';

/** Who this peer is, and where. */
export interface MembershipSetting {
  readonly suite: Suite;
  readonly signer: Signer;
  /** SHA-256 of what names the room, 32 bytes. */
  readonly room: Uint8Array;
  /** Above those of all earlier lives of this identity; milliseconds since 1970 are. */
  readonly incarnation: number;
  /** For the others, at most `MAX_STATUS_BYTES`. */
  readonly status: Uint8Array;
}

/** Another peer of the room. */
export interface Member {
  hello: Hello;
  /** Which of `MAX_GROUPS` groups it is in: the first byte of its key. */
  readonly group: number;
  /** When this hello came, ms. */
  helloAt: number;
  state: MemberState;
  /** Since when it is held for that, ms. */
  since: number;
  /** Who suspects it as of this hello; at most `INDEPENDENT_SUSPICIONS`. */
  suspicions: ReadonlyMap<PeerId, Suspicion>;
  /** When this peer tried last whether it is there, ms. */
  probedAt: number;
  /** Hellos of it that may still come, and suspicions by it. */
  readonly hellosLeft: Allowance;
  readonly suspicionsLeft: Allowance;
}

/** A direct link. */
export interface LinkState {
  readonly since: number;
  /** When anything came over it last, ms. */
  heardAt: number;
  /** Statements that are still looked at, and answers still given. */
  readonly statementsLeft: Allowance;
  readonly answersLeft: Allowance;
}

/** News on its way. */
export interface Rumour {
  readonly bytes: Uint8Array;
  readonly kind: 'hello' | 'suspicion';
  /** How often it was told, or heard again. */
  told: number;
  /** Who knows it already, for one. */
  from: PeerId | undefined;
}

/** An attempt to find out whether a peer is there. */
export interface ProbeState {
  readonly nonce: Uint8Array;
  /** `waiting`: for the next tick, to begin; then its own answer is awaited, then that of helpers. */
  readonly stage: 'waiting' | 'direct' | 'indirect';
  readonly startedAt: number;
  readonly until: number;
}

/** A peer that this one is to reach for another. */
export interface Errand {
  readonly asker: PeerId;
  readonly peer: PeerId;
  readonly until: number;
}

/** What a membership machine knows. Its maps are changed in place. */
export interface MembershipState {
  readonly setting: MembershipSetting;
  /** The newest hello of this peer. */
  own: Hello;
  ownAt: number;
  status: Uint8Array;
  isLeaving: boolean;
  /** When the next hello goes out, ms; Infinity while nothing changed. */
  helloAt: number;
  /** Everybody else, in the order in which they became known. */
  readonly members: Map<PeerId, Member>;
  readonly byTag: Map<Tag, PeerId>;
  readonly suspects: Set<PeerId>;
  /** Dead and left, the oldest first. */
  readonly gone: Set<PeerId>;
  readonly links: Map<PeerId, LinkState>;
  /** Whom to probe; undefined: the linked. */
  watched: readonly PeerId[] | undefined;
  readonly probes: Map<PeerId, ProbeState>;
  /** By nonce, in base64url. */
  readonly errands: Map<string, Errand>;
  readonly rumours: Map<string, Rumour>;
  /** XOR of the marks of members that are there, shape [2 x MAX_GROUPS]. */
  readonly sums: Uint32Array;
  /** Comparisons answered so far: where the next list begins. */
  listed: number;
  /** From whom hellos were asked for, and until when nobody else is, ms. */
  source: { readonly peer: PeerId; readonly until: number } | undefined;
  /** When anything was heard from anybody, ms. */
  heardAt: number;
  /** When the next period begins, ms. */
  periodAt: number;
}

/** What the machine asks for. */
export type MembershipEffect =
  /** To linked peers only. */
  | { readonly type: 'send'; readonly to: readonly PeerId[]; readonly message: Uint8Array }
  /** A member is held for something else than before, or is new. */
  | { readonly type: 'changed'; readonly peer: PeerId; readonly state: MemberState }
  /** The linked peer sent what no honest one would: close the link. */
  | { readonly type: 'violation'; readonly peer: PeerId; readonly evidence: string };

/** One step under way. */
export interface Turn {
  readonly state: MembershipState;
  readonly now: number;
  readonly effects: MembershipEffect[];
}

/** Probes under way: one for each link, and for each link that was lost. */
export const MAX_PROBES = 2 * MAX_LINKS;

const NOBODY: ReadonlyMap<PeerId, Suspicion> = new Map();

/** Hellos of one member that are believed in a row, then one a period. */
const HELLO_BURST = 4;

/** Suspicions of one member that are believed in a row, then `SUSPICIONS_BACK` a period. */
const SUSPICION_BURST = 16;
const SUSPICIONS_BACK = 2;

/** How the allowances of a member fill. */
export const MEMBER_LIMITS = {
  hellos: { size: HELLO_BURST, refillMs: HELLO_BURST * MEMBERSHIP_PERIOD_MS },
  suspicions: {
    size: SUSPICION_BURST,
    refillMs: (SUSPICION_BURST / SUSPICIONS_BACK) * MEMBERSHIP_PERIOD_MS,
  },
} as const;

/** How many there are, this peer included: suspects count. */
export function countOf(state: MembershipState): number {
  return state.members.size - state.gone.size + 1;
}

/** Periods in which news that each tells to three reaches everybody: log4 of the number of peers. */
export function spreadPeriods(state: MembershipState): number {
  return Math.ceil(Math.log2(countOf(state) + 1) / 2);
}

/**
 * How long a suspect has to refute, ms: twice as long when one alone suspects it as when
 * `INDEPENDENT_SUSPICIONS` do.
 *
 * Dadgar, Phillips, Currey: Lifeguard, 2018, section IV-B.
 */
export function suspicionMs(state: MembershipState, signers: number): number {
  const share = Math.log(Math.max(signers, 1)) / Math.log(INDEPENDENT_SUSPICIONS);
  return shortestSuspicionMs(state) * (2 - Math.min(share, 1));
}

/** How long a suspect has when many suspect it, ms: news there, news back, and a margin. */
export function shortestSuspicionMs(state: MembershipState): number {
  return (SUSPICION_PERIODS + spreadPeriods(state)) * MEMBERSHIP_PERIOD_MS;
}

/** Which of `MAX_GROUPS` groups a peer is in: the first byte of its key. */
export function groupOf(peer: PeerId): number {
  return fromBase64url(peer.slice(0, 4))[0]!;
}

/** Lets a peer in that nothing was known of. False when the room is full of the living. */
export function admit({ state, now }: Turn, hello: Hello): boolean {
  if (state.members.size >= MAX_KNOWN_PEERS) {
    const [oldest] = state.gone;
    if (oldest === undefined) return false;
    forget(state, oldest);
  }
  state.members.set(hello.peer, {
    hello,
    group: groupOf(hello.peer),
    helloAt: now,
    state: 'left', // Until the hello is adopted, it does not count.
    since: now,
    suspicions: NOBODY,
    probedAt: 0,
    hellosLeft: fullAllowance(MEMBER_LIMITS.hellos.size, now),
    suspicionsLeft: fullAllowance(MEMBER_LIMITS.suspicions.size, now),
  });
  state.byTag.set(tagOf(hello.peer), hello.peer);
  state.gone.add(hello.peer);
  return true;
}

/** Takes a newer hello of a member for the truth: doubts of the older one are void. */
export function adopt(turn: Turn, member: Member, hello: Hello): void {
  const { state, now } = turn;
  toggleMark(state, member);
  for (const by of member.suspicions.keys()) state.rumours.delete(suspicionKey(hello.peer, by));
  member.suspicions = NOBODY;
  member.hello = hello;
  member.helloAt = now;
  toggleMark(state, member);
  setState(turn, member, hello.isLeaving ? 'left' : 'alive');
}

/** Notes that somebody suspects a member as of its hello. */
export function noteSuspicion({ state }: Turn, member: Member, suspicion: Suspicion): void {
  toggleMark(state, member);
  member.suspicions = new Map(member.suspicions).set(suspicion.by, suspicion);
  toggleMark(state, member);
}

/** Holds a member for something; tells when that is new. */
export function setState(turn: Turn, member: Member, next: MemberState): void {
  const { state, now, effects } = turn;
  const { peer } = member.hello;
  const hasChanged = member.state !== next;
  toggleMark(state, member);
  if (hasChanged) member.since = now;
  member.state = next;
  toggleMark(state, member);
  state.suspects.delete(peer);
  if (next === 'suspect') state.suspects.add(peer);
  if (next === 'alive' || next === 'suspect') state.gone.delete(peer);
  else {
    state.gone.add(peer);
    state.probes.delete(peer);
  }
  if (hasChanged) effects.push({ type: 'changed', peer, state: next });
}

/** Puts news into the buffer, in place of older news of that name; what was told most gives way. */
export function spread(state: MembershipState, key: string, rumour: Omit<Rumour, 'told'>): void {
  state.rumours.delete(key);
  state.rumours.set(key, { ...rumour, told: 0 });
  if (state.rumours.size <= MAX_RUMOURS) return;
  let [oldest, most] = ['', -1];
  for (const [other, { told }] of state.rumours) if (told > most) [oldest, most] = [other, told];
  state.rumours.delete(oldest);
}

/** Finds out whether a peer is there, from the next tick on. */
export function probeSoon({ state, now }: Turn, peer: PeerId): void {
  if (state.probes.has(peer) || state.probes.size >= MAX_PROBES) return;
  const nonce = new Uint8Array(NONCE_BYTES);
  state.probes.set(peer, { nonce, stage: 'waiting', startedAt: now, until: now });
}

/** Name of the rumour of a hello: a newer one takes its place. */
export function helloKey(peer: PeerId): string {
  return `hello ${peer}`;
}

/** Name of the rumour of a suspicion. */
export function suspicionKey(suspect: PeerId, by: PeerId): string {
  return `suspicion ${suspect} ${by}`;
}

/** Sends a message to linked peers. */
export function send(turn: Turn, to: readonly PeerId[], message: Uint8Array): void {
  if (to.length > 0) turn.effects.push({ type: 'send', to, message });
}

/** Reports a linked peer that sent what no honest one would. */
export function violate(turn: Turn, peer: PeerId, evidence: string): void {
  turn.effects.push({ type: 'violation', peer, evidence });
}

/** Adds or takes away what a member adds to the sums: the same, since XOR undoes itself. */
function toggleMark(state: MembershipState, member: Member): void {
  if (member.state === 'dead' || member.state === 'left') return;
  const [high, low] = markOf(member.hello);
  const at = 2 * member.group;
  state.sums[at] = (state.sums[at]! ^ high) >>> 0;
  // A suspected member sums up to something else, so that its doubts are compared too.
  const flag = member.suspicions.size > 0 ? 0xffffffff : 0;
  state.sums[at + 1] = (state.sums[at + 1]! ^ low ^ flag) >>> 0;
}

function forget(state: MembershipState, peer: PeerId): void {
  const member = state.members.get(peer);
  if (member === undefined) return;
  state.members.delete(peer);
  state.byTag.delete(tagOf(peer));
  state.gone.delete(peer);
  state.probes.delete(peer);
  state.rumours.delete(helloKey(peer));
  for (const by of member.suspicions.keys()) state.rumours.delete(suspicionKey(peer, by));
}
