/**
 * Starts a trainer in a dedicated worker: for a page, whose own thread stays free. Loads no tensors here.
 *
 * @module
 */
import { portOf } from './page-port.ts';
import type { TrainerPort } from './port.ts';

/** A trainer in a worker of its own. */
export function startTrainerInPage(): TrainerPort {
  return portOf(
    new Worker(new URL('./trainer-worker.ts', import.meta.url), {
      type: 'module',
      name: 'trainer',
    }),
  );
}
