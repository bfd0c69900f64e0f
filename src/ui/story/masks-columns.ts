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

/** Of five places in a row on phones, those that are left beside the last tiles, if a word fits there. */
export function outSpan(people: number): number {
  const left = 5 - ((people - 1) % 5);
  return left < 3 ? 5 : left;
}
