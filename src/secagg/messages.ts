/**
 * The messages of one attempt, and `decodeAttemptMessage`, the only place that looks at their bytes.
 *
 * Each names its attempt by a tag; from the agreed keys on, LOCK also names the second context. Lists
 * are ordered by the member's place in the roster; a share needs no place of its own, since its x is
 * the sender's.
 *
 * @module
 */
import { encodeCbor, Fields, type CborValue } from '../cbor.ts';
import { MAX_BROADCAST_WORDS, MAX_COHORT, MAX_VECTOR_WORDS, TILES_PER_PART } from '../config.ts';
import { ProtocolViolation, type FailureReason } from '../errors.ts';
import { bytesToWords, concat, utf8, viewOfWords } from '../bytes.ts';
import { MAX_TILE_WORDS } from './chunk-map.ts';
import { TAG_BYTES } from './context.ts';
import type { Envelope } from './envelope.ts';
import { everybody, type Members } from './members.ts';

/** A secret, or a share of one, of the member at a place. */
export interface Piece {
  readonly member: number;
  readonly bytes: Uint8Array;
}

/** What members of an attempt say to each other; one line each on what it reveals. */
export type AttemptMessage =
  /** Public keys and the commitment to the self seed. Reveals nothing but the claim. */
  | {
      readonly type: 'advertise';
      readonly maskKey: Uint8Array;
      readonly sealKey: Uint8Array;
      readonly commitment: Uint8Array;
      /** Whom the contribution stands for, where a member stands in for a line; empty for its own update. */
      readonly claim: Uint8Array;
    }
  /** The leader's list of what each member advertised: differing lists end the attempt. */
  | { readonly type: 'roster'; readonly keyHashes: readonly Uint8Array[] }
  /** One share of the self seed and one of the mask key, sealed for the receiver. */
  | { readonly type: 'shares'; readonly sealed: Uint8Array }
  /** The contribution: uniform words. `signature` (active mode) is over their digest. */
  | { readonly type: 'masked'; readonly words: Uint32Array; readonly signature: Uint8Array }
  /** Whose contributions the sender holds; in active mode with a digest of each, in order of places. */
  | { readonly type: 'have'; readonly members: Members; readonly digests: readonly Uint8Array[] }
  /** Large vectors: the hash of each chunk of the contribution. Reveals nothing of uniform words. */
  | {
      readonly type: 'digests';
      readonly context: Uint8Array;
      readonly hashes: readonly Uint8Array[];
    }
  /** A part of the sender's contribution, for the owner of this chunk: uniform words, as bytes. */
  | {
      readonly type: 'chunk';
      readonly chunk: number;
      readonly part: number;
      readonly bytes: Uint8Array;
    }
  /** Whose words of a chunk its owner holds completely. */
  | { readonly type: 'held'; readonly chunk: number; readonly members: Members }
  /** A part of the sum over these members, still masked. */
  | {
      readonly type: 'sum';
      readonly members: Members;
      readonly chunk: number;
      readonly part: number;
      readonly bytes: Uint8Array;
    }
  /** The sender lacks a chunk: the receiver's words of it, as their new owner, or the sum over `members`. */
  | { readonly type: 'want'; readonly chunk: number; readonly members: Members }
  /** A proposal of who is in the sum. */
  | { readonly type: 'survivors'; readonly members: Members }
  /** A promise: the sender holds every contribution of these survivors, and their sum is this. */
  | {
      readonly type: 'lock';
      readonly context: Uint8Array;
      readonly members: Members;
      readonly digest: Uint8Array;
    }
  /** Secrets and shares, only after the certificate that comes along. */
  | {
      readonly type: 'unmask';
      /** LOCK messages as sent, each behind the place of its signer. */
      readonly locks: readonly Piece[];
      /** Self seeds of survivors. */
      readonly seeds: readonly Piece[];
      /** The sender's shares of self seeds of silent survivors. */
      readonly seedShares: readonly Piece[];
      /** The sender's shares of mask keys of members who are not survivors. */
      readonly keyShares: readonly Piece[];
      /** Rebuilt mask keys of members who are not survivors. */
      readonly keys: readonly Piece[];
      /** The sender lacks something: whoever has it all answers, once. */
      readonly isAsking: boolean;
    }
  /** A promise never to LOCK this attempt. */
  | {
      readonly type: 'abort';
      readonly reason: FailureReason;
      /** The ABORT, as sent, that this one only follows; undefined from whoever stopped by itself. */
      readonly cause?: Piece | undefined;
    };

