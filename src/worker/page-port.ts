/**
 * A dedicated worker of a page as the page's end of a line.
 *
 * @module
 */
import type { WorkerPort } from './port.ts';

/** The line to a worker that was just started. */
export function portOf<Sent, Received>(worker: Worker): WorkerPort<Sent, Received> {
  const port: WorkerPort<Sent, Received> = {
    onmessage: null,
    onbroken: null,
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    close: () => worker.terminate(),
  };
  worker.onmessage = (event: MessageEvent<Received>) => port.onmessage?.(event);
  worker.onerror = (event) => {
    // Without a message, the script itself did not load.
    port.onbroken?.(event.message || 'its script did not load: is the server still there?');
  };
  return port;
}
