import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../src/cbor.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import {
  contextOfProposal,
  proposalBody,
  readProposal,
  type Proposal,
} from '../../src/secagg/index.ts';
import { contextOfKeys } from '../../src/secagg/context.ts';
import { applyMasksInPlace, pairSeed, selfSeed, signOf, type Mask } from '../../src/secagg/mask.ts';
import { fixedBytes } from './attempt-network.ts';

const suite = nodeSuite;

describe('masks', () => {
  it('of a whole roster cancel, and of less do not', () => {
    const property = fc.property(fc.integer({ min: 2, max: 7 }), fc.string(), (count, label) => {
      const members = Array.from({ length: count }, (_, i) => {
        const secret = fixedBytes(suite, `${label} ${i}`, 32);
        return { secret, key: suite.agreementKey(secret), id: peerIdOf(suite.hash(secret)) };
      });
      const context = suite.hash(Uint8Array.of(count));
      const total = new Uint32Array(33);
      for (const [i, one] of members.entries()) {
        const masks = members
          .filter((other) => other !== one)
          .map((other): Mask => {
            const seed = pairSeed(suite, context, one.secret, other.key, one.id, other.id);
            return { peer: other.id, sign: signOf(one.id, other.id), seed };
          });
        applyMasksInPlace(suite, total, masks);
        if (i < count - 1) expect(total.some((word) => word !== 0)).toBe(true);
      }
      expect([...total]).toEqual(new Array(33).fill(0));
    });
    fc.assert(property, { numRuns: 20 });
  });

  it('that were put on come off, whatever the words', () => {
    const property = fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (seed) => {
      const before = suite.stream(suite.hash(seed), 20);
      for (const sign of [1, -1] as const) {
        const words = before.slice();
        applyMasksInPlace(suite, words, [{ peer: undefined, sign, seed }]);
        expect(words).not.toEqual(before);
        applyMasksInPlace(suite, words, [{ peer: undefined, sign, seed }], -1);
        expect(words).toEqual(before);
      }
    });
    fc.assert(property);
  });

  it('have opposite signs from the two sides', () => {
    const id = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(peerIdOf);
    const property = fc.property(id, id, (a, b) => {
      fc.pre(a !== b);
      expect(signOf(a, b)).toBe(-signOf(b, a));
    });
    fc.assert(property);
  });
});

describe('the context', () => {
  const ids = [1, 2, 3].map((i) => peerIdOf(suite.hash(Uint8Array.of(i)))).sort();
  const proposal: Proposal = {
    room: new Uint8Array(32),
    round: 5,
    attempt: 2,
    nonce: new Uint8Array(16),
    base: new Uint8Array(32),
    parameters: {
      task: 'sum',
      dimension: 3,
      clip: 1.5,
      step: 0,
      weightCap: 10,
      capacity: 0,
      noise: 'off',
      mode: 'active',
      transport: 'memory',
    },
    roster: ids,
    requests: [],
    change: undefined,
  };
  const { parameters } = proposal;

  it('is another when any field of a proposal is, and so are all keys', () => {
    const others: readonly Proposal[] = [
      proposal,
      { ...proposal, room: new Uint8Array(32).fill(1) },
      { ...proposal, round: 6 },
      { ...proposal, attempt: 3 },
      { ...proposal, nonce: new Uint8Array(16).fill(1) },
      { ...proposal, base: new Uint8Array(32).fill(1) },
      { ...proposal, roster: ids.slice(1) },
      { ...proposal, requests: [Uint8Array.of(1)] },
      { ...proposal, change: { number: 1, joining: ids, leaving: [] } },
      { ...proposal, parameters: { ...parameters, task: 'sums' } },
      { ...proposal, parameters: { ...parameters, dimension: 4 } },
      { ...proposal, parameters: { ...parameters, clip: 1.25 } },
      { ...proposal, parameters: { ...parameters, step: 0.5 } },
      { ...proposal, parameters: { ...parameters, weightCap: 11 } },
      { ...proposal, parameters: { ...parameters, capacity: 60 } },
      { ...proposal, parameters: { ...parameters, noise: 'on' } },
      { ...proposal, parameters: { ...parameters, mode: 'honest' } },
      { ...proposal, parameters: { ...parameters, transport: 'libp2p' } },
    ];
    const changed = new Set(
      others
        .slice(1)
        .flatMap((other) => [
          ...Object.keys(proposal).filter((name) => differs(other, proposal, name)),
          ...Object.keys(parameters).filter((name) => differs(other.parameters, parameters, name)),
        ]),
    );
    // Every field that there is has its turn, those added later too.
    expect([...changed].sort()).toEqual(
      [...Object.keys(proposal), ...Object.keys(parameters)].sort(),
    );
    const hashes = ids.map((_, i) => suite.hash(Uint8Array.of(i, 9)));
    const keys = others.flatMap((other) => {
      const first = contextOfProposal(suite, encodeCbor(proposalBody(other)));
      const context = contextOfKeys(suite, first, ids, hashes);
      return keysOf(context, ids[0]!, ids[1]!);
    });
    expect(new Set(keys).size).toBe(others.length * 3);
  });

  it('is another when the keys of a member, or the order of members, are', () => {
    const first = contextOfProposal(suite, encodeCbor(proposalBody(proposal)));
    const hashes = ids.map((_, i) => suite.hash(Uint8Array.of(i)));
    const contexts = [
      contextOfKeys(suite, first, ids, hashes),
      contextOfKeys(suite, first, ids, hashes.toReversed()),
      contextOfKeys(suite, first, ids.toReversed(), hashes),
      contextOfKeys(suite, first, ids, hashes.with(1, suite.hash(Uint8Array.of(99)))),
    ];
    expect(new Set(contexts.map((context) => context.join())).size).toBe(4);
  });

  it('comes from bytes that read back as the proposal', () => {
    expect(readProposal(encodeCbor(proposalBody(proposal)))).toEqual(proposal);
  });
});

function keysOf(context: Uint8Array, a: PeerId, b: PeerId): readonly string[] {
  const secret = new Uint8Array(32).fill(3);
  const key = suite.agreementKey(new Uint8Array(32).fill(4));
  return [
    pairSeed(suite, context, secret, key, a, b),
    selfSeed(suite, context, secret, a),
    context,
  ].map((bytes) => bytes.join());
}

function differs(a: object, b: object, name: string): boolean {
  return a[name as keyof typeof a] !== b[name as keyof typeof b];
}
