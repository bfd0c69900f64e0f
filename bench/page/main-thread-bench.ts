/**
 * Long tasks of the pages' own threads while four tabs train and do rounds.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { newRoomKey } from '../../src/peer/room-key.ts';
import { untilLinked, withChromium, type PageWindow } from '../browser.ts';
import type { Bench } from '../main.ts';
import { startServer } from '../processes.ts';
import { median, quantile, type Reading } from '../report.ts';
import { cpuOfTasks } from './trace.ts';

const TABS = 4;

/** Longest task of a page's thread, ms: above it, the browser calls it long. */
const LONG_TASK_MS = 50;

/** Pages are left alone for so long after the mesh is whole, so that opening them is over, ms. */
const SETTLE_MS = 5_000;

interface Watched {
  /** Long tasks while watched, ms. */
  readonly tasks: readonly number[];
  readonly rounds: readonly number[];
  readonly frames: number;
  readonly whileOpening: readonly number[];
}

/** `main-thread`. */
export const mainThreadBench: Bench = {
  name: 'main-thread',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const watchMs = isQuick ? 8_000 : 30_000;
    const { pages, cpuMs } = await withChromium((context, browser) =>
      watchTabs(context, browser, watchMs),
    );
    const tasks = pages.flatMap((page) => page.tasks);
    const opening = pages.flatMap((page) => page.whileOpening);
    const perTab = 1000 / (TABS * watchMs);
    yield {
      what: `${TABS} tabs in a room, longest task`,
      value: Math.max(0, ...tasks),
      unit: 'ms',
      expected: { atMost: LONG_TASK_MS },
      details: {
        'tasks above 50 ms': tasks.length,
        'watched s': watchMs / 1000,
        rounds: Math.max(...pages.map(({ rounds }) => rounds.length)),
        'frames/s of a tab': perTab * pages.reduce((sum, { frames }) => sum + frames, 0),
      },
    };
    yield {
      what: `${TABS} tabs in a room, processor time of one task`,
      value: Math.max(0, ...cpuMs),
      unit: 'ms',
      expected: { atMost: LONG_TASK_MS },
      details: {
        'one of a hundred above': quantile(cpuMs, 0.99),
        'ms of a second of a tab': perTab * cpuMs.reduce((sum, ms) => sum + ms, 0),
      },
    };
    yield {
      what: `${TABS} tabs, a round in Chromium`,
      value: median(pages.flatMap(({ rounds }) => rounds)),
      unit: 'ms',
    };
    yield {
      what: `${TABS} tabs, longest task while they open`,
      value: Math.max(0, ...opening),
      unit: 'ms',
      details: { 'tasks above 50 ms': opening.length },
    };
  },
};

async function watchTabs(
  context: BrowserContext,
  browser: Browser,
  watchMs: number,
): Promise<{ readonly pages: readonly Watched[]; readonly cpuMs: readonly number[] }> {
  const server = await startServer();
  try {
    await context.addInitScript(noteTasks);
    const address = `${server.url}/#/room/bench?k=${newRoomKey()}`;
    const tabs: Page[] = [];
    for (let i = 0; i < TABS; i++) {
      const page = await context.newPage();
      await page.goto(address);
      tabs.push(page);
    }
    await Promise.all(tabs.map((page) => untilLinked(page, TABS - 1)));
    await setTimeout(SETTLE_MS);
    await browser.startTracing(tabs[0], { categories: ['toplevel'] });
    const pages = await Promise.all(tabs.map((page) => page.evaluate(watch, watchMs)));
    return { pages, cpuMs: cpuOfTasks(await browser.stopTracing()) };
  } finally {
    await server.stop();
  }
}

interface Noted {
  noted: { start: number; duration: number }[];
}

/** In the page, before anything else: notes each long task. */
function noteTasks(): void {
  const noted: Noted['noted'] = [];
  (globalThis as unknown as Noted).noted = noted;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      noted.push({ start: startTime, duration });
    }
  }).observe({ type: 'longtask', buffered: true });
}

/** In the page: waits, and says what happened since. The view is looked at twice a second. */
function watch(watchMs: number): Promise<Watched> {
  const began = performance.now();
  const rounds = new Map<number, number>();
  let frames = 0;
  const frame = (): void => {
    frames += 1;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  return new Promise((resolve) => {
    const look = setInterval(() => {
      const result = (globalThis as PageWindow).murmuration?.view?.result;
      if (result !== undefined) rounds.set(result.round, result.durationMs);
      if (performance.now() - began < watchMs) return;
      clearInterval(look);
      const { noted } = globalThis as unknown as Noted;
      const lengths = (isIn: (start: number) => boolean): number[] =>
        noted.filter(({ start }) => isIn(start)).map(({ duration }) => duration);
      resolve({
        tasks: lengths((start) => start >= began),
        whileOpening: lengths((start) => start < began),
        rounds: [...rounds.values()],
        frames,
      });
    }, 500);
  });
}
