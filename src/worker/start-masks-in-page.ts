/**
 * The pool of a page: dedicated workers, and the page's own thread for what is small.
 *
 * @module
 */
import type { Masker } from '../ports.ts';
import { realSuite } from '../secagg/index.ts';
import { createMaskPool } from './mask-pool.ts';
import { portOf } from './page-port.ts';

/** The one pool of this page, whoever asks: all its peers share the cores. Nobody closes it but the page's end. */
export function maskerOfPage(): Masker {
  masker ??= createMaskPool({
    suite: realSuite,
    workerCount: navigator.hardwareConcurrency,
    start: () =>
      portOf(
        new Worker(new URL('./mask-worker.ts', import.meta.url), { type: 'module', name: 'masks' }),
      ),
  });
  return masker;
}

let masker: Masker | undefined;
