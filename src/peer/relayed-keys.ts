/**
 * How two peers without a direct link agree on keys through a neighbour that neither trusts.
 *
 * The peer with the smaller id greets with a fresh X25519 key and nonce; the other answers with its own
 * and a sealed signature; the first confirms with its signature, sealed too. Signed is a transcript of
 * everything that gives the exchange a meaning: room, both ids, the neighbour, nonces and keys. The
 * room's key goes into the secret, so that a neighbour cannot bring in somebody from outside the room.
 *
 * Each direction has a key of its own, and each piece one that is derived from it and the piece's
 * number. The number is not sent: a piece that was left out, doubled, moved, changed or sent back does not open.
 *
 * Sign-and-seal after Krawczyk: SIGMA, CRYPTO 2003, section 5.2.
 *
 * @module
 */
import { concat, equalBytes, utf8 } from '../bytes.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { Identity } from './identity.ts';
import type { Room } from './room-key.ts';

/** Bytes of a nonce, and of the name of an exchange. */
const NONCE_BYTES = 16;
const NAME_BYTES = 8;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const TAG_BYTES = 16;

const HELLO = 0;
const REPLY = 1;
const CONFIRM = 2;
const SEALED = 3;

const PROOF = utf8('murmuration relayed proof 1\0');
const TRANSCRIPT = utf8('murmuration relayed link 1\0');
const KEY = utf8('murmuration relayed key 1\0');
const PIECE = utf8('murmuration relayed piece 1\0');

/** Random bytes that one side of an exchange uses up. */
export const EXCHANGE_ENTROPY_BYTES = KEY_BYTES + NONCE_BYTES;

/** Whose exchange it is, seen from one side. */
export interface Exchange {
  readonly suite: Suite;
  readonly room: Pick<Room, 'id' | 'introductionKey'>;
  readonly identity: Identity;
  readonly peer: PeerId;
  /** The neighbour in between. */
  readonly via: PeerId;
}

/** What the greeting side keeps until the answer. */
export interface Greeting {
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly nonce: Uint8Array;
}

/** A piece taken apart; nothing in it is believed yet. */
export type Piece =
  | { readonly type: 'hello'; readonly publicKey: Uint8Array; readonly nonce: Uint8Array }
  | {
      readonly type: 'reply';
      /** Nonce of the greeting that it answers. */
      readonly greeting: Uint8Array;
      readonly publicKey: Uint8Array;
      readonly nonce: Uint8Array;
      readonly proof: Uint8Array;
    }
  | { readonly type: 'confirm'; readonly name: Uint8Array; readonly proof: Uint8Array }
  | { readonly type: 'sealed'; readonly name: Uint8Array; readonly frame: Uint8Array };

/** Keys of an exchange. Use each `seal` and `open` for one link: they count. */
export interface RelayedKeys {
  /** Names the exchange in its pieces: those of another are not for these keys. */
  readonly name: Uint8Array;
  /** The next frame as a piece. */
  seal(frame: Uint8Array): Uint8Array;
  /** The next frame of the other side; undefined when the piece is not that one. */
  open(sealed: Uint8Array): Uint8Array | undefined;
}

/** Begins an exchange: the peer with the smaller id does. `random`: `EXCHANGE_ENTROPY_BYTES`. */
export function greet(
  suite: Suite,
  random: Uint8Array,
): { readonly greeting: Greeting; readonly piece: Uint8Array } {
  const greeting = keyOf(suite, random);
  const piece = concat(Uint8Array.of(HELLO), greeting.publicKey, greeting.nonce);
  return { greeting, piece };
}

/** Answers a greeting; the keys may be used once `confirms` says so. Undefined for a key of small order. */
export function answer(
  exchange: Exchange,
  hello: Piece & { type: 'hello' },
  random: Uint8Array,
):
  | {
      readonly keys: RelayedKeys;
      readonly piece: Uint8Array;
      /** Whether this is the other side's confirmation. */
      confirms(piece: Piece & { type: 'confirm' }): boolean;
    }
  | undefined {
  const { suite, identity, peer } = exchange;
  const own = keyOf(suite, random);
  const secret = secretOf(exchange, own.secret, hello.publicKey);
  if (secret === undefined) return undefined;
  const transcript = transcriptOf(exchange, hello, own);
  const proof = suite.seal(
    keyFor(suite, secret, transcript, 'reply'),
    suite.sign(identity.secretKey, proofOf(transcript, identity.id)),
    transcript,
  );
  return {
    keys: keysOf(exchange, secret, transcript),
    piece: concat(Uint8Array.of(REPLY), hello.nonce, own.publicKey, own.nonce, proof),
    confirms: (confirm) =>
      isProof(exchange, transcript, keyFor(suite, secret, transcript, 'confirm'), confirm, peer),
  };
}

/** Takes an answer; undefined when it is not the other side's. */
export function conclude(
  exchange: Exchange,
  greeting: Greeting,
  reply: Piece & { type: 'reply' },
): { readonly keys: RelayedKeys; readonly piece: Uint8Array } | undefined {
  const { suite, identity, peer } = exchange;
  const secret = secretOf(exchange, greeting.secret, reply.publicKey);
  if (secret === undefined) return undefined;
  const transcript = transcriptOf(exchange, greeting, reply);
  const key = keyFor(suite, secret, transcript, 'reply');
  if (!isProof(exchange, transcript, key, reply, peer)) return undefined;
  const keys = keysOf(exchange, secret, transcript);
  const proof = suite.seal(
    keyFor(suite, secret, transcript, 'confirm'),
    suite.sign(identity.secretKey, proofOf(transcript, identity.id)),
    transcript,
  );
  return { keys, piece: concat(Uint8Array.of(CONFIRM), keys.name, proof) };
}

