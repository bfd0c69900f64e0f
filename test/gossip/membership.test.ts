import { describe, expect, it } from 'vitest';
import {
  MAX_KNOWN_PEERS,
  MAX_STATUS_BYTES,
  MEMBERSHIP_PERIOD_MS as PERIOD,
  PROBE_TIMEOUT_MS,
} from '../../src/config.ts';
import { signHello, type Hello, type HelloContent } from '../../src/gossip/hello.ts';
import {
  areNeighbours,
  cloneMembership,
  commonNeighbours,
  createMembership,
  memberOf,
  membersOf,
  membershipDeadlineOf,
  neighboursOf,
  stepMembership,
  TICK_WORDS,
  type MembershipEffect,
  type MembershipEvent,
} from '../../src/gossip/index.ts';
import type { GossipMessage, Probe, Rumours } from '../../src/gossip/messages.ts';
import { suspicionMs } from '../../src/gossip/membership-state.ts';
import { signSuspicion } from '../../src/gossip/suspicion.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

const room = new Uint8Array(32).fill(3);
const nothing = new Uint8Array(0);
const EMPTY: Rumours = {
  hellos: [],
  suspicions: [],
  sums: undefined,
  listing: undefined,
  wants: [],
  hasMore: false,
};

function signerOf(name: string, suite = simulatedSuite) {
  const random = new SeededRandom(name);
  const secretKey = new Uint8Array(32).map(() => random.word() & 0xff);
  return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
}

function helloOf(name: string, incarnation: number, changes: Partial<HelloContent> = {}): Hello {
  const content = { room, incarnation, isLeaving: false, links: [], status: nothing };
  return signHello(simulatedSuite, signerOf(name), { ...content, ...changes });
}

const idOf = (name: string): PeerId => signerOf(name).id;
const doubt = (by: string, of: string, incarnation: number) =>
  signSuspicion(simulatedSuite, signerOf(by), room, idOf(of), incarnation);

/** One machine, driven by hand. */
class Lone {
  state;
  now = 0;
  readonly random = new SeededRandom('lone');

  constructor(suite = simulatedSuite) {
    const signer = signerOf('self', suite);
    this.state = createMembership({ suite, signer, room, incarnation: 1, status: nothing }, 0);
  }

  /** One step; what it asks for, messages decoded. */
  step(
    event: MembershipEvent extends infer E
      ? E extends { now: number }
        ? Omit<E, 'now'>
        : never
      : never,
  ) {
    const [state, effects] = stepMembership(this.state, {
      ...event,
      now: this.now,
    } as MembershipEvent);
    this.state = state;
    return new Asked(effects);
  }

  link(...names: readonly string[]): void {
    for (const name of names) this.step({ type: 'linked', peer: idOf(name) });
  }

  receive(from: string, message: GossipMessage) {
    return this.step({ type: 'received', from: idOf(from), message });
  }

  hear(from: string, parts: Partial<Rumours>) {
    return this.receive(from, { type: 'rumours', rumours: { ...EMPTY, ...parts } });
  }

  /** Lets time pass, ticking when asked to; `each` may add what happens before a tick. */
  wait(ms: number, each: () => void = () => undefined): Asked {
    const until = this.now + ms;
    const effects: MembershipEffect[] = [];
    while (membershipDeadlineOf(this.state) <= until) {
      this.now = Math.max(this.now, membershipDeadlineOf(this.state));
      each();
      const random = new Uint32Array(TICK_WORDS).map(() => this.random.word());
      effects.push(...this.step({ type: 'tick', random }).effects);
    }
    this.now = until;
    return new Asked(effects);
  }

  is(name: string): string | undefined {
    return memberOf(this.state, idOf(name))?.state;
  }
}

/** Effects, read. */
class Asked {
  readonly effects: readonly MembershipEffect[];

  constructor(effects: readonly MembershipEffect[]) {
    this.effects = effects;
  }

