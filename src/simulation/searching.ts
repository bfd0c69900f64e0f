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
   * Everybody votes on each bucket, on its own one as it would be without it.
   *
   * @param global - The model before the merge, shape [P].
   * @param meanOf - The mean update of some users, shape [P].
   */
  vote(
    global: Float32Array,
    buckets: readonly (readonly number[])[],
    meanOf: (some: readonly number[]) => Float64Array,
  ): void {
    const voters = buckets.flat();
    const before = new Map(voters.map((user) => [user, this.loss(user, global)]));
    const scores = buckets.map((bucket) => {
      const whole = meanOf(bucket);
      const votes = voters.map((user) => {
        const isOwn = bucket.includes(user);
        const mean = isOwn ? meanOf(bucket.filter((other) => other !== user)) : whole;
        const moved = global.map((value, i) => value + mean[i]!);
        return voteOf(before.get(user)!, this.loss(user, moved));
      });
      return votes.reduce((sum, vote) => sum + vote, 0) / votes.length;
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
