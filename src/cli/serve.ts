/**
 * `murmuration serve`: the page and the introductions on one port.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { encodeQR } from 'qr';
import { parseIceServers } from '../../signaling/ice-servers.ts';
import { LIMITS } from '../../signaling/limits.ts';
import type { IceServer } from '../../signaling/messages.ts';
import type { MetricsPort } from '../../signaling/metrics.ts';
import { startSignaling, type Signaling } from '../../signaling/server.ts';
import { MAX_COHORT, MAX_LINKS } from '../config.ts';
import { UsageError } from '../errors.ts';
import { defineCommand, helpOf, parseFlags } from './flags.ts';
import { packageRoot } from './package-root.ts';
import { METRICS_PATTERN, metricsPlace, tellMetrics, type Place } from './serve-metrics.ts';

const ICE_SERVERS_VARIABLE = 'MURMURATION_ICE_SERVERS';

const command = defineCommand({
  usage: 'murmuration serve',
  about:
    'Serves the page and introduces peers to each other until it is interrupted. It sees sealed\n' +
    'introductions and the ids of rooms, never an update.',
  flags: {
    port: {
      type: 'integer',
      value: 'PORT',
      min: 0,
      max: 65_535,
      default: 8080,
      help: 'Port to listen on; 0 picks a free one.',
    },
    host: {
      type: 'string',
      value: 'ADDRESS',
      default: '0.0.0.0',
      help: 'Address to listen on; 127.0.0.1 keeps it to this computer.',
    },
    'tls-cert': { type: 'string', value: 'FILE', help: 'Certificate (PEM): serves https.' },
    'tls-key': { type: 'string', value: 'FILE', help: 'Private key (PEM) of the certificate.' },
    'ice-servers': {
      type: 'string',
      value: 'JSON',
      help: `STUN and TURN servers for the peers, or in ${ICE_SERVERS_VARIABLE}. None by default.`,
    },
    'allow-origin': {
      type: 'string',
      value: 'ORIGIN',
      isList: true,
      pattern: /^https?:\/\/[^/\s]+$/,
      form: 'a site such as https://example.org, without a path',
      help: 'Let in pages of this site and of this server only.',
    },
    'allow-frame': {
      type: 'string',
      value: 'ORIGIN',
      isList: true,
      pattern: /^https?:\/\/[^/\s;,]+$/,
      form: 'a site such as https://example.org, without a path',
      help: 'Let this site show the page in a frame; no site may by default.',
    },
    'max-peers-per-room': {
      type: 'integer',
      value: 'N',
      min: 2,
      max: MAX_LINKS,
      default: LIMITS.roomMembers,
      help: `Peers let into one room at a time; a round holds ${MAX_COHORT} of them.`,
    },
    metrics: {
      type: 'string',
      value: 'ADDRESS:PORT',
      pattern: METRICS_PATTERN,
      form: 'a port of this computer, such as 9464, or an address and a port, such as 10.0.0.5:9464',
      help: 'Prometheus metrics at /metrics, on a port of their own; 127.0.0.1 where only a port is given.',
    },
    json: { type: 'boolean', help: 'Print one line of JSON with the addresses.' },
  },
});

/**
 * Serves until SIGINT or SIGTERM.
 *
 * @returns 0 after a clean end, 1 when it cannot serve.
 * @throws UsageError for a mistake in the flags.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const parsed = parseFlags(command, argv);
  if (parsed.isHelp) {
    console.log(helpOf(command));
    return 0;
  }
  const { values } = parsed;
  const iceServers = readIceServers(values['ice-servers']);
  const metricsAt = values.metrics === undefined ? undefined : metricsPlace(values.metrics);
  const tls = readTls(values['tls-cert'], values['tls-key']);
  const page = join(packageRoot(), 'dist', 'page');
  if (!existsSync(join(page, 'index.html'))) {
    console.error('murmuration: the page is not built yet: run npm run build, then try again.');
    return 1;
  }
  const isStopped = untilSignal();
  let server: Signaling | undefined;
  let metrics: MetricsPort | undefined;
  let wanted: Wanted = {
    host: values.host,
    port: values.port,
    byHost: '--host',
    byPort: '--port',
    example: '0.0.0.0',
  };
  try {
    server = await startSignaling({
      port: values.port,
      host: values.host,
      page,
      tls,
      iceServers,
      limits: { roomMembers: values['max-peers-per-room'] },
      allowOrigins: values['allow-origin'].length > 0 ? values['allow-origin'] : undefined,
      allowFrames: values['allow-frame'],
      relayAt: (port) => hostsOf(values.host).map((host) => relayAddressOf(host, port, tls)),
    });
    if (metricsAt) {
      wanted = {
        ...metricsAt,
        byHost: '--metrics',
        byPort: '--metrics',
        example: '127.0.0.1:9464',
      };
      metrics = await tellMetrics(metricsAt, server);
    }
  } catch (error) {
    console.error(`murmuration: ${explain(error, wanted)}`);
    await server?.close();
    return 1;
  }
  const scheme = tls === undefined ? 'http' : 'https';
  const urls = hostsOf(values.host).map((host) => urlOf(scheme, host, server.port));
  const metricsUrl =
    metrics && metricsAt && `${urlOf('http', bracketed(metricsAt.host), metrics.port)}metrics`;
  announce(server.port, urls, isAny(values.host), metricsUrl, values.json);
  await isStopped;
  await metrics?.close();
  await server.close();
  return 0;
}

function readIceServers(flag: string | undefined): readonly IceServer[] {
  const variable = process.env[ICE_SERVERS_VARIABLE];
  const [name, text] =
    flag !== undefined ? ['--ice-servers', flag] : [ICE_SERVERS_VARIABLE, variable];
  if (text === undefined || text === '') return [];
  try {
    return parseIceServers(text);
  } catch (error) {
    throw new UsageError(`${name} cannot be used. ${(error as Error).message}`);
  }
}

function readTls(
  cert: string | undefined,
  key: string | undefined,
): { readonly cert: Buffer; readonly key: Buffer } | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const missing = cert === undefined ? '--tls-cert' : '--tls-key';
    throw new UsageError(`${missing} is missing: https needs both --tls-cert and --tls-key.`);
  }
  return { cert: readPem('--tls-cert', cert), key: readPem('--tls-key', key) };
}

function readPem(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(
      `${flag} is "${file}", which cannot be read: give the path of a PEM file.`,
    );
  }
}

/** Where to listen, and the flags that say so. */
interface Wanted extends Place {
  readonly byHost: string;
  readonly byPort: string;
  /** A value of the first that works everywhere. */
  readonly example: string;
}

