/**
 * What the figures of maps say.
 *
 * @module
 */
import type { LearningRun, MergeMark } from '../../simulation/learning-run.ts';
import { counted, percent } from '../words.ts';

/** The finding of the sixteen maps, as it stands. */
export function togetherCaption({ samples, merges, steps }: LearningRun): string {
  const mean = percent(samples.at(-1)!.mean);
  const last = merges.at(-1);
  const hint = 'Point at a map to find its line, or at a line to find its map.';
  if (steps === 0)
    return 'Nobody has learned anything: all sixteen begin with the same model, which has not seen one reading.';
  if (!last)
    return `Alone, the sixteen have come to ${mean} on average after ${counted(steps, 'step')}. Merge them. ${hint}`;
  const since = steps - last.step;
  const drifting =
    since === 0
      ? 'At this moment all sixteen maps are that one.'
      : `Since then each has gone its own way for ${counted(since, 'step')}, to ${mean} on average.`;
  return `${jumpWords(last, merges.length)} ${drifting} ${hint}`;
}

function jumpWords({ before, after, drift }: MergeMark, number: number): string {
  const points = (100 * (after - before)).toFixed(1).replace('-', '\u2212');
  return `Merge ${number} brought together models that had drifted ${drift.toFixed(2)} apart: from ${percent(before)} on average to ${percent(after)}, ${after >= before ? 'up' : 'down'} ${points.replace('\u2212', '')} points.`;
}

/** The finding of the run with users left out. */
export function outliersCaption(
  run: LearningRun,
  outliersIn: number,
  truths: { readonly outliers: number; readonly others: number },
): string {
  const last = run.merges.at(-1);
  if (!last) return 'Nothing is merged yet.';
  return `With ${counted(outliersIn, 'outlier')} in the merges, the merged model has ${percent(last.after)} of the true map right. On their own readings it is right for the ten others ${percent(truths.others)} of the time, and for the six ${percent(truths.outliers)}. Whose truth? If their thermometers are broken, leave them out; if it really is colder where they stand, the model has just learned to ignore them.`;
}
