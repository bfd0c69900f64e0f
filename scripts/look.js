/**
 * Takes a picture of everything that there is to see in the story and the lab, so that somebody looks at it:
 * each figure before and after it is used, at two widths, in both themes; with less motion and the keyboard's
 * focus; the whole story; the lab. What to press is in look-views.js.
 *
 * Usage: node scripts/look.js [--to FOLDER] [--width PX] [--theme light|dark] [NAME...]
 */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import sirv from 'sirv';
import { build } from './build.js';
import { findChromium } from './find-chromium.js';
import { views } from './look-views.js';

/** A picture is so high at most; a longer page becomes several, CSS px. */
const PART_PX = 2_400;

/** How long a map fades at most, ms. */
const FADE_MS = 900;

/** What is waited for has to come within, ms. */
const PATIENCE_MS = 60_000;

const root = fileURLToPath(new URL('..', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    to: { type: 'string', default: join(root, 'dist', 'look') },
    width: { type: 'string', multiple: true, default: ['1280', '390'] },
    theme: { type: 'string', multiple: true, default: ['light', 'dark'] },
  },
});
const names = positionals.length > 0 ? positionals : Object.keys(views);
const unknown = names.filter((name) => !(name in views));
if (unknown.length > 0)
  throw new RangeError(`No view is called ${unknown}: choose of ${Object.keys(views).join(', ')}.`);
const executablePath = findChromium();
if (executablePath === undefined) throw new Error('No Chromium is installed: set CHROMIUM_PATH.');
if (!(await build({ onlyIfStale: true }))) process.exit(1);
mkdirSync(values.to, { recursive: true });
const server = createServer(sirv(join(root, 'dist', 'page')));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  for (const name of names) {
    for (const width of values.width)
      for (const theme of values.theme) await look(name, Number(width), theme);
    await lookWithKeys(name);
  }
} finally {
  await browser.close();
  server.closeAllConnections();
  server.close();
}

/** One view in one window, before anything is pressed and after each of its acts. */
async function look(name, width, theme) {
  const { hash, ready, acts } = views[name];
  await inWindow(hash, { width, theme }, async (page) => {
    await ready(page);
    await take(page, `${name}-${width}-${theme}`);
    for (const [at, [after, act]] of Object.entries(acts).entries()) {
      await act(page);
      await take(page, `${name}-${width}-${theme}-${at + 1}-${after}`);
    }
  });
}

/** The same with less motion, and with the focus on its first control. */
async function lookWithKeys(name) {
  const { hash, ready } = views[name];
  await inWindow(hash, { width: 1280, theme: 'light', reducedMotion: 'reduce' }, async (page) => {
    await ready(page);
    await page.keyboard.press('Tab');
    await take(page, `${name}-still`);
  });
}

async function inWindow(hash, { width, theme, reducedMotion }, use) {
  const context = await browser.newContext({
    viewport: { width, height: 844 },
    colorScheme: theme,
    reducedMotion,
    hasTouch: width < 600,
    deviceScaleFactor: width < 600 ? 2 : 1,
  });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.goto(`http://127.0.0.1:${server.address().port}/${hash}`);
    await page.evaluate(() => document.fonts.ready);
    await use(page);
  } catch (error) {
    // The other pictures are still wanted.
    console.error(error.message);
    process.exitCode = 1;
  } finally {
    await context.close();
  }
}

async function take(page, name) {
  await page.waitForTimeout(FADE_MS);
  const [width, height] = await page.evaluate(() => [
    document.documentElement.clientWidth,
    document.documentElement.scrollHeight,
  ]);
  for (let top = 0; top < height; top += PART_PX) {
    const path = join(values.to, `${name}${height > PART_PX ? `-at-${top}` : ''}.png`);
    const clip = { x: 0, y: top, width, height: Math.min(PART_PX, height - top) };
    await page.screenshot({ path, clip, fullPage: true });
  }
  console.error(name);
}
