/**
 * The page's files, and the headers that keep it to this host.
 *
 * The content security policy lets the page load and reach nothing but the server it came from.
 * Cross-origin isolation is not asked for: threaded WebAssembly, its only use, is not used.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';

/** Answers one request. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What `/health` says to anybody: nothing about who is here, not even how many. */
export interface Health {
  /** `starting` until the relay runs: whoever joins before waits. */
  readonly status: 'starting' | 'ok';
  readonly uptimeSeconds: number;
  /** Version of the messages of the rooms. */
  readonly signaling: number;
  /** Whether libp2p peers find a relay here. */
  readonly relay: boolean;
}

/**
 * Serves a folder as it is now, and `/health` where there is something to say; without a folder only that.
 *
 * @param folder - Absolute path of the built page. Files that change later are not seen.
 * @param framedBy - Sites that may show the page in a frame, such as `https://example.org`; none by default.
 */
export function pageHandler(
  folder: string | undefined,
  health?: () => Health,
  framedBy: readonly string[] = [],
): PageHandler {
  const files =
    folder === undefined
      ? undefined
      : sirv(folder, { etag: true, gzip: true, brotli: true, setHeaders: setCaching });
  return (request, response) => {
    setSecurityHeaders(request, response, framedBy);
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      answer(response, 405, 'This server answers GET and HEAD only.\n');
      return;
    }
    if (health !== undefined && request.url === '/health') {
      const now = health();
      response.setHeader('cache-control', 'no-store');
      answer(response, now.status === 'ok' ? 200 : 503, `${JSON.stringify(now)}\n`, JSON_TYPE);
      return;
    }
    // Nothing here needs ranges, and sirv lets a reversed one throw.
    delete request.headers.range;
    // A file that a new build removed ends this one response, not the server.
    response.on('pipe', (source) => source.on('error', () => response.destroy()));
    const missing = (): void => answer(response, 404, 'There is no such page here: open /.\n');
    if (files === undefined) missing();
    else files(request, response, missing);
  };
}

/**
 * The policy for a page that was asked for under `host`, the value of the Host header.
 *
 * @param framedBy - Whoever may frame the page could lay something over its controls: nobody, unless named.
 */
export function contentSecurityPolicy(
  host: string | undefined,
  framedBy: readonly string[] = [],
): string {
  // Older browsers do not count WebSockets of the same host as 'self'.
  const sockets =
    host !== undefined && HOST_PATTERN.test(host) ? ` ws://${host} wss://${host}` : '';
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    // The icons of the controls are data: addresses that are fetched.
    `connect-src 'self' data:${sockets}`,
    "worker-src 'self'",
    "manifest-src 'self'",
    "media-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${framedBy.length > 0 ? framedBy.join(' ') : "'none'"}`,
  ].join('; ');
}

/** A name or an address with an optional port: anything else stays out of a header. */
const HOST_PATTERN = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

function setSecurityHeaders(
  request: IncomingMessage,
  response: ServerResponse,
  framedBy: readonly string[],
): void {
  const policy = contentSecurityPolicy(request.headers.host, framedBy);
  response.setHeader('content-security-policy', policy);
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  response.setHeader('permissions-policy', 'camera=(self), microphone=(), geolocation=()');
}

/** Names under /assets hold a hash of what is in them, so they never change. */
function setCaching(response: ServerResponse, pathname: string): void {
  const isHashed = pathname.startsWith('/assets/');
  response.setHeader(
    'cache-control',
    isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  );
}

const TEXT_TYPE = 'text/plain; charset=utf-8';
const JSON_TYPE = 'application/json';

function answer(response: ServerResponse, status: number, text: string, type = TEXT_TYPE): void {
  response.writeHead(status, { 'content-type': type });
  response.end(text);
}
