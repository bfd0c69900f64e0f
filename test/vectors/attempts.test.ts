/**
 * Frozen runs of the protocol: with the same entropy, every message has the same bytes for ever.
 *
 * A difference means that the wire changed, so that peers of two versions would not understand each
 * other: raise `WIRE_VERSION`, and write the vectors anew with
 * `MURMURATION_WRITE_VECTORS=1 npx vitest run --project node test/vectors/attempts`.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { toHex, wordsToBytes } from '../../src/bytes.ts';
import { WIRE_VERSION } from '../../src/config.ts';
import type { PeerId } from '../../src/ids.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { openEnvelope, realSuite, type Mode } from '../../src/secagg/index.ts';
import { AttemptNetwork } from '../secagg/attempt-network.ts';

interface Scenario {
  readonly name: string;
  readonly count: number;
  readonly mode: Mode;
  /** `dead`: leaves after its shares, unmasked. `silent`: leaves after its LOCK, its seed unopened. */
  readonly fate: 'all stay' | 'dead' | 'silent';
}

const scenarios: readonly Scenario[] = [
  { name: '3-all-stay', count: 3, mode: 'active', fate: 'all stay' },
  { name: '3-silent', count: 3, mode: 'honest', fate: 'silent' },
  { name: '5-all-stay', count: 5, mode: 'honest', fate: 'all stay' },
  { name: '5-dead', count: 5, mode: 'active', fate: 'dead' },
  { name: '5-silent', count: 5, mode: 'active', fate: 'silent' },
];

const path = 'test/vectors/attempts.json';

describe('an attempt', () => {
  it('of frozen entropy sends the frozen messages and sums the frozen words', () => {
    const runs = Object.fromEntries(scenarios.map((scenario) => [scenario.name, run(scenario)]));
    const vectors = { wireVersion: WIRE_VERSION, runs };
    if (process.env['MURMURATION_WRITE_VECTORS'] === '1') {
      writeFileSync(path, `${JSON.stringify(vectors, undefined, 2)}\n`);
    }
    expect(vectors).toEqual(JSON.parse(readFileSync(path, 'utf8')));
  });

  it('sends the same bytes with the pure suite', () => {
    const scenario = scenarios[0]!;
    expect(run(scenario, realSuite)).toEqual(run(scenario));
  });
});

function run({ count, mode, fate }: Scenario, suite = nodeSuite): unknown {
  const last = count - 1;
  const network = new AttemptNetwork(count, {
    suite,
    mode,
    dimension: 3,
    updates: 'counted',
    entropy: 'frozen',
    tamper: (from, _to, bytes) => {
      const { type } = openEnvelope(bytes);
      const isKept =
        from.state.setting.self === last &&
        ((fate === 'dead' && type === 'masked') || (fate === 'silent' && type === 'unmask'));
      return isKept ? [] : undefined;
    },
  });
  const lost = network.members[last]!;
  const isReached = () =>
    fate === 'dead'
      ? lost.state.masked[last] !== undefined
      : fate === 'silent' && lost.state.certificate !== undefined;
  while (!isReached() && network.deliver());
  if (fate !== 'all stay') network.vanish(lost);
  network.run();
  const place = (peer: PeerId) => network.members.findIndex(({ signer }) => signer.id === peer);
  const results = network.members
    .filter(({ isAlive }) => isAlive)
    .map(({ outcome }) =>
      outcome?.type === 'result'
        ? `${outcome.included.map(place).join()} ${toHex(wordsToBytes(outcome.words))}`
        : outcome?.type,
    );
  expect(new Set(results).size).toBe(1);
  expect(results[0]).toMatch(/^[\d,]+ [\da-f]+$/);
  return {
    identities: network.members.map(({ signer }) => signer.id),
    messages: network.log.map(
      ({ from, to, bytes }) =>
        `${place(from)}>${place(to)} ${openEnvelope(bytes).type} ${toHex(nodeSuite.hash(bytes))}`,
    ),
    result: results[0],
  };
}
