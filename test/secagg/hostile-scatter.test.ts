import { describe, expect, it } from 'vitest';
import { openEnvelope } from '../../src/secagg/index.ts';
import type { AttemptMessage } from '../../src/secagg/messages.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork, type Member } from './attempt-network.ts';
import { encoded, flipped, outcomesOf, room, sentBy, withLiar } from './scattered-room.ts';

describe('a contributor', () => {
  it('whose words for one owner are not those it signed for is in nobody’s sum', () => {
    const network = withLiar(5, 4, (content) =>
      content.type === 'chunk' && content.chunk === 1 ? flipped(content) : undefined,
    );
    network.run();
    const { id } = network.members[4]!.signer;
    for (const outcome of outcomesOf(network, 4)) {
      expect(outcome).toMatchObject({ type: 'result' });
      if (outcome.type === 'result') expect(outcome.included).not.toContain(id);
    }
  });

  it('that signs for other words towards some is in nobody’s sum', () => {
    const network = withLiar(5, 4, (content, to) =>
      content.type === 'digests' && to < network.members[2]!.signer.id
        ? { ...content, hashes: content.hashes.map((hash) => hash.map((byte) => byte ^ 1)) }
        : undefined,
    );
    network.run();
    const { id } = network.members[4]!.signer;
    for (const outcome of outcomesOf(network, 4)) {
      if (outcome.type === 'result') expect(outcome.included).not.toContain(id);
    }
  });

  it('that sends its parts twice and backwards is in the sum all the same', () => {
    const network = room(4);
    const reorder = () => {
      for (const queue of network.queues.values()) {
        const chunks = queue.filter((bytes) => openEnvelope(bytes).type === 'chunk');
        const rest = queue.filter((bytes) => openEnvelope(bytes).type !== 'chunk');
        queue.splice(0, queue.length, ...rest, ...chunks.reverse(), ...chunks);
      }
    };
    for (let i = 0; i < 4; i++) network.deliver();
    reorder();
    network.run();
    for (const outcome of outcomesOf(network, -1)) {
      expect(outcome).toMatchObject({ type: 'result', included: { length: 4 } });
    }
    expect(network.violations).toEqual([]);
  });

  it.each<[string, AttemptMessage, string]>([
    ['of another length', chunkOf({ bytes: new Uint8Array(8) }), 'another length'],
    ['of no part', chunkOf({ part: 7 }), 'another length'],
    ['of no chunk', chunkOf({ chunk: 9 }), 'no chunk'],
    ['for everybody', masked(), 'broadcasts words that are scattered'],
  ])('that sends words %s is accused, and costs nobody else the sum', (_what, said, evidence) => {
    const network = room(4);
    for (let i = 0; i < 3; i++) network.deliver();
    const [liar, victim] = network.members as [Member, Member];
    network.receive(victim, liar.signer.id, encoded(liar, said));
    expect(network.violations.join()).toContain(evidence);
    network.run();
    outcomesOf(network, -1);
  });

  it('that scatters where words are broadcast is accused', () => {
    const network = new AttemptNetwork(4, { suite: simulatedSuite });
    for (let i = 0; i < 3; i++) network.deliver();
    const [liar, victim] = network.members as [Member, Member];
    network.receive(victim, liar.signer.id, encoded(liar, chunkOf({})));
    expect(network.violations).toEqual(['scatters words that are broadcast']);
  });

  it('that sends words of a chunk to somebody who does not own it is not heard', () => {
    const network = room(4);
    for (let i = 0; i < 4; i++) network.deliver();
    const [liar, victim] = network.members as [Member, Member];
    const said = chunkOf({ chunk: 2, bytes: new Uint8Array(256) });
    network.receive(victim, liar.signer.id, encoded(liar, said));
    expect(victim.state.scatter!.words[2]![0]).toBeUndefined();
    network.run();
    for (const outcome of outcomesOf(network, -1)) expect(outcome.type).toBe('result');
  });
});