/** Takes a piece apart; undefined when it has no such form. */
export function readPiece(bytes: Uint8Array): Piece | undefined {
  const body = bytes.subarray(1);
  const proofBytes = SIGNATURE_BYTES + TAG_BYTES;
  switch (bytes[0]) {
    case HELLO: {
      const [publicKey, nonce] = cut(body, KEY_BYTES, NONCE_BYTES);
      return publicKey && nonce && { type: 'hello', publicKey, nonce };
    }
    case REPLY: {
      const [greeting, publicKey, nonce, proof] = cut(
        body,
        NONCE_BYTES,
        KEY_BYTES,
        NONCE_BYTES,
        proofBytes,
      );
      return (
        greeting &&
        publicKey &&
        nonce &&
        proof && { type: 'reply', greeting, publicKey, nonce, proof }
      );
    }
    case CONFIRM: {
      const [name, proof] = cut(body, NAME_BYTES, proofBytes);
      return name && proof && { type: 'confirm', name, proof };
    }
    case SEALED:
      if (body.length <= NAME_BYTES + TAG_BYTES) return undefined;
      return {
        type: 'sealed',
        name: body.subarray(0, NAME_BYTES),
        frame: body.subarray(NAME_BYTES),
      };
    default:
      return undefined;
  }
}

/** Parts of exactly these lengths; none when the bytes have another length. */
function cut(bytes: Uint8Array, ...lengths: readonly number[]): readonly Uint8Array[] {
  if (bytes.length !== lengths.reduce((sum, length) => sum + length, 0)) return [];
  let at = 0;
  return lengths.map((length) => bytes.slice(at, (at += length)));
}

function keyOf(suite: Suite, random: Uint8Array): Greeting {
  if (random.length !== EXCHANGE_ENTROPY_BYTES) {
    throw new RangeError(`random is ${random.length} bytes: give ${EXCHANGE_ENTROPY_BYTES}.`);
  }
  const secret = random.slice(0, KEY_BYTES);
  return { secret, publicKey: suite.agreementKey(secret), nonce: random.slice(KEY_BYTES) };
}

function secretOf(
  { suite, room }: Exchange,
  secret: Uint8Array,
  publicKey: Uint8Array,
): Uint8Array | undefined {
  try {
    return concat(suite.agree(secret, publicKey), room.introductionKey);
  } catch {
    return undefined; // A key of small order: nobody honest draws one.
  }
}

/** Hash of the whole exchange; the greeting side's values first. */
function transcriptOf(
  { suite, room, identity, peer, via }: Exchange,
  hello: { readonly publicKey: Uint8Array; readonly nonce: Uint8Array },
  reply: { readonly publicKey: Uint8Array; readonly nonce: Uint8Array },
): Uint8Array {
  const [smaller, larger] = [identity.id, peer].sort(compareIds).map(publicKeyOf);
  return suite.hash(
    concat(
      TRANSCRIPT,
      suite.hash(utf8(room.id)),
      smaller!,
      larger!,
      publicKeyOf(via),
      hello.nonce,
      reply.nonce,
      hello.publicKey,
      reply.publicKey,
    ),
  );
}

function keyFor(
  suite: Suite,
  secret: Uint8Array,
  transcript: Uint8Array,
  purpose: string,
): Uint8Array {
  return suite.derive(secret, transcript, concat(KEY, utf8(purpose)));
}

function proofOf(transcript: Uint8Array, signer: PeerId): Uint8Array {
  return concat(PROOF, transcript, publicKeyOf(signer));
}

function isProof(
  { suite }: Exchange,
  transcript: Uint8Array,
  key: Uint8Array,
  { proof }: { readonly proof: Uint8Array },
  signer: PeerId,
): boolean {
  const signature = suite.open(key, proof, transcript);
  return (
    signature !== undefined &&
    suite.verify(publicKeyOf(signer), proofOf(transcript, signer), signature)
  );
}

function keysOf(
  { suite, identity, peer }: Exchange,
  secret: Uint8Array,
  transcript: Uint8Array,
): RelayedKeys {
  const isSmaller = compareIds(identity.id, peer) < 0;
  const [own, theirs] = ['from the smaller', 'from the larger'].map((purpose) =>
    keyFor(suite, secret, transcript, purpose),
  ) as [Uint8Array, Uint8Array];
  const next = {
    send: counter(suite, isSmaller ? own : theirs),
    take: counter(suite, isSmaller ? theirs : own),
  };
  const name = transcript.slice(0, NAME_BYTES);
  return {
    name,
    seal: (frame) =>
      concat(Uint8Array.of(SEALED), name, suite.seal(next.send(), frame, transcript)),
    open: (sealed) => suite.open(next.take(), sealed, transcript),
  };
}

/** Keys for one piece each, in order. */
function counter(suite: Suite, key: Uint8Array): () => Uint8Array {
  let count = 0;
  return () => {
    const number = new Uint8Array(8);
    new DataView(number.buffer).setBigUint64(0, BigInt(count++), true);
    return suite.derive(key, number, PIECE);
  };
}

/** Whether a piece belongs to these keys. */
export function isOf(keys: RelayedKeys, { name }: { readonly name: Uint8Array }): boolean {
  return equalBytes(keys.name, name);
}
