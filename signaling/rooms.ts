/**
 * Rooms: who is in which, who hears of whom, and when a connection has to go. Pure.
 *
 * A member is one connection. It joins one room, once; from then on it may hand payloads to the
 * others of that room, and hears of arrivals and departures. Names of members are drawn outside
 * and arrive in events, as does the time.
 *
 * Invariants: a room in the state has at least one member and at most `limits.roomMembers`; every
 * member listed by a room is in `members` and names that room; effects go to members that are
 * connected, or to one that this very step removes; a `close` is the last effect for its member.
 *
 * @module
 */
import { decodeClientMessage } from './client-message.ts';
import type { Limits } from './limits.ts';
import type { ClientMessage, IceServer, ServerMessage, SignalingErrorCode } from './messages.ts';

/** One connection. Times are ms of any clock that does not go back. */
interface Member {
  room: string | undefined;
  readonly connectedAt: number;
  heardAt: number;
  /** Token bucket of the message rate: what was left at `heardAt`. */
  tokens: number;
}

/** All rooms of a server. */
export interface Rooms {
  readonly limits: Limits;
  readonly iceServers: readonly IceServer[];
  /** Peer id of the relay on the same port, once it runs. */
  readonly relay: string | undefined;
  readonly members: Map<string, Member>;
  /** Members of each room, in order of arrival. */
  readonly rooms: Map<string, Set<string>>;
}

/** What happens to a server. `now` in ms. */
export type RoomsEvent =
  /** A socket opened; `member` is a fresh name. */
  | { readonly type: 'connected'; readonly member: string; readonly now: number }
  /** A text frame within the size limit. */
  | {
      readonly type: 'received';
      readonly member: string;
      readonly text: string;
      readonly now: number;
    }
  /** A ping or a pong; each costs as much as a message. */
  | { readonly type: 'heard'; readonly member: string; readonly now: number }
  /** The socket did what only the server can see: too large, too slow, a wrong origin. */
  | { readonly type: 'refused'; readonly member: string; readonly code: SignalingErrorCode }
  /** The socket is gone. */
  | { readonly type: 'closed'; readonly member: string }
  /** Time to look for silent connections; comes every `limits.pingEveryMs`. */
  | { readonly type: 'sweep'; readonly now: number };

/** What a server has to do. */
export type RoomsEffect =
  | { readonly type: 'send'; readonly to: string; readonly message: ServerMessage }
  | { readonly type: 'ping'; readonly to: string }
  | { readonly type: 'close'; readonly to: string; readonly code: SignalingErrorCode };

/** A server without connections. */
export function emptyRooms(
  limits: Limits,
  iceServers: readonly IceServer[],
  relay?: string,
): Rooms {
  return { limits, iceServers, relay, members: new Map(), rooms: new Map() };
}

/** One step; the state is changed in place. Events of unknown members have no effect. */
export function stepRooms(
  state: Rooms,
  event: RoomsEvent,
): readonly [state: Rooms, effects: readonly RoomsEffect[]] {
  return [state, effectsOf(state, event)];
}

function effectsOf(state: Rooms, event: RoomsEvent): RoomsEffect[] {
  switch (event.type) {
    case 'connected':
      return connect(state, event.member, event.now);
    case 'received':
      return receive(state, event.member, event.text, event.now);
    case 'heard':
      return spendToken(state, event.member, event.now)
        ? []
        : refuse(state, event.member, 'too-many-messages');
    case 'refused':
      return refuse(state, event.member, event.code);
    case 'closed':
      return remove(state, event.member);
    case 'sweep':
      return sweep(state, event.now);
    default:
      return event satisfies never;
  }
}

function connect(state: Rooms, member: string, now: number): RoomsEffect[] {
  const { connections, messageBurst } = state.limits;
  if (state.members.size >= connections) return refusal(member, 'too-many-connections');
  state.members.set(member, {
    room: undefined,
    connectedAt: now,
    heardAt: now,
    tokens: messageBurst,
  });
  return [];
}

function receive(state: Rooms, name: string, text: string, now: number): RoomsEffect[] {
  const member = state.members.get(name);
  if (member === undefined) return [];
  if (!spendToken(state, name, now)) return refuse(state, name, 'too-many-messages');
  const message = decodeClientMessage(text);
  if (typeof message === 'string') return refuse(state, name, message);
  return message.type === 'join'
    ? join(state, name, member, message.room)
    : relay(state, name, member, message);
}

