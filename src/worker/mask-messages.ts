/**
 * What a pool asks of a worker that puts on masks, and what it answers.
 *
 * Every request has an `id` and gets exactly one reply with that id, `failed` with a reason included. The words
 * are transferred both ways; keys are copied, and the worker overwrites its copies.
 *
 * @module
 */
import type { StreamTerm } from '../ports.ts';

/** From the pool. */
export interface MaskRequest {
  readonly type: 'mask';
  readonly id: number;
  /** Shape [n]; changed in place and sent back. */
  readonly words: Uint32Array<ArrayBuffer>;
  readonly terms: readonly StreamTerm[];
  /** Place of the first word in every keystream. */
  readonly from: number;
}

/** From the worker. */
export type MaskReply =
  | { readonly type: 'masked'; readonly id: number; readonly words: Uint32Array<ArrayBuffer> }
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
