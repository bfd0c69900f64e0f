/**
 * Transports that lose something at the worst moment of an attempt.
 *
 * @module
 */
import type { Transport } from '../../src/ports.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import type { AttemptMessage } from '../../src/secagg/messages.ts';

/** A transport that loses some messages of attempts. */
export function without(
  transport: Transport,
  isLost: (message: AttemptMessage) => boolean,
): Transport {
  return {
    self: transport.self,
    start: (onEvent) => {
      transport.start(onEvent);
    },
    send(peer, message, lane) {
      const content = attemptMessageOf(message);
      if (content === undefined || !isLost(content)) transport.send(peer, message, lane);
    },
    disconnect: (peer, reason) => {
      transport.disconnect(peer, reason);
    },
    close: () => transport.close(),
  };
}

/** A transport that ends once both others have masked, and has kept its own masked words to itself. */
export function quittingAtTheLastMoment(transport: Transport): Transport {
  let masked = 0;
  const silent = without(transport, ({ type }) => masked === 2 || type === 'masked');
  return {
    ...silent,
    start: (onEvent) => {
      transport.start((event) => {
        onEvent(event);
        if (event.type !== 'received') return;
        if (attemptMessageOf(event.message)?.type === 'masked' && ++masked === 2) {
          void transport.close();
        }
      });
    },
  };
}

/** The message of an attempt, if it is one. */
function attemptMessageOf(bytes: Uint8Array): AttemptMessage | undefined {
  try {
    const decoded = decodeMessage(bytes);
    return decoded.type === 'attempt' ? decoded.message.content : undefined;
  } catch {
    return undefined; // Of the links between peers, not of rounds.
  }
}
