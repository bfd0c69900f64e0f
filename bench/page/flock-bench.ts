/**
 * Frames of the page: 60 drawn peers in lines with rounds that never stop, and 6 real peers in one tab.
 *
 * Beside both stands a page that asks for frames and does nothing with them, in the same run: what a
 * busy machine takes from it, it takes from the others as well.
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sirv from 'sirv';
import { newRoomKey } from '../../src/peer/room-key.ts';
import { untilLinked, withChromium } from '../browser.ts';
import type { Bench } from '../main.ts';
import { startServer } from '../processes.ts';
import { median, quantile, type Reading } from '../report.ts';
import { cpuOfTasks } from './trace.ts';

/** Peers of one tab: its own and the most that it runs beside it. */
const PEERS_IN_TAB = 6;

/** A frame of 60 in a second takes 16.7 ms; above this, one was missed. */
const FRAME_MS = 20;

/** Share of frames that must be in time. */
const IN_TIME = 95;

/** Pages are left alone for so long before they are watched, ms. */
const SETTLE_MS = 4_000;

/** What was seen of a page. */
interface Frames {
  /** Time between each two frames, ms. */
  readonly intervals: readonly number[];
  /** Processor time of each task of the page's own thread, ms. */
  readonly cpuMs: readonly number[];
}

/** `flock`. */
export const flockBench: Bench = {
  name: 'flock',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const watchMs = isQuick ? 6_000 : 20_000;
    const empty = await withChromium((context, browser) =>
      watchPage(context, browser, watchMs, (page) => page.goto('data:text/html,<p>nothing</p>')),
    );
    yield reading('an empty page', empty, empty, false);
    const drawn = await withFixture((url) =>
      withChromium((context, browser) =>
        watchPage(context, browser, watchMs, async (page) => {
          await page.goto(`${url}/test/ui/fixture.html?state=lines-60&live&play`);
          await page.locator('peer-flock').waitFor();
        }),
      ),
    );
    yield reading('60 drawn peers', drawn, empty);
    const server = await startServer();
    try {
      const real = await withChromium((context, browser) =>
        watchPage(context, browser, watchMs, async (page) => {
          await page.goto(`${server.url}/#/room/bench?k=${newRoomKey()}`);
          for (let here = 1; here < PEERS_IN_TAB; here++) {
            await page.getByRole('button', { name: 'Add a peer in this tab' }).first().click();
            await untilLinked(page, here);
          }
        }),
      );
      yield reading(`${PEERS_IN_TAB} real peers in a tab`, real, empty);
    } finally {
      await server.stop();
    }
  },
};

function reading(what: string, frames: Frames, empty: Frames, isExpected = true): Reading {
  const { intervals, cpuMs } = frames;
  const inTime = shareInTime(intervals);
  const total = cpuMs.reduce((sum, ms) => sum + ms, 0);
  return {
    what: `${what}, frames within ${FRAME_MS} ms`,
    value: inTime,
    unit: '%',
    expected: isExpected ? { atLeast: IN_TIME } : undefined,
    details: {
      'of those of an empty page': inTime / Math.max(1, shareInTime(empty.intervals)),
      frames: intervals.length,
      'median ms': median(intervals),
      'one of a hundred above ms': quantile(intervals, 0.99),
      'longest ms': Math.max(0, ...intervals),
      'processor ms a frame': total / Math.max(1, intervals.length),
      'longest task, processor ms': Math.max(0, ...cpuMs),
    },
  };
}

function shareInTime(intervals: readonly number[]): number {
  const inTime = intervals.filter((ms) => ms <= FRAME_MS).length;
  return (100 * inTime) / Math.max(1, intervals.length);
}

async function watchPage(
  context: BrowserContext,
  browser: Browser,
  watchMs: number,
  open: (page: Page) => Promise<unknown>,
): Promise<Frames> {
  const page = await context.newPage();
  await open(page);
  await setTimeout(SETTLE_MS);
  await browser.startTracing(page, { categories: ['toplevel'] });
  const intervals = await page.evaluate(countFrames, watchMs);
  return { intervals, cpuMs: cpuOfTasks(await browser.stopTracing()) };
}

/** In the page: the time between each two frames. */
function countFrames(watchMs: number): Promise<number[]> {
  return new Promise((resolve) => {
    const intervals: number[] = [];
    const began = performance.now();
    let last = 0;
    const frame = (now: number): void => {
      if (last > 0) intervals.push(now - last);
      last = now;
      if (now - began < watchMs) requestAnimationFrame(frame);
      else resolve(intervals);
    };
    requestAnimationFrame(frame);
  });
}

/** Runs with the page of fixtures on a port of this computer. */
async function withFixture<Result>(use: (url: string) => Promise<Result>): Promise<Result> {
  const server = createServer(sirv(fileURLToPath(new URL('../fixture', import.meta.url))));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
