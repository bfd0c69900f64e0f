import { describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import type { AttemptMessage } from '../../src/secagg/messages.ts';
import type { AttemptNetwork, Member } from './attempt-network.ts';
import { contentOf, encoded, flipped, outcomesOf, room, sentBy } from './scattered-room.ts';

/** A room of five in which what the last says to the second, of one type, is kept back. */
function withLatecomer(type: 'digests' | 'chunk') {
  const kept: Uint8Array[] = [];
  const network = room(5, {
    tamper: (from, to, bytes) => {
      const { self, proposal } = from.state.setting;
      const isKept = self === 4 && to === proposal.roster[1];
      if (!isKept || contentOf(bytes).type !== type) return undefined;
      kept.push(bytes);
      return [];
    },
  });
  return { network, kept, victim: network.members[1]!, latecomer: network.members[4]! };
}

/** Plays until something is the case, letting the first deadline pass where all stand still. */
function playUntil(network: AttemptNetwork, isDone: () => boolean): void {
  for (let step = 0; step < 200 && !isDone(); step++) {
    if (network.deliver()) continue;
    network.now = Math.min(...network.members.map(({ state }) => state.deadline));
    for (const member of network.members) {
      network.step(member, { type: 'tick', now: network.now });
    }
  }
  expect(isDone()).toBe(true);
}

/** The latecomer is in nobody's sum, and the others have theirs. */
function expectLeftOut(network: AttemptNetwork, latecomer: Member): void {
  for (const outcome of outcomesOf(network, 4)) {
    expect(outcome).toMatchObject({ type: 'result', included: { length: 4 } });
    if (outcome.type === 'result') expect(outcome.included).not.toContain(latecomer.signer.id);
  }
}

describe('what comes late', () => {
  it('is not counted as held where it is a signature and HAVE has left it out', () => {
    const { network, kept, victim, latecomer } = withLatecomer('digests');
    playUntil(network, () => victim.state.haves[1] !== undefined);
    expect(kept).toHaveLength(1);
    network.receive(victim, latecomer.signer.id, kept[0]!);
    expect(victim.state.digests[4]).toBeUndefined();
    network.run();
    expectLeftOut(network, latecomer);
  });

  it('takes no memory where it is words and HELD has left them out', () => {
    const { network, kept, victim, latecomer } = withLatecomer('chunk');
    playUntil(network, () => victim.state.scatter!.reports[1]![1] !== undefined);
    expect(kept).toHaveLength(2);
    expect(victim.state.phase).toBe('gather');
    for (const bytes of kept) network.receive(victim, latecomer.signer.id, bytes);
    expect(victim.state.scatter!.words[1]![4]).toBeUndefined();
    network.run();
    expectLeftOut(network, latecomer);
  });
});

describe('the next owner of a chunk', () => {
  it('gets the words of each member once, however often it asks', () => {
    const network = room(5);
    playUntil(network, () => network.members.every(({ state }) => state.phase === 'gather'));
    network.vanish(network.members[2]!, 'queued');
    const next = network.members.find(
      ({ state }) => state.scatter!.owners[2] === state.setting.self,
    );
    const giver = network.members.find((member) => member.isAlive && member !== next)!;
    const ask: AttemptMessage = { type: 'want', chunk: 2, members: 0 };
    for (let i = 0; i < 3; i++) network.receive(giver, next!.signer.id, encoded(next!, ask));
    expect(wordsTo(network, giver, next!.signer.id)).toEqual([0, 1]);
    network.run();
    expect(wordsTo(network, giver, next!.signer.id)).toEqual([0, 1]);
  });
});

/** The parts of the third chunk that a member sent to another, in order. */
function wordsTo(network: AttemptNetwork, from: Member, to: PeerId): readonly number[] {
  return sentBy(network, from, 'chunk').flatMap((sent) =>
    sent.to === to && sent.content.type === 'chunk' && sent.content.chunk === 2
      ? [sent.content.part]
      : [],
  );
}

describe('a sum that is passed on', () => {
  it('is not signed for when it is not the one that others signed for', () => {
    const lucky = 3;
    const network: AttemptNetwork = room(5, {
      tamper: (from, to, bytes) => {
        const content = contentOf(bytes);
        if (content.type !== 'sum' || content.chunk !== 1) return undefined;
        // The owner tells one, and that one passes on something else.
        if (from.state.setting.self === lucky) return [encoded(from, flipped(content))];
        return to === network.members[lucky]!.signer.id ? undefined : [];
      },
    });
    playUntil(network, () => network.members[lucky]!.state.phase === 'lock');
    network.vanish(network.members[1]!, 'queued');
    network.run();
    const misled = [0, 2, 4].map((place) => network.members[place]!);
    const asked = misled.flatMap((member) => sentBy(network, member, 'want'));
    expect(asked.map(({ to }) => to)).toContain(network.members[lucky]!.signer.id);
    for (const member of misled) expect(sentBy(network, member, 'lock')).toEqual([]);
    for (const outcome of outcomesOf(network, lucky)) expect(outcome.type).not.toBe('result');
  });
});
