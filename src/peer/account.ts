/**
 * The account of one set of data: what this room told of it, and what other rooms and tasks of the same identity did.
 *
 * Spending belongs to the data, not to the room that they were used in, nor to how a room combines updates. Each room
 * and task writes a ledger of its own, which nobody else writes, so nothing is overwritten where two run at once; and
 * what was told is the sum of all that belong to the same data. A ledger of a version that named no data counts for
 * all data of its kind: rather too much than too little.
 *
 * @module
 */
import type { RoomStore } from '../ports.ts';
import { isLedger, NOTHING_TOLD, toldWith, type Ledger, type Told } from '../privacy/ledger.ts';

/** What was told of this peer's data, and what its person allows. */
export interface KeptSpending {
  readonly ledger: Ledger;
  /** The data, as `dataOf` names them; undefined where an earlier version kept it. */
  readonly data?: string | undefined;
  readonly budget: number | undefined;
  /** The least noise that the person takes part with, as text; undefined: masks alone will do. */
  readonly least?: string | undefined;
}

/** What a peer's privacy begins with. */
export interface Account {
  /** Names the data. */
  readonly data: string;
  /** What this room and task kept; undefined for a peer that is here for the first time. */
  readonly own: KeptSpending | undefined;
  /** What the other rooms and tasks told of the same data, when this one was opened. */
  readonly elsewhere: Told;
  /** The smallest budget that was set elsewhere for the same data. */
  readonly budgetElsewhere: number | undefined;
  /** Looks at `elsewhere` again: another room may run at the same time. */
  look(): Promise<Told>;
}

/** The key under which a room keeps what it spent. */
export const SPENDING_KEY = 'spending';

/** Longest name of data, UTF-16 units. */
const MAX_DATA_LENGTH = 128;

/**
 * Names the data that a task learns from.
 *
 * The readings of a map follow from a seed, so it names them: the same whatever the map, the layers or the room. Spam,
 * sums and models that somebody brings are one set each: whether two models learn from the same examples, nobody here
 * can know.
 *
 * @param task - As in the parameters of rounds, such as `heat-map:circle:8`.
 * @param seed - Of readings, if another one than the identity.
 */
export function dataOf(task: string, seed?: string): string {
  const kind = kindOf(task);
  const name = kind === 'heat-map' && seed !== undefined ? `${kind} ${seed}` : kind;
  return name.slice(0, MAX_DATA_LENGTH);
}

/** Opens the account of some data, in the part of a store that belongs to one room and task. */
export async function openAccount(store: RoomStore, data: string): Promise<Account> {
  const kept = await store.get(SPENDING_KEY);
  const own = isSpending(kept) ? kept : undefined;
  // The readings that a reload goes on with are kept beside it, whatever seed is given now.
  const name = own?.data ?? data;
  const others = await othersOf(store, name);
  const budgets = others.flatMap(({ budget }) => budget ?? []);
  return {
    data: name,
    own,
    elsewhere: sumOf(others),
    budgetElsewhere: budgets.length === 0 ? undefined : Math.min(...budgets),
    look: async () => sumOf(await othersOf(store, name)),
  };
}

async function othersOf(store: RoomStore, data: string): Promise<readonly KeptSpending[]> {
  const kept = await store.elsewhere(SPENDING_KEY);
  return [...kept].flatMap(([part, value]) =>
    isSpending(value) && isOf(data, value, part) ? [value] : [],
  );
}

/** @param part - The room's id, a blank, and the task. */
function isOf(data: string, spending: KeptSpending, part: string): boolean {
  if (spending.data !== undefined) return spending.data === data;
  const task = part.slice(part.indexOf(' ') + 1);
  return kindOf(task) === data.split(' ')[0];
}

function kindOf(task: string): string {
  return /^[\w-]*/.exec(task)![0];
}

function sumOf(spendings: readonly KeptSpending[]): Told {
  return spendings.reduce((told, { ledger }) => toldWith(ledger, told), NOTHING_TOLD);
}

function isSpending(value: unknown): value is KeptSpending {
  const kept = value as Partial<KeptSpending> | undefined;
  return (
    isLedger(kept?.ledger) &&
    (kept.budget === undefined || kept.budget > 0) &&
    (kept.data === undefined || typeof kept.data === 'string') &&
    (kept.least === undefined || typeof kept.least === 'string')
  );
}
