/**
 * The search for spoiled users in a simulated federation: the votes of a room, and its conclusions.
 *
 * A room shows a suspicion and leaves what to do to people; here whoever is suspected is left out, so that
 * finding and wronging can be counted.
 *
 * @module
 */
import { isSuspect, suspicions, voteOf, type BucketRound } from '../task/group-testing.ts';
import type { PlainModel } from '../task/plain-training.ts';
import type { Reading } from '../task/readings.ts';

/** One search over a run. */
export class Search {
  private rounds: readonly BucketRound[] = [];
  private readonly model: PlainModel;
  private readonly readings: readonly (readonly Reading[])[];

  constructor(model: PlainModel, readings: readonly (readonly Reading[])[]) {
    this.model = model;
    this.readings = readings;
  }

  /**
   * Everybody votes on the buckets that it was not in.
   *
   * @param global - The model before the merge, shape [P].
   * @param means - The mean update of each bucket, shape [P] each.
   */
  vote(
    global: Float32Array,
    buckets: readonly (readonly number[])[],
    means: readonly Float64Array[],
  ): void {
    const voters = buckets.flat();
    const before = new Map(voters.map((user) => [user, this.loss(user, global)]));
    const scores = buckets.map((bucket, at) => {
      const moved = global.map((value, i) => value + means[at]![i]!);
      const outside = voters.filter((user) => !bucket.includes(user));
      const weights = outside.map((user) => Math.max(1, this.readings[user]!.length));
      const votes = outside.map((user) => voteOf(before.get(user)!, this.loss(user, moved)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return votes.reduce((sum, vote, i) => sum + weights[i]! * vote, 0) / total;
    });
    const named = buckets.map((bucket) => bucket.map(String));
    this.rounds = [...this.rounds, { buckets: named, scores }];
  }

  /** Whom the rounds so far point at. */
  get suspects(): readonly number[] {
    return suspicions(this.rounds)
      .filter((suspicion) => isSuspect(suspicion, this.rounds.length))
      .map(({ member }) => Number(member));
  }

  private loss(user: number, parameters: Float32Array): number {
    return this.model.lossOf(this.readings[user]!, parameters);
  }
}
