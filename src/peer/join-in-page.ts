/**
 * Joining a room from a page.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Transport, TransportName } from '../ports.ts';
import { realSuite } from '../secagg/index.ts';
import { CORNERS } from '../task/readings.ts';
import { startTrainerInPage } from '../worker/start-in-page.ts';
import { maskerOfPage } from '../worker/start-masks-in-page.ts';
import { createIdentity, loadTabIdentity, type Identity } from './identity.ts';
import { enterRoom, type RoomOptions } from './join-room.ts';
import { prepareForLibp2p } from './libp2p-runtime.ts';
import type { Room } from './room-key.ts';
import type { Session } from './session.ts';
import { createSimplePeerTransport } from './simple-peer-transport.ts';
import { openBrowserStore } from './stores.ts';

const CORNER_KEY = 'murmuration:corner';

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
    corner: nextCorner(),
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
    corner: nextCorner(),
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

/**
 * The corner of the map for one more peer of this browser: they take turns, so that a few tabs cover the map
 * sooner than chance does. Undefined where the browser forbids storage: then the peer's id decides.
 */
function nextCorner(): number | undefined {
  try {
    const last = Number(localStorage.getItem(CORNER_KEY));
    const corner = Number.isInteger(last) ? (last + 1) % CORNERS : 0;
    localStorage.setItem(CORNER_KEY, String(corner));
    return corner;
  } catch {
    return undefined;
  }
}
