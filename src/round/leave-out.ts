/**
 * Leaving somebody out of rounds: a signed request, signed votes, ten rounds at least.
 *
 * If one tab alone could change who is in the sum, it could take two sums that differ by one peer and
 * subtract. So a request counts only once more than half of the room agreed, if enough stay, and
 * the proposal carries the request and the votes for everybody to check.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import { LEAVE_OUT_ROUNDS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { isSignedBy } from '../secagg/index.ts';
import {
  decodeMessage,
  hashOfRequest,
  type LeaveOutRequest,
  type Message,
  type Vote,
} from './messages.ts';

/** Fewest peers that must stay when one is left out. */
export const MIN_STAYING = 4;

/** Requests kept at a time; the oldest is forgotten first. */
const MAX_OPEN_REQUESTS = 16;

/** Requests of one peer kept at a time. */
const MAX_REQUESTS_OF_PEER = 2;

/** Votes kept for a request: more than a room has peers. */
const MAX_VOTES = 64;

/** Whose requests and votes count, where and when. */
export interface Admission {
  readonly room: Uint8Array;
  /** The round that comes next; undefined for a newcomer that does not know. */
  readonly round: number | undefined;
  readonly peers: ReadonlySet<PeerId>;
}

/** A request and who answered it how. */
export interface OpenRequest {
  readonly request: LeaveOutRequest;
  readonly bytes: Uint8Array;
  /** Answers as sent, by voter; the one who asks has agreed. */
  readonly votes: ReadonlyMap<PeerId, { readonly agrees: boolean; readonly bytes: Uint8Array }>;
}

/** All open requests, by the hash that names them. */
export type Requests = ReadonlyMap<string, OpenRequest>;

/** The requests with one more; unchanged when it is not signed by the one who asks, or not admitted. */
export function withRequest(
  suite: Suite,
  requests: Requests,
  message: Message & { type: 'leave-out' },
  { room, round, peers }: Admission,
): Requests {
  const { request, envelope, bytes } = message;
  const { by, target, fromRound } = request;
  const isTimely = round === undefined || (fromRound <= round + 1 && round < untilRound(request));
  const isAdmitted = equalBytes(request.room, room) && peers.has(by) && by !== target && isTimely;
  const name = nameOf(suite, request);
  if (requests.has(name) || !isAdmitted || !isSignedBy(suite, by, envelope)) return requests;
  const votes = new Map([[request.by, { agrees: true, bytes: new Uint8Array() }]]);
  const next = new Map(requests);
  const own = [...requests].filter(([, open]) => open.request.by === by);
  if (own.length >= MAX_REQUESTS_OF_PEER) next.delete(own[0]![0]);
  next.set(name, { request, bytes, votes });
  if (next.size > MAX_OPEN_REQUESTS) next.delete(next.keys().next().value!);
  return next;
}

/** The requests with one more vote; unchanged when it is not signed by the voter, not admitted, or names none. */
export function withVote(
  suite: Suite,
  requests: Requests,
  message: Message & { type: 'vote' },
  { peers }: Admission,
): Requests {
  const { vote, envelope, bytes } = message;
  const name = toHex(vote.requestHash);
  const open = requests.get(name);
  const isGood =
    open !== undefined &&
    peers.has(vote.by) &&
    vote.by !== open.request.target &&
    vote.by !== open.request.by &&
    (open.votes.size < MAX_VOTES || open.votes.has(vote.by));
  if (!isGood || !isSignedBy(suite, vote.by, envelope)) return requests;
  const votes = new Map(open.votes).set(vote.by, { agrees: vote.agrees, bytes });
  return new Map(requests).set(name, { ...open, votes });
}

/** Requests without those whose rounds are over. */
export function withoutExpired(requests: Requests, round: number): Requests {
  const live = [...requests].filter(([, { request }]) => round < untilRound(request));
  return live.length === requests.size ? requests : new Map(live);
}

/** The round in which a peer may come back. */
export function untilRound(request: LeaveOutRequest): number {
  return request.fromRound + LEAVE_OUT_ROUNDS;
}

/** The name of a request: the hash that votes carry, in hex. */
export function nameOf(suite: Suite, request: LeaveOutRequest): string {
  return toHex(hashOfRequest(suite, request));
}

/**
 * Requests that hold for a round among these peers: agreed to by more than half of the room, and enough
 * of it stays. Several at once are judged one by one, in order of their names.
 *
 * @param room - Everybody present, those to be left out included.
 */
export function agreedRequests(
  requests: Requests,
  round: number,
  room: readonly PeerId[],
  minPeers: number,
): readonly OpenRequest[] {
  const agreed: OpenRequest[] = [];
  let staying = room.length;
  for (const [, open] of [...requests].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { request, votes } = open;
    if (round < request.fromRound || round >= untilRound(request)) continue;
    if (!room.includes(request.target)) continue;
    if (agreed.some((other) => other.request.target === request.target)) continue;
    const yes = room.filter((peer) => votes.get(peer)?.agrees === true).length;
    const isEnough =
      staying - 1 >= Math.max(MIN_STAYING, minPeers) && 2 * (staying - 1) > room.length;
    if (2 * yes > room.length && isEnough) {
      agreed.push(open);
      staying--;
    }
  }
  return agreed;
}

/** Requests and votes as a proposal carries them. */
export function evidenceOf(agreed: readonly OpenRequest[]): readonly Uint8Array[] {
  return agreed.flatMap(({ bytes, votes }) => [
    bytes,
    ...[...votes.values()]
      .filter((vote) => vote.agrees && vote.bytes.length > 0)
      .map((v) => v.bytes),
  ]);
}

/** The requests that a proposal's evidence adds to those known. */
export function withEvidence(
  suite: Suite,
  requests: Requests,
  evidence: readonly Uint8Array[],
  admission: Admission,
): Requests {
  return evidence.reduce((known, bytes) => {
    const message = decodeMessage(bytes);
    if (message.type === 'leave-out') return withRequest(suite, known, message, admission);
    if (message.type === 'vote') return withVote(suite, known, message, admission);
    return known;
  }, requests);
}

/** Whether a vote is one that this peer has not given yet. */
export function isUnanswered(open: OpenRequest, self: PeerId): boolean {
  return open.request.target !== self && !open.votes.has(self);
}

export type { Vote };
