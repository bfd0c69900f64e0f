/**
 * The search for spoiled contributions in a room where everybody opted in: each result says what the others made
 * of the buckets of the round before, and together the rounds point at somebody, or at nobody.
 *
 * What is concluded stays here: a suspicion bans nobody.
 *
 * @module
 */
import { MOST_ROUNDS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import { meansOfBuckets, sumsIn, totalOfBuckets } from '../round/combining.ts';
import type { RoundReport } from '../round/round.ts';
import {
  decodeAggregate,
  encodingFor,
  MAX_BUCKETS,
  type RoundParameters,
} from '../secagg/index.ts';
import { isSuspect, suspicions, type BucketRound } from '../task/group-testing.ts';
import type { SearchView } from './view.ts';

/** Values of a vector that the search adds: a vote on each bucket, and for each whether one was cast. */
export const VOTE_VALUES = 2 * MAX_BUCKETS;

/** One search, for as long as the session lasts. */
export class Searching {
  readonly #at: number;
  #rounds: readonly BucketRound[] = [];
  #last: { readonly round: number; readonly buckets: readonly (readonly PeerId[])[] } | undefined;
  #view: SearchView | undefined;

  /** @param at - Where the votes begin in a vector. */
  constructor(at: number) {
    this.#at = at;
  }

  get view(): SearchView {
    this.#view ??= {
      rounds: this.#rounds.length,
      buckets: this.#last?.buckets.length ?? 0,
      suspicions: suspicions(this.#rounds).map((suspicion) => ({
        peer: suspicion.member as PeerId,
        score: suspicion.score,
        error: suspicion.error,
        isSuspect: isSuspect(suspicion, this.#rounds.length),
      })),
    };
    return this.#view;
  }

  /** Takes a result: its votes are about the buckets of the one before. With noise it holds none. */
  note(report: RoundReport, parameters: RoundParameters): void {
    const judged = this.#last;
    const { round, buckets } = report;
    this.#last = buckets !== undefined && buckets.length > 1 ? { round, buckets } : undefined;
    this.#view = undefined;
    if (judged?.round !== round - 1 || parameters.step > 0) return;
    const encoding = encodingFor(parameters, report.roster.length);
    const total = totalOfBuckets(report.words, sumsIn(report.words, parameters));
    const { mean } = decodeAggregate(total, report.included.length, encoding);
    const votes = judged.buckets.map((_, bucket) => mean[this.#at + bucket]!);
    const cast = judged.buckets.map((_, bucket) => mean[this.#at + MAX_BUCKETS + bucket]!);
    if (cast.some((share) => share <= 0)) return;
    const scores = votes.map((vote, bucket) => vote / cast[bucket]!);
    this.#rounds = [...this.#rounds, { buckets: judged.buckets, scores }].slice(-MOST_ROUNDS);
  }
}

/** Updates of the buckets that this peer judges, by bucket: undefined for its own one. Empty without buckets. */
export function judgedMeans(
  { words, buckets = [], roster }: RoundReport,
  parameters: RoundParameters,
  self: PeerId,
): readonly (Float64Array | undefined)[] {
  if (buckets.length < 2) return [];
  const means = meansOfBuckets(words, buckets.length, encodingFor(parameters, roster.length));
  return means.map((mean, bucket) => (buckets[bucket]!.includes(self) ? undefined : mean));
}
