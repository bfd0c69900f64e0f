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

function asked(signer = signers[0]!, what = request): Requests {
  const message = decodeMessage(encodeLeaveOut(suite, signer, what));
  if (message.type !== 'leave-out') throw new Error('not a request');
  return withRequest(suite, new Map(), message);
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
    return message.type === 'vote' ? withVote(suite, known, message) : known;
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

  it('travels with a proposal, and convinces who had not heard of it', () => {
    const requests = voted(asked(), [2, 3, 4, 5]);
    const evidence = evidenceOf([...requests.values()]);
    const learnt = withEvidence(suite, new Map(), evidence);
    expect(holds(learnt)).toBe(true);
    expect(holds(withEvidence(suite, new Map(), evidence.slice(0, 4)))).toBe(false);
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
