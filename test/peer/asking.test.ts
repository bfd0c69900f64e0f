/**
 * Asking a room, in whole sessions: who is in the sum, what leaves, what is refused, and what is warned of.
 */
import { describe, expect, it } from 'vitest';
import { encodeAskNote, nameOfQuestion, readAskNote } from '../../src/peer/ask-notes.ts';
import { Asking } from '../../src/peer/asking.ts';
import { noiseOf } from '../../src/peer/question-terms.ts';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import type { Session } from '../../src/peer/session.ts';
import { epsilonOf, rhoOfRound } from '../../src/privacy/zcdp.ts';
import type { Question } from '../../src/task/question.ts';
import { join, until } from './sessions.ts';

const HOURS: Question = {
  text: 'How many hours did you sleep?',
  kind: 'average',
  low: 0,
  high: 24,
  unit: 'h',
  minGroup: 3,
};

interface Person {
  readonly session: Session;
  readonly asking: Asking;
  readonly notes: string[];
}

/** People in one room, all linked. */
async function people(network: MemoryNetwork, count: number): Promise<Person[]> {
  const sessions = await Promise.all(Array.from({ length: count }, () => join({ network })));
  await Promise.all(
    sessions.map((one) =>
      until(one, ({ peers }) => peers.filter(({ link }) => link === 'linked').length === count - 1),
    ),
  );
  return sessions.map((session) => {
    const notes: string[] = [];
    session.subscribeEvents((event) => {
      if (event.type === 'note') notes.push(new TextDecoder().decode(event.note.body));
    });
    return { session, asking: new Asking(session, () => undefined), notes };
  });
}

