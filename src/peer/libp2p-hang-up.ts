/**
 * How a libp2p connection ends at once, without a word on its streams.
 *
 * `Connection.abort` resets every stream before it closes what carries them. Over WebRTC nobody needs those resets,
 * since the channels go with their connection, and WebRTC for Node crashes in a `send` while it notices that the other
 * side hangs up too: the usual case when both leave, or when one hears of the other's end. So what carries the streams
 * goes first.
 *
 * @module
 */
import type { Connection } from '@libp2p/interface';

/** What carries the streams: libp2p keeps it here, though its types do not say so. */
interface Carried {
  readonly maConn?: { abort(error: Error): void };
}

/** Ends a connection now, for the reason given; more than once does no harm. */
export function hangUpSilently(connection: Pick<Connection, 'abort'>, reason: string): void {
  const error = new Error(reason);
  (connection as Carried).maConn?.abort(error);
  connection.abort(error);
}