  /** Messages to a peer. */
  to(name: string): readonly GossipMessage[] {
    return this.effects.flatMap((effect) => {
      if (effect.type !== 'send' || !effect.to.includes(idOf(name))) return [];
      const decoded = decodeMessage(effect.message);
      return decoded.type === 'gossip' ? [decoded.message] : [];
    });
  }

  probesTo(name: string): readonly Probe[] {
    return this.to(name).flatMap((message) => (message.type === 'probe' ? [message.probe] : []));
  }

  rumoursTo(name: string): readonly Rumours[] {
    return this.to(name).flatMap((message) =>
      message.type === 'rumours' ? [message.rumours] : [],
    );
  }

  get violations(): readonly PeerId[] {
    return this.effects.flatMap((effect) => (effect.type === 'violation' ? [effect.peer] : []));
  }

  get changes(): readonly string[] {
    return this.effects.flatMap((effect) => (effect.type === 'changed' ? [effect.state] : []));
  }
}

/** A machine linked to Ada and Bob that knows them and Cleo, who is linked to both. */
function acquainted(): Lone {
  const lone = new Lone();
  lone.link('Ada', 'Bob');
  lone.wait(4 * PERIOD, () => {
    lone.step({ type: 'heard', peer: idOf('Ada') });
    lone.step({ type: 'heard', peer: idOf('Bob') });
  });
  const self = idOf('self');
  lone.hear('Ada', {
    hellos: [
      helloOf('Ada', 5, { links: [self, idOf('Cleo')] }),
      helloOf('Bob', 5, { links: [self, idOf('Cleo')] }),
      helloOf('Cleo', 5, { links: [idOf('Ada'), idOf('Bob')] }),
    ],
  });
  return lone;
}

