/**
 * The messages of gossip: HELLO, RUMOURS, PROBE. Their bodies are read here, once; behind it they are
 * trusted in shape. Signatures inside are checked when a statement turns out to be news.
 *
 * A part of RUMOURS that is empty is left out.
 *
 * @module
 */
import { concat } from '../bytes.ts';
import { encodeCbor, Fields, type CborValue } from '../cbor.ts';
import { ProtocolViolation } from '../errors.ts';
import { publicKeyOf, type PeerId } from '../ids.ts';
import { NEIGHBOUR_BYTES, readHello, tagBytes, tagFrom, type Hello, type Tag } from './hello.ts';
import { SIGNATURE_BYTES } from './signed.ts';
import { readSuspicion, type Suspicion } from './suspicion.ts';

/** First bytes of the messages; `MESSAGE_TYPES` of `secagg/envelope.ts` names the same. */
export const GOSSIP_TYPES = { hello: 18, rumours: 19, probe: 20 } as const;

/** Groups that a view is cut into for comparing, at most: by the first byte of the id. */
export const MAX_GROUPS = 256;

/** Statements of one message, at most. */
export const MAX_STATEMENTS = 128;

/** Entries of a list, at most. */
export const MAX_ENTRIES = 512;

/** Bytes of an entry of a list: tag, incarnation, check, flag; and of a sum. */
const ENTRY_BYTES = NEIGHBOUR_BYTES + 6 + 4 + 1;
const SUM_BYTES = 8;

/** Bytes of a probe's nonce. */
export const NONCE_BYTES = 8;

/** One line of a list: which hello of a member the sender holds. */
export interface Entry {
  readonly tag: Tag;
  readonly incarnation: number;
  /** 32 bits of the hello's signature. */
  readonly check: number;
  /** Somebody suspects the member as of this hello. */
  readonly isSuspected: boolean;
}

/** The members of some groups, as the sender knows them. */
export interface Listing {
  /** Into how many groups the view is cut: a power of two. */
  readonly groupCount: number;
  /** The groups that are listed, completely unless the list is full. */
  readonly groups: readonly number[];
  readonly entries: readonly Entry[];
}

/** What a RUMOURS carries. */
export interface Rumours {
  readonly hellos: readonly Hello[];
  readonly suspicions: readonly Suspicion[];
  /** XOR of the marks of the members of each group, two words a group; undefined when not asked. */
  readonly sums: Uint32Array | undefined;
  readonly listing: Listing | undefined;
  /** Tags of the members whose hellos are wanted. */
  readonly wants: readonly Tag[];
  /** There was more to say: compare again when this brought something. */
  readonly hasMore: boolean;
}

/**
 * What a PROBE is. `ping`: answer me. `ask`: reach this peer for me. `call`: somebody asked me to
 * reach you; prove it. `ack`: I am here, or it is, with its proof.
 */
export type ProbeKind = 'ping' | 'ask' | 'call' | 'ack';

/** Is a peer there? */
export interface Probe {
  readonly kind: ProbeKind;
  /** Whom it is about. */
  readonly peer: PeerId;
  /** `NONCE_BYTES`, drawn by whoever wants to know. */
  readonly nonce: Uint8Array;
  /** Signature over room, peer and nonce in an answer to `call`; else empty. */
  readonly proof: Uint8Array;
}

/** A message of gossip, read. */
export type GossipMessage =
  | { readonly type: 'hello'; readonly hello: Hello }
  | { readonly type: 'rumours'; readonly rumours: Rumours }
  | { readonly type: 'probe'; readonly probe: Probe };

/** Parts of a RUMOURS; what is missing is empty. */
export interface RumourParts {
  readonly hellos?: readonly Uint8Array[];
  readonly suspicions?: readonly Uint8Array[];
  readonly sums?: Uint32Array;
  readonly listing?: Listing;
  readonly wants?: readonly Tag[];
  readonly hasMore?: boolean;
}

/** The bytes of HELLO. */
export function encodeHello(hello: Hello): Uint8Array {
  return concat(Uint8Array.of(GOSSIP_TYPES.hello), hello.bytes);
}

/** The bytes of RUMOURS. */
export function encodeRumours(parts: RumourParts): Uint8Array {
  const { hellos = [], suspicions = [], sums, listing, wants = [], hasMore = false } = parts;
  const body: Record<string, CborValue> = {};
  if (hellos.length > 0) body['hellos'] = hellos;
  if (suspicions.length > 0) body['suspicions'] = suspicions;
  if (sums !== undefined) body['sums'] = bytesOfSums(sums);
  if (listing !== undefined) {
    body['listing'] = {
      count: listing.groupCount,
      groups: Uint8Array.from(listing.groups),
      entries: concat(...listing.entries.map(bytesOfEntry)),
    };
  }
  if (wants.length > 0) body['wants'] = concat(...wants.map(tagBytes));
  if (hasMore) body['more'] = true;
  return concat(Uint8Array.of(GOSSIP_TYPES.rumours), encodeCbor(body));
}

/** The bytes of PROBE. */
export function encodeProbe(probe: Probe): Uint8Array {
  const { kind, peer, nonce, proof } = probe;
  const body = encodeCbor({ kind, peer: publicKeyOf(peer), nonce, proof });
  return concat(Uint8Array.of(GOSSIP_TYPES.probe), body);
}

