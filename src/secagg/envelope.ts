/**
 * The outside of every message: a type, a signature where a third party must be able to check it,
 * and a body in CBOR.
 *
 * `[type][body]`, or `[type][64 bytes of signature][body]`. What is signed is the body as sent,
 * never a re-encoding of it. Links are bound to identities, so most messages need no signature.
 *
 * @module
 */
import { concat, utf8 } from '../bytes.ts';
import { encodeCbor, type CborValue } from '../cbor.ts';
import { MAX_CONTROL_BYTES, MAX_MESSAGE_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** Every message of the wire. The first byte; never reused for something else. */
export const MESSAGE_TYPES = {
  ready: 1,
  propose: 2,
  advertise: 3,
  roster: 4,
  shares: 5,
  masked: 6,
  have: 7,
  survivors: 8,
  lock: 9,
  unmask: 10,
  done: 11,
  abort: 12,
  fetch: 13,
  result: 14,
  profile: 15,
  'leave-out': 16,
  vote: 17,
  hello: 18,
  rumours: 19,
  probe: 20,
  scoped: 21,
  seat: 22,
  digests: 24,
  chunk: 25,
  held: 26,
  sum: 27,
  want: 28,
  part: 29,
  note: 30,
} as const;

/** Name of a message. */
export type MessageType = keyof typeof MESSAGE_TYPES;

const SIGNED: ReadonlySet<MessageType> = new Set([
  'propose',
  'advertise',
  'roster',
  'lock',
  'done',
  'abort',
  'leave-out',
  'vote',
  'hello',
  'digests',
]);

/** Messages that carry vectors. */
const LARGE: ReadonlySet<MessageType> = new Set([
  'masked',
  'result',
  'scoped',
  'chunk',
  'sum',
  'part',
]);

const SIGNATURE_BYTES = 64;
const NAMES = new Map(
  Object.entries(MESSAGE_TYPES).map(([name, code]) => [code, name as MessageType]),
);

/** Who signs, and with what. */
export interface Signer {
  readonly id: PeerId;
  readonly secretKey: Uint8Array;
}

/** A message taken apart; its body is not read yet. */
export interface Envelope {
  readonly type: MessageType;
  readonly body: Uint8Array;
  /** Only in messages of signed types. */
  readonly signature: Uint8Array | undefined;
}

/** The bytes of a message that needs no signature. */
export function encodeBare(type: MessageType, body: CborValue): Uint8Array {
  return encodeCbor(body, Uint8Array.of(MESSAGE_TYPES[type]));
}

/** The bytes of a signed message. */
export function encodeSigned(
  suite: Suite,
  signer: Signer,
  type: MessageType,
  body: CborValue,
): Uint8Array {
  const bytes = encodeCbor(body);
  const signature = suite.sign(signer.secretKey, signedBytes(type, bytes));
  return concat(Uint8Array.of(MESSAGE_TYPES[type]), signature, bytes);
}

/**
 * Takes a message apart.
 *
 * @throws ProtocolViolation when the type is unknown, or the message too short or too long for it.
 */
export function openEnvelope(message: Uint8Array): Envelope {
  const type = NAMES.get((message[0] ?? 0) as (typeof MESSAGE_TYPES)[MessageType]);
  if (type === undefined) throw new ProtocolViolation(`message type ${message[0]} is unknown.`);
  const limit = LARGE.has(type) ? MAX_MESSAGE_BYTES : MAX_CONTROL_BYTES;
  if (message.length > limit) throw new ProtocolViolation(`${type} is too long.`);
  if (!SIGNED.has(type)) return { type, body: message.subarray(1), signature: undefined };
  if (message.length < 1 + SIGNATURE_BYTES) throw new ProtocolViolation(`${type} is too short.`);
  return {
    type,
    body: message.subarray(1 + SIGNATURE_BYTES),
    signature: message.subarray(1, 1 + SIGNATURE_BYTES),
  };
}

/** Whether a signed message is from this peer. */
export function isSignedBy(suite: Suite, peer: PeerId, envelope: Envelope): boolean {
  return (
    envelope.signature !== undefined &&
    suite.verify(publicKeyOf(peer), signedBytes(envelope.type, envelope.body), envelope.signature)
  );
}

function signedBytes(type: MessageType, body: Uint8Array): Uint8Array {
  return concat(utf8(`murmuration/1/${type}\0`), body);
}
