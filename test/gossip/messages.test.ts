import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCbor } from '../../src/cbor.ts';
import { MAX_CONTROL_BYTES, MAX_LINKS, MAX_STATUS_BYTES } from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import {
  isHelloGenuine,
  MAX_HELLO_BYTES,
  MAX_INCARNATION,
  names,
  neighbourTags,
  readHello,
  signHello,
  tagOf,
} from '../../src/gossip/hello.ts';
import {
  encodeHello,
  encodeProbe,
  encodeRumours,
  GOSSIP_TYPES,
  MAX_ENTRIES,
  type GossipMessage,
} from '../../src/gossip/messages.ts';
import {
  isSuspicionGenuine,
  MAX_SUSPICION_BYTES,
  readSuspicion,
  signSuspicion,
} from '../../src/gossip/suspicion.ts';
import { peerIdOf, type PeerId } from '../../src/ids.ts';
import { decodeMessage } from '../../src/round/messages.ts';
import { MESSAGE_TYPES, realSuite } from '../../src/secagg/index.ts';
import { simulatedSuite } from '../../src/simulation/simulated-suite.ts';

const room = new Uint8Array(32).fill(3);
const status = Uint8Array.of(1, 2, 3);

function signerOf(seed: number, suite = simulatedSuite) {
  const secretKey = new Uint8Array(32).fill(seed);
  return { id: peerIdOf(suite.signingKey(secretKey)), secretKey };
}

const peers = (count: number): readonly PeerId[] =>
  Array.from({ length: count }, (_, i) => signerOf(i + 1).id);

const hello = signHello(simulatedSuite, signerOf(1), {
  room,
  incarnation: 1_764_000_000_000,
  isLeaving: false,
  links: peers(5),
  status,
});
const suspicion = signSuspicion(simulatedSuite, signerOf(2), room, hello.peer, hello.incarnation);
const listing = {
  groupCount: 4,
  groups: [1, 3],
  entries: [
    { tag: tagOf(hello.peer), incarnation: MAX_INCARNATION, check: 2 ** 32 - 2, isSuspected: true },
  ],
};
const nonce = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);

/** One of each, with every part. */
const messages = [
  encodeHello(hello),
  encodeRumours({
    hellos: [hello.bytes],
    suspicions: [suspicion.bytes],
    sums: Uint32Array.of(1, 2 ** 32 - 1),
    listing,
    wants: [tagOf(hello.peer)],
    hasMore: true,
  }),
  encodeRumours({}),
  encodeProbe({ kind: 'ack', peer: hello.peer, nonce, proof: new Uint8Array(64).fill(9) }),
];

function gossip(bytes: Uint8Array): GossipMessage {
  const message = decodeMessage(bytes);
  if (message.type !== 'gossip') throw new Error('no gossip');
  return message.message;
}

/** What decoding does: nothing, or the one error that it may throw. */
function outcomeOf(bytes: Uint8Array): string {
  try {
    decodeMessage(bytes);
    return 'read';
  } catch (error) {
    return error instanceof ProtocolViolation ? 'violation' : String(error);
  }
}

describe('a hello', () => {
  it('reads as it was signed', () => {
    expect(gossip(messages[0]!)).toEqual({ type: 'hello', hello });
    expect([...neighbourTags(hello)].sort()).toEqual(peers(5).map(tagOf).sort());
    for (const peer of peers(5)) expect(names(hello, peer)).toBe(true);
    expect(names(hello, signerOf(9).id)).toBe(false);
  });

  it.each([simulatedSuite, realSuite])(
    'counts only as signed, in its room ($name suite)',
    (suite) => {
      const signed = signHello(suite, signerOf(4, suite), {
        room,
        incarnation: 5,
        isLeaving: true,
        links: [],
        status,
      });
      expect(isHelloGenuine(suite, readHello(signed.bytes))).toBe(true);
      const bent = signed.bytes.slice();
      const at = bent.length - 1; // The last byte of the status.
      bent[at]! ^= 1;
      expect(isHelloGenuine(suite, { ...signed, bytes: bent })).toBe(false);
      expect(isHelloGenuine(suite, { ...signed, peer: signerOf(5, suite).id })).toBe(false);
    },
  );

  it('at its largest is within its bound, and so is a suspicion', () => {
    const links = peers(MAX_LINKS);
    const largest = signHello(simulatedSuite, signerOf(99), {
      room,
      incarnation: MAX_INCARNATION,
      isLeaving: true,
      links,
      status: new Uint8Array(MAX_STATUS_BYTES),
    });
    expect(largest.bytes.length).toBeLessThanOrEqual(MAX_HELLO_BYTES);
    expect(neighbourTags(readHello(largest.bytes))).toHaveLength(MAX_LINKS);
    const doubt = signSuspicion(simulatedSuite, signerOf(99), room, links[0]!, MAX_INCARNATION);
    expect(doubt.bytes.length).toBeLessThanOrEqual(MAX_SUSPICION_BYTES);
  });

  it('with neighbours out of order or doubled is refused', () => {
    const body = (links: Uint8Array) => ({
      peer: new Uint8Array(32).fill(1),
      room,
      incarnation: 1,
      leaving: false,
      links,
      status,
    });
    const made = (links: Uint8Array): Uint8Array =>
      Uint8Array.of(GOSSIP_TYPES.hello, ...new Uint8Array(64), ...encodeCbor(body(links)));
    expect(outcomeOf(made(new Uint8Array(9)))).toBe('read');
    expect(outcomeOf(made(new Uint8Array(18)))).toBe('violation');
    expect(outcomeOf(made(Uint8Array.of(2, ...new Uint8Array(17))))).toBe('violation');
    expect(outcomeOf(made(new Uint8Array(10)))).toBe('violation');
  });
});

