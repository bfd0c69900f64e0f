/**
 * Group testing: whose contributions spoil the model, from sums over buckets alone.
 *
 * In each round everybody says by how much its own loss falls under the update of each bucket, leaving its own update
 * out of its own bucket's; only the sum of what they say is opened. Since the same voters judge all buckets, and each
 * vote counts the same, it does not matter who votes how harshly. Buckets are drawn anew each round, so whoever makes
 * its buckets worse stands out after some dozens of rounds, by ridge regression of the scores on who was in (compare
 * FedGT, Xhemrishi et al. 2025). A score is a suspicion: an honest minority, too, makes the loss of the others rise.
 *
 * @module
 */

/** What was said of the buckets of one round. */
export interface BucketRound {
  /** Who was in each bucket. */
  readonly buckets: readonly (readonly string[])[];
  /** By how much the loss of the others fell, on average, under the update of each bucket. */
  readonly scores: readonly number[];
}

/** What the rounds so far say of one peer. */
export interface Suspicion {
  readonly member: string;
  /** How much worse than the median its buckets are, in deviations of all members; about 0 for most. */
  readonly score: number;
  /** Standard error of `score`. */
  readonly error: number;
}

/**
 * From this score on, `isSuspect` says so. Of normal scores one in thirty thousand is as high; but among eight to
 * fifteen the deviation itself is a guess, and peers differ by more than chance.
 */
export const SUSPICIOUS = 4;

/** Rounds before which every score is noise. */
export const FEWEST_ROUNDS = 30;

/** Largest change of the loss that a vote may claim: nobody decides alone. */
export const LARGEST_VOTE = 1;

/** Weight of the assumption that all are alike, in rounds. */
const RIDGE = 1;

/** From a median absolute deviation to a standard deviation of normal scores. */
const DEVIATIONS = 1.4826;

/**
 * Where honest peers differ by less, deviations are taken for this: then a suspect's update alone costs the others 0.28
 * of loss more than the median's. To guess costs 0.69; honest corners of a map were seen to differ by 0.2.
 */
const SMALLEST_DEVIATION = 0.07;

/** A vote within bounds, from the loss on the own readings before and under a bucket's update. */
export function voteOf(before: number, under: number): number {
  const fall = before - under;
  return Number.isFinite(fall)
    ? Math.min(Math.max(fall, -LARGEST_VOTE), LARGEST_VOTE)
    : -LARGEST_VOTE;
}

/** Whether the rounds so far point at a peer: enough of them, and a score that stands out with its error taken off. */
export function isSuspect({ score, error }: Suspicion, roundCount: number): boolean {
  return roundCount >= FEWEST_ROUNDS && score >= SUSPICIOUS && score - error > 0;
}

/** What the rounds say of everybody who was in a bucket, the most suspicious first. */
export function suspicions(rounds: readonly BucketRound[]): readonly Suspicion[] {
  const members = [...new Set(rounds.flatMap(({ buckets }) => buckets.flat()))].sort();
  const count = members.length;
  if (count === 0) return [];
  const place = new Map(members.map((member, at) => [member, at]));
  const matrix = members.map((_, row) => members.map((__, column) => (row === column ? RIDGE : 0)));
  const right = members.map(() => 0);
  const rows: { readonly inside: readonly number[]; readonly value: number }[] = [];
  for (const { buckets, scores } of rounds) {
    // Learning slows down, so the scores of all buckets fall: what counts is which is lower than the others.
    const middle = scores.reduce((sum, score) => sum + score, 0) / Math.max(scores.length, 1);
    for (const [at, bucket] of buckets.entries()) {
      const inside = bucket.map((member) => place.get(member)!);
      const value = scores[at]! - middle;
      rows.push({ inside, value });
      for (const i of inside) {
        right[i]! += value / inside.length;
        for (const j of inside) matrix[i]![j]! += 1 / inside.length ** 2;
      }
    }
  }
  const inverse = inverseOf(matrix);
  const effects = inverse.map((row) => row.reduce((sum, value, i) => sum + value * right[i]!, 0));
  const residual = rows.reduce((sum, { inside, value }) => {
    const predicted = inside.reduce((all, i) => all + effects[i]! / inside.length, 0);
    return sum + (value - predicted) ** 2;
  }, 0);
  const variance = residual / Math.max(1, rows.length - count);
  const median = medianOf(effects);
  const deviation = Math.max(
    DEVIATIONS * medianOf(effects.map((effect) => Math.abs(effect - median))),
    SMALLEST_DEVIATION,
  );
  return members
    .map((member, at) => ({
      member,
      score: (median - effects[at]!) / deviation,
      error: Math.sqrt(variance * inverse[at]![at]!) / deviation,
    }))
    .sort((a, b) => b.score - a.score);
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The inverse of a symmetric positive definite matrix, by Gauss and Jordan; the ridge makes it so. */
function inverseOf(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const size = matrix.length;
  const rows = matrix.map((row, at) => [...row, ...row.map((_, i) => (i === at ? 1 : 0))]);
  for (let pivot = 0; pivot < size; pivot++) {
    const scale = 1 / rows[pivot]![pivot]!;
    rows[pivot] = rows[pivot]!.map((value) => value * scale);
    for (let row = 0; row < size; row++) {
      if (row === pivot) continue;
      const factor = rows[row]![pivot]!;
      rows[row] = rows[row]!.map((value, i) => value - factor * rows[pivot]![i]!);
    }
  }
  return rows.map((row) => row.slice(size));
}
