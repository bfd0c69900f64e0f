/**
 * Joining a room from a page.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Transport, TransportName } from '../ports.ts';
import { realSuite } from '../secagg/index.ts';
import { CORNERS } from '../task/readings.ts';
import { INBOXES } from '../task/spam/messages.ts';
import { startTrainerInPage } from '../worker/start-in-page.ts';
import { maskerOfPage } from '../worker/start-masks-in-page.ts';
import { createIdentity, loadTabIdentity, type Identity } from './identity.ts';
import { enterRoom, type RoomOptions, type World } from './join-room.ts';
import { prepareForLibp2p } from './libp2p-runtime.ts';
import type { Room } from './room-key.ts';
import type { Session } from './session.ts';
import { createSimplePeerTransport } from './simple-peer-transport.ts';
import { openBrowserStore } from './stores.ts';

const CORNER_KEY = 'murmuration:corner';
const INBOX_KEY = 'murmuration:inbox';

/** The identity is taken out of the storage once a page. */
let tabIdentity: Promise<Identity> | undefined;

/** Joins as this tab: the same peer over a reload, where the browser can keep what that takes. */
export async function joinAsTab(options: RoomOptions): Promise<Session> {
  tabIdentity ??= loadTabIdentity(realSuite);
  const kept = await tabIdentity;
  // An identity without a memory of what it contributed could contribute twice: no store, a fresh one.
  const store = await openBrowserStore(kept.id).catch(() => undefined);
  const identity = store === undefined ? createIdentity(realSuite) : kept;
  const session = await enterRoom(options, {
    suite: realSuite,
    identity,
    kind: 'tab',
    ...nextPlace(options),
    createTransport: (room, name) => transportInPage(options.server, room, identity, name),
    createStore: () => Promise.resolve(store),
    startTrainer: startTrainerInPage,
    masker: maskerOfPage(),
  });
  document.addEventListener('visibilitychange', () => {
    session.setHidden(document.visibilityState === 'hidden');
  });
  return session;
}

/** Joins as a further peer of this page: an identity of its own, kept nowhere. */
export function joinAsFurtherPeer(options: RoomOptions, host: PeerId): Promise<Session> {
  const identity = createIdentity(realSuite);
  return enterRoom(options, {
    suite: realSuite,
    identity,
    kind: 'tab',
    ...nextPlace(options),
    agreesWith: host,
    createTransport: (room, name) => transportInPage(options.server, room, identity, name),
    createStore: () => Promise.resolve(undefined),
    startTrainer: startTrainerInPage,
    masker: maskerOfPage(),
  });
}

/** libp2p is several times the size of the rest of the page: it is loaded by those who use it. */
async function transportInPage(
  server: string,
  room: Room,
  identity: Identity,
  name: TransportName,
): Promise<Transport> {
  const options = { server, room, identity, suite: realSuite };
  if (name === 'simple-peer') return createSimplePeerTransport(options);
  prepareForLibp2p();
  const { createLibp2pTransport } = await import('./libp2p-transport.ts');
  return createLibp2pTransport(options);
}

/** The corner or the messages of one more peer. */
function nextPlace({ task }: RoomOptions): Pick<World, 'corner' | 'inbox'> {
  return task?.type === 'spam'
    ? { inbox: nextTurn(INBOX_KEY, INBOXES.length) }
    : { corner: nextTurn(CORNER_KEY, CORNERS) };
}

/**
 * The turn of one more peer of this browser: they take turns at the corners of the map, so that a few tabs cover
 * it sooner than chance does, and at the messages of a spam room. Undefined where the browser forbids storage: then
 * the peer's id decides.
 */
function nextTurn(key: string, turns: number): number | undefined {
  try {
    const last = Number(localStorage.getItem(key));
    const turn = Number.isInteger(last) ? (last + 1) % turns : 0;
    localStorage.setItem(key, String(turn));
    return turn;
  } catch {
    return undefined;
  }
}
