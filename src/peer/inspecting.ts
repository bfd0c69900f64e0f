/**
 * "What the others saw", put together from an attempt and its result. Pure.
 *
 * @module
 */
import { clipped } from '../privacy/contribution.ts';
import type { RoundReport } from '../round/round.ts';
import {
  decodeAggregate,
  encodingFor,
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
): Inspection {
  const { round, roster, included, words } = report;
  const encoding = encodingFor(parameters, roster.length);
  const { mean, totalWeight } = decodeAggregate(words, included.length, encoding);
  const aggregate = new Float64Array(words.length);
  aggregate.set(mean);
  if (parameters.weightCap > 0) aggregate[mean.length] = totalWeight;
  return {
    ...attempt,
    ...(parameters.step > 0 ? apartFromNoise(update, attempt.updateWords, parameters) : { update }),
    round,
    roster,
    layers: parameters.weightCap > 0 ? layers : layers.filter(({ name }) => name !== 'weight'),
    aggregateWords: words,
    aggregate,
    included,
  };
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
