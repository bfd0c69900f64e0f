/**
 * A peer of the plain exchange: over the same links, everybody sends its bare vector to everybody.
 *
 * `plain-peer SERVER KEY PEERS VALUES`. Says `ready` once it is linked to all; a round starts at one
 * peer by the number that it is sent, at the others by the first vector of it. Each says how long it took.
 *
 * @module
 */
import { floatsToBytes } from '../../src/bytes.ts';
import type { PeerId } from '../../src/ids.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { deriveRoom, parseRoomKey } from '../../src/peer/room-key.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';

const [server, key, peers, values] = process.argv.slice(2) as [string, string, string, string];
const otherCount = Number(peers) - 1;

const transport = createSimplePeerTransport({
  server,
  room: deriveRoom(nodeSuite, parseRoomKey(key), 'plain'),
  identity: createIdentity(nodeSuite),
  suite: nodeSuite,
  wrtc: await loadWrtc(),
  openSocket: openNodeSocket,
});
const linked = new Set<PeerId>();

/** The round under way, its vectors, and when it began, ms. */
let round = 0;
let began = 0;
let held = 0;

transport.start((event) => {
  if (event.type === 'linked') {
    linked.add(event.peer);
    if (linked.size === otherCount) process.send!({ type: 'ready' });
  } else if (event.type === 'received') {
    begin(new DataView(event.message.buffer, event.message.byteOffset).getFloat32(0, true));
    held += 1;
    if (held === otherCount) {
      process.send!({
        type: 'round',
        durationMs: performance.now() - began,
        bytesSent: otherCount * event.message.length,
      });
    }
  }
});

process.on('message', (number: number) => begin(number));

function begin(number: number): void {
  if (number === round) return;
  round = number;
  began = performance.now();
  held = 0;
  const vector = new Float32Array(1 + Number(values)).fill(0.5);
  vector[0] = number;
  for (const peer of linked) transport.send(peer, floatsToBytes(vector));
}