/**
 * Reads a message of gossip.
 *
 * @param bytes - The whole message, its length checked already.
 * @throws ProtocolViolation when no honest peer would have sent it.
 */
export function readGossip(type: keyof typeof GOSSIP_TYPES, bytes: Uint8Array): GossipMessage {
  const rest = bytes.subarray(1);
  switch (type) {
    case 'hello':
      return { type, hello: readHello(rest) };
    case 'rumours':
      return { type, rumours: readRumours(rest) };
    case 'probe':
      return { type, probe: readProbe(rest) };
  }
}

function readRumours(body: Uint8Array): Rumours {
  const fields = Fields.decode('rumours', body);
  const rumours: Rumours = {
    hellos: statements(fields, 'hellos', readHello),
    suspicions: statements(fields, 'suspicions', readSuspicion),
    sums: fields.has('sums') ? readSums(fields) : undefined,
    listing: fields.has('listing') ? readListing(fields.map('listing')) : undefined,
    wants: fields.has('wants')
      ? pieces(fields, 'wants', MAX_STATEMENTS, NEIGHBOUR_BYTES).map(tagFrom)
      : [],
    hasMore: fields.has('more') && fields.boolean('more'),
  };
  fields.end();
  return rumours;
}

function statements<Item>(
  fields: Fields,
  name: string,
  read: (bytes: Uint8Array) => Item,
): readonly Item[] {
  if (!fields.has(name)) return [];
  return fields.list(name, MAX_STATEMENTS, (value) => {
    if (value instanceof Uint8Array) return read(value);
    throw new ProtocolViolation(`rumours.${name} holds something that is no statement.`);
  });
}

function readSums(fields: Fields): Uint32Array {
  const bytes = fields.bytesUpTo('sums', MAX_GROUPS * SUM_BYTES);
  checkGroupCount(bytes.length / SUM_BYTES);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i));
}

function bytesOfSums(sums: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * sums.length);
  const view = new DataView(bytes.buffer);
  sums.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return bytes;
}

function readListing(fields: Fields): Listing {
  const groupCount = fields.uint('count', MAX_GROUPS);
  checkGroupCount(groupCount);
  const groups = [...fields.bytesUpTo('groups', groupCount)];
  if (groups.some((group, i) => group >= groupCount || (i > 0 && group <= groups[i - 1]!))) {
    throw new ProtocolViolation('rumours.listing.groups is not a list of groups.');
  }
  const entries = pieces(fields, 'entries', MAX_ENTRIES, ENTRY_BYTES).map(readEntry);
  fields.end();
  return { groupCount, groups, entries };
}

function checkGroupCount(count: number): void {
  if (count >= 1 && count <= MAX_GROUPS && Number.isInteger(Math.log2(count))) return;
  throw new ProtocolViolation('rumours compares a number of groups that is no power of two.');
}

function bytesOfEntry({ tag, incarnation, check, isSuspected }: Entry): Uint8Array {
  const bytes = new Uint8Array(ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(tagBytes(tag));
  view.setUint16(NEIGHBOUR_BYTES, Math.floor(incarnation / 2 ** 32));
  view.setUint32(NEIGHBOUR_BYTES + 2, incarnation % 2 ** 32);
  view.setUint32(NEIGHBOUR_BYTES + 6, check);
  bytes[ENTRY_BYTES - 1] = isSuspected ? 1 : 0;
  return bytes;
}

function readEntry(bytes: Uint8Array): Entry {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flag = bytes[ENTRY_BYTES - 1]!;
  if (flag > 1) throw new ProtocolViolation('rumours.listing.entries holds a broken entry.');
  return {
    tag: tagFrom(bytes.subarray(0, NEIGHBOUR_BYTES)),
    incarnation: view.getUint16(NEIGHBOUR_BYTES) * 2 ** 32 + view.getUint32(NEIGHBOUR_BYTES + 2),
    check: view.getUint32(NEIGHBOUR_BYTES + 6),
    isSuspected: flag === 1,
  };
}

/** Bytes cut into equal pieces. */
function pieces(fields: Fields, name: string, max: number, length: number): readonly Uint8Array[] {
  const bytes = fields.bytesUpTo(name, max * length);
  if (bytes.length % length !== 0) {
    throw new ProtocolViolation(`rumours.${name} is not a list of ${length} bytes each.`);
  }
  return Array.from({ length: bytes.length / length }, (_, i) =>
    bytes.subarray(i * length, (i + 1) * length),
  );
}

function readProbe(body: Uint8Array): Probe {
  const fields = Fields.decode('probe', body);
  const probe: Probe = {
    kind: fields.choice('kind', ['ping', 'ask', 'call', 'ack']),
    peer: fields.peer('peer'),
    nonce: fields.bytes('nonce', NONCE_BYTES).slice(),
    proof: fields.bytesUpTo('proof', SIGNATURE_BYTES).slice(),
  };
  fields.end();
  if (probe.proof.length % SIGNATURE_BYTES !== 0) {
    throw new ProtocolViolation('probe.proof is no signature.');
  }
  return probe;
}