function join(state: Rooms, name: string, member: Member, room: string): RoomsEffect[] {
  if (member.room !== undefined) return refuse(state, name, 'bad-message');
  const present = state.rooms.get(room);
  if (present === undefined && state.rooms.size >= state.limits.rooms) {
    return refuse(state, name, 'too-many-rooms');
  }
  const others = [...(present ?? [])];
  if (others.length >= state.limits.roomMembers) return refuse(state, name, 'room-full');
  member.room = room;
  state.rooms.set(room, (present ?? new Set<string>()).add(name));
  const { iceServers, relay } = state;
  const offer = relay === undefined ? { iceServers } : { iceServers, relay };
  return [
    send(name, { type: 'welcome', member: name, members: others, ...offer }),
    ...others.map((other) => send(other, { type: 'member-joined', member: name })),
  ];
}

function relay(
  state: Rooms,
  from: string,
  member: Member,
  { to, payload }: Extract<ClientMessage, { type: 'relay' }>,
): RoomsEffect[] {
  if (member.room === undefined) return refuse(state, from, 'not-joined');
  // Somebody who left a moment ago and somebody of another room look the same from here.
  if (to === from || !state.rooms.get(member.room)!.has(to)) {
    return [send(from, errorMessage('unknown-member', false))];
  }
  return [send(to, { type: 'relayed', from, payload })];
}

function sweep(state: Rooms, now: number): RoomsEffect[] {
  const { idleMs, joinTimeoutMs } = state.limits;
  const effects: RoomsEffect[] = [];
  for (const [name, member] of [...state.members]) {
    if (now - member.heardAt >= idleMs) effects.push(...refuse(state, name, 'idle'));
    else if (member.room === undefined && now - member.connectedAt >= joinTimeoutMs) {
      effects.push(...refuse(state, name, 'not-joined'));
    }
  }
  for (const name of state.members.keys()) effects.push({ type: 'ping', to: name });
  return effects;
}

/** Takes a token from a member's bucket; false when there is none, or no such member. */
function spendToken(state: Rooms, name: string, now: number): boolean {
  const member = state.members.get(name);
  if (member === undefined) return false;
  const { messagesPerSecond, messageBurst } = state.limits;
  const earned = ((now - member.heardAt) / 1_000) * messagesPerSecond;
  member.tokens = Math.min(messageBurst, member.tokens + earned);
  member.heardAt = now;
  if (member.tokens < 1) return false;
  member.tokens -= 1;
  return true;
}

/** Tells a member why it has to go, and lets it go. */
function refuse(state: Rooms, name: string, code: SignalingErrorCode): RoomsEffect[] {
  if (!state.members.has(name)) return [];
  return [...refusal(name, code), ...remove(state, name)];
}

function refusal(to: string, code: SignalingErrorCode): RoomsEffect[] {
  return [send(to, errorMessage(code, true)), { type: 'close', to, code }];
}

function remove(state: Rooms, name: string): RoomsEffect[] {
  const room = state.members.get(name)?.room;
  state.members.delete(name);
  if (room === undefined) return [];
  const present = state.rooms.get(room)!;
  present.delete(name);
  if (present.size === 0) state.rooms.delete(room);
  return [...present].map((other) => send(other, { type: 'member-left', member: name }));
}

function send(to: string, message: ServerMessage): RoomsEffect {
  return { type: 'send', to, message };
}

function errorMessage(code: SignalingErrorCode, fatal: boolean): ServerMessage {
  return { type: 'error', code, message: ADVICE[code], fatal };
}

/** What to do about each refusal: fixed texts, so that nothing a client sent is ever repeated. */
const ADVICE: Readonly<Record<SignalingErrorCode, string>> = {
  'bad-message': 'This server does not understand that message: join once, then relay.',
  'message-too-large': 'That message is too large: send less than 64 KiB at a time.',
  'too-many-messages': 'Too many messages in a short time: wait a moment, then join again.',
  'too-many-rooms': 'This server has as many rooms as it can hold: try again later.',
  'room-full': 'This room is full: wait until somebody leaves, or open another one.',
  'too-many-connections': 'This server has as many visitors as it can hold: try again later.',
  'version-differs': 'This page and the server are of different versions: reload the page.',
  'not-joined': 'No room was joined: join one right after connecting.',
  'unknown-member': 'That member is not in this room: it may just have left.',
  'origin-not-allowed': 'This server does not serve pages of that site: open its own page.',
  'too-slow': 'Messages are not read fast enough: check the network, then join again.',
  idle: 'Nothing was heard for too long: check the network, then join again.',
};