describe('a suspicion', () => {
  it('is checked by third parties', () => {
    const read = readSuspicion(suspicion.bytes);
    expect(read).toEqual(suspicion);
    expect(isSuspicionGenuine(simulatedSuite, read)).toBe(true);
    expect(isSuspicionGenuine(simulatedSuite, { ...read, by: signerOf(3).id })).toBe(false);
  });

  it('of oneself is refused', () => {
    const own = signSuspicion(simulatedSuite, signerOf(2), room, signerOf(2).id, 1);
    expect(() => readSuspicion(own.bytes)).toThrow(ProtocolViolation);
  });
});

describe('the messages of gossip', () => {
  it('have the types of the wire', () => {
    expect(MESSAGE_TYPES).toMatchObject(GOSSIP_TYPES);
  });

  it('read as they were sent', () => {
    expect(gossip(messages[1]!)).toEqual({
      type: 'rumours',
      rumours: {
        hellos: [hello],
        suspicions: [suspicion],
        sums: Uint32Array.of(1, 2 ** 32 - 1),
        listing,
        wants: [tagOf(hello.peer)],
        hasMore: true,
      },
    });
    expect(gossip(messages[3]!)).toMatchObject({ type: 'probe', probe: { kind: 'ack', nonce } });
  });

  it('throw nothing but ProtocolViolation on random bytes', () => {
    const property = fc.property(
      fc.constantFrom(...Object.values(GOSSIP_TYPES)),
      fc.uint8Array({ maxLength: 300 }),
      (type, rest) => ['read', 'violation'].includes(outcomeOf(Uint8Array.of(type, ...rest))),
    );
    fc.assert(property, { numRuns: 3_000 });
  });

  it('throw nothing else when a byte of an honest one is bent, cut or added', () => {
    const property = fc.property(
      fc.constantFrom(...messages),
      fc.nat(),
      fc.nat(255),
      (bytes, at, byte) => {
        const bent = bytes.slice();
        bent[1 + (at % (bytes.length - 1))] = byte;
        for (const changed of [
          bent,
          bytes.subarray(0, at % bytes.length),
          Uint8Array.of(...bytes, byte),
        ]) {
          expect(['read', 'violation']).toContain(outcomeOf(changed));
        }
      },
    );
    fc.assert(property, { numRuns: 3_000 });
  });

  it('are refused above their bounds', () => {
    const entry = listing.entries[0]!;
    const entries = Array.from({ length: MAX_ENTRIES + 1 }, () => entry);
    const tooMany = [
      encodeRumours({ listing: { ...listing, entries } }),
      encodeRumours({ listing: { ...listing, groupCount: 3 } }),
      encodeRumours({ listing: { ...listing, groups: [3, 1] } }),
      encodeRumours({ listing: { ...listing, groups: [4] } }),
      encodeRumours({ sums: new Uint32Array(3) }),
      encodeRumours({ sums: new Uint32Array(1_024) }),
      encodeRumours({ wants: Array.from({ length: 129 }, () => tagOf(hello.peer)) }),
      encodeRumours({ hellos: Array.from({ length: 129 }, () => hello.bytes) }),
      encodeRumours({ hellos: [new Uint8Array(MAX_HELLO_BYTES + 1)] }),
      encodeProbe({ kind: 'ping', peer: hello.peer, nonce, proof: new Uint8Array(63) }),
      encodeProbe({ kind: 'ping', peer: hello.peer, nonce: new Uint8Array(7), proof: nonce }),
      Uint8Array.of(GOSSIP_TYPES.rumours, ...new Uint8Array(MAX_CONTROL_BYTES)),
    ];
    expect(tooMany.map(outcomeOf)).toEqual(tooMany.map(() => 'violation'));
  });
});
