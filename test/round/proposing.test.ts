import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeProposal } from '../../src/round/messages.ts';
import { leadersOf, MESSAGE_TYPES, type Proposal } from '../../src/secagg/index.ts';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { splitFor } from '../../src/round/data-plane.ts';
import { PARAMETERS, recorderOf, Room, type RoomOptions } from './room.ts';

/** A proposal that one peer of a room gets from another that leads it, with something of it changed. */
function propose(room: Room, to: SimulatedPeer, over: Partial<Proposal> = {}): SimulatedPeer {
  const { setting, state } = to;
  const roster = room
    .living()
    .map(({ id }) => id)
    .sort();
  const proposal: Proposal = {
    room: setting.room,
    round: state.round,
    attempt: state.attempt,
    nonce: new Uint8Array(16),
    base: state.base,
    parameters: setting.parameters,
    roster,
    requests: [],
    ...over,
  };
  const leader = room.peers.find(({ id }) => id === leadersOf(suite, proposal)[0])!;
  const message = decodeMessage(encodeProposal(suite, leader.setting.signer, proposal));
  const { now } = room.network;
  if (leader !== to) {
    room.network.step(to, { type: 'received', from: leader.id, message, now });
  }
  return leader;
}

/** The types of the messages that a peer sends while something happens. */
function sentWhile(room: Room, peer: SimulatedPeer, run: () => void): readonly number[] {
  const before = room.sent.length;
  run();
  return room.sent
    .slice(before)
    .filter(({ from }) => from === peer)
    .map(({ message }) => message[0]!);
}

describe('a restarted peer', () => {
  it('stays silent for ever about attempts that it may have joined before', () => {
    const room = new Room(4, { suite, call: 'off' });
    const [old] = room.peers as [SimulatedPeer];
    room.network.vanish(old);
    room.network.run(() => false, 1_000);
    const peer = room.revive({
      ...old,
      kept: { joined: { round: 1, attempt: 3 }, result: undefined },
    });
    room.call('willing');
    room.network.run(() => false, 2_000);
    room.call('calling', 'willing');
    expect(room.untilResults(1)).toBe(true);
    expect(recorderOf(peer).results[0]!.attempt).toBeGreaterThan(3);
    for (const attempt of [1, 2, 3]) {
      const sent = sentWhile(room, peer, () => propose(room, peer, { round: 1, attempt }));
      expect(sent).toEqual([]);
    }
  });
});

describe('a proposal', () => {
  it('of a round far ahead is neither answered nor remembered', () => {
    const room = new Room(4, { suite, call: 'off' });
    room.network.run(() => false, 1_000);
    const [peer] = room.peers as [SimulatedPeer];
    const closed = peer.state.closed.length;
    for (let attempt = 1; attempt <= 20; attempt++) {
      expect(sentWhile(room, peer, () => propose(room, peer, { round: 3, attempt }))).toEqual([]);
    }
    expect(peer.state.closed.length).toBe(closed);
  });

  it('is refused so many times to one leader, and then ignored', () => {
    const room = new Room(4, { suite, call: 'off' });
    room.network.run(() => false, 1_000);
    const [peer] = room.peers as [SimulatedPeer];
    const refusals = new Map<SimulatedPeer, number>();
    for (let attempt = 1; attempt <= 200; attempt++) {
      let leader: SimulatedPeer | undefined;
      const sent = sentWhile(room, peer, () => (leader = propose(room, peer, { attempt })));
      expect(sent.every((type) => type === MESSAGE_TYPES.abort)).toBe(true);
      refusals.set(leader!, (refusals.get(leader!) ?? 0) + Math.min(sent.length, 1));
    }
    refusals.delete(peer);
    expect([...refusals.values()]).toEqual([16, 16, 16]);
  });
});

const large = { parameters: { dimension: 400 }, scatter: { fromWords: 100, tileWords: 16 } };

describe('a proposal of a large vector', () => {
  const even = { tileWords: 16, shares: [1, 1, 1, 1] };

  it.each<[string, Partial<Proposal>, boolean]>([
    ['with the right plane', { split: even }, true],
    ['with a peer that owns less', { split: { ...even, shares: [2, 0, 1, 1] } }, true],
    ['that broadcasts it', {}, false],
    ['in other tiles', { split: { ...even, tileWords: 32 } }, false],
    ['with an owner for all of it', { split: { ...even, shares: [1, 0, 0, 0] } }, false],
    ['with too few shares', { split: { ...even, shares: [1, 1] } }, false],
  ])('%s is answered as it deserves', (_what, over, isJoined) => {
    expect(answerTo(large, over)).toBe(isJoined ? 'advertise' : 'abort');
  });

  it('that scatters a small one is refused', () => {
    expect(answerTo({}, { split: even })).toBe('abort');
  });
});

describe('a peer with a thin uplink', () => {
  it('owns nothing of a large vector, and is in the sum all the same', () => {
    const scatter = { fromWords: 100, tileWords: 16 };
    const room = new Room(3, { suite, call: 'calling', parameters: { dimension: 400 }, scatter });
    const thin = room.add('thin', { uplink: 0 });
    room.call('calling', 'off', [thin]);
    expect(room.untilResults(1)).toBe(true);
    const { split, roster } = thin.state.previous!.setting.proposal;
    expect(split!.shares[roster.indexOf(thin.id)]).toBe(0);
    expect(recorderOf(thin).results[0]!.included).toContain(thin.id);
    const sums = room.sent.filter(
      ({ from, message }) => from === thin && message[0] === MESSAGE_TYPES.sum,
    );
    expect(sums).toEqual([]);
  });

  it('beside others who sum too little owns as much as they', () => {
    const sizes = { parameters: { ...PARAMETERS, dimension: 400 }, scatter: large.scatter };
    expect(splitFor(sizes, [0, 0, 5])!.shares).toEqual([1, 1, 1]);
    expect(splitFor(sizes, [0, 5, 5])!.shares).toEqual([0, 5, 5]);
    expect(splitFor({ parameters: { ...PARAMETERS, dimension: 99 } }, [1, 1, 1])).toBeUndefined();
  });
});

/** What a peer answers to a proposal of somebody else. */
function answerTo(options: Partial<RoomOptions>, over: Partial<Proposal>): string | undefined {
  const room = new Room(4, { suite, call: 'willing', ...options });
  room.network.run(() => false, 1_000);
  const proposed = { attempt: 1, ...over };
  const { room: place, parameters } = room.peers[0]!.setting;
  const roster = room.peers.map(({ id }) => id).sort();
  const attempt = { room: place, parameters, round: 1, roster, ...proposed };
  const [leader] = leadersOf(suite, attempt);
  const peer = room.peers.find(({ id }) => id !== leader)!;
  const [type] = sentWhile(room, peer, () => propose(room, peer, proposed));
  return Object.entries(MESSAGE_TYPES).find(([, code]) => code === type)?.[0];
}
