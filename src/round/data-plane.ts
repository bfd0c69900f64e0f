/**
 * Which of the two ways a vector is summed in: broadcast, or scattered among owners of its parts.
 *
 * The size alone decides, so that nobody chooses; a proposal says it, and every member checks it.
 *
 * @module
 */
import { SCATTER_FROM_WORDS, TILE_WORDS } from '../config.ts';
import {
  encodingFor,
  isSplitFor,
  wordCountOf,
  type Proposal,
  type RoundParameters,
  type Split,
} from '../secagg/index.ts';

/** From how many words on vectors are scattered, and in tiles of how many. All peers of a room have the same. */
export interface ScatterSetting {
  readonly fromWords: number;
  readonly tileWords: number;
}

const AGREED: ScatterSetting = { fromWords: SCATTER_FROM_WORDS, tileWords: TILE_WORDS };

/** What decides the plane: the size of a vector, and where the limit is. */
interface Sizes {
  readonly parameters: RoundParameters;
  readonly scatter?: ScatterSetting | undefined;
}

/** What a peer would sum of a large vector that says nothing else. */
export const DEFAULT_SHARE = 1;

/**
 * How a leader splits a vector among members that would sum so much each; undefined where it is broadcast.
 * Wishes that leave too much to one of them count for nothing: then each gets the same.
 */
export function splitFor(sizes: Sizes, wishes: readonly number[]): Split | undefined {
  const { fromWords, tileWords } = sizes.scatter ?? AGREED;
  if (isBroadcast(sizes.parameters, fromWords)) return undefined;
  const wished: Split = { tileWords, shares: wishes };
  if (isSplitFor(wished, wishes.length)) return wished;
  return { tileWords, shares: wishes.map(() => DEFAULT_SHARE) };
}

/** Whether a proposal uses the plane that the size implies, with owners for all of the vector. */
export function isPlaneOf(sizes: Sizes, { roster, split }: Proposal): boolean {
  const { fromWords, tileWords } = sizes.scatter ?? AGREED;
  if (isBroadcast(sizes.parameters, fromWords)) return split === undefined;
  return split?.tileWords === tileWords && isSplitFor(split, roster.length);
}

/** Sums in buckets always are: robust combining is for small models. */
function isBroadcast(parameters: RoundParameters, fromWords: number): boolean {
  return parameters.combining !== undefined || wordsOf(parameters) < fromWords;
}

function wordsOf(parameters: RoundParameters): number {
  return wordCountOf(parameters.dimension, encodingFor(parameters, 1));
}
