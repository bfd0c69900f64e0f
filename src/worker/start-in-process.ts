/**
 * Starts a trainer on this thread, behind a message channel: for Node, and for tests.
 *
 * @module
 */
import type { TrainerReply } from './messages.ts';
import type { ServedPort, TrainerPort } from './port.ts';
import { serveTrainer } from './serve.ts';

/** A trainer on this thread. The process lives on until the port is closed. */
export function startTrainerInProcess(): TrainerPort {
  const { port1, port2 } = new MessageChannel();
  serveTrainer(port2 as unknown as ServedPort);
  const port: TrainerPort = {
    onmessage: null,
    onbroken: null,
    postMessage: (message, transfer) => port1.postMessage(message, transfer),
    close: () => port1.close(),
  };
  port1.onmessage = (event: MessageEvent<TrainerReply>) => port.onmessage?.(event);
  return port;
}
