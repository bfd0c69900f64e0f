/**
 * Masks in a real Chromium, on the page's thread and in real workers, served with the headers of
 * `murmuration serve`; and what becomes of them under a policy that forbids WebAssembly or workers.
 *
 * @module
 */
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageHandler } from '../../signaling/page.ts';
import { startMaskThread } from '../../src/peer/masker-in-node.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import type { StreamTerm } from '../../src/ports.ts';
import type { MaskReply } from '../../src/worker/mask-messages.ts';
import type { MaskPageReport, MaskPageWindow } from '../worker/mask-page.ts';

let folder: string;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'murmuration-masks-'));
  await build({
    logLevel: 'error',
    build: { outDir: folder, rolldownOptions: { input: 'test/worker/mask-page.html' } },
  });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

describe('masks in a page', () => {
  it('are put on by the kernel, in workers where the vector is long', async () => {
    const { report, workers } = await compare((policy) => policy);
    expect(report).toEqual({ hasKernel: true, isDirectRight: true, isPoolRight: true });
    expect(workers).toBeGreaterThan(0);
  });

  it('are the same where the policy forbids WebAssembly', async () => {
    const { report, workers } = await compare((policy) =>
      policy.replace(" 'wasm-unsafe-eval'", ''),
    );
    expect(report).toEqual({ hasKernel: false, isDirectRight: true, isPoolRight: true });
    expect(workers).toBeGreaterThan(0);
  });

  it('are the same where the policy forbids workers', async () => {
    const { report, workers } = await compare((policy) =>
      policy.replace("worker-src 'self'", "worker-src 'none'"),
    );
    expect(report).toEqual({ hasKernel: true, isDirectRight: true, isPoolRight: true });
    expect(workers).toBe(0);
  });
});

describe('masks in a program as it is built', () => {
  it.each(['cli', 'lib'])('are put on by the thread beside %s', async (program) => {
    const script = new URL(`../../dist/${program}/mask-thread.js`, import.meta.url);
    const port = startMaskThread(script);
    const terms: readonly StreamTerm[] = [{ key: new Uint8Array(32).fill(4), sign: -1 }];
    const [alone, words] = [new Uint32Array(70_000), new Uint32Array(70_000)];
    nodeSuite.addStreamsInPlace(alone, terms);
    const reply = await new Promise<MaskReply>((resolve, reject) => {
      port.onmessage = ({ data }) => resolve(data);
      port.onbroken = (message) => reject(new Error(message));
      port.postMessage({ type: 'mask', id: 7, words, terms, from: 0 }, [words.buffer]);
    });
    port.close();
    if (reply.type === 'failed') throw new Error(reply.message);
    expect(reply.id).toBe(7);
    expect(reply.words.every((word, i) => word === alone[i])).toBe(true);
  });
});

/** Opens the page under a changed policy. */
async function compare(
  changed: (policy: string) => string,
): Promise<{ report: MaskPageReport; workers: number }> {
  const server = served(changed);
  await once(server, 'listening');
  const page = await browser.newPage();
  try {
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/test/worker/mask-page.html`);
    await page.waitForFunction(() => 'compareMasks' in globalThis);
    const report = await page.evaluate(() =>
      (globalThis as unknown as MaskPageWindow).compareMasks(),
    );
    return { report, workers: page.workers().length };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}

function served(changed: (policy: string) => string): Server {
  const answer = pageHandler(folder);
  return createServer((request, response) => {
    const setHeader = response.setHeader.bind(response);
    response.setHeader = (name, value) =>
      setHeader(name, name === 'content-security-policy' ? changed(String(value)) : value);
    answer(request, response);
  }).listen(0, '127.0.0.1');
}
