/**
 * The library for pages: the names of `index.ts`, without a line that needs Node.
 *
 * @module
 */
import type { JoinOptions } from './index.ts';
import type { Session } from './peer/session.ts';

export * from './library.ts';
export type { JoinOptions };

/**
 * Joins a room as this tab: the same peer over a reload, where the browser can keep what that takes.
 *
 * @throws UsageError when an option is wrong, or the browser has no WebRTC: its text says what to do.
 * @throws The reason of `options.signal`, when that calls the joining off.
 */
export async function joinRoom(options: JoinOptions): Promise<Session> {
  // The peer's code is a file of its own: whoever never joins does not load it.
  const { joinAsTab } = await import('./peer/join-in-page.ts');
  return joinAsTab(options);
}
