/**
 * Peers of a room of lines that run the real machine and change what leaves it, with their own signature.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { toHex, utf8 } from '../../src/bytes.ts';
import { levelsOfGrid } from '../../src/gossip/index.ts';
import { peerIdOf } from '../../src/ids.ts';
import { claimOfLine, joinClaims } from '../../src/round/claims.ts';
import { cohortRoom, upperParameters } from '../../src/round/cohort.ts';
import { encodeDetail, readDetail } from '../../src/round/detail.ts';
import { scopeOf } from '../../src/round/grid-state.ts';
import { stepGrid } from '../../src/round/grid.ts';
import {
  decodeMessage,
  encodeDone,
  encodeReady,
  encodeResult,
  encodeScoped,
  encodeSeat,
  type Message,
} from '../../src/round/messages.ts';
import { hashOfModel, hashOfRoster, hashOfWords } from '../../src/round/result.ts';
import { everybody, hashOfParameters } from '../../src/secagg/index.ts';
import type { Copy, SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { GridRoom } from './grid-room.ts';

/** Long enough for a round in which somebody is waited for, and tried again without, ms. */
const DISTURBED_MS = 60_000;

function calmRoom(seed: string, peers: number): GridRoom {
  const room = new GridRoom({ seed, peers });
  expect(room.play()).toBe(true);
  return room;
}

function lie(room: GridRoom, liar: SimulatedPeer): void {
  room.liars.add(liar.id);
}

/** What a scoped message holds, if a message is one. */
function scopedOf({ message }: Copy): (Message & { readonly type: 'scoped' }) | undefined {
  const read = decodeMessage(message);
  return read.type === 'scoped' ? read : undefined;
}

/** The scope of the sum of the whole room, in a round. */
function topScope(room: GridRoom, round: number): Uint8Array {
  return scopeOf(suite, topRoom(room), round);
}

function topRoom({ grid, members }: GridRoom): Uint8Array {
  const [{ setting }] = [...members.values()] as [SimulatedPeer];
  return cohortRoom(suite, setting.room, grid.epoch, levelsOfGrid(grid), 0);
}

/** A total of whatever they like, by a roster of some peers, of which some sign. */
function forgedTotal(
  room: GridRoom,
  peers: readonly SimulatedPeer[],
  round: number,
  signers = peers,
): Uint8Array {
  const { grid } = room;
  const roster = peers.map(({ id }) => id).sort();
  const lines = [...new Set(roster.map((id) => grid.lineOf.get(id)!))];
  const claim = joinClaims(lines.map((line) => claimOfLine(grid, line, grid.lines[line]!)));
  const count = lines.reduce((sum, line) => sum + grid.lines[line]!.length, 0);
  const words = Uint32Array.of(666, 666, count);
  const detail = encodeDetail({ claim, epoch: undefined });
  const parameters = upperParameters(signers[0]!.setting.parameters, grid, levelsOfGrid(grid));
  const dones = signers.map(({ setting: { signer } }) => ({
    signer: signer.id,
    bytes: encodeDone(suite, signer, {
      room: topRoom(room),
      parameters: hashOfParameters(suite, parameters),
      round,
      attempt: 1,
      context: new Uint8Array(32),
      rosterHash: hashOfRoster(suite, roster),
      included: everybody(roster.length),
      resultHash: hashOfWords(suite, words),
      modelHash: hashOfModel(suite, new Float32Array()),
      detailHash: suite.hash(detail),
    }),
  }));
  const model = new Float32Array();
  const result = encodeResult({ roster, words, model, detail, within: undefined, dones });
  return encodeScoped(topScope(room, round), result);
}

