/**
 * A peer of a comparison: `rival-peer SERVER KEY PEERS ours|plain|additive NEEDED`, and orders as messages. A sum of
 * ours needs so many peers.
 *
 * All three ways go over the same transport. Their peers are processes, so that processor time is told apart.
 *
 * @module
 */
import type { PeerId } from '../../src/ids.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import { joinInNode } from '../../src/peer/join-in-node.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { deriveRoom, parseRoomKey } from '../../src/peer/room-key.ts';
import { createSimplePeerTransport } from '../../src/peer/simple-peer-transport.ts';
import { loadWrtc, openNodeSocket } from '../../src/peer/wrtc.ts';
import { additiveSum, plainSum } from './loops.ts';
import type { RivalAnswer, RivalOrder, Way } from './rival-orders.ts';

const [server, key, peers, way, needed] = process.argv.slice(2) as [
  ...[server: string, key: string, peers: string],
  way: Way,
  needed: string,
];
const otherCount = Number(peers) - 1;

let bytesSent = 0;
const answer = (value: RivalAnswer): void => void process.send!(value);
const now = (): number => performance.timeOrigin + performance.now();
const { announce, sum } = way === 'ours' ? await joinOurs() : await joinRivals();

process.on('message', (order: RivalOrder) => {
  if (order.type === 'report') {
    const { user, system } = process.cpuUsage();
    answer({ type: 'report', cpuMs: (user + system) / 1000, bytesSent });
    return;
  }
  if (order.type === 'announce') {
    announce(order);
    answer({ type: 'announced' });
    return;
  }
  const began = now();
  sum(order).then(
    () => answer({ type: 'summed', began, ended: now() }),
    (error: unknown) => answer({ type: 'failed', message: String(error) }),
  );
});

interface Summer {
  announce(order: Extract<RivalOrder, { type: 'announce' }>): void;
  sum(order: Extract<RivalOrder, { type: 'sum' }>): Promise<void>;
}

const planOf = (number: number) => ({ name: 'rivals', step: number });

/** The library. */
async function joinOurs(): Promise<Summer> {
  const session = await joinInNode({ server, key, room: 'rivals', minPeers: Number(needed) });
  let isReady = false;
  let isLeaving = false;
  session.subscribeEvents((event) => {
    if (event.type === 'round') bytesSent += event.result.bytesSent;
    if (event.type === 'peer-left') answer({ type: 'lost' });
  });
  session.subscribe(({ peers: known, attempt, self }) => {
    if (!isReady && known.filter(({ link }) => link === 'linked').length === otherCount) {
      isReady = true;
      answer({ type: 'ready' });
    }
    if (isLeaving && attempt?.masked.includes(self.id)) process.exit();
  });
  const announce: Summer['announce'] = ({ number, values }) => {
    session.announce({ dimension: values, clip: 1, plan: planOf(number) });
  };
  const sum: Summer['sum'] = async ({ number, values, isLeaving: leaves }) => {
    isLeaving = leaves;
    const vector = new Float32Array(values).fill(0.5);
    const { mean } = await session.aggregate(vector, { clip: 1, plan: planOf(number) });
    // By index: making an object of every number is not what is compared here.
    for (let i = 0; i < mean.length; i++) {
      if (!(Math.abs(mean[i]! - 0.5) <= 1e-6)) throw new Error(`The mean is ${mean[i]}.`);
    }
  };
  return { announce, sum };
}

/** A loop of `loops.ts`. */
async function joinRivals(): Promise<Summer> {
  const transport = createSimplePeerTransport({
    server,
    room: deriveRoom(nodeSuite, parseRoomKey(key), 'rivals'),
    identity: createIdentity(nodeSuite),
    suite: nodeSuite,
    wrtc: await loadWrtc(),
    openSocket: openNodeSocket,
  });
  const linked = new Set<PeerId>();
  /** What arrived, by sum and step; and who waits for it. */
  const held = new Map<string, Uint32Array[]>();
  const waiting = new Map<string, () => void>();
  const at = (place: string): Uint32Array[] => held.get(place) ?? held.set(place, []).get(place)!;
  transport.start((event) => {
    if (event.type === 'linked') {
      linked.add(event.peer);
      if (linked.size === otherCount) answer({ type: 'ready' });
    } else if (event.type === 'unlinked') {
      answer({ type: 'lost' });
    } else if (event.type === 'received') {
      // Behind its two words of header, a copy is aligned.
      const words = new Uint32Array(event.message.slice().buffer);
      const place = `${words[0]} ${words[1]}`;
      at(place).push(words.subarray(2));
      if (at(place).length === otherCount) waiting.get(place)?.();
    }
  });
  const sum: Summer['sum'] = async ({ number, values, isLeaving }) => {
    let left = isLeaving ? Math.floor(otherCount / 2) : Infinity;
    // What goes to everybody is made once.
    let last: { words: Uint32Array | undefined; message: Uint8Array } = {
      words: undefined,
      message: new Uint8Array(),
    };
    const exchange = {
      others: [...linked],
      send(peer: PeerId, step: number, words: Uint32Array) {
        if (left-- === 0) process.exit();
        if (words !== last.words) last = { words, message: withHeader(number, step, words) };
        bytesSent += last.message.length;
        transport.send(peer, last.message, 'bulk');
      },
      async gather(step: number) {
        const place = `${number} ${step}`;
        if (at(place).length < otherCount) {
          await new Promise<void>((resolve) => waiting.set(place, resolve));
        }
        const vectors = at(place);
        held.delete(place);
        return vectors;
      },
    };
    const vector = new Uint32Array(values).fill(7);
    const result = await (way === 'plain' ? plainSum : additiveSum)(exchange, vector);
    const wrong = result.find((value) => value !== 7 * (otherCount + 1));
    if (wrong !== undefined) throw new Error(`The sum is ${wrong}.`);
  };
  // A loop waits for everybody anyway.
  return { announce: () => undefined, sum };
}

function withHeader(number: number, step: number, words: Uint32Array): Uint8Array {
  const message = new Uint32Array(2 + words.length);
  message.set([number, step]);
  message.set(words, 2);
  return new Uint8Array(message.buffer);
}
