/** The page's files over raw HTTP: what is served, under which policy, and what never is. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy } from '../../signaling/page.ts';
import { startSignaling, type Signaling } from '../../signaling/server.ts';

const SECRET = 'outside the page';

let folder: string;
let server: Signaling;
let base: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-page-'));
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  mkdirSync(join(folder, 'page-secret'));
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(page, 'assets/app-1a2b.js'), 'export {};');
  writeFileSync(join(page, 'assets/gone-1a2b.js'), 'export {};');
  writeFileSync(join(page, '.hidden'), SECRET);
  writeFileSync(join(folder, 'secret.txt'), SECRET);
  writeFileSync(join(folder, 'page-secret/secret.txt'), SECRET);
  server = await startSignaling({ port: 0, host: '127.0.0.1', page });
  base = `http://127.0.0.1:${server.port}`;
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** The answer to a request line that no HTTP client would send. */
async function raw(target: string, headers: readonly string[] = []): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  const answer: Buffer[] = [];
  socket.on('data', (data: Buffer) => answer.push(data));
  const lines = [`GET ${target} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''];
  socket.write(lines.join('\r\n'));
  await once(socket, 'close');
  return Buffer.concat(answer).toString();
}

describe('the page', () => {
  it('comes with a policy that names no other host', async () => {
    const response = await fetch(`${base}/`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>page</title>');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const policy = response.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).toContain("frame-ancestors 'none'");
    const hosts = policy.match(/[a-z]+:\/\/[^\s;]+/g);
    expect(hosts).toEqual([`ws://127.0.0.1:${server.port}`, `wss://127.0.0.1:${server.port}`]);
    expect(policy).not.toContain('unsafe-eval;');
    expect(policy).not.toContain('*');
  });

  it('carries the headers on every answer, and none that isolates it', async () => {
    for (const path of ['/', '/assets/app-1a2b.js', '/nothing', '/health']) {
      const { headers } = await fetch(base + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-opener-policy')).toBeNull();
      expect(headers.get('cross-origin-embedder-policy')).toBeNull();
    }
  });

  it('keeps hashed files for good', async () => {
    const { headers } = await fetch(`${base}/assets/app-1a2b.js`);
    expect(headers.get('cache-control')).toContain('immutable');
    expect(headers.get('content-type')).toContain('javascript');
  });

  it('answers the health check, and nothing but GET and HEAD', async () => {
    expect((await fetch(`${base}/health`)).status).toBe(200);
    expect((await fetch(base, { method: 'HEAD' })).status).toBe(200);
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(base, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/./../page-secret/secret.txt',
    '/../page-secret/secret.txt',
    '//etc/passwd',
    '/%00',
    '/index.html%00.js',
    '/%ff%fe',
    '/%',
    '/.hidden',
    '/%2ehidden',
    '/__proto__',
    '/constructor',
    'http://elsewhere/../secret.txt',
    `/${'a/'.repeat(3_000)}`,
  ])('serves nothing for %s', async (target) => {
    const answer = await raw(target);
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(answer).not.toContain(SECRET);
    expect(answer).not.toContain('root:');
  });

  it.each(['bytes=5-2', 'bytes=-1', 'bytes=0-', 'bytes=a-b', 'bytes=99999-', 'bytes=1-2,4-5', 'x'])(
    'survives the range %s',
    async (range) => {
      expect(await raw('/', [`Range: ${range}`])).toContain('<title>page</title>');
    },
  );

  it('survives a file that a new build took away', async () => {
    unlinkSync(join(folder, 'page/assets/gone-1a2b.js'));
    await raw('/assets/gone-1a2b.js');
    expect((await fetch(base)).status).toBe(200);
  });

  it('upgrades on one path only', async () => {
    const answer = await raw('/elsewhere', ['Connection: Upgrade', 'Upgrade: websocket']);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe('contentSecurityPolicy', () => {
  it('lets nobody frame the page but the sites that are named', () => {
    expect(contentSecurityPolicy('pi.local')).toContain("frame-ancestors 'none'");
    const policy = contentSecurityPolicy('pi.local', ['https://a.example', 'https://b.example']);
    expect(policy).toMatch(/frame-ancestors https:\/\/a\.example https:\/\/b\.example$/);
  });

  it('lets no header in through the Host', () => {
    for (const host of [
      "x; script-src 'unsafe-inline'",
      'a b',
      'x,y',
      '*',
      '',
      undefined,
      '[::1]]',
    ]) {
      expect(contentSecurityPolicy(host)).toContain("connect-src 'self' data:;");
    }
    expect(contentSecurityPolicy('[::1]:8080')).toContain('ws://[::1]:8080 wss://[::1]:8080');
    expect(contentSecurityPolicy('pi.local')).toContain('ws://pi.local wss://pi.local');
  });
});
