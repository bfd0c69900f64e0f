/**
 * What a result says beside its words: whom it includes, in a large room, and the epoch that begins with it.
 *
 * Its hash is signed in DONE, so it is as certain as the sum.
 *
 * @module
 */
import { encodeCbor, Fields } from '../cbor.ts';
import { epochBody, readEpoch, type Epoch } from '../gossip/index.ts';
import { MAX_CLAIM_BYTES } from '../secagg/index.ts';

/** See the file's header. */
export interface Detail {
  /** Whom it includes, as a claim; empty in a room of one cohort, where the roster says it. */
  readonly claim: Uint8Array;
  /** The epoch that begins with the next round. */
  readonly epoch: Epoch | undefined;
}

/** A detail as it is hashed and sent; empty where nothing has to be said. */
export function encodeDetail({ claim, epoch }: Detail): Uint8Array {
  if (claim.length === 0 && epoch === undefined) return new Uint8Array();
  return encodeCbor({ claim, epoch: epoch === undefined ? null : epochBody(epoch) });
}

const read = new WeakMap<Uint8Array, Detail>();

/**
 * Reads a detail; remembered, since it is asked about often.
 *
 * @throws ProtocolViolation when it is none.
 */
export function readDetail(bytes: Uint8Array): Detail {
  if (bytes.length === 0) return { claim: bytes, epoch: undefined };
  const known = read.get(bytes);
  if (known !== undefined) return known;
  const fields = Fields.decode('detail', bytes);
  const detail = {
    claim: fields.bytesUpTo('claim', MAX_CLAIM_BYTES),
    epoch: fields.has('epoch') ? readEpoch(fields.map('epoch')) : undefined,
  };
  fields.end();
  read.set(bytes, detail);
  return detail;
}