describe('hellos', () => {
  it('make members, and newer ones replace older ones', () => {
    const lone = acquainted();
    expect(membersOf(lone.state)).toHaveLength(3);
    const status = Uint8Array.of(4, 2);
    expect(lone.hear('Ada', { hellos: [helloOf('Cleo', 6, { status })] }).changes).toEqual([]);
    expect(memberOf(lone.state, idOf('Cleo'))).toMatchObject({ incarnation: 6, status });
    lone.hear('Bob', { hellos: [helloOf('Cleo', 5)] });
    expect(memberOf(lone.state, idOf('Cleo'))).toMatchObject({ incarnation: 6, status });
  });

  it('of one incarnation that differ leave everybody with the same one', () => {
    const [first, second] = [acquainted(), acquainted()];
    const [a, b] = [1, 2].map((word) => helloOf('Cleo', 9, { status: Uint8Array.of(word) }));
    first.hear('Ada', { hellos: [a!, b!] });
    second.hear('Ada', { hellos: [b!, a!] });
    expect(memberOf(first.state, idOf('Cleo'))).toEqual(memberOf(second.state, idOf('Cleo')));
    expect(first.state.sums).toEqual(second.state.sums);
  });

  it('say goodbye, and a later one comes back', () => {
    const lone = acquainted();
    const goodbye = helloOf('Cleo', 6, { isLeaving: true });
    expect(lone.hear('Ada', { hellos: [goodbye] }).changes).toEqual(['left']);
    expect(lone.hear('Ada', { hellos: [helloOf('Cleo', 5)] }).changes).toEqual([]);
    expect(lone.hear('Ada', { hellos: [helloOf('Cleo', 7)] }).changes).toEqual(['alive']);
  });

  it('that are forged, or of another room, are reported as the neighbour that brought them', () => {
    const lone = acquainted();
    const forged = signHello(
      simulatedSuite,
      { ...signerOf('Cleo'), secretKey: signerOf('Eve').secretKey },
      { room, incarnation: 9, isLeaving: false, links: [], status: nothing },
    );
    expect(lone.hear('Bob', { hellos: [forged] }).violations).toEqual([idOf('Bob')]);
    const elsewhere = helloOf('Cleo', 9, { room: new Uint8Array(32) });
    expect(lone.hear('Ada', { hellos: [elsewhere] }).violations).toEqual([idOf('Ada')]);
    const bent = { ...doubt('Cleo', 'Bob', 5), by: idOf('Ada') };
    expect(lone.hear('Ada', { suspicions: [bent] }).violations).toEqual([idOf('Ada')]);
    expect(memberOf(lone.state, idOf('Cleo'))).toMatchObject({ incarnation: 5 });
  });

  it('of an earlier life of this peer make it speak with a higher incarnation', () => {
    const lone = acquainted();
    lone.hear('Ada', { hellos: [helloOf('self', 1_000)] });
    expect(lone.state.own.incarnation).toBe(1_001);
  });

  it('follow when links or status change, and tell both', () => {
    const lone = acquainted();
    const before = lone.state.own.incarnation;
    lone.step({ type: 'status', status: Uint8Array.of(7) });
    lone.step({ type: 'unlinked', peer: idOf('Bob') });
    const heard = lone.wait(3 * PERIOD, () => lone.step({ type: 'heard', peer: idOf('Ada') }));
    expect(lone.state.own).toMatchObject({ incarnation: before + 1, status: Uint8Array.of(7) });
    const told = heard.rumoursTo('Ada').flatMap(({ hellos }) => hellos);
    expect(told).toContainEqual(lone.state.own);
    const status = new Uint8Array(MAX_STATUS_BYTES + 1);
    expect(() => lone.step({ type: 'status', status })).toThrow('status is 129 bytes');
  });

  it('beyond the bound make it forget the oldest dead, and refuse when all live', () => {
    const lone = acquainted();
    lone.hear('Ada', { hellos: [helloOf('Cleo', 6, { isLeaving: true })] });
    const filler = memberOf(lone.state, idOf('Ada'))!.peer;
    const member = lone.state.members.get(filler)!;
    for (let i = lone.state.members.size; i < MAX_KNOWN_PEERS; i++) {
      lone.state.members.set(`filler ${i}` as PeerId, member);
    }
    lone.hear('Ada', { hellos: [helloOf('Dora', 1)] });
    expect([lone.is('Cleo'), lone.is('Dora')]).toEqual([undefined, 'alive']);
    lone.hear('Ada', { hellos: [helloOf('Emil', 1)] });
    expect(lone.is('Emil')).toBeUndefined();
    expect(lone.state.members.size).toBe(MAX_KNOWN_PEERS);
  });
});

