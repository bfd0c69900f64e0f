/**
 * Real peers over WebRTC for tests: made in one line, closed after each test.
 *
 * @module
 */
import { createIdentity, type Identity } from '../../src/peer/identity.ts';
import { deriveRoom, newRoomKey, parseRoomKey, type Room } from '../../src/peer/room-key.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { Witness } from '../contract/witness.ts';

const wrtc = await loadWrtc();

/** A room with a key of its own. */
export function freshRoom(name = 'starlings'): Room {
  return deriveRoom(realSuite, parseRoomKey(newRoomKey()), name);
}

/** The peers of one test. */
export class Peers {
  readonly all: Witness[] = [];
  readonly pages = new Map<Witness, EventTarget>();

  join(server: string, room: Room, identity: Identity = createIdentity(realSuite)): Witness {
    const page = new EventTarget();
    const transport = createSimplePeerTransport({
      server,
      room,
      identity,
      suite: realSuite,
      wrtc,
      openSocket: openNodeSocket,
      page,
    });
    const witness = new Witness(transport).start();
    this.all.push(witness);
    this.pages.set(witness, page);
    return witness;
  }

  async close(): Promise<void> {
    await Promise.all(this.all.splice(0).map(({ transport }) => transport.close()));
  }
}

/** Two identities, the smaller id first. */
export function orderedIdentities(): readonly [Identity, Identity] {
  const [a, b] = [createIdentity(realSuite), createIdentity(realSuite)];
  return a.id < b.id ? [a, b] : [b, a];
}
