import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat } from '../../src/bytes.ts';
import { encodeCbor, type CborValue } from '../../src/cbor.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import {
  cloneAttempt,
  openEnvelope,
  readAttemptMessage,
  readProposal,
  stepAttempt,
  type AttemptState,
} from '../../src/secagg/index.ts';
import { attemptBody, decodeAttemptMessage } from '../../src/secagg/messages.ts';
import { fingerprintOf } from '../../src/simulation/explore-fingerprint.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';
import { AttemptNetwork } from './attempt-network.ts';

/** What members of a few attempts really send: every type, secrets of the lost included. */
const honest = (() => {
  const network = new AttemptNetwork(5, {
    suite: simulatedSuite,
    tamper: (from, _to, bytes) =>
      from.state.setting.self === 4 && openEnvelope(bytes).type === 'masked' ? [] : undefined,
  });
  while (network.members[4]!.state.masked[4] === undefined) network.deliver();
  network.vanish(network.members[4]!);
  network.run();
  const short = new AttemptNetwork(3, { suite: simulatedSuite });
  short.vanish(short.members[0]!);
  short.run();
  const { tag } = network.members[0]!.state.setting;
  return { messages: [...network.log, ...short.log].map(({ bytes }) => bytes), tag };
})();

/** Any value that CBOR can hold, near what messages hold. */
const value: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.constant(null),
    fc.string(),
    fc.uint8Array({ maxLength: 40 }),
    fc.array(tie('value'), { maxLength: 20 }),
    fc.dictionary(fc.constantFrom('tag', 'members', 'digests', 'keys', 'x'), tie('value')),
  ),
})).value;

describe('decoding', () => {
  it('has seen every kind of message', () => {
    expect(new Set(honest.messages.map((bytes) => openEnvelope(bytes).type)).size).toBe(9);
  });

  it('gives back what was encoded', () => {
    for (const bytes of honest.messages) {
      const envelope = openEnvelope(bytes);
      const { tag, message } = decodeAttemptMessage(envelope)!;
      const again = new Uint8Array(encodeCbor(attemptBody(tag, message)));
      expect(again).toEqual(new Uint8Array(envelope.body));
    }
  });

  it('of random bytes fails with a violation and nothing else', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, type) => {
      survives(bytes);
      survives(concat(Uint8Array.of(type), bytes));
      violates(() => readProposal(bytes));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it('of real messages cut short, lengthened, or with a few bytes changed', () => {
    const edit = fc.record({ at: fc.nat(), to: fc.nat(255) });
    const property = fc.property(
      fc.constantFrom(...honest.messages),
      fc.nat(),
      fc.array(edit, { maxLength: 4 }),
      fc.uint8Array({ maxLength: 3 }),
      (message, length, edits, tail) => {
        survives(message.subarray(0, length % (message.length + 1)));
        const bent = concat(message, tail);
        for (const { at, to } of edits) bent[at % bent.length] = to;
        survives(bent);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('of right maps with a wrong value, a missing or an unknown field', () => {
    const property = fc.property(
      fc.constantFrom(...honest.messages),
      fc.nat(),
      value,
      fc.constantFrom('replace', 'remove', 'add'),
      (message, which, wrong, how) => {
        const envelope = openEnvelope(message);
        const { tag, message: content } = decodeAttemptMessage(envelope)!;
        const body = { ...(attemptBody(tag, content) as Record<string, CborValue>) };
        const names = Object.keys(body);
        const name = names[which % names.length]!;
        if (how === 'replace') body[name] = wrong;
        else if (how === 'add') body['unknown'] = wrong;
        else Reflect.deleteProperty(body, name);
        const head = message.subarray(0, message.length - envelope.body.length);
        const bytes = concat(head, encodeCbor(body));
        if (how !== 'replace') expect(() => decodeAttemptMessage(openEnvelope(bytes))).toThrow();
        survives(bytes);
      },
    );
    fc.assert(property, { numRuns: 1000 });
  });

  it('refuses lists longer than a roster, pieces out of order and words cut through', () => {
    const { tag } = honest;
    const hash = new Uint8Array(32);
    const piece = (member: number) => [member, hash];
    const pieces = { seeds: [], seedShares: [], keyShares: [], keys: [], locks: [], asking: false };
    const wrong: readonly (readonly [number, CborValue])[] = [
      [7, { tag, members: 1, digests: new Array<Uint8Array>(16).fill(hash) }],
      [7, { tag, members: 2 ** 15, digests: [] }],
      [8, { tag, members: -1 }],
      [8, { tag, members: 1.5 }],
      [6, { tag, words: new Uint8Array(7), signature: new Uint8Array(64) }],
      [6, { tag, words: new Uint8Array(8), signature: new Uint8Array(65) }],
      [10, { tag, ...pieces, seeds: [piece(1), piece(1)] }],
      [10, { tag, ...pieces, keys: [piece(2), piece(1)] }],
      [10, { tag, ...pieces, keys: [piece(15)] }],
      [10, { tag, ...pieces, locks: [[0, new Uint8Array(257)]] }],
      [10, { tag, ...pieces, seeds: Array.from({ length: 16 }, (_, i) => piece(i)) }],
    ];
    for (const [type, body] of wrong) {
      const bytes = concat(Uint8Array.of(type), encodeCbor(body));
      expect(() => decodeAttemptMessage(openEnvelope(bytes))).toThrow(ProtocolViolation);
    }
  });
});

/** A member in each phase, to be handed what decodes. */
const states: readonly AttemptState[] = (() => {
  const network = new AttemptNetwork(4, { suite: simulatedSuite });
  const found = new Map<string, AttemptState>();
  do {
    for (const { state } of network.members) {
      if (!found.has(state.phase)) found.set(state.phase, cloneAttempt(state));
    }
  } while (network.deliver());
  return [...found.values()];
})();

/** Decodes, and hands what decodes to members in several phases: only violations are ever thrown. */
function survives(bytes: Uint8Array): void {
  let read: ReturnType<typeof readAttemptMessage>;
  try {
    read = readAttemptMessage(openEnvelope(bytes), bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
    return;
  }
  if (read === undefined) return;
  const { message } = read;
  for (const state of states) {
    const { roster } = state.setting.proposal;
    const from = roster[(state.setting.self + 1) % roster.length]!;
    const before = fingerprintOf(state);
    stepAttempt(cloneAttempt(state), { type: 'received', from, message, now: 1 });
    // A copy is independent: what a step does to it leaves the original alone.
    expect(fingerprintOf(state)).toBe(before);
  }
}

function violates(read: () => void): void {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolViolation);
  }
}
