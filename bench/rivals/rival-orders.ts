/**
 * What the peers of a comparison are told, and what they say.
 *
 * @module
 */

/** How a sum is made: this project's way, or one of the two loops. */
export const WAYS = ['ours', 'plain', 'additive'] as const;

/** See `WAYS`. */
export type Way = (typeof WAYS)[number];

/** To a peer. */
export type RivalOrder =
  /** Says to the others that the sum with this number comes next, so that none of them begins without it. */
  | { readonly type: 'announce'; readonly number: number; readonly values: number }
  | {
      readonly type: 'sum';
      readonly number: number;
      readonly values: number;
      /** Leaves without a word in the middle of it. */
      readonly isLeaving: boolean;
    }
  | { readonly type: 'report' };

/** From a peer. */
export type RivalAnswer =
  /** Linked to all others. */
  | { readonly type: 'ready' }
  /** The others are told of the next sum. */
  | { readonly type: 'announced' }
  /** It has the sum; ms since 1970. */
  | { readonly type: 'summed'; readonly began: number; readonly ended: number }
  /** It will never have the sum of everybody who was there. */
  | { readonly type: 'failed'; readonly message: string }
  /** A peer is gone. */
  | { readonly type: 'lost' }
  /** Since the program began. */
  | { readonly type: 'report'; readonly cpuMs: number; readonly bytesSent: number };
