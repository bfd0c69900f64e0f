/**
 * A room that one cohort cannot hold gets its lines before anybody's update is summed.
 */
import { describe, expect, it } from 'vitest';
import { FOUNDING_WAIT_MS, SETTLED_LINK_MS } from '../../src/config.ts';
import { utf8 } from '../../src/bytes.ts';
import { peerIdOf } from '../../src/ids.ts';
import { leastInLine } from '../../src/round/founding.ts';
import type { RoundReport } from '../../src/round/round.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { SimulatedNetwork, type SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS } from './room.ts';

const DIMENSION = 2;
const WEIGHT = 2;

/** Peers that all give the same words, once they are asked for them. */
class Room {
  readonly #random = new SeededRandom('founding');
  readonly reports = new Map<SimulatedPeer, RoundReport[]>();
  readonly peers: SimulatedPeer[] = [];
  readonly network: SimulatedNetwork;
  readonly #isMesh: boolean;
  readonly #minPeers: number;
  #born = 0;
  given = 0;

  constructor({ isMesh = true, minPeers = 3 } = {}) {
    this.#isMesh = isMesh;
    this.#minPeers = minPeers;
    const delayMs = (): number => this.#random.between(2, 20);
    this.network = new SimulatedNetwork(
      new SeededRandom('entropy'),
      (message) => [{ message, delayMs: delayMs() }],
      { grid: { isMesh, gossips: !isMesh }, topicMs: delayMs },
    );
  }

  join(count: number): void {
    for (let i = 0; i < count; i++) {
      const secretKey = suite.hash(utf8(`peer ${this.#born++}`));
      const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
      const parameters = { ...PARAMETERS, dimension: DIMENSION, weightCap: WEIGHT };
      const room = new Uint8Array(32);
      const setting = { suite, signer, room, parameters, minPeers: this.#minPeers };
      const reports: RoundReport[] = [];
      const peer = this.network.add(setting, new Float32Array(DIMENSION), {
        contribute: () => {
          this.given++;
          return new Uint32Array([1, 10, WEIGHT]);
        },
        report: (effect) => {
          if (effect.type === 'result') reports.push(effect.report);
        },
      });
      // In a room whose links open on demand each newcomer has three.
      const others = this.#isMesh ? this.peers : this.peers.slice(-3);
      for (const other of others) this.network.link(peer, other);
      this.peers.push(peer);
      this.reports.set(peer, reports);
    }
  }

  /** Everybody asks for sums in the same moment. */
  call(): void {
    const { now } = this.network;
    for (const peer of this.peers) {
      this.network.step(peer, { type: 'call', call: 'calling', after: 'soon', now });
    }
  }

  /** Plays until everybody has a result. */
  play(limitMs: number): boolean {
    const isDone = (): boolean => [...this.reports.values()].every(({ length }) => length > 0);
    return this.network.run(isDone, this.network.now + limitMs);
  }

  firsts(): readonly RoundReport[] {
    return [...this.reports.values()].map(([first]) => first!);
  }
}

describe('twenty who ask at once', () => {
  it.each([true, false])('are all in the first result, full mesh: %s', (isMesh) => {
    const room = new Room({ isMesh });
    room.join(20);
    if (!isMesh) room.network.run(() => false, 8_000);
    room.call();
    expect(room.play(60_000)).toBe(true);
    for (const { included, words, isCopied } of room.firsts()) {
      expect(included).toHaveLength(20);
      expect([...words]).toEqual([20, 200, 20 * WEIGHT]);
      expect(isCopied).toBe(false);
    }
    expect(new Set(room.firsts().map(({ resultHash }) => resultHash)).size).toBe(1);
  });

  it('give nothing, and move no model, before they are divided', () => {
    const room = new Room();
    room.join(20);
    room.call();
    const isDivided = (): boolean => room.peers.some(({ grid }) => grid!.grid !== undefined);
    expect(room.network.run(isDivided, 20_000)).toBe(true);
    expect(room.given).toBe(0);
    for (const { state } of room.peers) expect([...state.model]).toEqual([0, 0]);
    expect(room.firsts().filter((report) => report !== undefined)).toEqual([]);
  });

  it('sum without a pair that is never linked once they have waited for it', () => {
    const room = new Room({ isMesh: false });
    const { network } = room;
    const link = network.link.bind(network);
    const isApart = (peer: SimulatedPeer): boolean => [0, 1].includes(room.peers.indexOf(peer));
    network.link = (a, b, ...rest) => {
      if (!isApart(a) || !isApart(b)) link(a, b, ...rest);
    };
    room.join(10);
    network.unlink(room.peers[0]!, room.peers[1]!, 0);
    room.call();
    network.run(() => false, network.now + FOUNDING_WAIT_MS - 1_000);
    expect(room.given).toBe(0);
    expect(network.run(() => room.given >= 9, network.now + 10_000)).toBe(true);
  });
});

describe('eighteen as the smallest sum', () => {
  it('is waited for, and then had', () => {
    const room = new Room({ minPeers: 18 });
    room.join(17);
    room.call();
    expect(room.play(60_000)).toBe(false);
    expect(room.given).toBe(0);
    room.join(1);
    room.call();
    expect(room.play(60_000)).toBe(true);
    for (const { included } of room.firsts()) expect(included).toHaveLength(18);
  });

  it('ends the lines when one is gone, and has them again when another comes', () => {
    const room = new Room({ minPeers: 18 });
    room.join(18);
    room.call();
    expect(room.play(60_000)).toBe(true);
    const gone = room.peers.shift()!;
    room.reports.delete(gone);
    room.network.vanish(gone);
    room.network.run(() => false, room.network.now + 3 * SETTLED_LINK_MS);
    const before = room.given;
    room.call();
    room.network.run(() => false, room.network.now + 20_000);
    expect(room.given).toBe(before);
    room.join(1);
    for (const reports of room.reports.values()) reports.length = 0;
    room.call();
    expect(room.play(60_000)).toBe(true);
    for (const { included } of room.firsts()) expect(included).toHaveLength(18);
  });

  it('is at most eight in a line, but where noise counts on more', () => {
    const noise = 'distributed clip=1 multiplier=2 honest=11 colluding=1 share=1024 delta=0.00001';
    expect(leastInLine(3, PARAMETERS)).toBe(3);
    expect(leastInLine(18, PARAMETERS)).toBe(8);
    expect(leastInLine(12, { ...PARAMETERS, noise })).toBe(12);
  });
});
