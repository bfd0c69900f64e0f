import { describe, expect, it } from 'vitest';
import { concat, utf8, wordsToBytes } from '../../src/bytes.ts';
import type { PeerId } from '../../src/ids.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { encodeBare, encodeSigned, openEnvelope } from '../../src/secagg/index.ts';
import {
  attemptBody,
  decodeAttemptMessage,
  type AttemptMessage,
} from '../../src/secagg/messages.ts';
import { AttemptNetwork, type Member } from './attempt-network.ts';

describe('a hostile member', () => {
  it('that sends masked words before the keys are agreed is accused, and nothing breaks', () => {
    const network = new AttemptNetwork(4);
    const [liar, victim] = network.members as [Member, Member];
    const words = new Uint32Array(4);
    network.receive(
      victim,
      liar.signer.id,
      message(liar, { type: 'masked', words, signature: NOT_SIGNED }),
    );
    expect(network.violations).toEqual(['sent a contribution before it could hold all shares']);
    network.run();
    expectAgreement(network);
    expect(network.members[2]!.outcome).toMatchObject({ type: 'result' });
  });

  it.each(['maskKey', 'sealKey'] as const)(
    'that advertises a %s of small order ends the attempt before anything is masked',
    (field) => {
      const network = withLiar(4, (liar, _to, content) =>
        content.type === 'advertise' ? message(liar, { ...content, [field]: ONE }) : undefined,
      );
      network.run();
      for (const { outcome } of honest(network)) {
        expect(outcome).toMatchObject({ type: 'failed', reason: 'aborted', isSpent: false });
      }
      expect(network.log.filter(({ bytes }) => openEnvelope(bytes).type === 'masked')).toEqual([]);
    },
  );

  it('that opens a key of 31 bytes is refused where it is decoded', () => {
    for (const field of ['seeds', 'seedShares', 'keyShares', 'keys'] as const) {
      const content: AttemptMessage = {
        ...NOTHING,
        [field]: [{ member: 1, bytes: new Uint8Array(31) }],
      };
      const bytes = encodeBare('unmask', attemptBody(new Uint8Array(16), content));
      expect(() => decodeAttemptMessage(openEnvelope(bytes))).toThrow(/not a piece/);
    }
  });

  it('that opens secrets without a certificate is accused and not heard', () => {
    const network = new AttemptNetwork(4);
    for (let i = 0; i < 3; i++) network.deliver();
    const [liar, victim] = network.members as [Member, Member];
    const seeds = [{ member: 0, bytes: new Uint8Array(32) }];
    network.receive(victim, liar.signer.id, message(liar, { ...NOTHING, seeds }));
    expect(network.violations).toEqual(['opened secrets without a certificate']);
    expect(victim.state.seeds[0]).toBeUndefined();
  });

  it('that advertises other keys to some members never makes a sum', () => {
    const network = withLiar(5, (liar, to, content) =>
      content.type === 'advertise' && isEven(liar, to)
        ? message(liar, { ...content, maskKey: nodeSuite.agreementKey(ONE) })
        : undefined,
    );
    network.run();
    expectAgreement(network);
    for (const { outcome } of honest(network)) expect(outcome?.type).toBe('failed');
  });

  it('that sends different masked words to different members is left out by all', () => {
    const network = withLiar(5, (liar, to, content) => {
      if (content.type !== 'masked' || !isEven(liar, to)) return undefined;
      const words = content.words.map((word) => word + 1);
      const digest = nodeSuite.hash(wordsToBytes(words));
      const statement = concat(utf8('murmuration/1/masked\0'), liar.state.context!, digest);
      return message(liar, {
        ...content,
        words,
        signature: nodeSuite.sign(liar.signer.secretKey, statement),
      });
    });
    network.run();
    expectAgreement(network);
    for (const { outcome } of honest(network)) {
      expect(outcome).toMatchObject({ type: 'result' });
      if (outcome?.type === 'result')
        expect(outcome.included).not.toContain(liarOf(network).signer.id);
    }
  });

  it.each([
    ['active', 'omits'],
    ['active', 'denies'],
    ['honest', 'omits'],
  ] as const)(
    'that in %s mode %s what a victim sent makes nobody blame the victim',
    (mode, lie) => {
      const network = new AttemptNetwork(5, {
        mode,
        tamper: (from, _to, bytes) => {
          const content = contentOf(bytes);
          const { leaders, self } = from.state.setting;
          if (self !== leaders.at(-1) || content.type !== 'have') return undefined;
          const victim = leaders[1]!;
          const kept = content.digests.filter((_digest, place) => place !== victim);
          const denied = content.digests.map((digest, place) =>
            place === victim ? new Uint8Array(32) : digest,
          );
          return [
            message(
              from,
              lie === 'denies'
                ? { ...content, digests: denied }
                : { ...content, members: content.members & ~(1 << victim), digests: kept },
            ),
          ];
        },
      });
      network.run();
      expectAgreement(network);
      const victim = network.members[network.members[0]!.state.setting.leaders[1]!]!.signer.id;
      for (const { outcome } of honest(network)) {
        expect(outcome).toMatchObject({ type: 'result', failed: [] });
        if (outcome?.type === 'result') expect(outcome.included).not.toContain(victim);
      }
    },
  );

  it('that signs LOCK and ABORT, or two LOCKs, splits nobody', () => {
    for (const lie of ['abort', 'lock'] as const) {
      const network = withLiar(4, (liar, to, content) => {
        if (content.type !== 'lock' || !isEven(liar, to)) return undefined;
        return lie === 'abort'
          ? message(liar, { type: 'abort', reason: 'timeout' })
          : message(liar, { ...content, digest: new Uint8Array(32) });
      });
      network.run();
      expectAgreement(network);
      // Each LOCK of the liar makes a certificate with those of two others, and UNMASK carries it on.
      for (const { outcome } of honest(network)) expect(outcome?.type).toBe('result');
    }
  });

  it('whose LOCK only one member needs and gets gives a certificate that convinces the rest', () => {
    // Member 3 is silent from LOCK on, so that the liar's LOCK decides; two members get an ABORT instead.
    const network = new AttemptNetwork(4, {
      tamper: (from, to, bytes) => {
        const content = contentOf(bytes);
        const { self, proposal } = from.state.setting;
        if (self === 3 && ['lock', 'unmask'].includes(content.type)) return [];
        if (self !== 0 || content.type !== 'lock') return undefined;
        const isLucky = to === proposal.roster[1];
        return isLucky ? undefined : [message(from, { type: 'abort', reason: 'timeout' })];
      },
    });
    network.run();
    expectAgreement(network);
    for (const place of [1, 2]) expect(network.members[place]!.outcome?.type).toBe('result');
    expect(network.violations).toContain('signed LOCK and ABORT of one attempt');
  });

  it('that leads, and lists other keys to some, makes no sum', () => {
    const network = withLeader(5, (leader, to, content) =>
      content.type === 'roster' && isEven(leader, to)
        ? message(leader, {
            ...content,
            keyHashes: content.keyHashes.map(() => new Uint8Array(32)),
          })
        : undefined,
    );
    network.run();
    expectAgreement(network);
  });

  it('that leads, and leaves a member out, finds nobody to sign', () => {
    const network = withLeader(5, (leader, _to, content) => {
      if (content.type === 'lock') return 'silence';
      if (content.type !== 'survivors') return undefined;
      const victim = (leader.state.setting.self + 1) % 5;
      return message(leader, { ...content, members: content.members & ~(1 << victim) });
    });
    network.run();
    expectAgreement(network);
    for (const member of network.members) {
      if (member === leaderOf(network)) continue;
      expect(member.outcome).toMatchObject({ type: 'failed', isSpent: false });
    }
  });

  it('that leads, and proposes different survivors to different members, splits nobody', () => {
    const network = withLeader(5, (leader, to, content) => {
      if (content.type !== 'survivors') return undefined;
      const victim = leader.state.setting.proposal.roster.indexOf(to);
      return message(leader, { ...content, members: content.members & ~(1 << victim) });
    });
    network.run();
    expectAgreement(network);
  });

  it.each([1, 3, 4])(
    'that gives wrong shares (%i of them, of 15) makes no wrong sum',
    (liarCount) => {
      const network = new AttemptNetwork(15, {
        dimension: 2,
        tamper: (from, _to, bytes) => {
          const content = contentOf(bytes);
          const { self } = from.state.setting;
          // The last one deals its shares and no more: its mask key has to be rebuilt.
          if (self === 14 && content.type === 'masked') return [];
          if (content.type !== 'unmask' || self >= liarCount) return undefined;
          const keyShares = content.keyShares.map((piece) => ({
            ...piece,
            bytes: piece.bytes.map((byte, i) => byte ^ (37 * self + 11 * i * (self + 1) + 1)),
          }));
          return [message(from, { ...content, keyShares, keys: [] })];
        },
      });
      while (!network.members.every(({ state }) => state.phase === 'gather')) network.deliver();
      network.vanish(network.members[14]!, 'queued');
      network.run();
      expectAgreement(network);
      // Of 15, 11 right shares are needed, and 14 were left to give one.
      const type = liarCount <= 3 ? 'result' : 'failed';
      for (const member of network.members.slice(liarCount, 14)) {
        expect(member.outcome).toMatchObject({ type });
      }
    },
  );

  it('that replays an attempt changes nothing in the next', () => {
    const old = new AttemptNetwork(4);
    old.run();
    const network = new AttemptNetwork(4, { attempt: 2 });
    for (let i = 0; i < 12; i++) {
      for (const { from, to, bytes } of old.log) {
        network.receive(
          network.members.find(({ signer }) => signer.id === to)!,
          from,
          bytes,
        );
      }
      network.deliver();
    }
    network.run();
    expectAgreement(network);
    expect(network.members[0]!.outcome).toMatchObject({ type: 'result' });
    expect(network.violations).toEqual([]);
  });

  it('that sends what another signed is accused', () => {
    const network = new AttemptNetwork(4);
    const [liar, victim, third] = network.members as [Member, Member, Member];
    const stolen = network.log.find(({ from }) => from === third.signer.id)!.bytes;
    network.receive(victim, liar.signer.id, stolen);
    expect(network.violations).toEqual(['advertise is not signed by its sender']);
    expect(victim.state.advertised[0]).toBeUndefined();
    network.run();
    expectAgreement(network);
  });

  it('that deals other shares than it should is found out when they are needed', () => {
    const network = withLiar(5, (liar, to, content) => {
      if (content.type !== 'shares' || !isEven(liar, to)) return undefined;
      return message(liar, { ...content, sealed: content.sealed.map((byte) => byte ^ 1) });
    });
    network.run();
    expectAgreement(network);
    for (const { outcome } of honest(network)) {
      expect(outcome).toMatchObject({ type: 'failed', isSpent: false });
    }
  });
});

