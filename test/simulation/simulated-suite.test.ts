import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { peerIdOf } from '../../src/ids.ts';
import type { Suite } from '../../src/ports.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork } from '../secagg/attempt-network.ts';

const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const bytes = fc.uint8Array({ maxLength: 80 });

describe.each<Suite>([simulatedSuite, realSuite])('the $name suite', (suite) => {
  const runs = { numRuns: suite.name === 'real' ? 15 : 200 };

  it('gives both sides of an agreement one secret, and other pairs another', () => {
    const property = fc.property(key, key, key, (a, b, c) => {
      fc.pre(new Set([a.join(), b.join(), c.join()]).size === 3);
      const shared = suite.agree(a, suite.agreementKey(b));
      expect(suite.agree(b, suite.agreementKey(a))).toEqual(shared);
      expect(suite.agree(a, suite.agreementKey(c))).not.toEqual(shared);
      expect(shared).toHaveLength(32);
    });
    fc.assert(property, runs);
  });

  it('verifies what was signed and nothing else', () => {
    const property = fc.property(key, key, bytes, fc.nat(), (secret, other, message, at) => {
      const publicKey = suite.signingKey(secret);
      const signature = suite.sign(secret, message);
      expect(signature).toHaveLength(64);
      expect(suite.verify(publicKey, message, signature)).toBe(true);
      const bent = signature.slice();
      bent[at % 64]! ^= 1 << (at % 8);
      expect(suite.verify(publicKey, message, bent)).toBe(false);
      expect(suite.verify(publicKey, Uint8Array.of(...message, 0), signature)).toBe(false);
      fc.pre(secret.join() !== other.join());
      expect(suite.verify(suite.signingKey(other), message, signature)).toBe(false);
      expect(suite.verify(publicKey, message, signature.subarray(1))).toBe(false);
    });
    fc.assert(property, runs);
  });

  it('opens only with the key and the associated data', () => {
    const property = fc.property(key, bytes, bytes, fc.nat(), (secret, text, associated, at) => {
      const sealed = suite.seal(secret, text, associated);
      expect(sealed).toHaveLength(text.length + 16);
      expect(suite.open(secret, sealed, associated)).toEqual(text);
      const bent = sealed.slice();
      bent[at % bent.length]! ^= 1 << (at % 8);
      expect(suite.open(secret, bent, associated)).toBeUndefined();
      const elsewhere = Uint8Array.of(...associated, 7);
      expect(suite.open(secret, sealed, elsewhere)).toBeUndefined();
      const otherKey = secret.map((byte, i) => (i === at % 32 ? byte ^ 1 : byte));
      expect(suite.open(otherKey, sealed, associated)).toBeUndefined();
      expect(suite.open(secret, sealed.subarray(0, at % 16), associated)).toBeUndefined();
    });
    fc.assert(property, runs);
  });

  it('derives and hashes 32 bytes that differ with each input', () => {
    const property = fc.property(key, bytes, bytes, (secret, salt, info) => {
      const derived = suite.derive(secret, salt, info);
      expect(derived).toHaveLength(32);
      expect(suite.derive(secret, salt, Uint8Array.of(...info, 0))).not.toEqual(derived);
      expect(suite.derive(secret, Uint8Array.of(...salt, 1), info)).not.toEqual(derived);
      expect(suite.hash(info)).toHaveLength(32);
      expect(suite.hash(Uint8Array.of(...info, 0))).not.toEqual(suite.hash(info));
    });
    fc.assert(property, runs);
  });

  it('gives the same words for any length of a stream', () => {
    const property = fc.property(key, fc.nat(70), fc.nat(70), (secret, a, b) => {
      const long = suite.stream(secret, Math.max(a, b));
      expect(suite.stream(secret, Math.min(a, b))).toEqual(long.subarray(0, Math.min(a, b)));
    });
    fc.assert(property, runs);
  });

  it('refuses an agreement with a key that everybody can know', () => {
    const secret = new Uint8Array(32).fill(5);
    expect(() => suite.agree(secret, new Uint8Array(32))).toThrow();
    expect(() => suite.agreementKey(new Uint8Array(31))).toThrow();
    expect(() => suite.agree(secret, new Uint8Array(31))).toThrow();
  });
});

describe('the simulated suite', () => {
  it('does not collide on counters, even in half of its bits', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 5e4; i++) {
      const hash = simulatedSuite.hash(Uint8Array.of(i, i >> 8, i >> 16));
      seen.add(peerIdOf(hash).slice(0, 22));
    }
    expect(seen.size).toBe(5e4);
  });

  it.each([3, 5, 8])('gives the sums, counts and steps of the real one for %i members', (count) => {
    for (const lost of [undefined, 2, 5]) {
      const [real, simulated] = [nodeSuite, simulatedSuite].map((suite) =>
        trace(suite, count, lost),
      );
      expect(simulated).toEqual(real);
    }
  });
});

/** What happened, but for bytes that depend on the suite: places are by first appearance. */
function trace(suite: Suite, count: number, lost: number | undefined): unknown {
  const network = new AttemptNetwork(count, { suite, updates: 'counted' });
  const phases: string[] = [];
  let steps = 0;
  // The order of leading is by hash, so it differs between suites: links are served in that order.
  const { leaders } = network.members[0]!.state.setting;
  const byRank = leaders.map((place) => network.members[place]!);
  network.members.splice(0, count, ...byRank);
  if (lost !== undefined) {
    for (let i = 0; i < lost; i++) network.deliver();
    network.vanish(network.members.at(-1)!);
  }
  network.run((kind) => {
    steps++;
    phases.push(kind);
  });
  const alive = network.members.filter((member) => member.isAlive);
  return {
    steps,
    kinds: tally(phases),
    outcomes: alive.map(({ outcome }) => ({
      type: outcome?.type,
      count: outcome?.type === 'result' ? outcome.included.length : 0,
      isRight:
        outcome?.type === 'result' &&
        outcome.words.join() === network.sumOf(outcome.included).join(),
    })),
    sums: alive.map(({ outcome }) =>
      outcome?.type === 'result' && outcome.included.length === count ? [...outcome.words] : [],
    ),
  };
}

function tally(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}
