/**
 * Opens a real session for the page: the one place where the page meets `src/peer`.
 *
 * The peers' code is loaded apart from the page's, so that the page is drawn before it.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { SessionControls } from '../peer/view.ts';
import type { OpenOptions } from './room-store.ts';

/** The tab's own peer: further peers agree with what it asks of the room. */
let host: PeerId | undefined;

/** Joins the room of an address on the server that the page came from. */
export async function openSession({
  address,
  name,
  isExtra,
}: OpenOptions): Promise<SessionControls> {
  const { joinAsFurtherPeer, joinAsTab } = await import('../peer/join-in-page.ts');
  const { room, key, task, transport } = address;
  const options = {
    server: location.origin,
    room,
    key,
    name,
    task: { type: 'heat-map', ...task },
    transport,
  } as const;
  if (isExtra && host !== undefined) return joinAsFurtherPeer(options, host);
  const session = await joinAsTab(options);
  host = session.view.self.id;
  return session;
}
