/**
 * The pool of a program: worker threads, and the program's own thread for what is small.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { MASK_THREADS_FROM_WORDS } from '../config.ts';
import type { Masker } from '../ports.ts';
import type { MaskReply } from '../worker/mask-messages.ts';
import { createMaskPool, type MaskPort } from '../worker/mask-pool.ts';
import { nodeSuite } from './node-suite.ts';

/** The one pool of this process, whoever asks: all its peers share the cores. It never keeps the process alive. */
export function maskerOfProcess(): Masker {
  masker ??= createMaskPool({
    suite: nodeSuite,
    workerCount: availableParallelism(),
    start: () => startMaskThread(THREAD),
    fromWords: MASK_THREADS_FROM_WORDS,
  });
  return masker;
}

/**
 * Starts a thread.
 *
 * @param script - `mask-thread-in-node.ts`, built.
 * @throws Error when there is no such file: sources that run unbuilt have none.
 */
export function startMaskThread(script: URL): MaskPort {
  if (!existsSync(script)) throw new Error(`${script.href} is missing: npm run build writes it.`);
  const worker = new Worker(script, { name: 'masks' });
  let awaited = 0;
  const port: MaskPort = {
    onmessage: null,
    onbroken: null,
    postMessage(request, transfer) {
      // Words under way keep the process alive; an idle thread does not.
      if (awaited++ === 0) worker.ref();
      worker.postMessage(request, transfer as ArrayBuffer[]);
    },
    close: () => void worker.terminate(),
  };
  worker.unref();
  worker.on('message', (data: MaskReply) => {
    if (--awaited === 0) worker.unref();
    port.onmessage?.({ data });
  });
  worker.on('error', (error) => port.onbroken?.(error.message));
  worker.on('exit', () => port.onbroken?.('its thread ended'));
  return port;
}

/** The build puts the thread's script beside the chunk that this file is in. */
const THREAD = new URL('./mask-thread.js', import.meta.url);

let masker: Masker | undefined;
