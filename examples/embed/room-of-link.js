/**
 * The room that the link of this page names: `?server=URL` says who introduces peers, and what stands after # is the
 * room key, which no browser sends to any server. A page that is opened without a key makes one.
 */
import { newRoomKey } from 'murmuration';

/** Address of the server, and the key. */
export function roomOfLink() {
  if (!location.hash) history.replaceState(null, '', `#${newRoomKey()}`);
  const server = new URLSearchParams(location.search).get('server') ?? 'http://localhost:8080';
  return { server, key: location.hash.slice(1) };
}
