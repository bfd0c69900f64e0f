/**
 * A room whose peers are linked to a few others only: gossip says who is here, links are asked for.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { utf8 } from '../../src/bytes.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import type { GridEffect } from '../../src/round/grid.ts';
import type { RoundReport } from '../../src/round/round.ts';
import { addInPlace } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { SimulatedNetwork, type SimulatedPeer } from '../../src/simulation/network.ts';
import { simulatedSuite as suite } from '../../src/simulation/simulated-suite.ts';
import { PARAMETERS } from './room.ts';

/** Whoever vanished is held dead by everybody after so long, ms. */
const DEATH_MS = 40_000;

/** Links that a newcomer opens by itself. */
const FIRST_LINKS = 3;

/** Peers that sum words of their own again and again. */
class PartlyLinked {
  readonly random = new SeededRandom('partly linked');
  /** The words of each peer, in all rounds. */
  readonly given = new Map<PeerId, Uint32Array>();
  readonly reports = new Map<PeerId, RoundReport>();
  readonly failures: string[] = [];
  wrong = 0;
  readonly peers: SimulatedPeer[] = [];
  readonly network = new SimulatedNetwork(
    new SeededRandom('entropy'),
    (message) => [{ message, delayMs: this.random.between(2, 20) }],
    { grid: { isMesh: false, gossips: true }, topicMs: () => this.random.between(2, 20) },
  );

  living(): SimulatedPeer[] {
    return this.peers.filter(({ isAlive }) => isAlive);
  }

  ids(): PeerId[] {
    return this.living()
      .map(({ id }) => id)
      .sort();
  }

  join(count: number): void {
    for (let i = 0; i < count; i++) {
      const secretKey = suite.hash(utf8(`peer ${this.peers.length}`));
      const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
      const setting = {
        suite,
        signer,
        room: new Uint8Array(32),
        parameters: PARAMETERS,
        minPeers: 3,
      };
      const peer = this.network.add(setting, new Float32Array(PARAMETERS.dimension), {
        contribute: () => this.given.get(signer.id)!.slice(),
        report: (effect) => {
          this.#note(peer, effect);
        },
      });
      const words = new Uint32Array(PARAMETERS.dimension).map(() => this.random.word());
      this.given.set(signer.id, words);
      const others = this.living();
      this.peers.push(peer);
      for (let link = 0; link < Math.min(FIRST_LINKS, others.length); link++) {
        const [other] = others.splice(Math.floor(this.random.uniform() * others.length), 1);
        this.network.link(peer, other!);
      }
    }
  }

  /** Lets everybody want sums, one after the other, or none. */
  call(call: 'calling' | 'off'): void {
    const { now } = this.network;
    for (const peer of this.living()) {
      this.network.step(peer, { type: 'call', call, after: call, now });
    }
  }

  /** The members of a line. */
  line(line: number): readonly SimulatedPeer[] {
    const { lines } = this.living()[0]!.grid!.grid!;
    return this.living().filter(({ id }) => lines[line]!.includes(id));
  }

  leave(peers: readonly SimulatedPeer[]): void {
    for (const peer of peers) this.network.vanish(peer);
  }

  wait(ms: number): void {
    this.network.run(() => false, this.network.now + ms);
  }

  /** Until the newest result that everybody has includes exactly those who live. */
  untilAllIncluded(limitMs: number): boolean {
    const all = this.ids().join();
    const isDone = (): boolean => {
      const reports = this.living().map(({ id }) => this.reports.get(id));
      const { round } = reports[0] ?? {};
      return reports.every(
        (report) => report?.round === round && report?.included.toSorted().join() === all,
      );
    };
    return this.network.run(isDone, this.network.now + limitMs);
  }

  epochs(): readonly string[] {
    return [...new Set(this.living().map(({ grid }) => grid!.grid?.epoch.members.join() ?? ''))];
  }

  #note(peer: SimulatedPeer, effect: GridEffect): void {
    if (effect.type === 'failed') this.failures.push(`${effect.reason}: ${effect.message}`);
    if (effect.type !== 'result') return;
    const { report } = effect;
    this.reports.set(peer.id, report);
    if (report.isCopied) return;
    const sum = new Uint32Array(PARAMETERS.dimension);
    for (const id of report.included) addInPlace(sum, this.given.get(id)!);
    if (sum.join() !== report.words.join()) this.wrong++;
  }
}

describe('a room with few links', () => {
  it(
    'divides itself by what gossip says, and again when some have gone and others come',
    { timeout: 240_000 },
    () => {
      const room = new PartlyLinked();
      room.join(24);
      room.wait(10_000);
      room.call('calling');
      expect(room.untilAllIncluded(60_000)).toBe(true);
      expect(room.epochs()).toEqual([room.ids().join()]);
      expect(room.living()[0]!.grid!.grid!.lines.length).toBe(2);
      const first = room.ids();

      const [line, other] = [room.line(0), room.line(1)];
      room.leave([...line.slice(0, 4), other[0]!]);
      expect(room.untilAllIncluded(60_000)).toBe(true);
      room.join(4);
      room.call('calling');
      room.wait(2_000);
      room.call('off');
      room.wait(DEATH_MS);
      expect(room.epochs()).toEqual([first.join()]);

      // So few of a line are left that the room divides anew.
      room.leave(line.slice(4, 8));
      room.wait(DEATH_MS);
      room.call('calling');
      expect(room.untilAllIncluded(60_000)).toBe(true);
      expect(room.ids().length).toBe(19);
      expect(room.epochs()).toEqual([room.ids().join()]);

      // And few in all make one cohort again.
      room.call('off');
      room.leave(room.living().slice(0, 10));
      room.wait(DEATH_MS);
      expect(room.epochs()).toEqual(['']);
      room.call('calling');
      expect(room.untilAllIncluded(60_000)).toBe(true);
      expect(room.wrong).toBe(0);
    },
  );
});
