/**
 * A Chromium whose pages a measurement opens.
 *
 * @module
 */
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { root } from './processes.ts';

/** Runs with a fresh browser, and ends it whatever happens. */
export async function withChromium<Result>(
  use: (context: BrowserContext, browser: Browser) => Promise<Result>,
): Promise<Result> {
  const { findChromium } = (await import(
    /* @vite-ignore */ join(root, 'scripts/find-chromium.js')
  )) as { findChromium(): string | undefined };
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw new Error('there is no Chromium: install one, or name it in CHROMIUM_PATH');
  }
  const browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    return await use(context, browser);
  } finally {
    await browser.close();
  }
}

/** What pages of this project show to scripts, as far as measurements look at it. */
export interface PageWindow {
  readonly murmuration?: {
    readonly view?: {
      readonly peers: readonly { readonly link: string }[];
      readonly result?: { readonly round: number; readonly durationMs: number };
    };
  };
}

/**
 * Resolves once the page is linked to so many others.
 *
 * @returns When that was, ms since 1970, seen every `LOOK_MS`.
 */
export function untilLinked(page: Page, count: number): Promise<number> {
  return page.evaluate(
    ([wanted, lookMs]) =>
      new Promise<number>((resolve) => {
        const look = setInterval(() => {
          const view = (globalThis as PageWindow).murmuration?.view;
          const linked = view?.peers.filter(({ link }) => link === 'linked').length ?? 0;
          if (linked < wanted) return;
          clearInterval(look);
          resolve(performance.timeOrigin + performance.now());
        }, lookMs);
      }),
    [count, LOOK_MS] as const,
  );
}

/** How often a page is looked at, ms: each look copies its whole view. */
const LOOK_MS = 20;
