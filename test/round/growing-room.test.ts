/**
 * A room that grows from one cohort to lines and back, while every peer goes on learning.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { SETTLED_LINK_MS } from '../../src/config.ts';
import { utf8 } from '../../src/bytes.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import type { GridEffect } from '../../src/round/grid.ts';
import type { RoundReport, RoundSetting } from '../../src/round/round.ts';
import { decodeAggregate, encodeUpdate, type Encoding } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { SimulatedNetwork, type SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS } from './room.ts';

const DIMENSION = 3;
const WEIGHT_CAP = 10;

/** Everybody linked to everybody, each with an update of its own for every round. */
class Mesh {
  readonly random = new SeededRandom('mesh');
  readonly reports = new Map<PeerId, RoundReport>();
  readonly updates = new Map<PeerId, Float64Array>();
  readonly sent = new Map<PeerId, number[]>();
  readonly peers: SimulatedPeer[] = [];
  readonly network = new SimulatedNetwork(
    new SeededRandom('entropy'),
    (message) => [{ message, delayMs: this.random.between(2, 20) }],
    { grid: { isMesh: true }, topicMs: () => this.random.between(2, 20) },
  );

  living(): SimulatedPeer[] {
    return this.peers.filter(({ isAlive }) => isAlive);
  }

  join(count: number): void {
    for (let i = 0; i < count; i++) {
      const secretKey = suite.hash(utf8(`peer ${this.peers.length}`));
      const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
      const setting: RoundSetting = {
        suite,
        signer,
        room: new Uint8Array(32),
        parameters: { ...PARAMETERS, dimension: DIMENSION, weightCap: WEIGHT_CAP },
        minPeers: 3,
      };
      const peer = this.network.add(setting, new Float32Array(DIMENSION), {
        contribute: (encoding) => this.#contribute(signer.id, encoding),
        report: (effect) => {
          this.#note(peer, effect);
        },
      });
      for (const other of this.living()) this.network.link(peer, other);
      this.peers.push(peer);
      this.#call(peer);
    }
  }

  leave(count: number): void {
    for (const peer of this.living().slice(0, count)) this.network.vanish(peer);
  }

  /** Plays until everybody who lives is in the same round, so many further than the furthest now. */
  play(rounds: number): void {
    const target = Math.max(...this.living().map(({ state }) => state.round)) + rounds;
    const isThere = (): boolean => this.living().every(({ state }) => state.round >= target);
    expect(this.network.run(isThere, this.network.now + 120_000)).toBe(true);
  }

  /** Lets links become old enough to count, and the room go over to what it then is. */
  settle(): void {
    this.network.run(() => false, this.network.now + 2 * SETTLED_LINK_MS);
    this.play(2);
  }

  lines(): readonly number[] {
    const counts = this.living().map(({ grid }) => grid!.grid?.lines.length ?? 1);
    return [...new Set(counts)];
  }

  #call(peer: SimulatedPeer): void {
    const { now } = this.network;
    this.network.step(peer, { type: 'call', call: 'calling', after: 'calling', now });
  }

  #contribute(id: PeerId, encoding: Encoding): Uint32Array {
    const update = Float64Array.from({ length: DIMENSION }, () => this.random.between(-1, 1));
    this.updates.set(id, update);
    return encodeUpdate(update, 2, encoding, () => this.random.word());
  }

  #note(peer: SimulatedPeer, effect: GridEffect): void {
    if (effect.type !== 'result') return;
    const { report } = effect;
    this.reports.set(peer.id, report);
    const rounds = this.sent.get(peer.id) ?? [];
    if (!report.isCopied) rounds.push(report.round);
    this.sent.set(peer.id, rounds);
  }
}

function expectOneModel(mesh: Mesh): void {
  const bases = mesh.living().map(({ state }) => `${state.round} ${state.base.join()}`);
  expect(new Set(bases).size).toBe(1);
}

describe('a room', () => {
  it('grows from one cohort to lines and back while rounds go on, with one model throughout', () => {
    const mesh = new Mesh();
    mesh.join(10);
    mesh.play(3);
    expect(mesh.lines()).toEqual([1]);
    expectOneModel(mesh);

    mesh.join(20);
    mesh.settle();
    expect(mesh.lines()).toEqual([3]);
    mesh.play(3);
    expectOneModel(mesh);
    const report = [...mesh.reports.values()].at(-1)!;
    expect(report.roster.length).toBe(30);
    expect(report.included.length).toBe(30);

    mesh.leave(22);
    mesh.settle();
    mesh.play(3);
    expect(mesh.lines()).toEqual([1]);
    expectOneModel(mesh);
    const last = [...mesh.reports.values()].filter(
      ({ round }) => round === mesh.living()[0]!.state.round - 1,
    );
    expect(last.every(({ included }) => included.length === 8)).toBe(true);
  });

  it('of lines moves its model by the weighted mean of everybody who is included', () => {
    const mesh = new Mesh();
    mesh.join(24);
    mesh.settle();
    expect(mesh.lines()).toEqual([2]);
    const before = mesh.living()[0]!.state.model.slice();
    const round = mesh.living()[0]!.state.round;
    mesh.network.run(
      () => mesh.living().every(({ state }) => state.round > round),
      mesh.network.now + 60_000,
    );
    const reports = mesh.living().map(({ id }) => mesh.reports.get(id)!);
    const of = reports.find((report) => report.round === round)!;
    const { clip } = PARAMETERS;
    const encoding = { members: of.roster.length, clip, weightCap: WEIGHT_CAP };
    const { mean, totalWeight } = decodeAggregate(of.words, of.included.length, encoding);
    expect(totalWeight).toBe(2 * of.included.length);
    of.model.forEach((value, at) => {
      expect(value).toBe(Math.fround(before[at]! + mean[at]!));
    });
  });

  it('lets newcomers sum at once when they outnumber the members', { timeout: 120_000 }, () => {
    const mesh = new Mesh();
    mesh.join(16);
    mesh.settle();
    expect(mesh.lines()).toEqual([2]);
    mesh.join(18);
    mesh.settle();
    mesh.play(2);
    expect(mesh.lines()).toEqual([3]);
    expectOneModel(mesh);
    for (const { id } of mesh.living()) expect(mesh.reports.get(id)!.included.length).toBe(34);
  });

  // Fifty rounds of more than twenty peers.
  it('lets newcomers copy until the next epoch, and then sum', { timeout: 240_000 }, () => {
    const mesh = new Mesh();
    mesh.join(20);
    mesh.settle();
    expect(mesh.lines()).toEqual([2]);
    mesh.join(3);
    mesh.play(5);
    const newcomers = mesh.peers.slice(20);
    expectOneModel(mesh);
    for (const { id } of newcomers) expect(mesh.sent.get(id)).toEqual([]);
    mesh.play(52);
    expectOneModel(mesh);
    for (const { id } of newcomers) expect(mesh.sent.get(id)!.length).toBeGreaterThan(0);
  });
});
