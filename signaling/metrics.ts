/**
 * The metrics of a server as text, and the port of their own that answers with them.
 *
 * They hold sums over everybody: no name of a room, no member, no address. But a sum over few says
 * when somebody came, so they are never on the port of the page, which a proxy makes public.
 *
 * Prometheus exposition format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tally } from './tally.ts';

/** How a server stands now. */
export interface Standing {
  readonly tally: Tally;
  readonly rooms: number;
  /** Open WebSockets of the rooms. */
  readonly sockets: number;
  /** Peers that hold a place at the relay; undefined where none runs. */
  readonly reservations: number | undefined;
  /** What `rooms` and `sockets` never exceed. */
  readonly limits: { readonly rooms: number; readonly connections: number };
}

/** How the process stands now. */
export interface ProcessStanding {
  /** Seconds since 1970. */
  readonly startedAt: number;
  /** Resident memory, bytes. */
  readonly memoryBytes: number;
}

/** The text of `/metrics`. */
export function metricsText(standing: Standing, ofProcess: ProcessStanding): string {
  const { tally, limits, reservations } = standing;
  const { received, sent } = tally;
  const families: readonly Family[] = [
    gauge('murmuration_rooms', 'Rooms with somebody in them.', standing.rooms),
    gauge('murmuration_rooms_limit', 'Rooms that the server holds at most.', limits.rooms),
    gauge('murmuration_sockets', 'Open WebSockets of the rooms.', standing.sockets),
    gauge('murmuration_sockets_limit', 'Members that are let in at most.', limits.connections),
    counter('murmuration_sockets_opened_total', 'WebSockets of the rooms that opened.', [
      ['', tally.opened],
    ]),
    counter(
      'murmuration_messages_total',
      'Messages of the rooms.',
      byDirection(received.messages, sent.messages),
    ),
    counter(
      'murmuration_bytes_total',
      'Bytes of these messages, before framing and TLS.',
      byDirection(received.bytes, sent.bytes),
    ),
    counter(
      'murmuration_refusals_total',
      'Refusals by reason.',
      Object.entries(tally.refusals).map(([code, n]) => [`{code="${code}"}`, n]),
    ),
    ...(reservations === undefined
      ? []
      : [
          gauge('murmuration_relay_reservations', 'Peers with a place at the relay.', reservations),
        ]),
    gauge('process_start_time_seconds', 'When the process started.', ofProcess.startedAt),
    gauge('process_resident_memory_bytes', 'Memory of the process.', ofProcess.memoryBytes),
  ];
  return families.map(textOf).join('');
}

/** A running port of metrics. */
export interface MetricsPort {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Answers `GET /metrics` on a port of its own.
 *
 * @param text - Called for each answer.
 * @throws An error with `code` when it cannot listen, as `startSignaling`.
 */
export async function startMetrics(
  options: { readonly port: number; readonly host: string },
  text: () => string,
): Promise<MetricsPort> {
  const http: Server = createServer(BOUNDS, (request, response) => {
    const isIt = request.method === 'GET' && request.url === '/metrics';
    response.writeHead(isIt ? 200 : 404, { 'content-type': CONTENT_TYPE });
    response.end(isIt ? text() : 'There is GET /metrics here, and nothing else.\n');
  });
  http.maxConnections = MAX_READERS;
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject);
    http.listen(options, resolve);
  });
  http.on('error', () => undefined);
  return {
    port: (http.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Connections at a time: a monitor or two, and somebody who looks. */
const MAX_READERS = 16;

/** Slow readers, ms. */
const BOUNDS = { headersTimeout: 5_000, requestTimeout: 5_000, keepAliveTimeout: 5_000 };

/** One metric: its labels, as they are written, with each value. */
interface Family {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly samples: readonly (readonly [labels: string, value: number])[];
}

function gauge(name: string, help: string, value: number): Family {
  return { name, type: 'gauge', help, samples: [['', value]] };
}

function counter(name: string, help: string, samples: Family['samples']): Family {
  return { name, type: 'counter', help, samples };
}

function byDirection(received: number, sent: number): Family['samples'] {
  return [
    ['{direction="received"}', received],
    ['{direction="sent"}', sent],
  ];
}

function textOf({ name, type, help, samples }: Family): string {
  const lines = samples.map(([labels, value]) => `${name}${labels} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}
