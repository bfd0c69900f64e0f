/**
 * Rooms that gossip, from 8 to 512 peers. A failing run prints its seed, which is the name of the room.
 */
import { describe, expect, it } from 'vitest';
import {
  MAX_CONTROL_BYTES,
  MAX_RUMOURS,
  MEMBERSHIP_PERIOD_MS,
  STATEMENTS_PER_PERIOD,
  SUSPICION_PERIODS,
} from '../../src/config.ts';
import { memberOf, membersOf, neighboursOf } from '../../src/gossip/index.ts';
import { peerIdOf } from '../../src/ids.ts';
import { suspicionMs } from '../../src/gossip/membership-state.ts';
import { encodeHello, encodeRumours } from '../../src/gossip/messages.ts';
import { signHello, type Hello, type HelloContent } from '../../src/gossip/hello.ts';
import type { Signer } from '../../src/gossip/signed.ts';
import { signSuspicion } from '../../src/gossip/suspicion.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import {
  MembershipNetwork,
  SIMULATED_ROOM,
  type Change,
  type GossipPeer,
  type MembershipNetworkOptions,
} from '../../src/simulation/membership-network.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { Invariants } from '../gossip/invariants.ts';
import { IS_THOROUGH } from './scenarios.ts';

const DEGREE = 12;
const PERIOD = MEMBERSHIP_PERIOD_MS;
const suite = simulatedSuite;

/** A room that checks the invariants of some of its peers, and whether anybody living is held dead. */
class Room extends MembershipNetwork {
  readonly seed: string;
  readonly random: SeededRandom;
  readonly invariants: Map<GossipPeer, Invariants>;

  constructor(seed: string, options: Partial<MembershipNetworkOptions> = {}) {
    const random = new SeededRandom(seed);
    const invariants = new Map<GossipPeer, Invariants>();
    let steps = 0;
    super({
      random,
      suite,
      stepped: (peer) => {
        if (!invariants.has(peer)) invariants.set(peer, new Invariants());
        const isThorough =
          steps++ % Math.max(1, this.peers.length / 4) < 1 || this.peers.length < 9;
        invariants.get(peer)!.look(peer.state, isThorough);
      },
      ...options,
    });
    this.seed = seed;
    this.random = random;
    this.invariants = invariants;
  }

  /** Runs for a number of periods. */
  periods(count: number): void {
    this.run(() => false, count * PERIOD);
  }

  /** Periods until something holds, looked at ten times a period. */
  periodsUntil(isTrue: () => boolean, most: number): number {
    const start = this.now;
    let looked = -Infinity;
    const isDone = this.run(() => {
      if (this.now < looked + PERIOD / 10) return false;
      looked = this.now;
      return isTrue();
    }, most * PERIOD);
    return isDone ? (this.now - start) / PERIOD : Infinity;
  }

  /** A newcomer with as many links as the others, to chance. */
  join(degree = DEGREE): GossipPeer {
    const others = [...this.living()];
    const peer = this.add();
    for (let i = 0; i < Math.min(degree, others.length); i++) {
      const at = Math.floor(this.random.uniform() * others.length);
      this.link(peer, others.splice(at, 1)[0]!);
    }
    return peer;
  }

  /** Whether all the living hold each other for alive, and nobody else. */
  isTogether(): boolean {
    const living = this.living();
    return living.every(({ state }) => {
      const members = membersOf(state);
      return (
        members.length === living.length - 1 && members.every(({ state }) => state === 'alive')
      );
    });
  }

  /** Everybody that was held dead while it lived and was not frozen, with the seed. */
  falseDeaths(liar?: GossipPeer): readonly string[] {
    return this.changes
      .filter(({ state, peer, by }) => {
        const target = this.byId.get(peer);
        if (state !== 'dead' || target === undefined || target === liar || by === liar)
          return false;
        return target.isAlive && target.frozenUntil === 0;
      })
      .map(({ at, peer, by }) => `${this.seed}: ${by.id} held ${peer} dead at ${at} ms`);
  }

  broken(): readonly string[] {
    for (const [peer, invariants] of this.invariants) invariants.lookAtSignatures(peer.state);
    const views = [...this.invariants.values()].flatMap(({ broken }) => broken);
    return [...views, ...this.#hastyDeaths()].map((what) => `${this.seed}: ${what}`);
  }

  /** Deaths that no suspicion came before, or that came too soon after it. */
  #hastyDeaths(): readonly string[] {
    const last = new Map<string, Change>();
    return this.changes.flatMap((change) => {
      const { at, by, peer, state } = change;
      const before = last.get(by.id + peer);
      last.set(by.id + peer, change);
      if (state !== 'dead') return [];
      const isInTime = before?.state === 'suspect' && at - before.at >= SUSPICION_PERIODS * PERIOD;
      return isInTime ? [] : [`dead at ${at} ms after ${before?.state ?? 'nothing'}`];
    });
  }
}