describe('a member that asks for what it lacks', () => {
  it('is answered by whoever has it only later', () => {
    const held: Uint8Array[] = [];
    const network = new AttemptNetwork(3, {
      tamper: (from, _to, bytes) => {
        if (from.state.setting.self !== 2 || contentOf(bytes).type !== 'unmask') return undefined;
        held.push(bytes);
        return [];
      },
    });
    const [first, second, third] = network.members as [Member, Member, Member];
    while (network.deliver());
    network.vanish(third);
    while (network.deliver());
    network.now = first.state.deadline;
    for (const member of [first, second]) network.step(member, { type: 'tick', now: network.now });
    while (network.deliver());
    expect(second.state.phase).toBe('reveal');
    network.receive(first, third.signer.id, held[0]!);
    network.run();
    for (const member of [first, second]) expect(member.outcome?.type).toBe('result');
    expectAgreement(network);
  });
});

describe('a link that is replaced while secrets are opened', () => {
  it('brings what the old one lost, questions and answers alike', () => {
    let isCut = true;
    const network = new AttemptNetwork(3, {
      tamper: (from, to, bytes) => {
        const { proposal } = from.state.setting;
        const pair = [from.signer.id, to].map((id) => proposal.roster.indexOf(id)).sort();
        const isLost = isCut && pair.join() === '0,2' && contentOf(bytes).type === 'unmask';
        return isLost ? [] : undefined;
      },
    });
    const [first, second, third] = network.members as [Member, Member, Member];
    while (network.deliver());
    // The one in the middle leaves before it could pass anything on; questions of the others are lost.
    network.vanish(second);
    network.now = first.state.deadline;
    for (const member of [first, third]) network.step(member, { type: 'tick', now: network.now });
    while (network.deliver());
    expect([first.state.phase, third.state.phase]).toEqual(['reveal', 'reveal']);
    isCut = false;
    network.step(first, { type: 'linked', peer: third.signer.id, now: network.now });
    network.step(third, { type: 'linked', peer: first.signer.id, now: network.now });
    while (network.deliver());
    expect([first.outcome?.type, third.outcome?.type]).toEqual(['result', 'result']);
    expectAgreement(network);
  });
});

