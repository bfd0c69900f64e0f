/**
 * "What the others saw", put together from an attempt and its result. Pure.
 *
 * @module
 */
import { clipped } from '../privacy/contribution.ts';
import type { PeerId } from '../ids.ts';
import type { RoundReport } from '../round/round.ts';
import {
  decodeAggregate,
  encodingFor,
  slotsOf,
  type AttemptInspection,
  type RoundParameters,
} from '../secagg/index.ts';
import type { Inspection } from './view.ts';

/**
 * What left this tab in a round, what it was made of, and what came back.
 *
 * @param update - The numbers that were encoded, weight last if there is one.
 */
export function inspectionOf(
  report: RoundReport,
  attempt: AttemptInspection,
  parameters: RoundParameters,
  update: Float64Array,
  layers: Inspection['layers'],
  self: PeerId,
): Inspection {
  const { round, roster, included, sums } = report;
  const encoding = encodingFor(parameters, roster.length);
  // In a room of lines, buckets are those of the own line, and so is what came back.
  const { buckets, words } =
    sums !== undefined && sums.buckets.length > 1
      ? sums
      : { buckets: [included], words: report.words };
  const own = Math.max(
    0,
    buckets.findIndex((bucket) => bucket.includes(self)),
  );
  const aggregate = new Float64Array(words.length);
  for (const [at, sum] of slotsOf(words, buckets.length).entries()) {
    const { mean, totalWeight } = decodeAggregate(sum, buckets[at]!.length, encoding);
    aggregate.set(mean, at * sum.length);
    if (parameters.weightCap > 0) aggregate[at * sum.length + mean.length] = totalWeight;
  }
  const told = parameters.weightCap > 0 ? layers : layers.filter(({ name }) => name !== 'weight');
  return {
    ...attempt,
    ...(parameters.step > 0
      ? apartFromNoise(update, attempt.updateWords, parameters)
      : { update: inItsSlot(update, own, buckets.length) }),
    round,
    roster,
    layers: buckets.flatMap((_, at) =>
      told.map(({ name, length }) => ({
        name: buckets.length === 1 ? name : `${name}, bucket ${at + 1}`,
        length,
      })),
    ),
    aggregateWords: words,
    aggregate,
    included,
  };
}

/** Numbers in the slot of the own bucket, and zeros in those of the others. */
function inItsSlot(update: Float64Array, bucket: number, bucketCount: number): Float64Array {
  const vector = new Float64Array(bucketCount * update.length);
  vector.set(update, bucket * update.length);
  return vector;
}

/** The update as it was shortened to the clip, and what noise and rounding made of it. */
function apartFromNoise(
  update: Float64Array,
  words: Uint32Array,
  { clip, step }: RoundParameters,
): Pick<Inspection, 'update' | 'updateWords' | 'noise' | 'noiseWords'> {
  const shortened = clipped(update, clip);
  const updateWords = Uint32Array.from(shortened, (value) => Math.round(value / step) >>> 0);
  const noiseWords = words.map((word, i) => word - updateWords[i]!);
  const noise = Float64Array.from(noiseWords, (word) => (word | 0) * step);
  return { update: shortened, updateWords, noise, noiseWords };
}