function explain(error: unknown, { host, port, byHost, byPort, example }: Wanted): string {
  const { code = '', message } = error as { readonly code?: string; readonly message: string };
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} is in use: stop what uses it, or choose another with ${byPort}.`;
    case 'EACCES':
      return `port ${port} is not allowed: choose one above 1023 with ${byPort}.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is no address of this computer: choose another with ${byHost}, such as ${example}.`;
    default:
      if (code.startsWith('ERR_OSSL') || code.startsWith('ERR_TLS')) {
        return 'the certificate and its key do not work: give matching PEM files.';
      }
      return `cannot serve: ${message}`;
  }
}

/** Says where everything is: this computer's own address first, then those of the network. */
function announce(
  port: number,
  urls: readonly string[],
  hasNetwork: boolean,
  metrics: string | undefined,
  isJson: boolean,
): void {
  if (isJson) {
    console.log(JSON.stringify({ event: 'serving', port, addresses: urls, metrics }));
    return;
  }
  const lan = hasNetwork ? urls.slice(1) : [];
  console.log(`Murmuration is here: ${urls[0]}`);
  for (const url of lan) console.log(`On this network:     ${url}`);
  if (metrics !== undefined) console.log(`Metrics:             ${metrics}`);
  if (lan[0] !== undefined) console.log(`\n${encodeQR(lan[0], 'ascii')}`);
  console.log('Stop it with Ctrl+C.');
}

function urlOf(scheme: string, host: string, port: number): string {
  return `${scheme}://${host}:${port}/`;
}

/** An address as it stands in a URL. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Names under which the server is reached: this computer's own first. */
function hostsOf(host: string): readonly string[] {
  if (!isAny(host)) return [bracketed(host)];
  const lan = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  return ['localhost', ...new Set(lan)];
}

/** The relay's address under one of these names, as libp2p writes it. */
function relayAddressOf(host: string, port: number, tls: object | undefined): string {
  const bare = host.replace(/^\[|\]$/g, '');
  const family = isIP(bare);
  const name = family === 0 ? `/dns/${bare}` : `/ip${family}/${bare}`;
  return `${name}/tcp/${port}${tls === undefined ? '' : '/tls'}/ws`;
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
  });
}
