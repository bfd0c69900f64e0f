/**
 * Runs a measurement in a worker of a page in Chromium.
 *
 * @module
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { withChromium } from '../browser.ts';
import { root } from '../processes.ts';
import type { MaskTimes } from '../masks/mask-speeds.ts';
import type { Cost } from '../rounds/compute.ts';
import type { Speeds, measureTraining } from '../training/training-loops.ts';

/** What the worker is asked. */
export type WorkerTask =
  | { readonly name: 'training'; readonly given: Parameters<typeof measureTraining> }
  | { readonly name: 'masks'; readonly given: readonly [readonly number[], number] }
  | { readonly name: 'rounds'; readonly given: readonly [readonly number[], number] };

interface Answers {
  training: Speeds;
  masks: MaskTimes;
  rounds: readonly Cost[];
}

/** The answer of a fresh worker. */
export async function inWorker<Name extends WorkerTask['name']>(
  name: Name,
  ...given: Extract<WorkerTask, { name: Name }>['given']
): Promise<Answers[Name]> {
  const folder = join(root, 'dist/bench/page');
  const server = createServer(({ url = '/' }, response) => {
    // The worker, and those that it starts itself.
    const isScript = /^\/(?:[\w-]+\/)*[\w-]+\.js$/.test(url);
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? readFileSync(join(folder, url)) : '<!doctype html>');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    return await withChromium(async (context) => {
      const page = await context.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
      return page.evaluate(
        (task) =>
          new Promise<Answers[Name]>((resolve, reject) => {
            const worker = new Worker('/worker.js', { type: 'module' });
            worker.onmessage = ({ data }) => resolve(data as Answers[Name]);
            worker.onerror = ({ message }) => reject(new Error(`The worker broke: ${message}`));
            worker.postMessage(task);
          }),
        { name, given },
      );
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
