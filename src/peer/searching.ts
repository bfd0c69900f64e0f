/**
 * The search for spoiled contributions in a room where everybody opted in: each result says what the members of a
 * cohort made of its buckets of the round before, and together the rounds point at somebody, or at nobody.
 *
 * In a room of lines each line searches among its own. Once lines are drawn anew, what was said of the last buckets
 * of the old ones is lost; what earlier rounds said stays.
 *
 * What is concluded stays here: a suspicion bans nobody.
 *
 * @module
 */
import { MOST_ROUNDS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { totalOfBuckets } from '../round/combining.ts';
import type { RoundReport } from '../round/round.ts';
import { decodeAggregate, encodingFor, MAX_BUCKETS, slotsOf } from '../secagg/index.ts';
import { isSuspect, suspicions, type BucketRound } from '../task/group-testing.ts';
import type { SearchView } from './view.ts';

/** Values of a vector that the search adds: a vote on each bucket, and for each whether one was cast. */
export const VOTE_VALUES = 2 * MAX_BUCKETS;

/** One search, for as long as the session lasts. */
export class Searching {
  readonly #at: number;
  #rounds: readonly BucketRound[] = [];
  /** What is voted on in the next round. */
  #last:
    | {
        readonly round: number;
        readonly cohort: string;
        readonly buckets: readonly (readonly PeerId[])[];
      }
    | undefined;
  #view: SearchView | undefined;

  /** @param at - Where the votes begin in a vector. */
  constructor(at: number) {
    this.#at = at;
  }

  get view(): SearchView {
    const sizes = this.#last?.buckets.map(({ length }) => length) ?? [];
    this.#view ??= {
      rounds: this.#rounds.length,
      buckets: sizes.length,
      among: sizes.reduce((sum, size) => sum + size, 0),
      smallest: sizes.length === 0 ? 0 : Math.min(...sizes),
      suspicions: suspicions(this.#rounds).map((suspicion) => ({
        peer: suspicion.member as PeerId,
        score: suspicion.score,
        error: suspicion.error,
        isSuspect: isSuspect(suspicion, this.#rounds.length),
      })),
    };
    return this.#view;
  }

  /** Takes a result: its votes are about the buckets of the one before, in the same cohort. With noise it holds none. */
  note({ round, sums }: Pick<RoundReport, 'round' | 'sums'>): void {
    const judged = this.#last;
    this.#view = undefined;
    this.#last = undefined;
    if (sums === undefined) return;
    const { cohort, buckets, words, parameters, roster } = sums;
    if (buckets.length > 1) this.#last = { round, cohort, buckets };
    if (judged?.round !== round - 1 || judged.cohort !== cohort) return;
    const total = totalOfBuckets(words, buckets.length);
    const { mean } = decodeAggregate(total, 0, encodingFor(parameters, roster.length));
    const votes = judged.buckets.map((_, bucket) => mean[this.#at + bucket]!);
    const cast = judged.buckets.map((_, bucket) => mean[this.#at + MAX_BUCKETS + bucket]!);
    if (cast.some((share) => share <= 0)) return;
    const scores = votes.map((vote, bucket) => vote / cast[bucket]!);
    this.#rounds = [...this.#rounds, { buckets: judged.buckets, scores }].slice(-MOST_ROUNDS);
  }
}

/**
 * The updates that this peer judges, by bucket; of its own bucket that of the others in it, else whoever is good for
 * its own bucket would be judged too well. Empty without buckets.
 *
 * @param sent - What this peer gave to the result, weight last.
 */
export function judgedMeans(
  { sums }: Pick<RoundReport, 'sums'>,
  self: PeerId,
  sent: Float64Array | undefined,
): readonly (Float64Array | undefined)[] {
  if (sums === undefined || sums.buckets.length < 2) return [];
  const { buckets, words, parameters, roster } = sums;
  const encoding = encodingFor(parameters, roster.length);
  return slotsOf(words, buckets.length).map((slot, bucket) => {
    const { mean, totalWeight } = decodeAggregate(slot, 0, encoding);
    if (!buckets[bucket]!.includes(self)) return mean;
    return sent && without(mean, totalWeight, sent);
  });
}

/** A mean as it would be without one of those in it. */
function without(
  mean: Float64Array,
  totalWeight: number,
  sent: Float64Array,
): Float64Array | undefined {
  const weight = sent.at(-1)!;
  const rest = totalWeight - weight;
  if (!(rest > 0)) return undefined;
  return mean.map((value, i) => (value * totalWeight - sent[i]! * weight) / rest);
}
