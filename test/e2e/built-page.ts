/**
 * A built page and a browser to look at it with, for tests without a room.
 *
 * @module
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build, preview } from 'vite';
import type { PreviewServer } from 'vite';
import { launch } from './room.ts';

/** Serves what was built; `close` ends server and browser, and removes the build. */
export interface BuiltPage {
  /** With a slash at its end. */
  readonly url: string;
  readonly browser: Browser;
  /** An empty page in a window of its own, with less motion. */
  newPage(look?: Look): Promise<Page>;
  /** Closes these windows, between tests. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** How a window is looked at; below 640 px by a finger. */
export interface Look {
  /** CSS px. */
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
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
  const contexts: BrowserContext[] = [];
  return {
    url: server.resolvedUrls!.local[0]!,
    browser,
    async newPage({ width = 1280, theme = 'light' } = {}): Promise<Page> {
      const context = await browser.newContext({
        viewport: { width, height: 900 },
        colorScheme: theme,
        reducedMotion: 'reduce',
        hasTouch: width < 640,
      });
      contexts.push(context);
      return context.newPage();
    },
    async closePages(): Promise<void> {
      for (const context of contexts.splice(0)) await context.close();
    },
    async close(): Promise<void> {
      await browser.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
