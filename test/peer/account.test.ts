/**
 * The account of one set of data: whatever room it was used in and however that combined, one sum.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { dataOf, openAccount, SPENDING_KEY, type KeptSpending } from '../../src/peer/account.ts';
import { openFileStore, storePath } from '../../src/peer/file-store.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { inRoom } from '../../src/peer/keeping.ts';
import { createMemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { settingOf } from '../../src/peer/noise-parameters.ts';
import { Privacy } from '../../src/peer/privacy.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import type { NoiseChoice } from '../../src/peer/view.ts';
import type { PeerStore } from '../../src/ports.ts';
import { agreementText } from '../../src/privacy/agreement.ts';
import { costOf, EMPTY_LEDGER, withCharge, withResult } from '../../src/privacy/ledger.ts';
import { epsilonOf, rhoOf } from '../../src/privacy/zcdp.ts';
import { PARAMETERS } from '../round/room.ts';
import { HEAT_MAP, join, until } from './sessions.ts';

const NOISE: NoiseChoice = { kind: 'distributed', multiplier: 1.7, clip: 0.5 };
const DIMENSION = 35;
const SETTING = settingOf(NOISE, DIMENSION, 2);
/** A round of three. */
const COST = costOf(SETTING, DIMENSION, 3);
const ROUND = {
  ...PARAMETERS,
  dimension: DIMENSION,
  noise: agreementText({ setting: SETTING, revision: 0 }),
};

/** A ledger of one round. */
const ONE_ROUND = withResult(
  withCharge(EMPTY_LEDGER, { round: 1, attempt: 1, cost: COST }),
  1,
  COST,
);

/** A peer's privacy in one room, without the room. */
async function privacyIn(store: PeerStore, part: string, budget?: number, data = 'heat-map') {
  const place = inRoom(store, part);
  return new Privacy({
    kept: await openAccount(place, data),
    keep: (spending) => place.set(SPENDING_KEY, spending),
    noise: SETTING,
    dimension: DIMENSION,
    budget,
    minPeers: 3,
    follows: undefined,
  });
}

describe('spending', () => {
  it('goes on in another room, and there again after a reload', async () => {
    const [identity, store] = [createIdentity(nodeSuite), createMemoryStore()];
    const spend = async (room: string): Promise<number> => {
      const network = createMemoryNetwork();
      const mine = await join({ network, identity, store }, { room });
      const others = await Promise.all([1, 2].map(() => join({ network }, { room })));
      await Promise.all([mine, ...others].map((one) => one.aggregate([0.5], { noise: NOISE })));
      await mine.leave();
      // Whoever brings another identity has spent in this room alone.
      expect(others[0]!.view.privacy.spent.rounds).toBe(1);
      return mine.view.privacy.spent.rounds;
    };
    expect([await spend('one'), await spend('two'), await spend('one')]).toEqual([1, 2, 3]);
    const again = await join({ network: createMemoryNetwork(), identity, store }, { room: 'two' });
    const { spent } = again.view.privacy;
    const cost = costOf(settingOf(NOISE, 1, 2), 1, 3);
    expect(spent.rounds).toBe(3);
    expect(spent.othersHonest).toBeCloseTo(epsilonOf(3 * cost.othersHonest, spent.delta), 9);
    expect(spent.allColluding).toBeCloseTo(epsilonOf(3 * cost.allColluding, spent.delta), 9);
  });

  it('of readings is the same under another way of combining, other layers and another map', async () => {
    const [identity, store] = [createIdentity(nodeSuite), createMemoryStore()];
    const options = { task: HEAT_MAP, stepsPerSecond: 200, noise: NOISE };
    const network = createMemoryNetwork();
    await Promise.all([1, 2].map(() => join({ network }, options)));
    const mine = await join({ network, identity, store }, options);
    await until(mine, ({ privacy }) => privacy.spent.rounds >= 2);
    await mine.leave();
    const { spent } = mine.view.privacy;
    const seen = async (task: Parameters<typeof join>[1]) => {
      const place = { network: createMemoryNetwork(), identity, store };
      const session = await join(place, { ...options, ...task });
      const { privacy } = session.view;
      await session.leave();
      return privacy.spent;
    };
    for (const change of [
      { combining: 'geometric-median' },
      { combining: 'centred-clipping', search: true },
      { hidden: [4] },
      { pattern: 'stripes' },
    ] as const) {
      const now = await seen({ task: { ...HEAT_MAP, ...change } as typeof HEAT_MAP });
      expect(now, JSON.stringify(change)).toMatchObject({
        rounds: spent.rounds,
        othersHonest: spent.othersHonest,
      });
    }
    // Other data: messages, and readings from another seed.
    expect(await seen({ task: { type: 'spam' }, noise: undefined })).toMatchObject({ rounds: 0 });
    expect(await seen({ room: 'other', seed: 'other' })).toMatchObject({
      rounds: 0,
      othersHonest: 0,
    });
  });

  it('that an earlier version kept counts for all data of its kind, and for no other', async () => {
    const store = createMemoryStore();
    const old: KeptSpending = { ledger: ONE_ROUND, budget: undefined };
    await store.set('spending R1 heat-map:circle:8', old);
    await store.set('spending R1 heat-map:circle:8geometric-median', old);
    await store.set('spending R2 spam:01234567', old);
    await store.set('spending R3 heat-map:stripes:4', { ledger: 'broken' });
    await store.set('learning R1 heat-map:circle:8', 'something else');
    const roundsOf = async (part: string, data: string): Promise<number> =>
      (await privacyIn(store, part, undefined, data)).view.spent.rounds;
    expect(await roundsOf('R1 heat-map:circle:8', 'heat-map')).toBe(2);
    expect(await roundsOf('R9 heat-map:circle:8', 'heat-map seed')).toBe(2);
    expect(await roundsOf('R9 spam:01234567', 'spam')).toBe(1);
    expect(await roundsOf('R9 sum', 'sum')).toBe(0);
  });

  it('is what the readings that a reload goes on with have told, whatever seed is given', async () => {
    const store = createMemoryStore();
    await store.set('spending R1 T', { ledger: ONE_ROUND, budget: undefined, data: 'heat-map a' });
    await store.set('spending R2 T', { ledger: ONE_ROUND, budget: undefined, data: 'heat-map a' });
    expect((await openAccount(inRoom(store, 'R1 T'), 'heat-map b')).elsewhere.rounds).toBe(1);
    expect((await openAccount(inRoom(store, 'R3 T'), 'heat-map b')).elsewhere.rounds).toBe(0);
  });
});