/** What peers send in a number of periods, a peer and period. */
function traffic(room: Room, peers: readonly GossipPeer[], periods: number) {
  const before = peers.map(({ messagesSent, bytesSent }) => [messagesSent, bytesSent] as const);
  room.periods(periods);
  const share = periods * peers.length;
  const sum = (of: (peer: GossipPeer, i: number) => number): number =>
    peers.reduce((total, peer, i) => total + of(peer, i), 0) / share;
  return {
    messages: sum((peer, i) => peer.messagesSent - before[i]![0]),
    bytes: sum((peer, i) => peer.bytesSent - before[i]![1]),
  };
}

const SIZES = [
  // Push-pull gossip needs 3.6 and 5.0 rounds at 64 and 512 peers, fanout 3; here periods are not in step.
  { peers: 8, joinPeriods: 2, quietBytes: 250 },
  { peers: 64, joinPeriods: 3.6, quietBytes: 250 },
  { peers: 512, joinPeriods: 5, quietBytes: 500 },
].slice(0, IS_THOROUGH ? 3 : 2);

describe.each(SIZES)(
  'a standing room of $peers',
  { timeout: 180_000 },
  ({ peers, joinPeriods, quietBytes }) => {
    const room = new Room(`standing ${peers}`);
    room.standing(peers, DEGREE);

    it('costs each three messages and few bytes a period', () => {
      const { messages, bytes } = traffic(room, room.living(), 5);
      expect(messages, room.seed).toBeLessThan(3.3);
      expect(bytes, room.seed).toBeLessThan(quietBytes);
    });

    it('knows a newcomer everywhere after few periods, and the newcomer everybody', () => {
      const newcomer = room.join();
      const isKnown = (): boolean => room.holding(newcomer.id, 'alive').length === peers;
      expect(room.periodsUntil(isKnown, 20), room.seed).toBeLessThan(joinPeriods);
      const isTogether = (): boolean => membersOf(newcomer.state).length === peers;
      expect(room.periodsUntil(isTogether, 20), room.seed).toBeLessThan(joinPeriods);
    });

    it('knows of a death everywhere in bounded time, by probes alone', () => {
      const [lost] = room.living();
      room.vanish(lost!);
      const isDead = (): boolean => room.holding(lost!.id, 'dead').length === room.living().length;
      const longest = 8 + suspicionMs(room.living()[0]!.state, 1) / PERIOD;
      expect(room.periodsUntil(isDead, 60), room.seed).toBeLessThan(longest);
    });

    it('knows of a goodbye as fast as of a newcomer', () => {
      const leaver = room.living()[1]!;
      room.step(leaver, { type: 'leave', now: room.now });
      room.run(() => false, 1_000);
      room.vanish(leaver, 0);
      const hasLeft = (): boolean =>
        room.holding(leaver.id, 'left').length === room.living().length;
      expect(room.periodsUntil(hasLeft, 20), room.seed).toBeLessThan(joinPeriods);
    });

    it('held nobody dead who lived, and kept every invariant', () => {
      room.periods(5);
      expect(room.falseDeaths()).toEqual([]);
      expect(room.broken()).toEqual([]);
      expect(room.violations).toEqual([]);
      expect(room.isTogether(), room.seed).toBe(true);
    });
  },
);

describe('a room that loses messages', () => {
  it.each([
    [8, 0.05],
    [8, 0.2],
    [64, 0.05],
    [64, 0.2],
  ])('of %i peers, %d of them: suspects the living and holds none dead', (peers, loss) => {
    const room = new Room(`loss ${peers} ${loss}`, { loss });
    room.standing(peers, DEGREE);
    room.periods(IS_THOROUGH ? 60 : 30);
    const suspected = room.changes.filter(({ state }) => state === 'suspect').length;
    // One ping and three helpers fail 6e-4 of the time at 5 %, 7 % at 20 %.
    if (loss === 0.2) expect(suspected, room.seed).toBeGreaterThan(peers / 2);
    expect(room.falseDeaths()).toEqual([]);
    expect(room.broken()).toEqual([]);
  });
});

describe('a room that begins', () => {
  it('is one room after some periods, whatever was lost on the way', () => {
    const room = new Room('beginning', { loss: 0.1 });
    room.beginning(48, 8);
    const isKnown = (): boolean =>
      room.living().every(({ state }) => membersOf(state).length === 47);
    expect(room.periodsUntil(isKnown, 40), room.seed).toBeLessThan(12);
    room.periods(20);
    expect(room.falseDeaths()).toEqual([]);
    expect(room.broken()).toEqual([]);
  });
});

