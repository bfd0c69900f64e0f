/**
 * Rounds of the heat-map among Node processes over loopback WebRTC, beside a plain exchange of the same
 * vectors over the same links.
 *
 * @module
 */
import { newRoomKey } from '../../src/peer/room-key.ts';
import { parameterCountOf } from '../../src/task/heat-map.ts';
import type { Bench } from '../main.ts';
import { messageOf, murmuration, program, startServer, stop } from '../processes.ts';
import { median, quantile, type Reading } from '../report.ts';
import { HIDDEN } from './compute.ts';
import type { FlockReport } from './flock.ts';

/** A round of 8, ms. */
const EXPECTED_PEERS = 8;
const EXPECTED_MS = 300;

/** How long a room may take for all its rounds, ms. */
const LIMIT_MS = 120_000;

/** Rounds of the whole room that are not counted: code is compiled. */
const WARM_UP_ROUNDS = 2;

interface Rounds {
  readonly durationMs: readonly number[];
  readonly bytesSent: readonly number[];
  readonly failures: number;
  readonly retried: number;
}

/** `rounds`. */
export const roundsBench: Bench = {
  name: 'rounds',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    for (const size of isQuick ? [3, 8] : [3, 5, 8, 12]) {
      const count = isQuick ? 3 : 12;
      const { durationMs, bytesSent, failures, retried } = await maskedRounds(size, count);
      const plain = await plainRounds(size, count);
      const middle = median(durationMs);
      yield {
        what: `${size} peers, a round`,
        value: middle,
        unit: 'ms',
        expected: size === EXPECTED_PEERS ? { atMost: EXPECTED_MS } : undefined,
        details: {
          'nine of ten': quantile(durationMs, 0.9),
          slowest: Math.max(...durationMs),
          'bytes sent a peer': median(bytesSent),
          samples: durationMs.length,
          'later attempts': retried,
          failures,
        },
      };
      yield {
        what: `${size} peers, a round to a plain exchange`,
        value: middle / median(plain.durationMs),
        unit: 'x',
        details: {
          'plain ms': median(plain.durationMs),
          'plain bytes sent a peer': median(plain.bytesSent),
          'bytes to plain': median(bytesSent) / median(plain.bytesSent),
        },
      };
      const flock = await oneProcess(size, count);
      yield {
        what: `${size} peers in one process, a round`,
        value: median(flock.durationMs),
        unit: 'ms',
        details: { 'processor ms a peer and round, with training': flock.cpuMs },
      };
    }
  },
};

/** Rounds of headless peers, one process each, at the pace that people see. */
async function maskedRounds(size: number, count: number): Promise<Rounds> {
  const server = await startServer();
  const key = newRoomKey();
  const peers = Array.from({ length: size }, (_, i) =>
    murmuration(
      ...['peer', '--server', server.url, '--room', 'bench', `--key=${key}`],
      ...['--task', 'heat-map', '--hidden', HIDDEN.join('-'), '--seed', String(i)],
    ),
  );
  const rounds = { durationMs: [] as number[], bytesSent: [] as number[], failures: 0, retried: 0 };
  try {
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => {
        reject(new Error(`${size} peers did not finish ${count} rounds in ${LIMIT_MS} ms.`));
      }, LIMIT_MS);
      let waiting = size;
      for (const peer of peers) {
        let seen = 0;
        peer.onLine((line) => {
          if (line['event'] === 'round-failed') rounds.failures += 1;
          if (line['event'] !== 'round' || line['copied'] === true) return;
          if ((line['included'] as readonly string[]).length < size) return;
          seen += 1;
          if (seen <= WARM_UP_ROUNDS || seen > WARM_UP_ROUNDS + count) return;
          rounds.durationMs.push(line['durationMs'] as number);
          rounds.bytesSent.push(line['bytesSent'] as number);
          if ((line['attempt'] as number) > 1) rounds.retried += 1;
          if (seen < WARM_UP_ROUNDS + count || --waiting > 0) return;
          clearTimeout(limit);
          resolve();
        });
        peer.child.once('exit', (status) => {
          if (waiting > 0) reject(new Error(`A peer ended with ${status}.`));
        });
      }
    });
    return rounds;
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    await server.stop();
  }
}

/** The same rounds with all peers on one thread. */
async function oneProcess(size: number, count: number): Promise<FlockReport> {
  const server = await startServer();
  const flock = program('flock', [server.url, newRoomKey(), String(size), String(count)]);
  try {
    return (await messageOf(flock)) as FlockReport;
  } finally {
    await stop(flock);
    await server.stop();
  }
}

/** Rounds in which every peer sends its bare vector and weight to every other. */
async function plainRounds(
  size: number,
  count: number,
): Promise<Pick<Rounds, 'durationMs' | 'bytesSent'>> {
  const server = await startServer();
  const key = newRoomKey();
  const values = parameterCountOf(HIDDEN) + 1;
  const peers = Array.from({ length: size }, () =>
    program('plain-peer', [server.url, key, String(size), String(values)]),
  );
  const rounds = { durationMs: [] as number[], bytesSent: [] as number[] };
  try {
    await Promise.all(peers.map(messageOf));
    for (let round = 1; round <= WARM_UP_ROUNDS + count; round++) {
      const ended = Promise.all(peers.map(messageOf));
      peers[round % size]!.send(round);
      for (const reply of await ended) {
        if (round <= WARM_UP_ROUNDS) continue;
        const { durationMs, bytesSent } = reply as { durationMs: number; bytesSent: number };
        rounds.durationMs.push(durationMs);
        rounds.bytesSent.push(bytesSent);
      }
    }
    return rounds;
  } finally {
    await Promise.all(peers.map(stop));
    await server.stop();
  }
}