const ONE = Uint8Array.from({ length: 32 }, (_, i) => (i === 0 ? 1 : 0));
const NOT_SIGNED = new Uint8Array(64);
const NOTHING = {
  type: 'unmask',
  locks: [],
  seeds: [],
  seedShares: [],
  keyShares: [],
  keys: [],
  isAsking: false,
} as const;

/** What is sent instead; undefined for the truth, `silence` for nothing. */
type Lie = (
  from: Member,
  to: PeerId,
  content: AttemptMessage,
) => Uint8Array | 'silence' | undefined;

function contentOf(bytes: Uint8Array): AttemptMessage {
  return decodeAttemptMessage(openEnvelope(bytes))!.message;
}

function message(from: Member, content: AttemptMessage): Uint8Array {
  const body = attemptBody(from.state.setting.tag, content);
  return ['advertise', 'roster', 'digests', 'lock', 'abort'].includes(content.type)
    ? encodeSigned(nodeSuite, from.signer, content.type, body)
    : encodeBare(content.type, body);
}

/** A network in which one member, not the leader, lies. */
function withLiar(count: number, lie: Lie): AttemptNetwork {
  return new AttemptNetwork(count, {
    tamper: (from, to, bytes) => {
      const { leaders, self } = from.state.setting;
      const told = self === leaders.at(-1) ? lie(from, to, contentOf(bytes)) : undefined;
      return told === 'silence' ? [] : told && [told];
    },
  });
}

