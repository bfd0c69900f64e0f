import { describe, expect, it } from 'vitest';
import { LEAVE_OUT_ROUNDS } from '../../src/config.ts';
import { peerIdOf } from '../../src/ids.ts';
import {
  agreedRequests,
  evidenceOf,
  isUnanswered,
  nameOf,
  withEvidence,
  withoutExpired,
  withRequest,
  withVote,
  type Admission,
  type Requests,
} from '../../src/round/leave-out.ts';
import {
  decodeMessage,
  encodeLeaveOut,
  encodeVote,
  hashOfRequest,
  type LeaveOutRequest,
} from '../../src/round/messages.ts';
import type { Signer } from '../../src/secagg/index.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';

const signers: readonly Signer[] = Array.from({ length: 8 }, (_, i) => {
  const secretKey = new Uint8Array(32).fill(i + 1);
  return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
});
const room = signers.map(({ id }) => id);
const request: LeaveOutRequest = {
  room: new Uint8Array(32),
  by: room[0]!,
  target: room[1]!,
  fromRound: 5,
};

const admission: Admission = { room: request.room, round: 5, peers: new Set(room) };

function asked(signer = signers[0]!, what = request, by = admission, known?: Requests): Requests {
  const message = decodeMessage(encodeLeaveOut(suite, signer, what));
  if (message.type !== 'leave-out') throw new Error('not a request');
  return withRequest(suite, known ?? new Map(), message, by);
}

/** The requests with votes of these peers, by place; `signer` signs them all when it is given. */
function voted(
  requests: Requests,
  voters: readonly number[],
  agrees = true,
  signer?: Signer,
): Requests {
  return voters.reduce((known, place) => {
    const voter = signers[place]!;
    const vote = { by: voter.id, requestHash: hashOfRequest(suite, request), agrees };
    const message = decodeMessage(encodeVote(suite, signer ?? voter, vote));
    return message.type === 'vote' ? withVote(suite, known, message, admission) : known;
  }, requests);
}

function holds(requests: Requests, round = 5, among = room, minPeers = 3): boolean {
  return agreedRequests(requests, round, among, minPeers).length === 1;
}

describe('leaving somebody out', () => {
  it('takes more than half of the room: five of eight', () => {
    expect(holds(voted(asked(), [2, 3, 4]))).toBe(false);
    expect(holds(voted(asked(), [2, 3, 4, 5]))).toBe(true);
  });

  it('counts no vote of the peer in question, of strangers, or signed by another', () => {
    expect(holds(voted(asked(), [1, 2, 3, 4]))).toBe(false);
    expect(holds(voted(asked(), [2, 3, 4, 5]), 5, room.slice(0, 5))).toBe(true);
    expect(holds(voted(asked(), [5, 6, 7]), 5, room.slice(0, 5))).toBe(false);
    expect(holds(voted(asked(), [2, 3, 4, 5], true, signers[0]))).toBe(false);
  });

  it('counts a change of mind', () => {
    const yes = voted(asked(), [2, 3, 4, 5]);
    expect(holds(voted(yes, [2], false))).toBe(false);
  });

  it('lasts ten rounds, from the one it names', () => {
    const requests = voted(asked(), [2, 3, 4, 5]);
    const rounds = [4, 5, 5 + LEAVE_OUT_ROUNDS - 1, 5 + LEAVE_OUT_ROUNDS];
    expect(rounds.map((round) => holds(requests, round))).toEqual([false, true, true, false]);
    expect(withoutExpired(requests, 5 + LEAVE_OUT_ROUNDS - 1).size).toBe(1);
    expect(withoutExpired(requests, 5 + LEAVE_OUT_ROUNDS).size).toBe(0);
  });

  it('never leaves fewer than four, or than the minimum', () => {
    const requests = voted(asked(), [2, 3, 4]);
    expect(holds(requests, 5, room.slice(0, 5))).toBe(true);
    expect(holds(requests, 5, room.slice(0, 4))).toBe(false);
    expect(holds(requests, 5, room.slice(0, 5), 5)).toBe(false);
  });

  it('is asked only by the one who signs, and of somebody else', () => {
    expect(asked(signers[2]).size).toBe(0);
    expect(asked(signers[0], { ...request, target: room[0]! }).size).toBe(0);
  });

  it('is asked only in this room, by who is here, about rounds at hand', () => {
    const signer = signers[0]!;
    const count = (what: LeaveOutRequest, by = admission): number => asked(signer, what, by).size;
    expect(count(request)).toBe(1);
    expect(count({ ...request, room: new Uint8Array(32).fill(1) })).toBe(0);
    expect(count(request, { ...admission, peers: new Set(room.slice(1)) })).toBe(0);
    const now = { ...admission, round: 50 };
    const rounds = [50 - LEAVE_OUT_ROUNDS, 51 - LEAVE_OUT_ROUNDS, 51, 52, 2 ** 31];
    const counts = rounds.map((fromRound) => count({ ...request, fromRound }, now));
    expect(counts).toEqual([0, 1, 1, 0, 0]);
    // A newcomer does not know which round it is.
    expect(count({ ...request, fromRound: 40 }, { ...admission, round: undefined })).toBe(1);
  });

  it('keeps two requests of one peer, and of everybody sixteen', () => {
    let requests: Requests = new Map();
    for (const target of room.slice(2, 6)) {
      requests = asked(signers[0], { ...request, target }, admission, requests);
    }
    expect([...requests.values()].map((open) => open.request.target)).toEqual(room.slice(4, 6));
    for (const signer of signers) {
      for (const fromRound of [4, 5, 6]) {
        const target = room[signer.id === room[1] ? 2 : 1]!;
        const what = { ...request, by: signer.id, target, fromRound };
        requests = asked(signer, what, admission, requests);
      }
    }
    expect(requests.size).toBe(16);
  });

  it('counts and keeps no vote of a fresh key that is not in the room', () => {
    let requests = asked();
    for (let i = 0; i < 200; i++) {
      const secretKey = new Uint8Array(32).fill(99);
      secretKey[0] = i;
      const by = peerIdOf(suite.signingKey(secretKey));
      const vote = { by, requestHash: hashOfRequest(suite, request), agrees: true };
      const message = decodeMessage(encodeVote(suite, { id: by, secretKey }, vote));
      if (message.type !== 'vote') throw new Error('not a vote');
      const crowd = { ...admission, peers: new Set([by]) };
      requests = withVote(suite, requests, message, i < 100 ? admission : crowd);
      expect(requests.get(nameOf(suite, request))!.votes.size).toBe(
        Math.max(1, Math.min(i - 98, 64)),
      );
    }
  });

  it('travels with a proposal, and convinces who had not heard of it', () => {
    const requests = voted(asked(), [2, 3, 4, 5]);
    const evidence = evidenceOf([...requests.values()]);
    const learnt = withEvidence(suite, new Map(), evidence, admission);
    expect(holds(learnt)).toBe(true);
    expect(holds(withEvidence(suite, new Map(), evidence.slice(0, 4), admission))).toBe(false);
  });

  it('asks each peer once, and not the one in question', () => {
    const open = voted(asked(), [2]).get(nameOf(suite, request))!;
    expect([0, 1, 2, 3].map((place) => isUnanswered(open, room[place]!))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});
