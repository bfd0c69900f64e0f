/**
 * Every bound of the signalling server, with its unit and why that value.
 *
 * One connection can make the server hold at most `bufferedBytes` and one message; all of them
 * together at most `connections` times that.
 *
 * @module
 */
import { MAX_SIGNALING_BYTES } from './messages.ts';

/** Bounds of one server; tests lower them. */
export interface Limits {
  /** Largest message of a client, bytes. */
  readonly messageBytes: number;
  /** Messages of one connection: so many a second in the long run ... */
  readonly messagesPerSecond: number;
  /** ... and so many at once: introductions to 63 others take about 200. */
  readonly messageBurst: number;
  /** Rooms at a time. */
  readonly rooms: number;
  /** Members of one room: as many as one peer has links. */
  readonly roomMembers: number;
  /** Connections at a time, joined or not. */
  readonly connections: number;
  /** A connection that has not joined a room after this long is closed, ms. */
  readonly joinTimeoutMs: number;
  /** Every connection is pinged this often, ms. */
  readonly pingEveryMs: number;
  /** A connection that was silent this long is closed, ms: two pings lost, and the third. */
  readonly idleMs: number;
  /** Bytes waiting for a slow reader before it is closed: a burst of introductions and to spare. */
  readonly bufferedBytes: number;
  /** A page request that neither sends nor takes anything this long is cut off, ms. */
  readonly httpIdleMs: number;
  /** After a closing frame, the socket is given this long, ms. */
  readonly closeTimeoutMs: number;
}

/** The bounds of `murmuration serve`. */
export const LIMITS: Limits = {
  messageBytes: MAX_SIGNALING_BYTES,
  messagesPerSecond: 100,
  messageBurst: 512,
  rooms: 1_024,
  roomMembers: 64,
  connections: 2_048,
  joinTimeoutMs: 10_000,
  pingEveryMs: 15_000,
  idleMs: 40_000,
  bufferedBytes: 524_288,
  httpIdleMs: 30_000,
  closeTimeoutMs: 2_000,
};
