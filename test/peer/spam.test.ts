/**
 * Rooms of spam: three peers with an inbox each, over the memory transport, with real masks.
 *
 * @module
 */
import { describe, expect, it } from 'vitest';
import { createIdentity } from '../../src/peer/identity.ts';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Session } from '../../src/peer/session.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import {
  INBOXES,
  MET_BY,
  NEW_SCAM,
  NOT_MET_BY,
  SPAM_VOCABULARY,
} from '../../src/task/spam/messages.ts';
import { spamProbability } from '../../src/task/spam/model.ts';
import { HEAT_MAP, join, until } from './sessions.ts';

const SPAM = { task: { type: 'spam' }, stepsPerSecond: 50 } as const;
const SCAM = SPAM_VOCABULARY.bagOf(NEW_SCAM);

function joinWith(network: MemoryNetwork, inbox: number): Promise<Session> {
  return join({ network }, { ...SPAM, inbox });
}

function mergedVerdict({ view }: Session): number {
  return spamProbability(view.spam!.merged!, SCAM);
}

describe('a room of spam', () => {
  it('warns who has not met the scam, alone it does not', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([0, 1, 2].map((inbox) => joinWith(network, inbox)));
    const warned = sessions[NOT_MET_BY]!;
    await until(
      warned,
      ({ spam }) => spam?.merged !== undefined && spamProbability(spam.merged, SCAM) > 0.6,
    );
    expect(spamProbability(warned.view.spam!.alone, SCAM)).toBeLessThan(0.1);
    expect(warned.view.result!.included).toHaveLength(3);
  });

  it('unlearns the scam when whoever met it takes the flags back', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([0, 1, 2].map((inbox) => joinWith(network, inbox)));
    await until(
      sessions[0]!,
      ({ spam }) => spam?.merged !== undefined && spamProbability(spam.merged, SCAM) > 0.6,
    );
    INBOXES[MET_BY]!.forEach(({ isSpam }, i) => {
      if (isSpam) sessions[MET_BY]!.spam!.flag(i);
    });
    await until(sessions[0]!, ({ spam }) => spamProbability(spam!.merged!, SCAM) < 0.4);
  });

  it('gives a newcomer the merged model', async () => {
    const network = createMemoryNetwork();
    const first = await Promise.all([0, 1, 2].map((inbox) => joinWith(network, inbox)));
    await until(
      first[0]!,
      ({ spam }) => spam?.merged !== undefined && spamProbability(spam.merged, SCAM) > 0.6,
    );
    const newcomer = await joinWith(network, 0);
    await until(newcomer, ({ spam }) => spam?.merged !== undefined);
    expect(mergedVerdict(newcomer)).toBeGreaterThan(0.5);
  });

  it('keeps messages and flags over a reload', async () => {
    const place = {
      network: createMemoryNetwork(),
      identity: createIdentity(nodeSuite),
      store: createMemoryStore(),
    };
    const session = await join(place, { ...SPAM, inbox: 0 });
    session.spam!.flag(0);
    session.spam!.add('  Free lentil soup  ');
    session.spam!.add('   ');
    await session.leave();
    const again = await join(place, { ...SPAM, inbox: 2 });
    const { inbox, messages } = again.view.spam!;
    expect(inbox).toBe(0);
    expect(messages[0]!.isFlagged).toBe(true);
    expect(messages.slice(INBOXES[0]!.length)).toEqual([
      { from: 'Added by you', text: 'Free lentil soup', isFlagged: false },
    ]);
  });

  it('shows what the others saw: words, bias and weight, and masks that hide them', async () => {
    const network = createMemoryNetwork();
    const sessions = await Promise.all([0, 1, 2].map((inbox) => joinWith(network, inbox)));
    sessions[0]!.inspect();
    await until(sessions[0]!, () => sessions[0]!.inspect() !== undefined);
    const { layers, update, masked, updateWords } = sessions[0]!.inspect()!;
    expect(layers.reduce((sum, { length }) => sum + length, 0)).toBe(update.length);
    expect(update.at(-1)).toBe(INBOXES[0]!.length);
    expect(masked).not.toEqual(updateWords);
  });

  it('adds the noise that the room agreed on, and goes on', async () => {
    const network = createMemoryNetwork();
    const noise = { kind: 'distributed', multiplier: 0.1, clip: 2 } as const;
    const sessions = await Promise.all(
      [0, 1, 2].map((inbox) => join({ network }, { ...SPAM, inbox, noise })),
    );
    const { spam, privacy } = await until(sessions[0]!, ({ result }) => (result?.round ?? 0) > 3);
    expect(spam!.merged!.every((weight) => weight !== 0)).toBe(true);
    expect(privacy.spent.rounds).toBeGreaterThan(2);
  });

  it('shares no round with a room of other things', async () => {
    const network = createMemoryNetwork();
    const session = await joinWith(network, 0);
    await join({ network }, { task: HEAT_MAP });
    await until(session, ({ problems }) =>
      problems.some(({ code }) => code === 'parameters-differ'),
    );
  });
});

describe('the learner of spam', () => {
  it('refuses sums of one’s own beside what it learns', async () => {
    const session = await joinWith(createMemoryNetwork(), 0);
    await expect(session.aggregate([1])).rejects.toThrow(/learns by itself/);
  });

  it('takes another inbox, and the first one again', async () => {
    const session = await joinWith(createMemoryNetwork(), 4);
    expect(session.view.spam!.inbox).toBe(1);
    session.spam!.take(2);
    expect(session.view.spam!.messages[0]!.text).toBe(INBOXES[2]![0]!.text);
    session.spam!.take(-3);
    expect(session.view.spam!.inbox).toBe(0);
  });
});
