/**
 * Whole sessions over the memory transport, for tests: joined in one line, left after each test.
 *
 * @module
 */
import { afterEach } from 'vitest';
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { enterRoom, type RoomOptions, type World } from '../../src/peer/join-room.ts';
import type { MemoryNetwork } from '../../src/peer/memory-transport.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { Session, SessionEvent } from '../../src/peer/session.ts';
import { createMemoryStore } from '../../src/peer/stores.ts';
import type { SessionView } from '../../src/peer/view.ts';
import type { PeerStore, Transport } from '../../src/ports.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';

export const HEAT_MAP = { type: 'heat-map', pattern: 'circle', hidden: [8] } as const;
const open: Session[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((session) => session.leave()));
});

/** Where a peer is, and what it brings. */
export interface Place {
  readonly network: MemoryNetwork;
  readonly identity?: Identity;
  readonly store?: PeerStore;
  readonly wrap?: (transport: Transport) => Transport;
  readonly kind?: World['kind'];
}

/** Joins a room; the session is left after the test. */
export async function join(place: Place, options: Partial<RoomOptions> = {}): Promise<Session> {
  const identity = place.identity ?? createIdentity(nodeSuite);
  const world: World = {
    suite: nodeSuite,
    identity,
    kind: place.kind ?? 'program',
    createTransport: () => {
      const transport = place.network.createTransport(identity.id);
      return place.wrap?.(transport) ?? transport;
    },
    createStore: () => Promise.resolve(place.store ?? createMemoryStore()),
    startTrainer: startTrainerInProcess,
  };
  const session = await enterRoom({ server: 'http://unused', room: 'test', ...options }, world);
  open.push(session);
  return session;
}

/** Resolves with the first view that fits. */
export function until(
  session: Session,
  fits: (view: SessionView) => boolean,
): Promise<SessionView> {
  return new Promise((resolve) => {
    const look = (view: SessionView): void => {
      if (!fits(view)) return;
      stop();
      resolve(view);
    };
    const stop = session.subscribe(look);
    if (fits(session.view)) look(session.view);
  });
}

/** Resolves with the next event of a kind. */
export function untilEvent(session: Session, type: SessionEvent['type']): Promise<SessionEvent> {
  return new Promise((resolve) => {
    const stop = session.subscribeEvents((event) => {
      if (event.type !== type) return;
      stop();
      resolve(event);
    });
  });
}
