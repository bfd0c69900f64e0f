/**
 * Murmuration as a library: private sums and federated learning without a server in the middle.
 *
 * ```ts
 * import { joinRoom } from 'murmuration';
 * const session = await joinRoom({ server: 'http://localhost:8080', room: 'salaries', key });
 * const { mean, count } = await session.aggregate([52_000], { clip: 1_000_000 });
 * await session.leave();
 * ```
 *
 * This is the entry of Node; a page gets `index.browser.ts`, which has the same names.
 *
 * @module murmuration
 */
import { joinInNode } from './peer/join-in-node.ts';
import type { RoomOptions } from './peer/join-room.ts';
import type { Session } from './peer/session.ts';

export * from './library.ts';

/** What `joinRoom` takes: `RoomOptions`, and in Node a file that keeps the identity. */
export interface JoinOptions extends RoomOptions {
  /** Node: a file that keeps the identity, and beside it what a restart must know. A fresh identity unless given. */
  readonly identity?: string | undefined;
}

/**
 * Joins a room, in a browser or in Node.
 *
 * @returns A session that meets peers from now on; it does not wait for any.
 * @throws UsageError when an option is wrong, or WebRTC is missing: its text says what to do.
 * @throws The reason of `options.signal`, when that calls the joining off.
 */
export async function joinRoom(options: JoinOptions): Promise<Session> {
  return joinInNode(options);
}
