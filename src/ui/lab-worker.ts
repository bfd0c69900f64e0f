/**
 * Plays runs of the lab away from the page's thread, one at a time.
 *
 * @module
 */
import { runExperiment, type ExperimentRun } from '../simulation/experiment.ts';
import type { Federation } from '../simulation/federation.ts';
import { PlainModel } from '../task/plain-training.ts';
import type { Reading } from '../task/readings.ts';
import { settingsOf } from './lab-knobs.ts';
import type { Task } from './lab-runs.ts';

/** A local model at the end of a run. */
export interface LocalMap {
  readonly surface: Float32Array;
  readonly readings: readonly Reading[];
  readonly accuracy: number;
}

/** What came of a task: of a failed one, the reason. */
export type LabReply =
  | { readonly type: 'played'; readonly run: ExperimentRun; readonly maps: readonly LocalMap[] }
  | { readonly type: 'failed'; readonly reason: string };

/** Local models that are shown. */
const MAPS = 16;

declare const self: {
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  postMessage(reply: LabReply): void;
};

self.addEventListener('message', ({ data }) => {
  try {
    self.postMessage(play(data as Task));
  } catch (error) {
    self.postMessage({ type: 'failed', reason: String(error) });
  }
});

function play({ values, seed }: Task): LabReply {
  const settings = settingsOf(values);
  let played: Federation | undefined;
  const run = runExperiment(settings, String(seed), {
    afterStep: (federation) => (played = federation),
  });
  const look = new PlainModel(settings.hidden, settings.recipe);
  const maps = played!.locals.slice(0, MAPS).map((parameters, user) => ({
    surface: look.surfaceOf(parameters),
    readings: played!.users[user]!.readings,
    accuracy: run.perUser[user]!,
  }));
  return { type: 'played', run, maps };
}