describe('a suspicion', () => {
  const talking = (lone: Lone) => () => {
    lone.step({ type: 'heard', peer: idOf('Ada') });
    lone.step({ type: 'heard', peer: idOf('Bob') });
  };

  it('makes suspect, and kills only after twice the shortest time when one alone signed it', () => {
    const lone = acquainted();
    expect(lone.hear('Ada', { suspicions: [doubt('Bob', 'Cleo', 5)] }).changes).toEqual([
      'suspect',
    ]);
    const ms = suspicionMs(lone.state, 1);
    lone.wait(ms - PERIOD, talking(lone));
    expect(lone.is('Cleo')).toBe('suspect');
    lone.wait(2 * PERIOD, talking(lone));
    expect(lone.is('Cleo')).toBe('dead');
    expect(membersOf(lone.state).map(({ peer }) => peer)).not.toContain(idOf('Cleo'));
  });

  it('kills in half the time when four signed it', () => {
    const lone = acquainted();
    lone.hear('Ada', { hellos: [helloOf('Dora', 1), helloOf('Emil', 1)] });
    const doubters = ['Ada', 'Bob', 'Dora', 'Emil'];
    lone.hear('Ada', { suspicions: doubters.map((name) => doubt(name, 'Cleo', 5)) });
    expect(suspicionMs(lone.state, 4)).toBe(suspicionMs(lone.state, 1) / 2);
    lone.wait(suspicionMs(lone.state, 4) + PERIOD, talking(lone));
    expect(lone.is('Cleo')).toBe('dead');
  });

  it('is refuted by a newer hello, however late', () => {
    const lone = acquainted();
    lone.hear('Ada', { suspicions: [doubt('Bob', 'Cleo', 5)] });
    expect(lone.hear('Ada', { hellos: [helloOf('Cleo', 6)] }).changes).toEqual(['alive']);
    lone.hear('Ada', { suspicions: [doubt('Ada', 'Cleo', 5)] });
    expect(lone.is('Cleo')).toBe('alive');
    lone.hear('Ada', { suspicions: [doubt('Bob', 'Cleo', 6)] });
    lone.wait(suspicionMs(lone.state, 1) + 2 * PERIOD, talking(lone));
    expect(lone.is('Cleo')).toBe('dead');
    expect(lone.hear('Ada', { hellos: [helloOf('Cleo', 7)] }).changes).toEqual(['alive']);
  });

  it('of an older hello is answered with the newer one', () => {
    const lone = acquainted();
    lone.hear('Ada', { hellos: [helloOf('Cleo', 6)] });
    const asked = lone.hear('Bob', { suspicions: [doubt('Bob', 'Cleo', 5)] });
    const [answer] = asked.rumoursTo('Bob');
    expect(answer!.hellos).toMatchObject([{ peer: idOf('Cleo'), incarnation: 6 }]);
  });

  it('by a stranger, by the dead, or of a hello that is not known counts nothing', () => {
    const lone = acquainted();
    lone.hear('Ada', { suspicions: [doubt('Zoe', 'Cleo', 5), doubt('Bob', 'Cleo', 9)] });
    expect(lone.is('Cleo')).toBe('alive');
  });

  it('of a linked peer is told to it, and it stays alive as long as it answers', () => {
    const lone = acquainted();
    const asked = lone.hear('Ada', { suspicions: [doubt('Ada', 'Bob', 5)] });
    expect(asked.changes).toEqual([]);
    expect(asked.rumoursTo('Bob')[0]!.suspicions).toMatchObject([{ by: idOf('Ada') }]);
    const during = lone.wait(3 * suspicionMs(lone.state, 1), () => {
      talking(lone)();
      expect(lone.is('Bob')).toBe('alive');
    });
    expect(during.probesTo('Bob').length).toBeGreaterThan(0);
  });

  it('of a linked peer counts from when its link is lost', () => {
    const lone = acquainted();
    lone.hear('Ada', { suspicions: [doubt('Ada', 'Bob', 5)] });
    expect(lone.step({ type: 'unlinked', peer: idOf('Bob') }).changes).toEqual(['suspect']);
  });

  it('of this peer is answered with a new hello within a period', () => {
    const lone = acquainted();
    const { incarnation } = lone.state.own;
    lone.hear('Ada', { suspicions: [doubt('Bob', 'self', incarnation)] });
    lone.wait(PERIOD, talking(lone));
    expect(lone.state.own.incarnation).toBe(incarnation + 1);
    lone.hear('Ada', { suspicions: [doubt('Bob', 'self', incarnation)] });
    lone.wait(PERIOD, talking(lone));
    expect(lone.state.own.incarnation).toBe(incarnation + 1);
  });

  it('by one that suspects more than it may is not believed', () => {
    const lone = acquainted();
    const names = Array.from({ length: 24 }, (_, i) => `peer ${i}`);
    lone.hear('Ada', { hellos: names.map((name) => helloOf(name, 1)) });
    lone.hear('Ada', { suspicions: names.map((name) => doubt('Bob', name, 1)) });
    expect(names.filter((name) => lone.is(name) === 'suspect')).toHaveLength(16);
  });
});

