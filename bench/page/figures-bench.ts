/**
 * Tasks of the page's own thread while the figures of the story and the lab open, and while somebody uses them.
 *
 * What the browser calls a long task is time on the clock, which others on the machine lengthen. So what is expected
 * is held against processor time, by a trace, and what the browser says stands beside it.
 *
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { withChromium } from '../browser.ts';
import type { Bench } from '../main.ts';
import { startServer } from '../processes.ts';
import { median, type Reading } from '../report.ts';
import { cpuOfTasks } from './trace.ts';

/** Processor time of one task at most, ms: above it, a browser that has the core for itself calls it long. */
const EXPECTED_MS = 50;

/** From navigation to the figure's caption, ms. */
const EXPECTED_READY_MS = 1_000;

/** Time to open, and after each press, ms. */
const OPEN_MS = 2_500;
const USE_MS = 1_200;

/** What somebody presses, by the name of the button, one after the other. */
const PRESSES: Readonly<Record<string, readonly (string | RegExp)[]>> = {
  murmuration: [],
  spam: ['Together, under masks', /^Unknown: Your parcel/, 'Play'],
  masks: [...Array.from({ length: 5 }, () => 'One person more'), 'Draw new masks', 'Small numbers'],
  models: ['Add the next', 'Add the next', 'Add the next', '6'],
  readings: ['8', 'Let them learn'],
  together: ['Merge now', 'Play', 'Merge now'],
  outliers: ['Leave the six out', /^User 9/],
  privacy: ['Circle, harder'],
  rounds: ['512', 'Play', 'Let one in ten vanish'],
  lab: ['Sweep outliers', 'Sweep users'],
};

interface Figure {
  readonly readyMs: number;
  readonly opening: Seen;
  readonly used: Seen;
}

interface Seen {
  readonly cpuMs: number;
  /** As the browser reports them, ms. */
  readonly longTasks: readonly number[];
}

/** `figures`. */
export const figuresBench: Bench = {
  name: 'figures',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const repetitions = isQuick ? 1 : 3;
    const server = await startServer();
    try {
      for (const [name, presses] of Object.entries(PRESSES)) {
        const hash = name === 'lab' ? '#/lab' : `#/story?figure=${name}`;
        const seen: Figure[] = [];
        for (let i = 0; i < repetitions; i++)
          seen.push(
            await withChromium((context, browser) =>
              watch(context, browser, `${server.url}/${hash}`, presses),
            ),
          );
        yield {
          what: `${name} is there, cold`,
          value: median(seen.map(({ readyMs }) => readyMs)),
          unit: 'ms',
          expected: { atMost: EXPECTED_READY_MS },
        };
        yield reading(
          `${name} opens`,
          seen.map(({ opening }) => opening),
        );
        yield reading(
          `${name} is used`,
          seen.map(({ used }) => used),
        );
      }
    } finally {
      await server.stop();
    }
  },
};

function reading(what: string, seen: readonly Seen[]): Reading {
  return {
    what: `${what}, processor time of its longest task`,
    value: Math.max(...seen.map(({ cpuMs }) => cpuMs)),
    unit: 'ms',
    expected: { atMost: EXPECTED_MS },
    details: {
      runs: seen.length,
      'long tasks on the clock': seen.reduce((sum, { longTasks }) => sum + longTasks.length, 0),
      'longest of them ms': Math.max(0, ...seen.flatMap(({ longTasks }) => longTasks)),
    },
  };
}

async function watch(
  context: BrowserContext,
  browser: Browser,
  url: string,
  presses: readonly (string | RegExp)[],
): Promise<Figure> {
  const page = await context.newPage();
  // Chromium's own pages start with it.
  await setTimeout(OPEN_MS);
  let readyMs = 0;
  const opening = await during(browser, page, async () => {
    await page.goto(url);
    await page.locator('figcaption, lab-table').first().waitFor();
    readyMs = await page.evaluate(() => performance.now());
    await setTimeout(OPEN_MS);
  });
  const used = await during(browser, page, async () => {
    await page.evaluate(longTasks);
    for (const name of presses) {
      await page
        .getByRole('button', { name, exact: typeof name === 'string' })
        .first()
        .click();
      await setTimeout(USE_MS);
    }
    await setTimeout(USE_MS);
  });
  return { readyMs, opening, used };
}

async function during(browser: Browser, page: Page, act: () => Promise<void>): Promise<Seen> {
  await browser.startTracing(page, { categories: ['toplevel'] });
  await act();
  const cpu = cpuOfTasks(await browser.stopTracing());
  return { cpuMs: Math.max(0, ...cpu), longTasks: await page.evaluate(longTasks) };
}

/** In the page: long tasks since the last look, ms. */
function longTasks(): Promise<number[]> {
  const page = globalThis as unknown as { lookedAt?: number };
  const since = page.lookedAt ?? 0;
  page.lookedAt = performance.now();
  return new Promise((resolve) => {
    const heard: number[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        if (startTime >= since) heard.push(duration);
    });
    observer.observe({ type: 'longtask', buffered: true });
    globalThis.setTimeout(() => {
      observer.disconnect();
      resolve(heard);
    }, 100);
  });
}