describe('two halves of a room', () => {
  it('hold each other dead while they are apart, and become one again over two links', () => {
    const room = new Room('partition');
    room.standing(32, 8);
    const [left, right] = [room.peers.slice(0, 16), room.peers.slice(16)];
    for (const half of [left, right]) room.linkAtRandom(half, 8);
    for (const peer of left) for (const other of right) room.unlink(peer, other);
    const areApart = (): boolean =>
      left.every(({ state }) => right.every(({ id }) => memberOf(state, id)?.state === 'dead')) &&
      right.every(({ state }) => left.every(({ id }) => memberOf(state, id)?.state === 'dead'));
    expect(room.periodsUntil(areApart, 120), room.seed).toBeLessThan(120);
    expect(room.falseDeaths().length).toBe(2 * 16 * 16);
    room.link(left[0]!, right[0]!);
    room.link(left[5]!, right[7]!);
    expect(
      room.periodsUntil(() => room.isTogether(), 60),
      room.seed,
    ).toBeLessThan(30);
    expect(room.broken()).toEqual([]);
  });
});

describe('a frozen peer', () => {
  const shortest = 9 * PERIOD;

  it('that comes back in time is suspected and not held dead', () => {
    const room = new Room('frozen');
    room.standing(32, 8);
    const [sleeper] = room.peers;
    room.freeze(sleeper!, shortest - 2 * PERIOD);
    room.periods(30);
    const states = new Set(
      room.changes.filter(({ peer }) => peer === sleeper!.id).map(({ state }) => state),
    );
    expect([...states].sort(), room.seed).toEqual(['alive', 'suspect']);
    expect(
      room.changes.filter(({ by }) => by === sleeper),
      room.seed,
    ).toEqual([]);
    expect(room.isTogether(), room.seed).toBe(true);
  });

  it('that comes back late was held dead, holds nobody dead, and is alive again', () => {
    const room = new Room('frozen for long');
    room.standing(32, 8);
    const [sleeper] = room.peers;
    room.freeze(sleeper!, 60 * PERIOD);
    room.periods(59);
    expect(room.holding(sleeper!.id, 'dead').length, room.seed).toBe(31);
    expect(
      room.periodsUntil(() => room.isTogether(), 30),
      room.seed,
    ).toBeLessThan(10);
    expect(
      room.changes.filter(({ by }) => by === sleeper),
      room.seed,
    ).toEqual([]);
    expect(room.broken()).toEqual([]);
  });
});

