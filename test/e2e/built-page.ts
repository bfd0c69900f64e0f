/**
 * A built page and a browser to look at it with, for tests without a room.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { build, preview } from 'vite';
import type { PreviewServer } from 'vite';
import { launch } from './room.ts';

/** Serves what was built; `close` ends server and browser, and removes the build. */
export interface BuiltPage {
  /** With a slash at its end. */
  readonly url: string;
  readonly browser: Browser;
  close(): Promise<void>;
}

/** Builds the page of the project, or another one, and serves it. */
export async function buildPage(input = 'index.html'): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), 'murmuration-page-'));
  const outDir = { outDir: folder };
  await build({
    logLevel: 'error',
    build: { ...outDir, minify: false, rollupOptions: { input } },
  });
  const server: PreviewServer = await preview({
    build: outDir,
    preview: { port: 0, host: '127.0.0.1' },
    logLevel: 'error',
  });
  const browser = await launch();
  return {
    url: server.resolvedUrls!.local[0]!,
    browser,
    async close(): Promise<void> {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