/** A network whose leader lies. */
function withLeader(count: number, lie: Lie): AttemptNetwork {
  return new AttemptNetwork(count, {
    tamper: (from, to, bytes) => {
      const { leaders, self } = from.state.setting;
      const told = self === leaders[0] ? lie(from, to, contentOf(bytes)) : undefined;
      return told === 'silence' ? [] : told && [told];
    },
  });
}

function liarOf(network: AttemptNetwork): Member {
  return network.members[network.members[0]!.state.setting.leaders.at(-1)!]!;
}

function leaderOf(network: AttemptNetwork): Member {
  return network.members[network.members[0]!.state.setting.leaders[0]!]!;
}

function honest(network: AttemptNetwork): readonly Member[] {
  return network.members.filter((member) => member !== liarOf(network));
}

function isEven(member: Member, peer: PeerId): boolean {
  return member.state.setting.proposal.roster.indexOf(peer) % 2 === 0;
}

/** Nobody has a wrong sum, no two sums differ, nothing is opened twice, and everyone ends. */
function expectAgreement(network: AttemptNetwork): void {
  const results = new Set<string>();
  let seedsOf = 0;
  let keysOf = 0;
  for (const { bytes } of network.log) {
    const content = contentOf(bytes);
    if (content.type !== 'unmask') continue;
    for (const { member } of [...content.seeds, ...content.seedShares]) seedsOf |= 1 << member;
    for (const { member } of [...content.keys, ...content.keyShares]) keysOf |= 1 << member;
  }
  expect(seedsOf & keysOf).toBe(0);
  for (const { outcome, isAlive } of network.members) {
    if (isAlive) expect(outcome).toBeDefined();
    if (outcome?.type !== 'result') continue;
    expect(outcome.words).toEqual(network.sumOf(outcome.included));
    results.add(`${outcome.included.join()} ${outcome.words.join()}`);
    for (const other of network.members) {
      if (other.outcome?.type === 'failed' && !other.outcome.isSpent) {
        expect(outcome.included).not.toContain(other.signer.id);
      }
    }
  }
  expect(results.size).toBeLessThanOrEqual(1);
}