describe('a liar', () => {
  /** A standing room in which one does something each period; what it costs the others. */
  function roomWith(
    name: string,
    lie: (room: Room, liar: GossipPeer) => void,
    { peers, periods } = { peers: 32, periods: 40 },
  ) {
    const room = new Room(name);
    room.standing(peers, 8);
    const liar = room.peers[0]!;
    const honest = room.peers.slice(1);
    const quiet = traffic(room, honest, 5);
    const repeat = (): void => {
      if (room.now > (5 + periods) * PERIOD) return;
      lie(room, liar);
      room.at(room.now + PERIOD, repeat);
    };
    repeat();
    const busy = traffic(room, honest, periods);
    expect(room.falseDeaths(liar)).toEqual([]);
    expect(room.broken()).toEqual([]);
    return { room, liar, honest, quiet, busy };
  }

  const toAll = (room: Room, liar: GossipPeer, message: Uint8Array): void => {
    for (const to of [...liar.links.values()]) room.send(liar, to, message);
  };

  it('that suspects everybody each period kills nobody', () => {
    const { room, busy } = roomWith('suspects all', (room, liar) => {
      const suspicions = room.peers.slice(1).map(({ id, state }) => {
        return signSuspicion(suite, liar, SIMULATED_ROOM, id, state.own.incarnation).bytes;
      });
      toAll(room, liar, encodeRumours({ suspicions }));
    });
    const suspected = room.changes.filter(({ state }) => state === 'suspect').length;
    expect(suspected, room.seed).toBeGreaterThan(0);
    // Two rumours a period are believed of it, and what they make others say.
    expect(busy.bytes, room.seed).toBeLessThan(16_000);
  });

  it('that sends hellos in the name of others is disconnected', () => {
    const { room, liar } = roomWith('forges', (room, liar) => {
      const victim = room.peers[7]!;
      const signer = { id: victim.id, secretKey: liar.secretKey };
      const incarnation = victim.state.own.incarnation + 9;
      const forged = helloOf(signer, incarnation, { isLeaving: true });
      toAll(room, liar, encodeHello(forged));
    });
    expect(room.violations.length).toBeGreaterThan(0);
    expect(
      room.violations.every(({ peer }) => peer === liar.id),
      room.seed,
    ).toBe(true);
    expect(liar.links.size).toBe(0);
    expect(room.holding(room.peers[7]!.id, 'left')).toEqual([]);
  });

  it('that brings hellos of another room is disconnected', () => {
    const { room, liar } = roomWith('other room', (room, liar) => {
      const hello = helloOf(liar, 99, { room: new Uint8Array(32).fill(9) });
      toAll(room, liar, encodeHello(hello));
    });
    expect(liar.links.size, room.seed).toBe(0);
  });

  it('that repeats old hellos and suspicions changes nothing', () => {
    const old: Uint8Array[] = [];
    const { room } = roomWith('repeats', (room, liar) => {
      if (old.length === 0) {
        for (const { id, state } of room.peers.slice(1)) {
          const { incarnation } = state.own;
          old.push(encodeHello(state.own));
          const doubt = signSuspicion(suite, liar, SIMULATED_ROOM, id, incarnation);
          old.push(encodeRumours({ suspicions: [doubt.bytes] }));
          room.step(room.byId.get(id)!, {
            type: 'status',
            status: Uint8Array.of(1),
            now: room.now,
          });
        }
        return;
      }
      for (const message of old) toAll(room, liar, message);
    });
    for (const { state } of room.living()) {
      expect(
        membersOf(state).every(({ incarnation }) => incarnation > 2),
        room.seed,
      ).toBe(true);
    }
  });

  it('that names neighbours it does not have is believed by nobody', () => {
    const { room, liar, honest } = roomWith('false neighbours', (room, liar) => {
      const links = room.peers.slice(1).map(({ id }) => id);
      const hello = helloOf(liar, liar.state.own.incarnation + 1, { links });
      liar.state.own = hello;
      toAll(room, liar, encodeHello(hello));
    });
    for (const { state } of honest) {
      const believed = neighboursOf(state, liar.id).filter((id) => !liar.links.has(id));
      expect(believed, room.seed).toEqual([]);
    }
  });

  it('that floods a link is looked at no more than a link may bring, and the rest is told slowly', () => {
    const perPeriod = 10 * 128;
    const { room, liar, honest, busy } = roomWith(
      'floods',
      (room, liar) => {
        // A crowd that is not there.
        const to = liar.links.get(room.peers[1]!.id)!;
        for (let sent = 0; sent < perPeriod; sent += 64) {
          room.send(liar, to, encodeRumours({ hellos: crowd(room.random, 64) }));
        }
      },
      { peers: 8, periods: 2 },
    );
    expect(STATEMENTS_PER_PERIOD).toBeLessThan(perPeriod);
    // Three times a period is lied; a bucket that is full once refills twice meanwhile.
    const looked = room.byId.get(room.peers[1]!.id)!.state.members.size - 7;
    expect(looked, room.seed).toBeLessThanOrEqual(3 * STATEMENTS_PER_PERIOD);
    for (const { state } of honest) expect(state.rumours.size).toBeLessThanOrEqual(MAX_RUMOURS);
    // Telling is bounded by three neighbours a period, comparing by what one source may send.
    expect(busy.bytes, room.seed).toBeLessThan(100_000);
    expect(liar.links.size).toBe(7);
  });
});

/** Hellos of peers that nobody is. */
function crowd(random: SeededRandom, count: number): readonly Uint8Array[] {
  return Array.from({ length: count }, () => {
    const secretKey = new Uint8Array(32).map(() => random.word() & 0xff);
    const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
    return helloOf(signer, 1).bytes;
  });
}

/** A hello without links. */
function helloOf(signer: Signer, incarnation: number, changes: Partial<HelloContent> = {}): Hello {
  const content = { room: SIMULATED_ROOM, incarnation, isLeaving: false, links: [] };
  return signHello(suite, signer, { ...content, status: new Uint8Array(0), ...changes });
}

it('no message of gossip is above its bound', () => {
  const lengths: number[] = [];
  const room = new Room('bounds', {
    tamper: (_from, _to, message) => {
      lengths.push(message.length);
      return undefined;
    },
  });
  room.standing(128, DEGREE);
  room.join(3);
  room.periods(3);
  expect(lengths.length).toBeGreaterThan(100);
  expect(Math.max(...lengths), room.seed).toBeLessThanOrEqual(MAX_CONTROL_BYTES);
});
