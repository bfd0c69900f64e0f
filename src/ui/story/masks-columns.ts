/**
 * Which mask stands where in the ledger of masks.
 *
 * @module
 */
import { FEWEST_PEOPLE, signIn, type HeldMasks } from '../../simulation/held-masks.ts';
import { namesOf, NAMES } from './masks-words.ts';

/** The head of a column. */
export interface Column {
  readonly title: string;
  readonly note: string;
}

/** A column for each mask of three people; of more, one for each partner. */
export function columnsOf({ people, masks }: HeldMasks): readonly Column[] {
  if (people.length > FEWEST_PEOPLE)
    return people.map((_, at) => ({ title: `With ${NAMES[at]}`, note: '' }));
  return masks.map(({ adds, subtracts }) => ({
    title: `Mask of ${namesOf([Math.min(adds, subtracts), Math.max(adds, subtracts)])}`,
    note: `${NAMES[adds]} adds, ${NAMES[subtracts]} subtracts`,
  }));
}

/** The mask of a person in a column, as its place among all masks; -1 where there is none. */
export function maskAt({ people, masks }: HeldMasks, person: number, column: number): number {
  if (people.length === FEWEST_PEOPLE) return column;
  return masks.findIndex(
    (mask) => column !== person && signIn(mask, person) !== 0 && signIn(mask, column) !== 0,
  );
}

/**
 * The ledger of more than three people on phones, as custom properties: places in a row, and how many of them a tile
 * takes, a name, a hidden number, and what leaves. Tiles fill their row, or what leaves stands beside the last ones.
 */
export function phoneLayout(people: number): string {
  const tiles = people - 1;
  if (tiles < 5)
    return `--across: ${2 * tiles}; --tile: 2; --who: ${tiles}; --hidden: ${tiles}; --out: ${2 * tiles}`;
  const left = 5 - (tiles % 5);
  return `--across: 5; --tile: 1; --who: 3; --hidden: 2; --out: ${left < 3 ? 5 : left}`;
}
