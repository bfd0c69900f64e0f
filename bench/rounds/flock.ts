/**
 * A whole room in one process, linked by real WebRTC: what rounds cost when every peer shares one thread.
 *
 * `flock SERVER KEY PEERS ROUNDS`. Says once how long the rounds took and how much processor time went by.
 *
 * @module
 */
import { joinInNode } from '../../src/peer/join-in-node.ts';
import type { SessionEvent } from '../../src/peer/session.ts';
import { HIDDEN } from './compute.ts';

/** What a flock says. */
export interface FlockReport {
  readonly durationMs: readonly number[];
  /** Processor time of the process a peer and round, training and pictures included, ms. */
  readonly cpuMs: number;
}

/** Rounds of the whole room before any is counted. */
const WARM_UP_ROUNDS = 2;

const [server, key, peers, rounds] = process.argv.slice(2) as [string, string, string, string];
const size = Number(peers);
const wanted = WARM_UP_ROUNDS + Number(rounds);
const durationMs: number[] = [];
let cpuAtStart = process.cpuUsage();
let slowest = 0;

const seen = new Map<number, number>();
const onRound = (peer: number, event: SessionEvent): void => {
  if (event.type !== 'round' || event.result.included.length < size) return;
  const count = (seen.get(peer) ?? 0) + 1;
  seen.set(peer, count);
  if (count > WARM_UP_ROUNDS && count <= wanted) durationMs.push(event.result.durationMs);
  const before = slowest;
  slowest = seen.size === size ? Math.min(...seen.values()) : 0;
  if (slowest === before) return;
  if (slowest === WARM_UP_ROUNDS) cpuAtStart = process.cpuUsage();
  if (slowest !== wanted) return;
  const { user, system } = process.cpuUsage(cpuAtStart);
  const cpuMs = (user + system) / 1000 / size / Number(rounds);
  process.send!({ durationMs, cpuMs } satisfies FlockReport);
};

for (let peer = 0; peer < size; peer++) {
  const session = await joinInNode({
    server,
    key,
    room: 'flock',
    name: `Peer ${peer}`,
    seed: String(peer),
    task: { type: 'heat-map', pattern: 'circle', hidden: HIDDEN },
  });
  session.subscribeEvents((event) => onRound(peer, event));
}
