/**
 * What the search for spoiled contributions says, in words.
 *
 * @module
 */
import type { SearchView } from '../peer/view.ts';
import { FEWEST_ROUNDS, SUSPICIOUS } from '../task/group-testing.ts';
import { capitalised, counted, countWord } from './words.ts';

/** Where the search stands. */
export function searchWords(
  { rounds, buckets, suspicions }: SearchView,
  hasNoise: boolean,
): string {
  if (hasNoise) return 'With noise there are no votes: no noise would hide them.';
  const suspects = suspicions.filter(({ isSuspect }) => isSuspect).length;
  if (rounds === 0 && buckets < 2) {
    return 'It waits for 12 peers, and in a room of 16 or more for 8 in your line: among fewer nobody can be told from the others.';
  }
  const judged = capitalised(`${counted(rounds, 'round')} judged`);
  if (rounds < FEWEST_ROUNDS) {
    return `${judged}: before ${FEWEST_ROUNDS}, every difference is chance.`;
  }
  if (suspects === 0) return `${judged}, and nobody stands out.`;
  return `${judged}: ${suspects === 1 ? 'one stands' : `${countWord(suspects)} stand`} out.`;
}

/** Among whom it searches, and what that costs: among how few an update is hidden. */
export function searchCost(
  { rounds, buckets, among, smallest }: SearchView,
  isInLines: boolean,
): string {
  if (buckets < 2) {
    return rounds === 0
      ? ''
      : 'It pauses while there are too few to search among, and opens no sum of few.';
  }
  const whom = isInLines
    ? `It looks among the ${countWord(among)} peers of your line, and only they see what it needs`
    : `It looks among these ${countWord(among)} peers, and all of them see what it needs`;
  const few = countWord(smallest);
  return `${whom}: in each round ${countWord(buckets)} sums of ${few} or more, drawn anew. So in one round your update is hidden among ${few}, and over many rounds among fewer still.${isInLines ? ' Who is in another line sees sums of whole lines, and searches there.' : ''}`;
}

/** What the rounds say of one peer. */
export function verdict({ score, error, isSuspect }: SearchView['suspicions'][number]): string {
  if (isSuspect) return 'stands out';
  return score - error > SUSPICIOUS / 2 || score + error > SUSPICIOUS
    ? 'unclear'
    : 'like the others';
}
