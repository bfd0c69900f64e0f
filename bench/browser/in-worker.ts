/**
 * Runs a measurement in a worker of a page in Chromium.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withChromium } from '../browser.ts';
import { root } from '../processes.ts';
import type { Cost } from '../rounds/compute.ts';
import type { Speeds, measureTraining } from '../training/training-loops.ts';

/** What the worker is asked. */
export type WorkerTask =
  | { readonly name: 'training'; readonly given: Parameters<typeof measureTraining> }
  | { readonly name: 'rounds'; readonly given: readonly [readonly number[], number] };

interface Answers {
  training: Speeds;
  rounds: readonly Cost[];
}

/** The answer of a fresh worker. */
export async function inWorker<Name extends WorkerTask['name']>(
  name: Name,
  ...given: Extract<WorkerTask, { name: Name }>['given']
): Promise<Answers[Name]> {
  const script = readFileSync(join(root, 'dist/bench/page/worker.js'), 'utf8');
  return withChromium(async (context) => {
    const page = await context.newPage();
    return page.evaluate(
      ([code, task]) =>
        new Promise<Answers[Name]>((resolve, reject) => {
          const url = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
          const worker = new Worker(url, { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data as Answers[Name]);
          worker.onerror = ({ message }) => reject(new Error(`The worker broke: ${message}`));
          worker.postMessage(task);
        }),
      [script, { name, given }] as const,
    );
  });
}
