import { describe, expect, it } from 'vitest';
import { createMemoryNetwork, type MemoryNetwork } from '../../src/peer/memory-transport.ts';
import type { Session } from '../../src/peer/session.ts';
import type { TableEvent } from '../../src/peer/table-run.ts';
import { TableSession, type TableView } from '../../src/peer/table-session.ts';
import { LocalEngine } from '../../src/task/table/engine.ts';
import type { ColumnChoice, TableSettings } from '../../src/task/table/schema.ts';
import { federate, fileOf, flats } from '../task/table/tables.ts';
import { join } from './sessions.ts';

const SETTINGS: TableSettings = { target: 'sold', kind: 'class', hidden: [], rounds: 6, steps: 4 };
const FILES = [flats('one', 120), flats('two', 90), flats('three', 60)];

/** A peer with a table, whose views a test waits for. */
class Person {
  readonly session: Session;
  readonly table: TableSession;
  readonly events: TableEvent[] = [];
  #wake: (() => void)[] = [];

  constructor(session: Session, wanted?: number) {
    this.session = session;
    this.table = new TableSession(
      session,
      new LocalEngine(),
      () => {
        for (const wake of this.#wake.splice(0)) wake();
      },
      (event) => this.events.push(event),
      wanted,
    );
  }

  async until(isIt: (view: TableView) => boolean): Promise<TableView> {
    while (!isIt(this.table.view)) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
    return this.table.view;
  }

  async bring(
    file: string,
    settings: Partial<TableSettings> = {},
    choices: Readonly<Record<string, ColumnChoice>> = {},
  ): Promise<void> {
    await this.table.open(fileOf(file, 4_096));
    this.table.settle({ ...SETTINGS, ...settings }, choices);
  }
}

async function people(network: MemoryNetwork, count: number, wanted?: number): Promise<Person[]> {
  const names = ['Ada', 'Ben', 'Cleo', 'Dan'];
  const sessions = await Promise.all(
    Array.from({ length: count }, (_, at) => join({ network }, { name: names[at] })),
  );
  return sessions.map((session) => new Person(session, wanted));
}

/** The differences that a person is told. */
function told({ meeting: { agreement } }: TableView): readonly string[] {
  return agreement?.type === 'differ' ? agreement.differences : [];
}

describe('tables in a room', () => {
  it('are learned from together: to the bits that sums in the open give', async () => {
    const room = await people(createMemoryNetwork(), 3);
    await Promise.all(room.map((person, at) => person.bring(FILES[at]!)));
    for (const { table } of room) table.setReady(true);
    const views = await Promise.all(room.map((one) => one.until(({ phase }) => phase === 'done')));
    const { learners, evaluation } = await federate(FILES, SETTINGS);
    for (const { model, evaluation: tested, losses, peers, started } of views) {
      expect(tested).toEqual(evaluation);
      expect(peers).toBe(3);
      expect(losses).toHaveLength(SETTINGS.rounds);
      expect(started!.statistics).toEqual(learners[0]!.statistics);
      expect([...model!.parameters]).toEqual([...views[0]!.model!.parameters]);
      model!.parameters.forEach((value, i) => {
        expect(value).toBeCloseTo(learners[0]!.model.parameters[i]!, 6);
      });
    }
    expect(room[0]!.session.view.problems).toEqual([]);
  });

  it('that differ are told at both sides before anything is learned, and begin once they fit', async () => {
    const room = await people(createMemoryNetwork(), 3);
    const wider = FILES[1]!.replaceAll('\n', ',1\n').replace('sold,1', 'sold,pets');
    await room[0]!.bring(FILES[0]!);
    await room[1]!.bring(wider);
    await room[2]!.bring(FILES[2]!, { rounds: 9 });
    for (const { table } of room) table.setReady(true);
    const [first] = await Promise.all(
      room.map((one) => one.until((view) => told(view).length >= 2)),
    );
    expect(told(first!)).toEqual([
      'Ben has a column "pets" that is not here: let Ben leave it out, or add or rename one.',
      'Cleo has as number of rounds 9; here it is 6.',
    ]);
    expect(room.flatMap(({ events }) => events)).toEqual([]);
    room[1]!.table.settle(SETTINGS, { pets: 'skip' });
    room[2]!.table.settle(SETTINGS);
    room[1]!.table.setReady(true);
    room[2]!.table.setReady(true);
    await Promise.all(room.map((one) => one.until(({ phase }) => phase === 'done')));
  });

  it('wait for as many as were asked for, and for whoever is not ready', async () => {
    const network = createMemoryNetwork();
    const room = await people(network, 4, 4);
    await Promise.all(room.slice(0, 3).map((person, at) => person.bring(FILES[at]!)));
    for (const { table } of room.slice(0, 3)) table.setReady(true);
    await room[0]!.until(({ meeting }) => meeting.guests.filter((one) => one.isReady).length === 2);
    expect(room[0]!.table.view.phase).toBe('meeting');
    await room[3]!.bring(flats('four', 50));
    await room[0]!.until(({ meeting }) => meeting.guests.length === 3);
    expect(room[0]!.table.view.phase).toBe('meeting');
    room[3]!.table.setReady(true);
    const views = await Promise.all(room.map((one) => one.until(({ phase }) => phase === 'done')));
    expect(views.map(({ peers }) => peers)).toEqual([4, 4, 4, 4]);
  });

  it('go on without a peer that leaves in the middle, to one model', async () => {
    const room = await people(createMemoryNetwork(), 4);
    const files = [...FILES, flats('four', 50)];
    await Promise.all(room.map((person, at) => person.bring(files[at]!, { rounds: 12 })));
    for (const { table } of room) table.setReady(true);
    await room[3]!.until(({ losses }) => losses.length >= 3);
    await room[3]!.session.leave();
    const rest = room.slice(0, 3);
    const views = await Promise.all(rest.map((one) => one.until(({ phase }) => phase === 'done')));
    for (const { losses, peers, model } of views) {
      expect(losses).toHaveLength(12);
      expect(peers).toBe(3);
      expect([...model!.parameters]).toEqual([...views[0]!.model!.parameters]);
    }
  });

  it('can be learned from again, with other settings', async () => {
    const room = await people(createMemoryNetwork(), 3);
    const price = { target: 'price', kind: 'number', hidden: [4] } as const;
    for (const settings of [{}, price]) {
      await Promise.all(room.map((person, at) => person.bring(FILES[at]!, settings)));
      for (const { table } of room) table.setReady(true);
      const views = await Promise.all(
        room.map((one) => one.until(({ phase }) => phase === 'done')),
      );
      expect(new Set(views.map(({ model }) => model!.parameters.join())).size).toBe(1);
    }
    expect(room[0]!.table.view.evaluation!.federation.kind).toBe('number');
  });

  it('are told when a file is none, and when nothing can be learned from all of them', async () => {
    const room = await people(createMemoryNetwork(), 3);
    await room[0]!.table.open(fileOf('a,b\n1\n'));
    expect(room[0]!.table.view).toMatchObject({ phase: 'empty', problem: { code: 'ragged' } });
    await room[0]!.bring(FILES[0]!, { target: 'colour' });
    expect(room[0]!.table.view).toMatchObject({
      phase: 'choosing',
      problem: { code: 'no-target' },
    });
    const same = FILES.map((file) => file.replaceAll(/,no$/gm, ',yes'));
    await Promise.all(room.map((person, at) => person.bring(same[at]!)));
    for (const { table } of room) table.setReady(true);
    const views = await Promise.all(
      room.map((one) => one.until(({ problem }) => problem !== undefined)),
    );
    for (const { problem } of views) expect(problem).toMatchObject({ code: 'one-class' });
  });
});
