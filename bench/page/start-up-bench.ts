/**
 * How soon the page can be used, and how much JavaScript that takes.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { newRoomKey } from '../../src/peer/room-key.ts';
import { withChromium } from '../browser.ts';
import type { Bench } from '../main.ts';
import { root, startServer } from '../processes.ts';
import { median, type Reading } from '../report.ts';

/** From navigation to controls that work, ms. */
const EXPECTED_MS = 1_000;

/** JavaScript until then, KiB gzipped, workers apart. */
const EXPECTED_KIB = 250;

interface StartUp {
  readonly paintMs: number;
  /** The button "Invite" is there: the frame of the page answers. */
  readonly frameMs: number;
  /** The button "Pause" is there: the peer runs, and every control of the room answers. */
  readonly roomMs: number;
  /** Names of scripts that were loaded by then. */
  readonly scripts: readonly string[];
}

/** `start-up`. */
export const startUpBench: Bench = {
  name: 'start-up',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const loads: StartUp[] = [];
    const server = await startServer();
    try {
      // A browser of its own each time: nothing is in a cache.
      for (let i = 0; i < (isQuick ? 2 : 7); i++) {
        loads.push(
          await withChromium(async (context) => load(await context.newPage(), server.url)),
        );
      }
    } finally {
      await server.stop();
    }
    const room = loads.map(({ roomMs }) => roomMs);
    yield {
      what: 'Page opens to controls of the room, cold',
      value: median(room),
      unit: 'ms',
      expected: { atMost: EXPECTED_MS },
      details: {
        fastest: Math.min(...room),
        slowest: Math.max(...room),
        'first paint': median(loads.map(({ paintMs }) => paintMs)),
        'first control': median(loads.map(({ frameMs }) => frameMs)),
      },
    };
    const sizes = loads[0]!.scripts.map((name) => [name, kibOf(name)] as const);
    const own = sizes.filter(([name]) => !name.includes('worker'));
    yield {
      what: 'JavaScript by then, gzipped, workers apart',
      value: own.reduce((sum, [, kib]) => sum + kib, 0),
      unit: 'KiB',
      expected: { atMost: EXPECTED_KIB },
      details: Object.fromEntries(sizes),
    };
  },
};

async function load(page: Page, url: string): Promise<StartUp> {
  await page.addInitScript(noteControls);
  await page.goto(`${url}/#/room/bench?k=${newRoomKey()}`, { waitUntil: 'commit' });
  return page.evaluate(() => (globalThis as unknown as { startUp: Promise<StartUp> }).startUp);
}

/** In the page, before anything else: looks at every frame for the controls, through shadow roots. */
function noteControls(): void {
  const find = (scope: ParentNode, isWanted: (button: Element) => boolean): boolean =>
    [...scope.querySelectorAll('*')].some(
      (element) =>
        (element.tagName === 'BUTTON' && isWanted(element)) ||
        (element.shadowRoot !== null && find(element.shadowRoot, isWanted)),
    );
  const says = (word: string) => (button: Element) => button.textContent.includes(word);
  (globalThis as unknown as { startUp: Promise<StartUp> }).startUp = new Promise((resolve) => {
    let frameMs = 0;
    const look = (): void => {
      if (frameMs === 0 && find(document, says('Invite'))) frameMs = performance.now();
      if (frameMs === 0 || !find(document, says('Pause'))) {
        requestAnimationFrame(look);
        return;
      }
      const roomMs = performance.now();
      const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
      resolve({
        frameMs,
        roomMs,
        paintMs: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? roomMs,
        scripts: entries
          .map(({ name }) => new URL(name).pathname)
          .filter((name) => name.endsWith('.js')),
      });
    };
    requestAnimationFrame(look);
  });
}

function kibOf(name: string): number {
  const bytes = readFileSync(join(root, 'dist/page', name));
  return gzipSync(bytes, { level: 9 }).length / 1024;
}
