/**
 * What statements change: a newer hello replaces an older one, a suspicion makes its peer suspect,
 * and time without an answer kills.
 *
 * Nothing counts that is not signed by whom it speaks for, in this room, and newer than what is
 * known. A refutation always wins. A peer that is linked and talks is alive, whatever others say:
 * it is only told what they say, so that it can refute.
 *
 * @module
 */
import { compareBytes, equalBytes } from '../bytes.ts';
import { INDEPENDENT_SUSPICIONS, MEMBERSHIP_PERIOD_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { takeInPlace } from './allowance.ts';
import { checkOf, isHelloGenuine, MAX_INCARNATION, signHello, type Hello } from './hello.ts';
import {
  admit,
  adopt,
  helloKey,
  MEMBER_LIMITS,
  noteSuspicion,
  probeSoon,
  send,
  setState,
  spread,
  suspicionKey,
  suspicionMs,
  violate,
  type Member,
  type MembershipState,
  type Turn,
} from './membership-state.ts';
import { encodeHello, encodeRumours } from './messages.ts';
import { isSuspicionGenuine, signSuspicion, type Suspicion } from './suspicion.ts';

/** What became of a statement. */
export type Hearing = 'news' | 'known' | 'outdated' | 'ignored';

/** Hears a hello from a linked peer. */
export function hearHello(turn: Turn, from: PeerId, hello: Hello): Hearing {
  const { state, now } = turn;
  const { suite, signer, room } = state.setting;
  if (!equalBytes(hello.room, room)) return refuse(turn, from, 'a hello is of another room');
  if (hello.peer === signer.id) return hearOwn(turn, from, hello);
  const member = state.members.get(hello.peer);
  if (member !== undefined) {
    const order = compareHellos(hello, member.hello);
    if (order < 0) return 'outdated';
    if (order === 0) {
      hearAgain(state, helloKey(hello.peer), from);
      return 'known';
    }
    const { size, refillMs } = MEMBER_LIMITS.hellos;
    if (!takeInPlace(member.hellosLeft, 1, now, size, refillMs)) return 'ignored';
  }
  if (!isHelloGenuine(suite, hello)) return refuse(turn, from, 'a hello is not signed by its peer');
  if (member === undefined && !admit(turn, hello)) return 'ignored';
  adopt(turn, state.members.get(hello.peer)!, hello);
  spread(state, helloKey(hello.peer), { kind: 'hello', bytes: hello.bytes, from });
  return 'news';
}

/** Hears a suspicion from a linked peer. */
export function hearSuspicion(turn: Turn, from: PeerId, suspicion: Suspicion): Hearing {
  const { state, now } = turn;
  const { suite, signer, room } = state.setting;
  const { by, suspect, incarnation } = suspicion;
  if (!equalBytes(suspicion.room, room))
    return refuse(turn, from, 'a suspicion is of another room');
  if (by === signer.id) return 'known';
  if (suspect === signer.id) {
    if (incarnation !== state.own.incarnation || state.isLeaving) return 'outdated';
    if (!isSuspicionGenuine(suite, suspicion)) return refuse(turn, from, FORGED);
    scheduleHello(state, Math.max(now, state.ownAt + MEMBERSHIP_PERIOD_MS / 2));
    return 'news';
  }
  const member = state.members.get(suspect);
  if (member === undefined || member.state === 'left') return 'ignored';
  if (incarnation !== member.hello.incarnation) {
    return incarnation < member.hello.incarnation ? 'outdated' : 'ignored';
  }
  if (member.suspicions.has(by)) {
    hearAgain(state, suspicionKey(suspect, by), from);
    return 'known';
  }
  const accuser = state.members.get(by);
  const isFull = member.suspicions.size >= INDEPENDENT_SUSPICIONS || member.state === 'dead';
  if (isFull || accuser === undefined || state.gone.has(by)) return 'ignored';
  const { size, refillMs } = MEMBER_LIMITS.suspicions;
  if (!takeInPlace(accuser.suspicionsLeft, 1, now, size, refillMs)) return 'ignored';
  if (!isSuspicionGenuine(suite, suspicion)) return refuse(turn, from, FORGED);
  believe(turn, member, suspicion, from);
  return 'news';
}

/** Suspects a peer that could not be reached, and says so. */
export function suspect(turn: Turn, member: Member): void {
  const { state } = turn;
  const { suite, signer, room } = state.setting;
  if (state.gone.has(member.hello.peer)) return;
  if (!member.suspicions.has(signer.id) && member.suspicions.size < INDEPENDENT_SUSPICIONS) {
    const { peer, incarnation } = member.hello;
    believe(turn, member, signSuspicion(suite, signer, room, peer, incarnation), undefined);
  }
  setState(turn, member, 'suspect');
}

/** Hears anything from a linked peer: whatever others say, it is there. */
export function hearPeer(turn: Turn, peer: PeerId): void {
  const { state, now } = turn;
  const link = state.links.get(peer);
  if (link === undefined) return;
  link.heardAt = now;
  state.heardAt = now;
  state.probes.delete(peer);
  const member = state.members.get(peer);
  if (member === undefined || member.state === 'left' || member.state === 'alive') return;
  setState(turn, member, 'alive');
  tellSuspect(turn, member);
}

/** A link closed: doubts of others about that peer now count, and others are asked to reach it. */
export function losePeer(turn: Turn, peer: PeerId): void {
  const { state } = turn;
  state.links.delete(peer);
  state.probes.delete(peer);
  const member = state.members.get(peer);
  if (member === undefined || state.gone.has(peer)) return;
  if (member.suspicions.size > 0) setState(turn, member, 'suspect');
  else probeSoon(turn, peer);
}

/** Holds suspects dead that did not refute in time. */
export function buryOverdue(turn: Turn): void {
  const { state, now } = turn;
  for (const peer of [...state.suspects]) {
    const member = state.members.get(peer)!;
    if (now - member.since >= suspicionMs(state, member.suspicions.size)) {
      setState(turn, member, 'dead');
    }
  }
}

/** Lets the next hello go out at this time, or sooner. */
export function scheduleHello(state: MembershipState, at: number): void {
  if (!state.isLeaving) state.helloAt = Math.min(state.helloAt, at);
}

/** Signs a new hello and lets it spread. */
export function renewHello({ state, now }: Turn, above = state.own.incarnation): void {
  const { suite, signer, room } = state.setting;
  const { status, isLeaving } = state;
  const incarnation = Math.max(state.own.incarnation, above) + 1;
  const links = state.links.keys();
  state.own = signHello(suite, signer, { room, incarnation, isLeaving, links, status });
  state.ownAt = now;
  state.helloAt = Infinity;
  const { bytes } = state.own;
  spread(state, helloKey(signer.id), { kind: 'hello', bytes, from: undefined });
}

/** Tells a linked peer what others suspect of it, so that it can refute. */
export function tellSuspect(turn: Turn, { hello, suspicions }: Member): void {
  const { state } = turn;
  if (!state.links.has(hello.peer) || suspicions.size === 0) return;
  const message = encodeRumours({ suspicions: [...suspicions.values()].map(({ bytes }) => bytes) });
  send(turn, [hello.peer], message);
}

/** Says goodbye: nothing follows. */
export function sayGoodbye(turn: Turn): void {
  const { state } = turn;
  state.isLeaving = true;
  renewHello(turn);
  send(turn, [...state.links.keys()], encodeHello(state.own));
}

const FORGED = 'a suspicion is not signed by its peer';

/** Above 0 when the first is newer; of two of one incarnation, which only a liar signs, one counts everywhere. */
export function compareHellos(a: Hello, b: Hello): number {
  if (a.incarnation !== b.incarnation) return a.incarnation - b.incarnation;
  return checkOf(a) - checkOf(b) || compareBytes(a.bytes, b.bytes);
}

/** A hello of this very identity that this life did not make: from an earlier one, or another holder. */
function hearOwn(turn: Turn, from: PeerId, hello: Hello): Hearing {
  const { state, now } = turn;
  if (compareHellos(hello, state.own) <= 0 || state.isLeaving) return 'known';
  if (!isHelloGenuine(state.setting.suite, hello)) {
    return refuse(turn, from, 'a hello is not signed by its peer');
  }
  if (hello.incarnation >= MAX_INCARNATION) return 'ignored';
  if (now < state.ownAt + MEMBERSHIP_PERIOD_MS / 2) return 'ignored';
  renewHello(turn, hello.incarnation);
  return 'news';
}

function believe(turn: Turn, member: Member, suspicion: Suspicion, from: PeerId | undefined): void {
  const { state } = turn;
  const { by, suspect: peer, bytes } = suspicion;
  noteSuspicion(turn, member, suspicion);
  spread(state, suspicionKey(peer, by), { kind: 'suspicion', bytes, from });
  // A linked peer is asked first: it turns suspect when it does not answer this peer either.
  if (!state.links.has(peer)) return setState(turn, member, 'suspect');
  tellSuspect(turn, member);
  if (by !== state.setting.signer.id) probeSoon(turn, peer);
}

function hearAgain(state: MembershipState, key: string, from: PeerId): void {
  const rumour = state.rumours.get(key);
  if (rumour === undefined) return;
  rumour.told++;
  rumour.from = from;
}

function refuse(turn: Turn, from: PeerId, evidence: string): Hearing {
  violate(turn, from, evidence);
  return 'ignored';
}