describe('a peer that does not answer', () => {
  it('is asked for through common neighbours, then suspected', () => {
    const lone = acquainted();
    lone.link('Cleo');
    lone.hear('Cleo', {
      hellos: [helloOf('Cleo', 6, { links: ['Ada', 'Bob', 'self'].map(idOf) })],
    });
    lone.step({ type: 'watch', peers: [idOf('Cleo')] });
    const alive = () => lone.step({ type: 'heard', peer: idOf('Ada') });
    const first = lone.wait(PERIOD, alive);
    expect(first.probesTo('Cleo').map(({ kind }) => kind)).toEqual(['ping']);
    const second = lone.wait(PROBE_TIMEOUT_MS, alive);
    const asked = [...first.probesTo('Ada'), ...second.probesTo('Ada')].filter(
      ({ kind }) => kind === 'ask',
    );
    expect(asked).toMatchObject([{ kind: 'ask', peer: idOf('Cleo') }]);
    expect(lone.is('Cleo')).toBe('alive');
    const third = lone.wait(2 * PROBE_TIMEOUT_MS, alive);
    expect(third.changes).toEqual(['suspect']);
    const told = lone
      .wait(PERIOD, alive)
      .rumoursTo('Ada')
      .flatMap(({ suspicions }) => suspicions);
    expect(told).toMatchObject([{ by: idOf('self'), suspect: idOf('Cleo'), incarnation: 6 }]);
  });

  it('is not suspected by a peer that hears nobody', () => {
    const lone = acquainted();
    const silent = lone.wait(20 * PERIOD);
    expect(silent.changes).toEqual([]);
  });

  it('is not suspected by a peer that was stopped itself', () => {
    const lone = acquainted();
    lone.wait(PERIOD / 2);
    lone.now += 30 * PERIOD;
    lone.step({ type: 'heard', peer: idOf('Ada') });
    expect(lone.wait(PERIOD / 4).changes).toEqual([]);
  });

  it('is proved alive by its own signature alone', () => {
    const lone = acquainted();
    lone.step({ type: 'watch', peers: [idOf('Cleo')] });
    const asked = lone.wait(PERIOD, () => lone.step({ type: 'heard', peer: idOf('Ada') }));
    const [ask] = [...asked.probesTo('Ada'), ...asked.probesTo('Bob')];
    expect(ask).toMatchObject({ kind: 'ask', peer: idOf('Cleo') });
    const cleo = createMembership(
      { suite: simulatedSuite, signer: signerOf('Cleo'), room, incarnation: 1, status: nothing },
      0,
    );
    stepMembership(cleo, { type: 'linked', peer: idOf('Ada'), now: 0 });
    const call: GossipMessage = { type: 'probe', probe: { ...ask!, kind: 'call' } };
    const [, effects] = stepMembership(cleo, {
      type: 'received',
      from: idOf('Ada'),
      message: call,
      now: 0,
    });
    const [ack] = new Asked(effects).probesTo('Ada');
    const forged = { ...ack!, proof: ack!.proof.map((byte) => byte ^ 1) };
    const lied = lone.receive('Ada', { type: 'probe', probe: forged });
    expect(lied.violations).toEqual([idOf('Ada')]);
    expect(lone.state.probes.has(idOf('Cleo'))).toBe(true);
    lone.receive('Ada', { type: 'probe', probe: ack! });
    expect(lone.state.probes.has(idOf('Cleo'))).toBe(false);
  });

  it('is suspected at once when nobody is linked to it, once its hello is old', () => {
    const lone = acquainted();
    lone.hear('Ada', { hellos: [helloOf('Ghost', 1, { links: [idOf('Ada')] })] });
    expect(lone.is('Ghost')).toBe('alive');
    const talk = () => {
      for (const name of ['Ada', 'Bob']) lone.step({ type: 'heard', peer: idOf(name) });
    };
    lone.wait(60 * PERIOD, talk);
    expect(lone.is('Ghost')).toBe('dead');
    expect(lone.is('Cleo')).toBe('alive');
  });
});

