/**
 * Opens a real session for the page: the one place where the page meets `src/peer`.
 *
 * The peers' code is loaded apart from the page's, so that the page is drawn before it.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Session } from '../peer/session.ts';
import type { OpenSession } from './room-store.ts';
import type { RoomAddress } from './route.ts';

/** The tab's own peer: further peers agree with what it asks of the room. */
let host: PeerId | undefined;

/** Joins the room of an address on the server that the page came from. */
export const openSession: OpenSession = (options) => openSessionAt(location.origin)(options);

/**
 * Opens sessions on some server.
 *
 * @param server - Its address: http, https, ws or wss.
 */
export function openSessionAt(server: string): OpenSession {
  return async ({ address, name, isExtra }) => {
    const { joinAsFurtherPeer, joinAsTab } = await import('../peer/join-in-page.ts');
    const { room, key, task, transport } = address;
    const options = {
      server,
      room,
      key,
      name,
      task: task.type === 'spam' ? task : ({ ...task, type: 'heat-map' } as const),
      transport,
    } as const;
    if (isExtra && host !== undefined) return joinAsFurtherPeer(options, host);
    const session = await joinAsTab(options);
    host = session.view.self.id;
    return session;
  };
}

/** Joins a room for questions and tables, on the server that the page came from. */
export async function openDataSession(address: RoomAddress, name: string): Promise<Session> {
  const { joinAsTab } = await import('../peer/join-in-page.ts');
  const { room, key, transport } = address;
  return joinAsTab({ server: location.origin, room, key, name, transport, task: { type: 'sum' } });
}
