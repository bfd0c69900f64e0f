/**
 * Opens a real session for the page: the one place where the page meets `src/peer`.
 *
 * @module
 */
import type { SessionControls } from '../peer/view.ts';
import type { OpenOptions } from './room-store.ts';

/** What `src/peer/join-room.ts` offers to the page. */
interface JoinRoomModule {
  joinRoom(options: Record<string, unknown>): Promise<SessionControls>;
}

const modules = import.meta.glob<JoinRoomModule>('../peer/join-room.ts');

/** Joins the room of an address on the server that the page came from. */
export async function openSession(options: OpenOptions): Promise<SessionControls> {
  const load = modules['../peer/join-room.ts'];
  if (!load) throw new Error('This build has no peers: build the page again.');
  const { joinRoom } = await load();
  const { address, name, isExtra } = options;
  return joinRoom({
    server: location.origin,
    room: address.room,
    key: address.key,
    name,
    task: address.task,
    isExtra,
  });
}