describe('neighbours', () => {
  it('are those that both say so', () => {
    const lone = acquainted();
    const [ada, bob, cleo] = ['Ada', 'Bob', 'Cleo'].map(idOf) as [PeerId, PeerId, PeerId];
    const self = idOf('self');
    expect(areNeighbours(lone.state, ada, cleo)).toBe(true);
    expect(areNeighbours(lone.state, ada, bob)).toBe(false);
    expect(areNeighbours(lone.state, self, bob)).toBe(true);
    expect(commonNeighbours(lone.state, self, cleo)).toEqual(expect.arrayContaining([ada, bob]));
    expect(neighboursOf(lone.state, ada)).toEqual(expect.arrayContaining([cleo, self]));
    lone.hear('Ada', { hellos: [helloOf('Eve', 1, { links: [ada, bob, cleo] })] });
    expect(neighboursOf(lone.state, idOf('Eve'))).toEqual([]);
    lone.hear('Ada', { hellos: [helloOf('Ada', 6, { isLeaving: true, links: [cleo] })] });
    expect(commonNeighbours(lone.state, bob, cleo)).toEqual([]);
  });
});

describe('the machine', () => {
  it('says goodbye once, and is silent then', () => {
    const lone = acquainted();
    const asked = lone.step({ type: 'leave' });
    expect(asked.to('Ada')).toMatchObject([{ type: 'hello', hello: { isLeaving: true } }]);
    expect(membershipDeadlineOf(lone.state)).toBe(Infinity);
    expect(lone.hear('Ada', { hellos: [helloOf('Dora', 1)] }).effects).toEqual([]);
  });

  it('hears nothing from whom it is not linked to', () => {
    const lone = acquainted();
    lone.hear('Cleo', { hellos: [helloOf('Dora', 1)] });
    expect(lone.is('Dora')).toBeUndefined();
  });

  it('branches: a copy and its original do not touch', () => {
    const lone = acquainted();
    lone.hear('Ada', { suspicions: [doubt('Bob', 'Cleo', 5)] });
    const copy = cloneMembership(lone.state);
    const before = JSON.stringify(snapshot(copy));
    lone.hear('Ada', { hellos: [helloOf('Cleo', 6), helloOf('Dora', 1)] });
    lone.step({ type: 'unlinked', peer: idOf('Bob') });
    lone.wait(5 * PERIOD);
    expect(JSON.stringify(snapshot(copy))).toBe(before);
    expect(JSON.stringify(snapshot(lone.state))).not.toBe(before);
  });

  it('speaks with the real suite as with the simulated one', () => {
    const self = new Lone(realSuite);
    const ada = signerOf('Ada', realSuite);
    self.step({ type: 'linked', peer: ada.id });
    const content = { room, incarnation: 4, isLeaving: false, links: [], status: nothing };
    const hello = signHello(realSuite, ada, content);
    const message: GossipMessage = { type: 'hello', hello };
    expect(self.step({ type: 'received', from: ada.id, message }).changes).toEqual(['alive']);
    const forged = { ...hello, incarnation: 5, bytes: helloOf('Ada', 5).bytes };
    const lie: GossipMessage = { type: 'hello', hello: forged };
    expect(self.step({ type: 'received', from: ada.id, message: lie }).violations).toEqual([
      ada.id,
    ]);
  });
});

/** A state as plain data. */
function snapshot(state: Lone['state']): unknown {
  const plain = (value: unknown): unknown =>
    value instanceof Map || value instanceof Set
      ? [...value].map(plain)
      : Array.isArray(value)
        ? value.map(plain)
        : value;
  return Object.entries(state)
    .filter(([name]) => name !== 'setting')
    .map(([name, value]) => [name, plain(value)]);
}
