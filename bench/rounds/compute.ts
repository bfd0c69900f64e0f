/**
 * What a round costs a peer in arithmetic: the machines of a whole room on the simulated network, where
 * no time passes but theirs.
 *
 * Runs in Node and in a worker of a page.
 *
 * @module
 */
import { utf8 } from '../../src/bytes.ts';
import { HEAT_MAP_CLIP, SETTLED_LINK_MS, WEIGHT_CAP } from '../../src/config.ts';
import { peerIdOf } from '../../src/ids.ts';
import type { Suite } from '../../src/ports.ts';
import { stepRound, createRound, type RoundEffect } from '../../src/round/round.ts';
import { encodeUpdate, type RoundParameters } from '../../src/secagg/index.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { SimulatedNetwork, type SimulatedPeer } from '../../src/simulation/network.ts';
import { parameterCountOf } from '../../src/task/heat-map.ts';
import { Meter, timedSuite } from './timed-suite.ts';

/** The model that is measured: 33 parameters and a weight. */
export const HIDDEN: readonly number[] = [8];

/** Costs of one peer in one round: the mean over the room, the median over the rounds. */
export interface Cost {
  /** In the suite, ms. */
  readonly cryptoMs: number;
  /** In the machine, cryptography included, ms. */
  readonly machineMs: number;
  /** Calls of the suite a peer and round, and ms of one, by name. */
  readonly calls: Readonly<Record<string, { readonly count: number; readonly ms: number }>>;
  /** Handed to the links, a peer and round. */
  readonly bytes: number;
  readonly messages: number;
}

/** Rounds that are run before any is measured: code is compiled, public keys are remembered. */
const WARM_UP_ROUNDS = 3;

/** Time that a message takes on the simulated network, ms. */
const LATENCY_MS = 1;

/** Virtual time that one round may take, ms. */
const ROUND_LIMIT_MS = 30_000;

/**
 * Measures a room.
 *
 * @throws Error when a round does not succeed at once: its cost would not be that of a round.
 */
export function measureRounds(suite: Suite, peerCount: number, roundCount: number): Cost {
  const meter = new Meter();
  let machineMs = 0;
  const network = new SimulatedNetwork(
    new SeededRandom('bench'),
    (message) => [{ message, delayMs: LATENCY_MS }],
    {
      machine: {
        create: createRound,
        step: (state, event) => {
          const began = performance.now();
          const stepped = stepRound(state, event);
          machineMs += performance.now() - began;
          return stepped;
        },
      },
    },
  );
  let results = 0;
  const report = (effect: RoundEffect): void => {
    if (effect.type === 'result') results += 1;
    else if (effect.type === 'violation') throw new Error(`A violation: ${effect.evidence}.`);
    else if (effect.type === 'failed') throw new Error(`A round failed: ${effect.message}.`);
  };
  const timed = timedSuite(suite, meter);
  const peers = Array.from({ length: peerCount }, (_, i) =>
    addPeer(network, timed, `bench peer ${i}`, report),
  );
  for (const [i, peer] of peers.entries()) {
    for (const other of peers.slice(0, i)) network.link(peer, other);
  }
  // Who is willing, over a link that is settled, is in every roster.
  for (const peer of peers) {
    network.step(peer, { type: 'call', call: 'willing', after: 'willing', now: network.now });
  }
  network.at(SETTLED_LINK_MS, () => undefined);
  network.run(() => false, SETTLED_LINK_MS);
  const costs: { crypto: number; machine: number; bytes: number; messages: number }[] = [];
  const calls = new Map<string, { count: number; ms: number[] }>();
  for (let round = 0; round < WARM_UP_ROUNDS + roundCount; round++) {
    meter.empty();
    machineMs = 0;
    const before = sumsOf(peers);
    const wanted = results + peerCount;
    for (const peer of peers) {
      network.step(peer, { type: 'call', call: 'now', after: 'willing', now: network.now });
    }
    if (!network.run(() => results >= wanted, network.now + ROUND_LIMIT_MS)) {
      throw new Error('A round on the simulated network did not end.');
    }
    // What is still under way belongs to this round: the last signatures of the result.
    network.run(() => false, network.now + 10 * LATENCY_MS);
    if (round < WARM_UP_ROUNDS) continue;
    const after = sumsOf(peers);
    costs.push({
      crypto: meter.ms / peerCount,
      machine: machineMs / peerCount,
      bytes: (after.bytes - before.bytes) / peerCount,
      messages: (after.messages - before.messages) / peerCount,
    });
    for (const [name, { count, ms }] of meter.calls) {
      const known = calls.get(name) ?? { count: 0, ms: [] };
      known.count += count / peerCount / roundCount;
      known.ms.push(ms / count);
      calls.set(name, known);
    }
  }
  const middle = (values: readonly number[]): number =>
    [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    cryptoMs: middle(costs.map(({ crypto }) => crypto)),
    machineMs: middle(costs.map(({ machine }) => machine)),
    bytes: middle(costs.map(({ bytes }) => bytes)),
    messages: middle(costs.map(({ messages }) => messages)),
    calls: Object.fromEntries(
      [...calls].map(([name, { count, ms }]) => [name, { count, ms: middle(ms) }]),
    ),
  };
}

/** Costs as they are shown: the parts that are worth a look. */
export function detailsOf(cost: Cost): Readonly<Record<string, number | string>> {
  const parts = Object.entries(cost.calls)
    .map(([name, { count, ms }]) => ({ name, count, ms, total: count * ms }))
    .filter(({ total }) => total > 0.02 * cost.cryptoMs)
    .sort((a, b) => b.total - a.total)
    .map(({ name, count, ms }) => [
      name,
      `${Math.round(count * 10) / 10} times ${Math.round(ms * 1000)} us`,
    ]);
  return {
    'machine ms': cost.machineMs,
    bytes: cost.bytes,
    messages: cost.messages,
    ...(Object.fromEntries(parts) as Record<string, string>),
  };
}

function addPeer(
  network: SimulatedNetwork,
  suite: Suite,
  name: string,
  report: (effect: RoundEffect) => void,
): SimulatedPeer {
  const dimension = parameterCountOf(HIDDEN);
  const parameters: RoundParameters = {
    task: 'heat-map:circle:8',
    dimension,
    clip: HEAT_MAP_CLIP,
    step: 0,
    weightCap: WEIGHT_CAP,
    capacity: 0,
    noise: 'off',
    mode: 'active',
    transport: 'simple-peer',
  };
  const secretKey = suite.hash(utf8(name));
  const signer = { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
  const random = new SeededRandom(name);
  return network.add(
    { suite, signer, room: new Uint8Array(32), parameters, minPeers: 3 },
    new Float32Array(dimension),
    {
      contribute: (encoding) =>
        encodeUpdate(
          Float32Array.from({ length: dimension }, () => random.between(-1, 1)),
          8,
          encoding,
          () => random.word(),
        ),
      report,
    },
  );
}

function sumsOf(peers: readonly SimulatedPeer[]): {
  readonly bytes: number;
  readonly messages: number;
} {
  return {
    bytes: peers.reduce((sum, peer) => sum + peer.bytesSent, 0),
    messages: peers.reduce((sum, peer) => sum + peer.messagesSent, 0),
  };
}