const REASONS: readonly FailureReason[] = [
  'too-few-peers',
  'timeout',
  'aborted',
  'spent',
  'parameters-differ',
  'base-differs',
  'left-out',
  'budget',
];

/** Bytes of a claim: two for each line that a member stands in for. */
export const MAX_CLAIM_BYTES = 16_384;

const MAX_SEALED_BYTES = 128;
const MAX_LOCK_BYTES = 256;
const MAX_CAUSE_BYTES = 256;

/** The body of a message of the attempt with this tag. */
export function attemptBody(tag: Uint8Array, message: AttemptMessage): CborValue {
  switch (message.type) {
    case 'advertise':
      return {
        tag,
        mask: message.maskKey,
        seal: message.sealKey,
        commitment: message.commitment,
        claim: message.claim,
      };
    case 'roster':
      return { tag, keys: message.keyHashes };
    case 'shares':
      return { tag, sealed: message.sealed };
    case 'masked':
      return { tag, words: viewOfWords(message.words), signature: message.signature };
    case 'have':
      return { tag, members: message.members, digests: message.digests };
    case 'survivors':
      return { tag, members: message.members };
    case 'digests':
      return { tag, context: message.context, hashes: message.hashes };
    case 'chunk':
      return { tag, chunk: message.chunk, part: message.part, words: message.bytes };
    case 'held':
    case 'want':
      return { tag, chunk: message.chunk, members: message.members };
    case 'sum': {
      const { members: included, chunk, part, bytes } = message;
      return { tag, members: included, chunk, part, words: bytes };
    }
    case 'lock':
      return { tag, context: message.context, members: message.members, digest: message.digest };
    case 'unmask':
      return {
        tag,
        locks: message.locks.map(pieceBody),
        seeds: message.seeds.map(pieceBody),
        seedShares: message.seedShares.map(pieceBody),
        keyShares: message.keyShares.map(pieceBody),
        keys: message.keys.map(pieceBody),
        asking: message.isAsking,
      };
    case 'abort':
      return {
        tag,
        reason: message.reason,
        cause: message.cause === undefined ? [] : [pieceBody(message.cause)],
      };
  }
}

/** A message and the attempt it belongs to. */
export interface TaggedMessage {
  readonly tag: Uint8Array;
  readonly message: AttemptMessage;
}

/**
 * Reads a message of an attempt.
 *
 * @returns Undefined when the envelope holds a message of another kind.
 * @throws ProtocolViolation when the body is not what its type says.
 */
export function decodeAttemptMessage(envelope: Envelope): TaggedMessage | undefined {
  if (!ATTEMPT_TYPES.has(envelope.type)) return undefined;
  const fields = Fields.decode(envelope.type, envelope.body);
  const tag = fields.bytes('tag', TAG_BYTES);
  const message = readMessage(envelope.type as AttemptMessage['type'], fields);
  fields.end();
  return { tag, message };
}

const ATTEMPT_TYPES: ReadonlySet<string> = new Set<AttemptMessage['type']>([
  'advertise',
  'roster',
  'shares',
  'masked',
  'have',
  'survivors',
  'lock',
  'unmask',
  'abort',
  'digests',
  'chunk',
  'held',
  'sum',
  'want',
]);

