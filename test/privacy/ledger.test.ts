/**
 * The ledger: nothing is told twice, nothing is forgotten, and no budget is exceeded by a little.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canAfford,
  costOf,
  EMPTY_LEDGER,
  epsilonsOf,
  isLedger,
  NOTHING_TOLD,
  toldWith,
  totalOf,
  withBareRound,
  withCharge,
  withoutCharge,
  withResult,
} from '../../src/privacy/ledger.ts';
import type { NoiseSetting } from '../../src/privacy/noise.ts';
import { epsilonOf, rhoOf, rhoOfRound } from '../../src/privacy/zcdp.ts';

const setting: NoiseSetting = {
  kind: 'distributed',
  clip: 2,
  multiplier: 2,
  honest: 7,
  colluding: 1,
  share: 1024,
  delta: 1e-5,
};
const DIMENSION = 33;

describe('what a round costs', () => {
  it('is what the others hide: all but the observer, half of all, nobody', () => {
    const cost = costOf(setting, DIMENSION, 8);
    expect(cost.othersHonest).toBe(rhoOfRound(setting, DIMENSION, 7));
    expect(cost.halfColluding).toBe(rhoOfRound(setting, DIMENSION, 4));
    expect(cost.allColluding).toBe(rhoOfRound(setting, DIMENSION, 1));
    // Three peers: two hide each.
    expect(costOf(setting, DIMENSION, 3).othersHonest).toBe(rhoOfRound(setting, DIMENSION, 2));
  });

  it('is the same whoever colludes, where each contribution has all the noise', () => {
    const local = { ...setting, kind: 'local', honest: 1 } as const;
    const { othersHonest, allColluding } = costOf(local, DIMENSION, 8);
    expect(othersHonest).toBe(allColluding);
  });

  it('adds up to the epsilon of all rounds together', () => {
    const cost = costOf(setting, DIMENSION, 8);
    let ledger = EMPTY_LEDGER;
    for (let round = 1; round <= 30; round++) {
      ledger = withCharge(ledger, { round, attempt: 1, cost: costOf(setting, DIMENSION, 3) });
      ledger = withResult(ledger, round, cost);
    }
    const { othersHonest } = epsilonsOf(totalOf(ledger), 1e-5);
    expect(othersHonest).toBeCloseTo(epsilonOf(30 * cost.othersHonest, 1e-5), 9);
    expect(ledger.rounds).toBe(30);
  });
});

describe('a charge', () => {
  const worst = costOf(setting, DIMENSION, 3);
  const actual = costOf(setting, DIMENSION, 8);

  it('stands at its worst until a result, goes with an abort, and stays where nobody knows', () => {
    const charged = withCharge(EMPTY_LEDGER, { round: 4, attempt: 2, cost: worst });
    expect(totalOf(charged)).toEqual(worst);
    expect(totalOf(withResult(charged, 4, actual))).toEqual(actual);
    expect(totalOf(withoutCharge(charged, 4, 2))).toEqual(EMPTY_LEDGER.total);
    expect(totalOf(withoutCharge(charged, 4, 1))).toEqual(worst);
    expect(totalOf(withResult(charged, 5, actual))).toEqual(worst);
  });

  it('is settled once, the newest of a round', () => {
    const first = withCharge(EMPTY_LEDGER, { round: 4, attempt: 1, cost: worst });
    const second = withCharge(first, { round: 4, attempt: 2, cost: worst });
    const settled = withResult(second, 4, actual);
    expect(settled.pending.map(({ attempt }) => attempt)).toEqual([1]);
    expect(settled.rounds).toBe(1);
  });

  it('is never lost, however many nobody hears of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (count) => {
        let ledger = EMPTY_LEDGER;
        for (let round = 1; round <= count; round++) {
          ledger = withCharge(ledger, { round, attempt: 1, cost: worst });
        }
        expect(ledger.pending.length).toBeLessThanOrEqual(4);
        expect(totalOf(ledger).othersHonest).toBeCloseTo(count * worst.othersHonest, 9);
        expect(ledger.rounds + ledger.pending.length).toBe(count);
        expect(isLedger(JSON.parse(JSON.stringify(ledger)))).toBe(true);
      }),
    );
  });
});

describe('a budget', () => {
  it('is never exceeded, not by the last bit', () => {
    const next = costOf(setting, DIMENSION, 8);
    const cap = rhoOf(8, 1e-5);
    let ledger = EMPTY_LEDGER;
    let rounds = 0;
    while (canAfford(toldWith(ledger, NOTHING_TOLD), next, cap)) {
      ledger = withCharge(ledger, { round: ++rounds, attempt: 1, cost: next });
      ledger = withResult(ledger, rounds, next);
    }
    expect(rounds).toBeGreaterThan(3);
    const spent = totalOf(ledger).othersHonest;
    expect(epsilonOf(spent, 1e-5)).toBeLessThanOrEqual(8);
    expect(epsilonOf(spent + next.othersHonest, 1e-5)).toBeGreaterThan(8);
    expect(
      canAfford(toldWith(ledger, NOTHING_TOLD), { ...next, othersHonest: cap - spent }, cap),
    ).toBe(true);
  });
});

describe('what a store may hold', () => {
  it.each([
    undefined,
    null,
    {},
    { ...EMPTY_LEDGER, rounds: -1 },
    { ...EMPTY_LEDGER, total: { othersHonest: NaN, halfColluding: 0, allColluding: 0 } },
    { ...EMPTY_LEDGER, pending: [{ round: 1 }] },
    { ...EMPTY_LEDGER, pending: [undefined] },
  ])('is no ledger: %j', (value) => {
    expect(isLedger(value)).toBe(false);
  });

  it('is one, with rounds without noise counted apart', () => {
    expect(isLedger(withBareRound(EMPTY_LEDGER))).toBe(true);
    expect(totalOf(withBareRound(EMPTY_LEDGER))).toEqual(EMPTY_LEDGER.total);
  });
});
