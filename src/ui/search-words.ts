/**
 * What the search for spoiled contributions says, in words.
 *
 * @module
 */
import type { SearchView } from '../peer/view.ts';
import { FEWEST_ROUNDS, SUSPICIOUS } from '../task/group-testing.ts';
import { counted } from './words.ts';

/** Where the search stands. */
export function searchWords(
  { rounds, buckets, suspicions }: SearchView,
  hasNoise: boolean,
): string {
  if (hasNoise) return 'With noise there are no votes: no noise would hide them.';
  const suspects = suspicions.filter(({ isSuspect }) => isSuspect).length;
  if (rounds === 0 && buckets < 2) {
    return 'It needs 12 to 15 peers: otherwise nobody can be told from the others.';
  }
  if (rounds < FEWEST_ROUNDS) {
    return `${counted(rounds, 'round')} judged: before ${FEWEST_ROUNDS}, every difference is chance.`;
  }
  if (suspects === 0) return `${counted(rounds, 'round')} judged, and nobody stands out.`;
  return `${counted(rounds, 'round')} judged: ${suspects === 1 ? 'one stands' : `${suspects} stand`} out.`;
}

/** What the rounds say of one peer. */
export function verdict({ score, error, isSuspect }: SearchView['suspicions'][number]): string {
  if (isSuspect) return 'stands out';
  return score - error > SUSPICIOUS / 2 || score + error > SUSPICIOUS
    ? 'unclear'
    : 'like the others';
}