function readMessage(type: AttemptMessage['type'], fields: Fields): AttemptMessage {
  switch (type) {
    case 'advertise':
      return {
        type,
        maskKey: fields.bytes('mask', 32),
        sealKey: fields.bytes('seal', 32),
        commitment: fields.bytes('commitment', 32),
        claim: fields.bytesUpTo('claim', MAX_CLAIM_BYTES),
      };
    case 'roster':
      return { type, keyHashes: fields.list('keys', MAX_COHORT, hash) };
    case 'shares':
      return { type, sealed: fields.bytesUpTo('sealed', MAX_SEALED_BYTES) };
    case 'masked': {
      const bytes = fields.bytesUpTo('words', 4 * (MAX_BROADCAST_WORDS + 1));
      if (bytes.length % 4 !== 0) throw new ProtocolViolation('masked.words is not whole words.');
      return { type, words: bytesToWords(bytes), signature: fields.bytesUpTo('signature', 64) };
    }
    case 'have':
      return { type, members: members(fields), digests: fields.list('digests', MAX_COHORT, hash) };
    case 'survivors':
      return { type, members: members(fields) };
    case 'digests':
      return {
        type,
        context: fields.bytes('context', 32),
        hashes: fields.list('hashes', MAX_COHORT, hash),
      };
    case 'chunk':
      return { type, ...partOf(fields) };
    case 'held':
    case 'want':
      return { type, chunk: chunkOf(fields), members: members(fields) };
    case 'sum':
      return { type, members: members(fields), ...partOf(fields) };
    case 'lock':
      return {
        type,
        context: fields.bytes('context', 32),
        members: members(fields),
        digest: fields.bytes('digest', 32),
      };
    case 'unmask':
      return {
        type,
        locks: pieces(fields, 'locks', 1, MAX_LOCK_BYTES),
        seeds: pieces(fields, 'seeds', 32, 32),
        seedShares: pieces(fields, 'seedShares', 32, 32),
        keyShares: pieces(fields, 'keyShares', 32, 32),
        keys: pieces(fields, 'keys', 32, 32),
        isAsking: fields.boolean('asking'),
      };
    case 'abort':
      return {
        type,
        reason: fields.choice('reason', REASONS),
        cause: pieces(fields, 'cause', 1, MAX_CAUSE_BYTES, 1)[0],
      };
  }
}

/** What the signature of a contribution says, of the second context and the digest of the words. */
export function maskedStatement(context: Uint8Array, digest: Uint8Array): Uint8Array {
  return concat(utf8('murmuration/1/masked\0'), context, digest);
}

/** The bytes that a pair of shares is sealed from: 32 of the self seed's, 32 of the mask key's. */
export function sharesPlaintext(seedShare: Uint8Array, keyShare: Uint8Array): Uint8Array {
  return encodeCbor([seedShare, keyShare]);
}

/** Reads what a member sealed: undefined when it is not two shares of 32 bytes. */
export function readShares(
  plaintext: Uint8Array,
): { readonly seedShare: Uint8Array; readonly keyShare: Uint8Array } | undefined {
  // Two byte strings of 32: 0x82, then 0x58 0x20 and the bytes, twice.
  const isTwoShares =
    plaintext.length === 69 &&
    plaintext[0] === 0x82 &&
    [1, 35].every((at) => plaintext[at] === 0x58 && plaintext[at + 1] === 0x20);
  if (!isTwoShares) return undefined;
  return { seedShare: plaintext.slice(3, 35), keyShare: plaintext.slice(37, 69) };
}

function pieceBody(piece: Piece): CborValue {
  return [piece.member, piece.bytes];
}

function members(fields: Fields): Members {
  return fields.uint('members', everybody(MAX_COHORT));
}

function chunkOf(fields: Fields): number {
  return fields.uint('chunk', MAX_COHORT - 1);
}

/** A part of a chunk; whether it has the length of that part is for the attempt to check. */
function partOf(fields: Fields): {
  readonly chunk: number;
  readonly part: number;
  readonly bytes: Uint8Array;
} {
  return {
    chunk: chunkOf(fields),
    part: fields.uint('part', MAX_VECTOR_WORDS),
    bytes: fields.bytesUpTo('words', 4 * TILES_PER_PART * MAX_TILE_WORDS),
  };
}

function hash(value: unknown): Uint8Array {
  if (value instanceof Uint8Array && value.length === 32) return value;
  throw new ProtocolViolation('a list of hashes holds something else.');
}

function pieces(
  fields: Fields,
  name: string,
  minBytes: number,
  maxBytes: number,
  maxCount = MAX_COHORT,
): readonly Piece[] {
  const read = fields.list(name, maxCount, (value) => {
    const [member, bytes] = Array.isArray(value) && value.length === 2 ? (value as unknown[]) : [];
    const isPiece =
      typeof member === 'number' &&
      Number.isInteger(member) &&
      member >= 0 &&
      member < MAX_COHORT &&
      bytes instanceof Uint8Array &&
      bytes.length >= minBytes &&
      bytes.length <= maxBytes;
    if (!isPiece) throw new ProtocolViolation(`${name} holds something that is not a piece.`);
    return { member, bytes };
  });
  for (let i = 1; i < read.length; i++) {
    if (read[i - 1]!.member >= read[i]!.member) {
      throw new ProtocolViolation(`${name} is not in ascending order.`);
    }
  }
  return read;
}
