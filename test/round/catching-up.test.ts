import { describe, expect, it } from 'vitest';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import {
  encodeDone,
  encodeReady,
  encodeResult,
  decodeMessage,
  type Done,
} from '../../src/round/messages.ts';
import { hashOfModel, hashOfRoster, hashOfWords } from '../../src/round/result.ts';
import { hashOfParameters, MESSAGE_TYPES, type Signer } from '../../src/secagg/index.ts';
import type { SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS, recorderOf, Room } from './room.ts';

describe('a result that too few signed, since one left before it could', () => {
  it.each([false, true])(
    'is copied by that one once it is back, and by newcomers (with a model: %s)',
    (hasModel) => {
      const room = new Room(3, {
        suite,
        call: 'calling',
        hasModel,
        delivery: (random) => (message, from) => {
          if (message[0] === MESSAGE_TYPES.unmask && from === leaving && from.state.round === 2) {
            room.network.at(room.network.now, () => room.network.vanish(from));
          }
          return [{ message, delayMs: random.between(1, 20) }];
        },
      });
      const leaving = room.peers[2]!;
      const isThere = () => room.living().every(({ state }) => state.round === 3);
      expect(room.network.run(isThere, 60_000)).toBe(true);
      expect(leaving.state.round).toBe(2);
      const [first, second] = room.living() as [SimulatedPeer, SimulatedPeer];
      expect([first.state.round, second.state.round]).toEqual([3, 3]);
      room.network.run(() => false, room.network.now + 5_000);
      expect(first.state.result!.dones.size).toBe(2);
      const back = room.revive(leaving);
      const newcomers = [room.add('d'), room.add('e')];
      room.call('calling');
      const isOn = () => [back, ...newcomers].every((peer) => recorderOf(peer).results.length >= 3);
      expect(room.network.run(isOn, room.network.now + 30_000)).toBe(true);
      for (const peer of [back, ...newcomers]) {
        expect(recorderOf(peer).results.at(-1)).toMatchObject({ isCopied: false });
      }
    },
  );
});

describe('a copied result', () => {
  const model = Float32Array.of(6, 6, 6);
  const fake = (signers: readonly Signer[], place: Partial<Done> = {}, round = 9): Uint8Array => {
    const roster = signers.map(({ id }) => id).sort();
    const words = new Uint32Array(3);
    const done: Done = {
      room: new Uint8Array(32),
      parameters: hashOfParameters(suite, PARAMETERS),
      round,
      attempt: 1,
      context: new Uint8Array(32),
      rosterHash: hashOfRoster(suite, roster),
      included: 2 ** roster.length - 1,
      resultHash: hashOfWords(suite, words),
      modelHash: hashOfModel(suite, model),
      detailHash: new Uint8Array(),
      ...place,
    };
    const dones = signers.map((signer) => ({
      signer: signer.id,
      bytes: encodeDone(suite, signer, done),
    }));
    return encodeResult({
      roster,
      words,
      model,
      detail: new Uint8Array(),
      within: undefined,
      dones,
    });
  };
  const sybils = Array.from({ length: 3 }, (_, i) => signerOf(`sybil ${i}`));

  /** Whether a peer of a room takes this over from a linked liar that says it is ahead. */
  function isTaken(room: Room, liar: SimulatedPeer, message: Uint8Array): boolean {
    const [victim] = room.living() as [SimulatedPeer];
    const { now } = room.network;
    const tell = (bytes: Uint8Array): void => {
      room.network.step(victim, {
        type: 'received',
        from: liar.id,
        message: decodeMessage(bytes),
        now,
      });
    };
    const { ready } = victim.state.links.get(liar.id)!;
    tell(encodeReady({ ...ready!, round: 10, base: hashOfModel(suite, model) }));
    expect(victim.state.fetching?.peer).toBe(liar.id);
    tell(message);
    return victim.state.round === 10;
  }

  /** Peers at rest after some rounds; the last one lies. */
  function rested(rounds: number): { room: Room; liar: SimulatedPeer } {
    const room = new Room(4, { suite, call: rounds > 0 ? 'calling' : 'off', hasModel: true });
    if (rounds > 0) expect(room.untilResults(rounds)).toBe(true);
    room.call('off');
    room.network.run(() => false, room.network.now + 10_000);
    return { room, liar: room.peers[3]! };
  }

  const roster = (liar: SimulatedPeer): Signer[] => [liar.setting.signer, ...sybils];

  it('is believed by a newcomer that is linked to one of the signers', () => {
    const { room, liar } = rested(0);
    expect(isTaken(room, liar, fake(roster(liar)))).toBe(true);
  });

  it('needs more linked signers than may lie, where there is a result to lose', () => {
    const { room, liar } = rested(1);
    expect(isTaken(room, liar, fake(roster(liar)))).toBe(false);
    const again = rested(1);
    const second = again.room.peers[1]!.setting.signer;
    const signers = [again.liar.setting.signer, second, ...sybils.slice(1)];
    expect(isTaken(again.room, again.liar, fake(signers))).toBe(true);
  });

  it('is not of another room, nor of another task', () => {
    for (const place of [
      { room: new Uint8Array(32).fill(1) },
      { parameters: new Uint8Array(32) },
    ]) {
      const { room, liar } = rested(0);
      expect(isTaken(room, liar, fake(roster(liar), place))).toBe(false);
    }
  });

  it('of two is not believed by a third that trusts neither', () => {
    const pair = (liar: SimulatedPeer): Signer[] => [liar.setting.signer, sybils[0]!];
    const { room, liar } = rested(0);
    expect(isTaken(room, liar, fake(pair(liar)))).toBe(false);
    const trusting = rested(0);
    const { network, peers } = trusting.room;
    network.step(peers[0]!, { type: 'trust', trusts: trusting.liar.id, now: network.now });
    expect(isTaken(trusting.room, trusting.liar, fake(pair(trusting.liar)))).toBe(true);
  });

  it('is sent to one peer once a second, however often it asks', () => {
    let sent = 0;
    const { room } = rested(1);
    const [giver, asker] = room.peers as [SimulatedPeer, SimulatedPeer];
    for (let i = 0; i < 20; i++) {
      const before = giver.messagesSent;
      room.network.step(giver, {
        type: 'received',
        from: asker.id,
        message: { type: 'fetch', round: 1, offset: 0 },
        now: room.network.now + 100 * i,
      });
      sent += giver.messagesSent - before;
    }
    expect(sent).toBe(2);
  });
});

function signerOf(name: string): Signer {
  const secretKey = suite.hash(new TextEncoder().encode(name));
  return { id: peerIdOf(suite.signingKey(secretKey)) as PeerId, secretKey };
}
