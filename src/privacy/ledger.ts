/**
 * What one person's data have told so far: one charge a round, kept before anything leaves.
 *
 * A charge is written as if the sum held the fewest peers it may, then made right when the result says how
 * many it holds. Whoever never learns that leaves it as it is. Plain data, so that it can be stored.
 *
 * Each room writes a ledger of its own, and what counts is the sum of all: so two that run at once cannot
 * overwrite each other's spending.
 *
 * @module
 */
import type { NoiseSetting } from './noise.ts';
import { epsilonOf, rhoOfRound } from './zcdp.ts';

/** What a round, or all of them, told to three kinds of observer, as rho. */
export interface Cost {
  /** A peer of the sum that keeps to itself: it knows its own noise. */
  readonly othersHonest: number;
  /** Half of the peers of the sum, who pool what they know. */
  readonly halfColluding: number;
  /** All others: only this peer's own noise is left. */
  readonly allColluding: number;
}

/** A contribution that has left, or is about to, and of which no result is known. */
export interface PendingCharge {
  readonly round: number;
  readonly attempt: number;
  readonly cost: Cost;
}

/** The account of one identity and one set of data, as far as one room and task told of it. */
export interface Ledger {
  /** Rounds of `total`. */
  readonly rounds: number;
  /** Rounds without noise: what they told is in no total. */
  readonly bareRounds: number;
  readonly total: Cost;
  readonly pending: readonly PendingCharge[];
}

/** What several accounts say together, contributions without a known result at their worst. */
export interface Told {
  readonly rounds: number;
  readonly bareRounds: number;
  readonly cost: Cost;
}

const NOTHING: Cost = { othersHonest: 0, halfColluding: 0, allColluding: 0 };

/** Nothing has been told. */
export const EMPTY_LEDGER: Ledger = { rounds: 0, bareRounds: 0, total: NOTHING, pending: [] };

/** Nothing was told by anybody. */
export const NOTHING_TOLD: Told = { rounds: 0, bareRounds: 0, cost: NOTHING };

/** Charges that are kept apart: of an older one nobody will hear any more, and it is added to the total. */
const MAX_PENDING = 4;

/**
 * What a sum over so many peers tells.
 *
 * @param included - Peers in the sum, this one included.
 */
export function costOf(setting: NoiseSetting, dimension: number, included: number): Cost {
  const alone = rhoOfRound(setting, dimension, 1);
  if (setting.kind === 'local') {
    // Each contribution may be looked at alone, whoever colludes.
    return { othersHonest: alone, halfColluding: alone, allColluding: alone };
  }
  const others = Math.max(1, included - setting.colluding);
  const half = Math.max(1, Math.min(others, Math.ceil(included / 2)));
  return {
    othersHonest: rhoOfRound(setting, dimension, others),
    halfColluding: rhoOfRound(setting, dimension, half),
    allColluding: alone,
  };
}

/** The ledger with a contribution that is about to leave. */
export function withCharge(ledger: Ledger, charge: PendingCharge): Ledger {
  const pending = [...ledger.pending, charge];
  const old = pending.slice(0, -MAX_PENDING);
  return old.reduce(counted, { ...ledger, pending: pending.slice(-MAX_PENDING) });
}

/** The ledger once a contribution of a round is known to be in a sum: of several, the newest is. */
export function withResult(ledger: Ledger, round: number, cost: Cost): Ledger {
  const charge = ledger.pending.findLast((known) => known.round === round);
  if (charge === undefined) return ledger;
  const pending = ledger.pending.filter((known) => known !== charge);
  return counted({ ...ledger, pending }, { ...charge, cost });
}

/** The ledger once a contribution is known never to be opened. */
export function withoutCharge(ledger: Ledger, round: number, attempt: number): Ledger {
  const pending = ledger.pending.filter(
    (known) => known.round !== round || known.attempt !== attempt,
  );
  return { ...ledger, pending };
}

/** The ledger after a round without noise. */
export function withBareRound(ledger: Ledger): Ledger {
  return { ...ledger, bareRounds: ledger.bareRounds + 1 };
}

/** Everything told so far, contributions without a known result at their worst. */
export function totalOf({ total, pending }: Ledger): Cost {
  return pending.reduce((sum, { cost }) => sumOf(sum, cost), total);
}

/** Budgets are below: nobody means more. */
const MAX_BUDGET = 1e6;

/** Whether spending may stop at an epsilon. */
export function isBudget(epsilon: number): boolean {
  return epsilon > 0 && epsilon < MAX_BUDGET;
}

/** What a ledger says, together with what others said. */
export function toldWith(ledger: Ledger, others: Told): Told {
  return {
    rounds: others.rounds + ledger.rounds + ledger.pending.length,
    bareRounds: others.bareRounds + ledger.bareRounds,
    cost: sumOf(others.cost, totalOf(ledger)),
  };
}

/** Whether what was told stays within a cap, in rho, when a cost is added: never a little over. */
export function canAfford({ cost }: Told, next: Cost, cap: number): boolean {
  return cost.othersHonest + next.othersHonest <= cap;
}

/** The three epsilons of a cost. */
export function epsilonsOf(cost: Cost, delta: number): Cost {
  return {
    othersHonest: epsilonOf(cost.othersHonest, delta),
    halfColluding: epsilonOf(cost.halfColluding, delta),
    allColluding: epsilonOf(cost.allColluding, delta),
  };
}

/** Whether something read from a store is a ledger. */
export function isLedger(value: unknown): value is Ledger {
  const ledger = value as Partial<Ledger> | undefined;
  return (
    isCount(ledger?.rounds) &&
    isCount(ledger.bareRounds) &&
    isCost(ledger.total) &&
    Array.isArray(ledger.pending) &&
    ledger.pending.length <= MAX_PENDING &&
    ledger.pending.every(
      (charge: Partial<PendingCharge> | undefined) =>
        isCount(charge?.round) && isCount(charge.attempt) && isCost(charge.cost),
    )
  );
}

function counted(ledger: Ledger, { cost }: PendingCharge): Ledger {
  return { ...ledger, rounds: ledger.rounds + 1, total: sumOf(ledger.total, cost) };
}

function sumOf(one: Cost, other: Cost): Cost {
  return {
    othersHonest: one.othersHonest + other.othersHonest,
    halfColluding: one.halfColluding + other.halfColluding,
    allColluding: one.allColluding + other.allColluding,
  };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isCost(value: unknown): value is Cost {
  const cost = value as Partial<Cost> | undefined;
  return [cost?.othersHonest, cost?.halfColluding, cost?.allColluding].every(
    (rho) => typeof rho === 'number' && rho >= 0,
  );
}
