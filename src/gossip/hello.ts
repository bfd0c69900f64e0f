/**
 * What a peer says about itself to the whole room, signed: that it is there, whom it is linked to,
 * where it stands.
 *
 * A newer hello has a higher incarnation and replaces the older one everywhere. The room is signed
 * too, so that no hello counts in another room. Neighbours are named by the first 9 bytes of their keys
 * (12 characters of their ids): a quarter of the size, and to find a key that shares them with a
 * given one takes 2^72 tries.
 *
 * Incarnations: Das, Gupta, Motivala: SWIM, DSN 2002, section 4.2.
 *
 * @module
 */
import { compareBytes, concat, fromBase64url, toBase64url } from '../bytes.ts';
import { Fields } from '../cbor.ts';
import { MAX_LINKS, MAX_STATUS_BYTES } from '../config.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { bodyOf, isStatementOf, signStatement, type Signer } from './signed.ts';

/** Highest incarnation: milliseconds since 1970 fit, and can grow by one for thousands of years. */
export const MAX_INCARNATION = 2 ** 48 - 1;

/** Bytes of a key that name a peer where 32 are too many. */
export const NEIGHBOUR_BYTES = 9;

/** Largest hello, bytes: signature, fields, `MAX_LINKS` neighbours, status. */
export const MAX_HELLO_BYTES = 64 + 160 + MAX_LINKS * NEIGHBOUR_BYTES + MAX_STATUS_BYTES;

/** The first 12 characters of an id: `NEIGHBOUR_BYTES` of the key. */
export type Tag = string & { readonly __brand: 'Tag' };

/** A hello, read; nobody changes its arrays. */
export interface Hello {
  readonly peer: PeerId;
  /** 32 bytes. */
  readonly room: Uint8Array;
  /** Only grows, over restarts too. */
  readonly incarnation: number;
  /** It says goodbye: nothing follows but a return with a higher incarnation. */
  readonly isLeaving: boolean;
  /** Tags of the peers that it is linked to, 9 bytes each, ascending. */
  readonly neighbours: Uint8Array;
  /** What the room wants to know of it, opaque here; at most `MAX_STATUS_BYTES`. */
  readonly status: Uint8Array;
  /** Signature and body, as sent. */
  readonly bytes: Uint8Array;
}

/** What a peer puts in its hello. */
export interface HelloContent {
  readonly room: Uint8Array;
  readonly incarnation: number;
  readonly isLeaving: boolean;
  /** At most `MAX_LINKS`. */
  readonly links: Iterable<PeerId>;
  readonly status: Uint8Array;
}

/** Signs a hello. */
export function signHello(suite: Suite, signer: Signer, content: HelloContent): Hello {
  const { room, incarnation, isLeaving, status } = content;
  const tags = [...content.links].map((peer) => tagBytes(tagOf(peer))).sort(compareBytes);
  const neighbours = concat(...tags);
  const body = {
    peer: publicKeyOf(signer.id),
    room,
    incarnation,
    leaving: isLeaving,
    links: neighbours,
    status,
  };
  const bytes = signStatement(suite, signer, 'hello', body);
  return { peer: signer.id, room, incarnation, isLeaving, neighbours, status, bytes };
}

/**
 * Reads a hello; its signature is not checked yet. The result shares no memory with the message.
 *
 * @throws ProtocolViolation when no honest peer would have made it.
 */
export function readHello(statement: Uint8Array): Hello {
  if (statement.length > MAX_HELLO_BYTES) throw new ProtocolViolation('a hello is too long.');
  const bytes = statement.slice();
  const fields = Fields.decode('hello', bodyOf(bytes));
  const hello: Hello = {
    peer: fields.peer('peer'),
    room: fields.bytes('room', 32),
    incarnation: fields.uint('incarnation', MAX_INCARNATION),
    isLeaving: fields.boolean('leaving'),
    neighbours: fields.bytesUpTo('links', MAX_LINKS * NEIGHBOUR_BYTES),
    status: fields.bytesUpTo('status', MAX_STATUS_BYTES),
    bytes,
  };
  fields.end();
  if (!areAscendingTags(hello.neighbours)) {
    throw new ProtocolViolation('hello.links is not a list of neighbours in ascending order.');
  }
  return hello;
}

/** Whether a hello is signed by the peer that it speaks of. */
export function isHelloGenuine(suite: Suite, hello: Hello): boolean {
  return isStatementOf(suite, hello.peer, 'hello', hello.bytes);
}

/** The tag of a peer. */
export function tagOf(peer: PeerId): Tag {
  return peer.slice(0, (NEIGHBOUR_BYTES * 4) / 3) as Tag;
}

/** The tag that bytes stand for. */
export function tagFrom(bytes: Uint8Array): Tag {
  return toBase64url(bytes) as Tag;
}

/** The bytes of a tag. */
export function tagBytes(tag: Tag): Uint8Array {
  return fromBase64url(tag);
}

/** The tags of the neighbours that a hello names. */
export function neighbourTags(hello: Hello): readonly Tag[] {
  const tags: Tag[] = [];
  for (let at = 0; at < hello.neighbours.length; at += NEIGHBOUR_BYTES) {
    tags.push(tagFrom(hello.neighbours.subarray(at, at + NEIGHBOUR_BYTES)));
  }
  return tags;
}

/** Whether a hello names a peer as its neighbour. */
export function names(hello: Hello, peer: PeerId): boolean {
  const tag = tagBytes(tagOf(peer));
  for (let at = 0; at < hello.neighbours.length; at += NEIGHBOUR_BYTES) {
    if (compareAt(hello.neighbours, at, tag, 0) === 0) return true;
  }
  return false;
}

/** 32 bits of the signature: tells two hellos of one incarnation apart; the higher one counts. */
export function checkOf(hello: Hello): number {
  return wordAt(hello, 0);
}

/** 64 bits that stand for a hello in sums, shape [2]. */
export function markOf(hello: Hello): readonly [number, number] {
  return [wordAt(hello, 0), wordAt(hello, 4)];
}

function wordAt({ bytes }: Hello, at: number): number {
  return (
    (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0
  );
}

function areAscendingTags(packed: Uint8Array): boolean {
  if (packed.length % NEIGHBOUR_BYTES !== 0) return false;
  for (let at = NEIGHBOUR_BYTES; at < packed.length; at += NEIGHBOUR_BYTES) {
    if (compareAt(packed, at - NEIGHBOUR_BYTES, packed, at) >= 0) return false;
  }
  return true;
}

/** Compares the tag at one place with that at another, without copies: this runs for every hello. */
function compareAt(a: Uint8Array, atA: number, b: Uint8Array, atB: number): number {
  for (let i = 0; i < NEIGHBOUR_BYTES; i++) {
    const difference = a[atA + i]! - b[atB + i]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