describe('a budget', () => {
  it('goes for other rooms too, the smallest where there are several', async () => {
    const store = createMemoryStore();
    (await privacyIn(store, 'R1 heat-map')).setBudget(8);
    (await privacyIn(store, 'R2 heat-map')).setBudget(5);
    expect((await privacyIn(store, 'R3 heat-map')).view.budget).toBe(5);
    expect((await privacyIn(store, 'R1 heat-map')).view.budget).toBe(8);
    expect((await privacyIn(store, 'R3 heat-map', 3)).view.budget).toBe(3);
    expect((await privacyIn(store, 'R3 spam', undefined, 'spam')).view.budget).toBeUndefined();
  });

  it('is not exceeded by two rooms at once, neither of which knew of the other', async () => {
    const store = createMemoryStore();
    const budget = epsilonOf(1.5 * COST.othersHonest, SETTING.delta);
    const [one, two] = await Promise.all([
      privacyIn(store, 'R1 heat-map', budget),
      privacyIn(store, 'R2 heat-map', budget),
    ]);
    const at = { round: 1, attempt: 1 };
    const charged = await Promise.allSettled([one.charge(at, ROUND), two.charge(at, ROUND)]);
    const done = charged.filter(({ status }) => status === 'fulfilled');
    expect(done.length).toBeLessThanOrEqual(1);
    for (const each of charged)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ reason: 'budget' });
    // Whoever was refused has taken its charge back.
    const after = await privacyIn(store, 'R3 heat-map', budget);
    expect(after.view.spent.rounds).toBe(done.length);
    // One after the other, the second knows at once.
    if (done.length === 0) {
      const rest = [one, two].filter((each) => each.maySpend(ROUND));
      expect(rest.length).toBeGreaterThan(0);
      await rest[0]!.charge(at, ROUND);
    }
    const later = await privacyIn(store, 'R4 heat-map', budget);
    expect(later.maySpend(ROUND)).toBe(false);
    await expect(later.charge(at, ROUND)).rejects.toMatchObject({ reason: 'budget' });
    expect(later.view.spent.othersHonest).toBeLessThanOrEqual(budget);
    expect(rhoOf(budget, SETTING.delta)).toBeGreaterThan(COST.othersHonest);
  });
});

describe('names of data', () => {
  it('tell kinds and seeds apart, and nothing else', () => {
    expect(dataOf('heat-map:circle:8')).toBe(dataOf('heat-map:stripes:4-4'));
    expect(dataOf('heat-map:circle:8', '7')).not.toBe(dataOf('heat-map:circle:8', '8'));
    expect(dataOf('model:mine:00ff')).toBe(dataOf('model:other:ff00', 'seed'));
    const kinds = ['heat-map:circle:8', 'spam:00', 'sum', 'model:mine:00'].map((task) =>
      dataOf(task),
    );
    expect(new Set(kinds).size).toBe(4);
    expect(dataOf('heat-map', 'x'.repeat(10_000)).length).toBe(128);
  });
});

describe('files of one identity', () => {
  it('are listed together, as they are now, and those of others are not', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'murmuration-'));
    try {
      const file = joinPath(folder, 'ada');
      const open = (room: string, of = file): Promise<PeerStore> =>
        openFileStore(storePath(of, room), of);
      const [one, two] = [await open('a'.repeat(43)), await open('b'.repeat(43))];
      await (await open('a'.repeat(43), `${file}.bo`)).set('spending x', 'not hers');
      await one.set('spending a', 1);
      await two.set('spending b', 2);
      await two.set('learning b', 'large');
      expect([...(await one.list('spending '))].sort()).toEqual([
        ['spending a', 1],
        ['spending b', 2],
      ]);
      await two.set('spending b', 3);
      expect((await one.list('spending ')).get('spending b')).toBe(3);
      expect([...(await two.list('learning '))]).toEqual([['learning b', 'large']]);
      // Spending that cannot be read is never taken for none.
      writeFileSync(storePath(file, 'c'.repeat(43)), 'broken');
      await expect(one.list('spending ')).rejects.toThrow(UsageError);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
