/**
 * What gossip costs a peer, and how fast it is, by the size of the room: on a virtual clock, so the
 * numbers are the same on every machine.
 *
 * @module
 */
import { MEMBERSHIP_PERIOD_MS } from '../../src/config.ts';
import { memberOf, membersOf } from '../../src/gossip/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { MembershipNetwork, type GossipPeer } from '../../src/simulation/membership-network.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';

/** Links of a peer: a line, and some more. */
const LINKS = 12;

/** Periods in which a quiet room is looked at, and in which news has ended. */
const QUIET_PERIODS = 10;
const NEWS_PERIODS = 20;

/** Rounds that push-pull gossip with fanout 3 takes to reach everybody, simulated elsewhere. */
const EXPECTED_ROUNDS: Readonly<Record<number, number>> = { 64: 3.6, 512: 5.0 };

/** `membership`. */
export const membershipBench: Bench = {
  name: 'membership',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    for (const size of isQuick ? [8, 64] : [8, 64, 512]) {
      yield* await Promise.resolve(measure(size));
    }
  },
};

function measure(size: number): readonly Reading[] {
  const random = new SeededRandom(`membership ${size}`);
  const network = new MembershipNetwork({ random, suite: simulatedSuite });
  network.standing(size, LINKS);
  const peers = [...network.peers];
  const clock = new Stopwatch(network, peers);

  clock.runFor(QUIET_PERIODS);
  const quiet = clock.lap();
  const perPeriod = quiet.bytes / QUIET_PERIODS;

  const newcomer = network.add();
  for (let i = 0; newcomer.links.size < Math.min(LINKS, size); i++) {
    network.link(newcomer, peers[(7 * i + 1) % size]!);
  }
  const known = clock.until(() => network.holding(newcomer.id, 'alive').length === size);
  const knows = clock.until(() => membersOf(newcomer.state).length === size);
  clock.runFor(NEWS_PERIODS);
  const joined = clock.lap();

  network.vanish(newcomer);
  const suspected = clock.until(() => network.holding(newcomer.id, 'suspect').length > 0);
  const dead = clock.until(() => network.holding(newcomer.id, 'dead').length === size);
  clock.lap();

  const status = Uint8Array.of(1);
  for (const peer of peers) network.step(peer, { type: 'status', status, now: network.now });
  const told = clock.until(() => peers.every((peer) => haveStatus(peer, peers)));
  const all = clock.lap();

  return [
    {
      what: `${size} peers, a newcomer is known everywhere`,
      value: known,
      unit: 'periods',
      expected: EXPECTED_ROUNDS[size] === undefined ? undefined : { atMost: EXPECTED_ROUNDS[size] },
      details: {
        'knows all after': known + knows,
        'bytes a peer for it': joined.bytes - perPeriod * joined.periods,
      },
    },
    {
      what: `${size} peers, a quiet period costs a peer`,
      value: perPeriod,
      unit: 'bytes',
      details: { messages: quiet.messages / QUIET_PERIODS },
    },
    {
      what: `${size} peers, a death is known everywhere`,
      value: suspected + dead,
      unit: 'periods',
      details: { 'suspected after': suspected },
    },
    {
      what: `${size} peers, all change their status at once`,
      value: told,
      unit: 'periods',
      details: { 'bytes a peer': all.bytes },
    },
  ];
}

function haveStatus({ state }: GossipPeer, peers: readonly GossipPeer[]): boolean {
  return peers.every(({ id }) => {
    const member = memberOf(state, id);
    return member === undefined || member.status.length === 1;
  });
}

/** Counts periods, and what some peers send meanwhile. */
class Stopwatch {
  readonly #network: MembershipNetwork;
  readonly #peers: readonly GossipPeer[];
  #since: { readonly at: number; readonly bytes: number; readonly messages: number };

  constructor(network: MembershipNetwork, peers: readonly GossipPeer[]) {
    this.#network = network;
    this.#peers = peers;
    this.#since = this.#now();
  }

  runFor(periods: number): void {
    this.#network.run(() => false, periods * MEMBERSHIP_PERIOD_MS);
  }

  /** Periods until something holds, looked at ten times a period; Infinity when it does not in 200. */
  until(isTrue: () => boolean): number {
    const start = this.#network.now;
    let looked = -Infinity;
    const isDone = this.#network.run(() => {
      if (this.#network.now < looked + MEMBERSHIP_PERIOD_MS / 10) return false;
      looked = this.#network.now;
      return isTrue();
    }, 200 * MEMBERSHIP_PERIOD_MS);
    return isDone ? (this.#network.now - start) / MEMBERSHIP_PERIOD_MS : Infinity;
  }

  /** What a peer sent since the last lap, in how many periods. */
  lap(): { readonly periods: number; readonly bytes: number; readonly messages: number } {
    const [before, after] = [this.#since, this.#now()];
    this.#since = after;
    return {
      periods: (after.at - before.at) / MEMBERSHIP_PERIOD_MS,
      bytes: (after.bytes - before.bytes) / this.#peers.length,
      messages: (after.messages - before.messages) / this.#peers.length,
    };
  }

  #now() {
    const sum = (of: (peer: GossipPeer) => number): number =>
      this.#peers.reduce((total, peer) => total + of(peer), 0);
    return {
      at: this.#network.now,
      bytes: sum(({ bytesSent }) => bytesSent),
      messages: sum(({ messagesSent }) => messagesSent),
    };
  }
}
