import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INTRODUCTION_PAD_BYTES } from '../../src/config.ts';
import { ProtocolViolation } from '../../src/errors.ts';
import { peerIdOf } from '../../src/ids.ts';
import { createIdentity } from '../../src/peer/identity.ts';
import {
  fingerprintsOf,
  openIntroduction,
  sealIntroduction,
  type Introduction,
  type IntroductionContent,
} from '../../src/peer/introduction.ts';
import { deriveRoom } from '../../src/peer/room-key.ts';
import { isAdmissibleKey, realSuite } from '../../src/secagg/index.ts';

const random = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count));
const room = deriveRoom(realSuite, new Uint8Array(16).fill(1), 'a');
const identity = createIdentity(realSuite);
const other = createIdentity(realSuite);
const route = { from: 'A'.repeat(22), to: 'B'.repeat(22) };
const hex = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0')).join(':');
const sdp = `v=0\r\na=fingerprint:sha-256 ${hex.toUpperCase()}\r\na=setup:actpass\r\n`;

function introduce(content: IntroductionContent): Omit<Introduction, 'sender'> {
  return {
    incarnation: random(16),
    nonce: random(16),
    receiver: content.type === 'hello' ? undefined : { id: other.id, nonce: random(16) },
    sequence: 3,
    content,
  };
}

const contents: readonly IntroductionContent[] = [
  { type: 'hello', transport: 'simple-peer' },
  { type: 'reply', isLinked: true, transport: 'simple-peer' },
  { type: 'confirm', isLinked: false },
  { type: 'offer', sdp },
  { type: 'answer', sdp },
  {
    type: 'candidates',
    candidates: [
      { candidate: 'candidate:1 1 udp', sdpMid: '0', sdpMLineIndex: 0 },
      { candidate: '', sdpMid: null, sdpMLineIndex: null },
    ],
  },
  { type: 'candidates', candidates: [] },
];

const seal = (introduction: Omit<Introduction, 'sender'>, by = identity) =>
  sealIntroduction(realSuite, room, by, route, introduction, random(24));

describe('an introduction', () => {
  it.each(contents)('$type comes out as it went in, with the hash that was signed', (content) => {
    const introduction = introduce(content);
    const { payload, digest } = seal(introduction);
    const opened = openIntroduction(realSuite, room, route, payload);
    expect(opened).toEqual({ ...introduction, sender: identity.id, digest });
  });

  it('has the same size whatever it says, if it is short', () => {
    const sizes = contents.map((content) => seal(introduce(content)).payload.length);
    expect(new Set(sizes)).toEqual(new Set([24 + INTRODUCTION_PAD_BYTES + 16]));
  });

  it('opens in no other room, on no other route, with no changed byte', () => {
    const { payload } = seal(introduce({ type: 'hello', transport: 'simple-peer' }));
    const elsewhere = deriveRoom(realSuite, new Uint8Array(16).fill(1), 'b');
    const opens = (act: () => unknown): void => expect(act).toThrow(ProtocolViolation);
    opens(() => openIntroduction(realSuite, elsewhere, route, payload));
    opens(() => openIntroduction(realSuite, { ...elsewhere, introductionKey: room.introductionKey }, route, payload)); // prettier-ignore
    opens(() => openIntroduction(realSuite, room, { from: route.to, to: route.from }, payload));
    opens(() => openIntroduction(realSuite, room, { ...route, to: 'C'.repeat(22) }, payload));
    opens(() => openIntroduction(realSuite, room, { ...route, from: 'C'.repeat(22) }, payload));
    fc.assert(
      fc.property(fc.nat(payload.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = payload.slice();
        changed[at]! ^= change;
        opens(() => openIntroduction(realSuite, room, route, changed));
      }),
    );
  });

  it('random bytes are refused as a violation, never as another error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => openIntroduction(realSuite, room, route, bytes)).toThrow(ProtocolViolation);
      }),
    );
  });

  it('is refused when somebody else in the room signs in the name of a peer', () => {
    const forger = { id: identity.id, secretKey: other.secretKey };
    const { payload } = seal(introduce({ type: 'offer', sdp }), forger);
    expect(() => openIntroduction(realSuite, room, route, payload)).toThrow('not signed');
  });

  it('a peer whose key is of small order or not canonical is never let in', () => {
    const smallOrder = new Uint8Array(32);
    smallOrder[0] = 1; // The neutral element.
    const notCanonical = new Uint8Array(32).fill(0xff);
    notCanonical[31] = 0x7f;
    notCanonical[0] = 0xee; // p + 1, the neutral element again.
    for (const key of [new Uint8Array(32), smallOrder, notCanonical]) {
      expect(isAdmissibleKey(key)).toBe(false);
      // For the neutral element, R = s B with any s is a signature in lenient verifiers.
      const suite = {
        ...realSuite,
        sign: () => {
          const signature = new Uint8Array(64);
          signature[0] = 1;
          return signature;
        },
      };
      const { payload } = sealIntroduction(
        suite,
        room,
        { id: peerIdOf(key), secretKey: new Uint8Array(32) },
        route,
        introduce({ type: 'hello', transport: 'simple-peer' }),
        random(24),
      );
      expect(() => openIntroduction(realSuite, room, route, payload)).toThrow('not signed');
    }
  });
});

describe('fingerprintsOf', () => {
  it('finds each fingerprint once, in one order and spelling', () => {
    const two = `a=fingerprint:SHA-384 aa:bb\r\na=fingerprint:sha-256 CC:DD\na=fingerprint:sha-256 cc:dd\n`;
    expect(fingerprintsOf(two)).toEqual(['sha-256 CC:DD', 'sha-384 AA:BB']);
  });

  it.each([
    ['v=0\r\n', 'no fingerprint'],
    ['a=fingerprint:sha-1 AA:BB\r\n', 'weak or broken'],
    ['a=fingerprint:md5 AA:BB\r\n', 'weak or broken'],
    ['a=fingerprint:sha-256 AA:BB\r\na=fingerprint:sha-256\r\n', 'weak or broken'],
    ['a=fingerprint:sha-256 AA:BB evil\r\n', 'weak or broken'],
  ])('%j is refused', (text, word) => {
    expect(() => fingerprintsOf(text)).toThrow(word);
  });
});
