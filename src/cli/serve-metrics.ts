/**
 * `murmuration serve --metrics`: where the metrics are, and the port that tells them.
 *
 * @module
 */
import { metricsText, startMetrics, type MetricsPort } from '../../signaling/metrics.ts';
import type { Signaling } from '../../signaling/server.ts';
import { UsageError } from '../errors.ts';

/** Where to listen. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** A port, or an address and a port; an IPv6 address stands in brackets. */
export const METRICS_PATTERN = /^(?:(?:\[[\da-fA-F:.]+\]|[\w.-]+):)?\d{1,5}$/;

/**
 * The place that a flag of `METRICS_PATTERN` names; this computer's own address unless one is given, since
 * metrics are for the operator.
 *
 * @throws UsageError for a port that is none.
 */
export function metricsPlace(flag: string): Place {
  const colon = flag.lastIndexOf(':');
  const port = Number(flag.slice(colon + 1));
  if (port > 65_535) {
    throw new UsageError(`--metrics is "${flag}": choose a port from 0 to 65535.`);
  }
  const host = colon < 0 ? '127.0.0.1' : flag.slice(0, colon).replace(/^\[|\]$/g, '');
  return { host, port };
}

/**
 * Tells the metrics of a server from now on.
 *
 * @throws An error with `code` when it cannot listen.
 */
export function tellMetrics(place: Place, server: Signaling): Promise<MetricsPort> {
  const startedAt = Math.round(Date.now() / 1_000 - process.uptime());
  return startMetrics(place, () =>
    metricsText(server.standing(), { startedAt, memoryBytes: process.memoryUsage.rss() }),
  );
}
