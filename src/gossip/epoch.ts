/**
 * An epoch: who belongs to a large room, and the beacon that divides them into lines.
 *
 * Everybody holds the same record, because it comes with the certified result of a round: the leader
 * of that round's highest attempt proposed who joins and who leaves, its members signed it together
 * with the sum, and the beacon was drawn from their self seeds, to which they had committed before
 * anybody saw one. Who joins is thereby fixed before the beacon is known: nobody chooses a line.
 *
 * Lines stay together for an epoch, since drawing them anew each round would let one curious peer
 * intersect its way to a single update (docs/protocol.md, "Lines").
 *
 * @module
 */
import { concat, equalBytes, utf8 } from '../bytes.ts';
import type { CborValue, Fields } from '../cbor.ts';
import { encodeCbor } from '../cbor.ts';
import { LINE_SIZE, MAX_COHORT, MAX_MEMBERS } from '../config.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';

/** Who is divided, from which round on, and by what. */
export interface Epoch {
  /** From 1; each follows the one before it. */
  readonly number: number;
  /** The first round that is summed in its lines. */
  readonly since: number;
  /** 32 bytes that nobody could choose. */
  readonly beacon: Uint8Array;
  /** Members of a line, about. */
  readonly lineSize: number;
  /** Ascending. */
  readonly members: readonly PeerId[];
}

/** Who comes and who goes. */
export interface Turnover {
  readonly number: number;
  readonly joining: readonly PeerId[];
  readonly leaving: readonly PeerId[];
}

/** The epoch that follows another one, or begins where there was none. */
export function nextEpoch(
  before: Epoch | undefined,
  { number, joining, leaving }: Turnover,
  since: number,
  beacon: Uint8Array,
): Epoch {
  const gone = new Set(leaving);
  const staying = (before?.members ?? []).filter((peer) => !gone.has(peer));
  const members = [...new Set([...staying, ...joining])].sort(compareIds);
  return { number, since, beacon, lineSize: before?.lineSize ?? LINE_SIZE, members };
}

/** The record as it is sent. */
export function epochBody({ number, since, beacon, lineSize, members }: Epoch): CborValue {
  return { number, since, beacon, lineSize, members: concat(...members.map(publicKeyOf)) };
}

/** Reads a record. */
export function readEpoch(fields: Fields): Epoch {
  const epoch = {
    number: fields.uint('number', 2 ** 32),
    since: fields.uint('since', 2 ** 32),
    beacon: fields.bytes('beacon', 32),
    lineSize: fields.uint('lineSize', MAX_COHORT),
    members: fields.joinedPeers('members', MAX_MEMBERS),
  };
  fields.end();
  return epoch;
}

const hashes = new WeakMap<Epoch, { readonly suite: Suite; readonly hash: Uint8Array }>();

/** Hash of a record, 32 bytes; remembered, since a record is long and asked about often. */
export function hashOfEpoch(suite: Suite, epoch: Epoch): Uint8Array {
  const known = hashes.get(epoch);
  if (known?.suite === suite) return known.hash;
  const hash = suite.hash(concat(utf8('murmuration/1/epoch'), encodeCbor(epochBody(epoch))));
  hashes.set(epoch, { suite, hash });
  return hash;
}

/** Whether two records are the same one. */
export function isSameEpoch(suite: Suite, a: Epoch | undefined, b: Epoch | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || equalBytes(hashOfEpoch(suite, a), hashOfEpoch(suite, b));
}
