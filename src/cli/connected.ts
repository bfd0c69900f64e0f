/**
 * Waits for the server at the start of a command.
 *
 * @module
 */
import type { Session } from '../peer/session.ts';

/** How long the server may stay out of reach at first, ms. */
const SERVER_TIMEOUT_MS = 30_000;

/**
 * Resolves once the server has introduced this peer.
 *
 * @throws Error that says what to check when it was not reached for 30 s.
 */
export function untilConnected(session: Session): Promise<void> {
  return new Promise((resolve, reject) => {
    const patience = setTimeout(() => {
      end();
      reject(new Error('The server was not reached for 30 s: check --server.'));
    }, SERVER_TIMEOUT_MS);
    const look = (): void => {
      if (session.view.server !== 'connected') return;
      end();
      resolve();
    };
    const unsubscribe = session.subscribe(look);
    const end = (): void => {
      clearTimeout(patience);
      unsubscribe();
    };
    look();
  });
}