describe('an owner', () => {
  it('that tells different sums to different members leaves nobody with a wrong one', () => {
    const network = withLiar(5, 0, (content, to) =>
      content.type === 'sum' && to > network.members[2]!.signer.id ? flipped(content) : undefined,
    );
    network.run();
    for (const outcome of outcomesOf(network, 0)) expect(outcome.type).not.toBe('missed');
  });

  it('that says it holds nobody’s words makes a free failure, and nothing is opened', () => {
    const network = withLiar(5, 0, (content) =>
      content.type === 'held' ? { ...content, members: 0 } : undefined,
    );
    network.run();
    for (const outcome of outcomesOf(network, 0)) {
      expect(outcome).toMatchObject({ type: 'failed', isSpent: false });
    }
    expect(network.log.filter(({ bytes }) => openEnvelope(bytes).type === 'unmask')).toEqual([]);
  });

  it('that keeps its sum to itself makes a free failure', () => {
    const network = withLiar(5, 0, (content) => (content.type === 'sum' ? 'silence' : undefined));
    network.run();
    for (const outcome of outcomesOf(network, 0)) {
      expect(outcome).toMatchObject({ type: 'failed', isSpent: false });
    }
  });

  it('that leaves before the words are gathered is replaced, and its words are left out', () => {
    const network = room(5);
    while (network.members.some(({ state }) => state.phase !== 'gather')) network.deliver();
    const owner = network.members[2]!;
    network.vanish(owner, 'queued');
    network.run();
    for (const outcome of outcomesOf(network, 2)) {
      expect(outcome).toMatchObject({ type: 'result', included: { length: 4 } });
      if (outcome.type === 'result') expect(outcome.included).not.toContain(owner.signer.id);
    }
    // The next owner got the very bytes that the first was sent.
    for (const member of network.members) {
      const again = new Map<number, Uint8Array>();
      for (const { content } of sentBy(network, member, 'chunk')) {
        if (content.type !== 'chunk' || content.chunk !== 2) continue;
        const first = again.get(content.part);
        if (first !== undefined) expect(content.bytes).toEqual(first);
        again.set(content.part, content.bytes);
      }
    }
  });

  it('that leaves after it told one member its sum is in the sum: that one passes it on', () => {
    const lucky = 3;
    const network = withLiar(5, 1, (content, to) =>
      content.type === 'sum' && to !== network.members[lucky]!.signer.id ? 'silence' : undefined,
    );
    const owner = network.members[1]!;
    while (network.members[lucky]!.state.phase !== 'lock') network.deliver();
    network.vanish(owner, 'queued');
    network.run();
    for (const outcome of outcomesOf(network, 1)) {
      expect(outcome).toMatchObject({ type: 'result', included: { length: 5 } });
    }
    const wants = network.log.filter(({ bytes }) => openEnvelope(bytes).type === 'want');
    expect(wants.length).toBeGreaterThan(0);
  });

  it('without a share sums nothing and is sent nothing', () => {
    const network = room(4, { split: { tileWords: 16, shares: [2, 0, 1, 1] } });
    network.run();
    for (const outcome of outcomesOf(network, -1)) {
      expect(outcome).toMatchObject({ type: 'result', included: { length: 4 } });
    }
    const spared = network.members[1]!;
    const words = network.log.filter(
      ({ to, bytes }) => to === spared.signer.id && openEnvelope(bytes).type === 'chunk',
    );
    expect(words).toEqual([]);
    expect(sentBy(network, spared, 'sum')).toEqual([]);
  });
});

describe('a member that asks for a chunk', () => {
  it('which somebody else owns gets nothing, whatever it asks', () => {
    const network = room(4);
    while (network.members.some(({ state }) => state.phase !== 'gather')) network.deliver();
    const [liar, victim] = network.members as [Member, Member];
    const before = sentBy(network, victim, 'chunk').length;
    for (const members of [0, 15]) {
      const said: AttemptMessage = { type: 'want', chunk: 2, members };
      network.receive(victim, liar.signer.id, encoded(liar, said));
    }
    expect(sentBy(network, victim, 'chunk')).toHaveLength(before);
    expect(sentBy(network, victim, 'sum')).toEqual([]);
  });

  it('after LOCK gets its sum once', () => {
    const network = room(4, {
      tamper: (_from, _to, bytes) => (openEnvelope(bytes).type === 'lock' ? [] : undefined),
    });
    const victim = network.members[1]!;
    while (victim.state.phase !== 'lock' && network.deliver());
    const asker = network.members[0]!;
    const { members } = victim.state.locks[1]!;
    const before = sentBy(network, victim, 'sum').length;
    for (let i = 0; i < 3; i++) {
      network.receive(victim, asker.signer.id, encoded(asker, { type: 'want', chunk: 2, members }));
    }
    expect(sentBy(network, victim, 'sum').length - before).toBe(2);
  });
});

function chunkOf(over: Partial<AttemptMessage & { type: 'chunk' }>): AttemptMessage {
  return { type: 'chunk', chunk: 1, part: 0, bytes: new Uint8Array(256), ...over };
}

function masked(): AttemptMessage {
  return { type: 'masked', words: new Uint32Array(400), signature: new Uint8Array(64) };
}