/** Resolves when the newest question of a person fits. */
async function untilNewest(
  { asking }: Person,
  fits: (view: ReturnType<() => Asking['view'][number]>) => boolean,
): Promise<Asking['view'][number]> {
  for (;;) {
    const [newest] = asking.view;
    if (newest !== undefined && fits(newest)) return newest;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('a question to the room', () => {
  it('is answered by those who accept, and by nobody else', async () => {
    const all = await people(createMemoryNetwork(), 5);
    const [asker, bo, cy, dee, eve] = all as [Person, Person, Person, Person, Person];
    const name = asker.asking.ask(HOURS, 8);
    const seen = await Promise.all([bo, cy, dee, eve].map((one) => untilNewest(one, () => true)));
    for (const view of seen) {
      expect(view).toMatchObject({ name, question: HOURS, phase: 'open', accepted: undefined });
      expect(view.asker).toBe(asker.session.view.self.id);
    }
    asker.asking.go(name); // Nobody has accepted yet.
    expect(asker.asking.view[0]!.phase).toBe('open');
    bo.asking.accept(name, 6);
    cy.asking.accept(name, 7);
    dee.asking.decline(name);
    await untilNewest(
      asker,
      ({ accepting, declining }) => accepting.length === 3 && declining.length === 1,
    );
    expect(asker.asking.view[0]!.mayGo).toBe(true);
    asker.asking.go(name);
    const answers = await Promise.all(
      [asker, bo, cy].map((one) => untilNewest(one, ({ phase }) => phase === 'answered')),
    );
    for (const { answer, included } of answers) {
      expect(answer!.value).toBeCloseTo(7, 6);
      expect(answer!.count).toBe(3);
      expect(included).toHaveLength(3);
    }
    for (const person of [dee, eve]) {
      const view = await untilNewest(person, ({ phase }) => phase === 'over');
      expect(view.answer).toBeUndefined();
      expect(view.problem).toContain('without you');
    }
    // What was told beside the sum holds no answer.
    for (const { notes } of all)
      for (const note of notes) expect(note).not.toMatch(/"(own|answer|value)"/);
  });

  it('waits for its smallest group, which every peer enforces', async () => {
    const [asker, bo, cy, dee] = (await people(createMemoryNetwork(), 4)) as [
      Person,
      Person,
      Person,
      Person,
    ];
    const name = asker.asking.ask({ ...HOURS, minGroup: 4 }, 8);
    await Promise.all([bo, cy, dee].map((one) => untilNewest(one, () => true)));
    bo.asking.accept(name, 6);
    cy.asking.accept(name, 7);
    await untilNewest(asker, ({ accepting }) => accepting.length === 3);
    expect(asker.asking.view[0]!.mayGo).toBe(false);
    // An asker that does not keep to it gets no sum either: three are in it, and each wants four.
    asker.session.tell(encodeAskNote({ type: 'go', name, company: [] }));
    await Promise.all([bo, cy].map((one) => untilNewest(one, ({ phase }) => phase === 'summing')));
    const stolen = asker.session.aggregate([0], {
      clip: 1,
      plan: { name: `ask ${name}`, step: 0 },
    });
    const outcome = await Promise.race([
      stolen.then(() => 'opened'),
      new Promise((resolve) => setTimeout(() => resolve('nothing'), 3000)),
    ]);
    expect(outcome).toBe('nothing');
    stolen.catch(() => undefined);
  });

  it('is not summed by two who trust each other, who may sum other things', async () => {
    const network = createMemoryNetwork();
    const trusting = { trustsEachOther: true };
    const pair = await Promise.all([join({ network }, trusting), join({ network }, trusting)]);
    const stop = new AbortController();
    const asked = { clip: 1, minPeers: 3, signal: stop.signal };
    const wide = pair.map((one) =>
      one.aggregate([0.5], asked).then(
        () => 'opened',
        () => 'nothing',
      ),
    );
    await new Promise((resolve) => setTimeout(resolve, 2000));
    stop.abort();
    expect(await Promise.all(wide)).toEqual(['nothing', 'nothing']);
    const results = await Promise.all(pair.map((one) => one.aggregate([0.5], { clip: 1 })));
    expect(results.map(({ count }) => count)).toEqual([2, 2]);
  });

  it('with epsilon has as much noise as the smallest group needs, and says how sure it is', async () => {
    const question: Question = { ...HOURS, kind: 'share', epsilon: 2 };
    const noise = noiseOf(question)!;
    const setting = settingOf(noise, 1, 2);
    expect(epsilonOf(rhoOfRound(setting, 1, 2), 1e-5)).toBeLessThanOrEqual(2);
    expect(
      epsilonOf(
        rhoOfRound(settingOf({ ...noise, multiplier: noise.multiplier * 0.99 }, 1, 2), 1, 2),
        1e-5,
      ),
    ).toBeGreaterThan(2);
    const all = (await people(createMemoryNetwork(), 3)) as [Person, Person, Person];
    const name = all[0].asking.ask(question, true);
    await Promise.all(all.map((one) => untilNewest(one, () => true)));
    all[1].asking.accept(name, true);
    all[2].asking.accept(name, true);
    await untilNewest(all[0], ({ mayGo }) => mayGo);
    all[0].asking.go(name);
    const { answer } = await untilNewest(all[0], ({ phase }) => phase === 'answered');
    expect(answer!.error).toBeCloseTo((1.96 * noise.multiplier * Math.sqrt(3 / 2)) / 3, 9);
    expect(all[0].session.view.privacy.spent.rounds).toBe(1);
  });

  it('asked again with one person fewer warns of what both answers tell', async () => {
    const all = await people(createMemoryNetwork(), 4);
    const [asker, ...rest] = all as [Person, ...Person[]];
    const ask = async (acceptors: readonly Person[]): Promise<void> => {
      const name = asker.asking.ask(HOURS, 8);
      await Promise.all(rest.map((one) => untilNewest(one, (view) => view.name === name)));
      for (const person of rest) {
        if (acceptors.includes(person)) person.asking.accept(name, 6);
        else person.asking.decline(name);
      }
      await untilNewest(
        asker,
        ({ accepting, declining }) => accepting.length + declining.length === 4,
      );
    };
    await ask(rest);
    expect(asker.asking.view[0]!.exposed).toEqual([]);
    asker.asking.go(asker.asking.view[0]!.name);
    await Promise.all(all.map((one) => untilNewest(one, ({ phase }) => phase === 'answered')));
    await ask(rest.slice(0, 2));
    const out = rest[2]!.session.view.self.id;
    expect(asker.asking.view[0]!.exposed).toEqual([out]);
    expect(
      (await untilNewest(rest[0]!, ({ accepting }) => accepting.length === 3)).exposed,
    ).toEqual([out]);
  });

  it('reaches whoever comes later, and ends when its asker leaves', async () => {
    const network = createMemoryNetwork();
    const [asker, bo] = (await people(network, 2)) as [Person, Person];
    asker.asking.ask(HOURS, 8);
    const late = await join({ network });
    const asking = new Asking(late, () => undefined);
    const person = { session: late, asking, notes: [] };
    await untilNewest(person, ({ question }) => question.text === HOURS.text);
    asker.asking.close();
    await asker.session.leave();
    expect(await untilNewest(person, ({ phase }) => phase === 'over')).toMatchObject({
      answer: undefined,
    });
    await untilNewest(bo, ({ phase }) => phase === 'over');
  });

  it('stays, and its answer with it, however much one peer asks', async () => {
    const all = (await people(createMemoryNetwork(), 4)) as [Person, Person, Person, Person];
    const [asker, bo, cy, mallory] = all;
    const name = asker.asking.ask(HOURS, 8);
    await Promise.all([bo, cy].map((one) => untilNewest(one, (view) => view.name === name)));
    bo.asking.accept(name, 6);
    cy.asking.accept(name, 7);
    await untilNewest(asker, ({ mayGo }) => mayGo);
    const flood = (from: number): Promise<unknown> => {
      for (let serial = from; serial < from + 200; serial++) {
        const question = { ...HOURS, text: `Flood ${serial}` };
        mallory.session.tell(encodeAskNote({ type: 'question', question, serial }));
      }
      const last = `Flood ${from + 199}`;
      return Promise.all(
        [asker, bo, cy].map((one) => untilNewest(one, ({ question }) => question.text === last)),
      );
    };
    await flood(0);
    asker.asking.go(name);
    const found = ({ asking }: Person) => asking.view.find((view) => view.name === name);
    for (const one of [asker, bo, cy])
      while (found(one)?.phase !== 'answered') await new Promise((r) => setTimeout(r, 5));
    await flood(200);
    for (const one of [asker, bo, cy]) {
      expect(found(one)!.included).toHaveLength(3);
      expect(one.asking.view.length).toBeLessThan(70);
    }
  });

  it('is new when whoever asked comes again and asks the same', async () => {
    const all = (await people(createMemoryNetwork(), 2)) as [Person, Person];
    const first = all[0].asking.ask(HOURS, 8);
    await untilNewest(all[1], ({ phase }) => phase === 'open');
    all[0].asking.close();
    await untilNewest(all[1], ({ phase }) => phase === 'over');
    const again = new Asking(all[0].session, () => undefined);
    expect(again.ask(HOURS, 8)).not.toBe(first);
    await untilNewest(all[1], ({ phase }) => phase === 'open');
  });

  it('is open again once a link that broke is mended, and wants its replies anew', async () => {
    const network = createMemoryNetwork();
    const [asker, bo, cy] = (await people(network, 3)) as [Person, Person, Person];
    const [a, b] = [asker.session.view.self.id, bo.session.view.self.id];
    const name = asker.asking.ask(HOURS, 8);
    await Promise.all([bo, cy].map((one) => untilNewest(one, (view) => view.name === name)));
    bo.asking.accept(name, 6);
    await untilNewest(asker, ({ accepting }) => accepting.length === 2);
    network.cut(a, b);
    await untilNewest(bo, ({ phase }) => phase === 'over');
    network.mend(a, b);
    const seen = await untilNewest(bo, ({ phase }) => phase === 'open');
    expect(seen).toMatchObject({ name, accepted: undefined });
    bo.asking.accept(name, 6);
    cy.asking.accept(name, 7);
    await untilNewest(asker, ({ mayGo }) => mayGo);
    asker.asking.go(name);
    expect((await untilNewest(bo, ({ phase }) => phase === 'answered')).answer!.count).toBe(3);
  });

  it('counts a reply that comes before it', async () => {
    const [asker, bo, cy] = (await people(createMemoryNetwork(), 3)) as [Person, Person, Person];
    const name = nameOfQuestion(asker.session.view.self.id, HOURS, 7);
    bo.session.tell(encodeAskNote({ type: 'reply', name, accepts: true }));
    while (!cy.notes.some((note) => note.includes(name)))
      await new Promise((resolve) => setTimeout(resolve, 5));
    asker.session.tell(encodeAskNote({ type: 'question', question: HOURS, serial: 7 }));
    const { accepting } = await untilNewest(cy, (view) => view.name === name);
    expect(accepting).toContain(bo.session.view.self.id);
  });

  it('reads no note that no honest peer sends', () => {
    const note = encodeAskNote({ type: 'question', question: HOURS, serial: 1 });
    expect(readAskNote(note)).toMatchObject({ type: 'question', question: HOURS });
    const text = (body: string) => ({ topic: 'ask', body: new TextEncoder().encode(body) });
    for (const body of [
      '',
      '{',
      '[]',
      'null',
      '{"type":"go","name":"x"}',
      '{"type":"reply","name":5}',
      '{"type":"question","serial":1,"question":{"text":"a","kind":"sum","minGroup":1}}',
      '{"type":"question","serial":1.5,"question":{}}',
    ]) {
      expect(readAskNote(text(body)), body).toBeUndefined();
    }
    expect(readAskNote({ ...note, topic: 'table' })).toBeUndefined();
  });
});