describe('a room of lines', () => {
  it('does not wait for somebody that takes a seat without being in the epoch', () => {
    const room = calmRoom('outsider', 16);
    const liar = room.join();
    expect(room.play()).toBe(true);
    lie(room, liar);
    room.tampers.push((copies, from, to) => {
      if (to !== liar || copies[0] === undefined) return copies;
      const message = decodeMessage(copies[0].message);
      if (message.type === 'seat') {
        for (const other of liar.ends.keys()) {
          room.network.send(liar, other, encodeSeat(message.scope));
        }
      }
      // It says what the others in that cohort say.
      if (message.type === 'scoped' && message.message.type === 'ready') {
        const links = [...new Set([...message.message.ready.links, from.id])].filter(
          (id) => id !== liar.id,
        );
        const ready = encodeReady({ ...message.message.ready, links: links.sort(), isBusy: false });
        for (const other of liar.ends.keys()) {
          room.network.send(liar, other, encodeScoped(message.scope, ready));
        }
      }
      return copies;
    });
    expect(room.play(3, DISTURBED_MS)).toBe(true);
    expect([...room.broken]).toEqual([]);
  });

  it('gives the seat of a stand-in that only says it sits there to the next of its line', () => {
    const room = calmRoom('silent', 16);
    const liar = room.standIns(0, room.round())[0]!;
    lie(room, liar);
    const own = toHex(liar.grid!.line!.scope);
    room.tampers.push((copies, from) => {
      const scoped = from === liar && copies[0] ? scopedOf(copies[0]) : undefined;
      if (scoped === undefined || toHex(scoped.scope) === own) return copies;
      return scoped.message.type === 'ready' ? copies : [];
    });
    expect(room.play(1, DISTURBED_MS)).toBe(true);
    expect([...room.broken]).toEqual([]);
  });

  it('takes no total from one peer, of too few signers, of another round, or from two of one line', () => {
    const room = calmRoom('forged', 24);
    const [liar, mate] = room.standIns(0, room.round()).slice(-2) as [SimulatedPeer, SimulatedPeer];
    const [other] = room.standIns(1, room.round());
    lie(room, liar);
    const round = room.round();
    const before = room.living().map(({ state }) => state.model.join());
    for (const forged of [
      forgedTotal(room, [liar], round),
      forgedTotal(room, [liar, other!], round, [liar]),
      forgedTotal(room, [liar, mate], round),
      forgedTotal(room, [liar, other!], round - 1),
      forgedTotal(room, [liar, other!], round + 1),
    ]) {
      for (const { id } of room.living()) room.network.send(liar, id, forged);
    }
    room.network.run(() => false, room.network.now + 45);
    expect(room.living().map(({ state }) => state.model.join())).toEqual(before);
    expect(room.play()).toBe(true);
    expect([...room.broken]).toEqual([]);
  });

  it('lets no line divide it', () => {
    const room = calmRoom('change', 16);
    const liar = room.standIns(0, room.round())[0]!;
    lie(room, liar);
    room.tampers.push((copies) => {
      const { machine } = liar.grid!.line!;
      const number = (machine.epoch?.number ?? 0) + 1;
      const nobody = peerIdOf(suite.signingKey(suite.hash(utf8('nobody'))));
      const joining = [...room.grid.epoch.members, nobody].sort();
      machine.change = { number, joining, leaving: [] };
      return copies;
    });
    for (let round = 0; round < 24; round++) {
      expect(room.play(1, DISTURBED_MS)).toBe(true);
      for (const { grid } of room.living()) {
        expect(readDetail(grid!.line!.machine.result!.detail).epoch).toBeUndefined();
      }
    }
    expect([...room.broken]).toEqual([]);
  });

  it('remembers no more of peers that come, speak of cohorts that do not exist, and go', () => {
    const room = calmRoom('flood', 16);
    const peer = room.living()[0]!;
    const ready = decodeMessage(encodeReady(peer.state.announced!));
    const { now } = room.network;
    let state = peer.grid!;
    for (let i = 0; i < 100; i++) {
      const from = peerIdOf(suite.signingKey(suite.hash(utf8(`flood ${i}`))));
      [state] = stepGrid(state, { type: 'linked', peer: from, now });
      for (let at = 0; at < 20; at++) {
        const scope = suite.hash(utf8(`scope ${i} ${at}`)).slice(0, 16);
        const scoped = { type: 'scoped', scope, message: ready } as Message;
        [state] = stepGrid(state, { type: 'received', from, message: scoped, now });
        const seat: Message = { type: 'seat', scope };
        [state] = stepGrid(state, { type: 'received', from, message: seat, now });
      }
      expect(state.early.length).toBeLessThanOrEqual(4);
      [state] = stepGrid(state, { type: 'unlinked', peer: from, now });
    }
    expect(state.early).toEqual([]);
    expect(state.seated.size).toBeLessThanOrEqual(16);
  });
});

describe('a stand-in of a round that is over', () => {
  it('gives its result once to whoever still has a seat, however often that asks', () => {
    const room = calmRoom('asked again', 18);
    const peer = room.living().find(({ grid }) => grid!.past.length > 0)!;
    const [seat] = peer.grid!.past;
    const from = room.living().find(({ id }) => id !== peer.id)!.id;
    const { now } = room.network;
    let state = peer.grid!;
    let answers = 0;
    for (let i = 0; i < 50; i++) {
      const message: Message = { type: 'seat', scope: seat!.scope };
      const [next, effects] = stepGrid(state, { type: 'received', from, message, now });
      state = next;
      answers += effects.filter(({ type }) => type === 'send').length;
    }
    expect(answers).toBe(1);
  });
});

describe('a room of which few are left', () => {
  it('begins its next epoch without those who are gone', () => {
    const room = calmRoom('scattered', 44);
    // One line, and two of each other one: too few lines for a grid, too many peers for one cohort.
    const staying = new Set(
      room.grid.lines.flatMap((line, at) => (at === 0 ? line : line.slice(0, 2))),
    );
    expect(staying.size).toBeGreaterThan(15);
    for (const peer of room.living()) if (!staying.has(peer.id)) room.network.vanish(peer);
    expect(room.play(4)).toBe(true);
    for (const { grid } of room.living()) {
      expect(grid!.grid?.epoch.number).toBe(2);
      expect(grid!.grid?.epoch.members).toEqual([...staying].sort());
    }
    expect([...room.broken]).toEqual([]);
  });
});
