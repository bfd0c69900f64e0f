/**
 * Joining a room from Node.
 *
 * @module
 */
import type { Transport, TransportName } from '../ports.ts';
import { ANYBODY } from '../round/roster.ts';
import { startTrainerInProcess } from '../worker/start-in-process.ts';
import { openFileStore, storePath } from './file-store.ts';
import { loadIdentityFile } from './identity-file.ts';
import { createIdentity, type Identity } from './identity.ts';
import { enterRoom, type RoomOptions } from './join-room.ts';
import { maskerOfProcess } from './masker-in-node.ts';
import { nodeSuite } from './node-suite.ts';
import type { Room } from './room-key.ts';
import type { Session } from './session.ts';
import { createSimplePeerTransport } from './simple-peer-transport.ts';
import { loadWrtc, openNodeSocket, prepareNodeForLibp2p } from './wrtc.ts';

/** What only a program gives. */
export interface NodeOptions extends RoomOptions {
  /** A file that keeps the identity, and beside it what a restart must know. A fresh identity unless given. */
  readonly identity?: string | undefined;
}

/**
 * Joins as a headless peer.
 *
 * @throws UsageError when an option is wrong, the identity file is unusable, or WebRTC for Node is missing.
 */
export async function joinInNode(options: NodeOptions): Promise<Session> {
  const file = options.identity;
  const identity =
    file === undefined ? createIdentity(nodeSuite) : loadIdentityFile(nodeSuite, file).identity;
  return enterRoom(options, {
    suite: nodeSuite,
    identity,
    kind: 'program',
    corner: cornerOf(options.seed),
    agreesWith: ANYBODY,
    createTransport: (room, name) => transportInNode(options.server, room, identity, name),
    createStore: (room) =>
      file === undefined
        ? Promise.resolve(undefined)
        : openFileStore(storePath(file, room.id), file),
    startTrainer: startTrainerInProcess,
    masker: maskerOfProcess(),
  });
}

async function transportInNode(
  server: string,
  room: Room,
  identity: Identity,
  name: TransportName,
): Promise<Transport> {
  const options = { server, room, identity, suite: nodeSuite, openSocket: openNodeSocket };
  if (name === 'simple-peer') {
    return createSimplePeerTransport({ ...options, wrtc: await loadWrtc() });
  }
  await prepareNodeForLibp2p();
  const { createLibp2pTransport } = await import('./libp2p-transport.ts');
  return createLibp2pTransport(options);
}

/** A number as seed also numbers the peer: consecutive ones sit in different corners of the map. */
function cornerOf(seed: string | undefined): number | undefined {
  return seed !== undefined && /^\d{1,9}$/.test(seed) ? Number(seed) : undefined;
}
