/**
 * Starts a trainer in a dedicated worker: for a page, whose own thread stays free. Loads no tensors here.
 *
 * @module
 */
import type { TrainerReply } from './messages.ts';
import type { TrainerPort } from './port.ts';

/** A trainer in a worker of its own. */
export function startTrainerInPage(): TrainerPort {
  const worker = new Worker(new URL('./trainer-worker.ts', import.meta.url), {
    type: 'module',
    name: 'trainer',
  });
  const port: TrainerPort = {
    onmessage: null,
    onbroken: null,
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    close: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<TrainerReply>) => port.onmessage?.(event);
  worker.onerror = (event) => {
    // Without a message, the script itself did not load.
    port.onbroken?.(event.message || 'its script did not load: is the server still there?');
  };
  return port;
}
