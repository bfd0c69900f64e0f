/**
 * "What the others saw", put together from an attempt and its result. Pure.
 *
 * @module
 */
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
  return { round, roster, layers, update, ...attempt, aggregateWords: words, aggregate, included };
}
