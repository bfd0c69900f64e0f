/**
 * A program that is one peer, for tests that kill it: `lone-peer SERVER KEY NAME`.
 *
 * @module
 */
import { createIdentity } from '../../src/peer/identity.ts';
import { deriveRoom, parseRoomKey } from '../../src/peer/room-key.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';
import { realSuite } from '../../src/secagg/index.ts';

const [server, key, name] = process.argv.slice(2) as [string, string, string];

createSimplePeerTransport({
  server,
  room: deriveRoom(realSuite, parseRoomKey(key), name),
  identity: createIdentity(realSuite),
  suite: realSuite,
  wrtc: await loadWrtc(),
  openSocket: openNodeSocket,
}).start(() => undefined);
