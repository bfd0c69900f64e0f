/**
 * Takes the pictures of the README: starts the built server, lets five real tabs learn together, and
 * saves what the first of them shows once the room has done some rounds and the next is being drawn.
 *
 * Usage: node scripts/picture.js
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from './find-chromium.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'images');

const people = ['Alice', 'Bao', 'Chidi', 'Dov', 'Elena'];

/** Results after which the federation's map is worth a picture. */
const ROUNDS = 12;

/** Share of the map that is right by then. */
const SHARE_RIGHT = 0.88;

/** The room has this long to get there, ms. */
const PATIENCE_MS = 180_000;

/** Largest picture that the README may load, bytes. */
const MAX_BYTES = 300_000;

const executablePath = findChromium();
if (executablePath === undefined) throw new Error('No Chromium is installed: set CHROMIUM_PATH.');
const server = spawn(
  process.execPath,
  ['scripts/run.js', 'serve', '--port', '0', '--host', '127.0.0.1', '--json'],
  { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  await takePictures(JSON.parse(line).addresses[0]);
} finally {
  server.kill('SIGTERM');
}

async function takePictures(address) {
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
  try {
    const key = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
    const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    const pages = [];
    for (const name of people) {
      const page = await context.newPage();
      await page.goto(`${address}#/room/starlings?k=${key}&name=${name}`);
      pages.push(page);
    }
    const [first] = pages;
    await first.bringToFront();
    mkdirSync(folder, { recursive: true });
    await take(first, 'light', 'room.png');
    await take(first, 'dark', 'room-dark.png');
  } finally {
    await browser.close();
  }
}

/**
 * Waits until everybody was in the newest result of enough, then for updates to fly in the drawing,
 * which is slower than the rounds, while it shows nobody as behind.
 */
async function take(page, colorScheme, file) {
  await page.emulateMedia({ colorScheme });
  await page.waitForFunction(
    ({ rounds, count, share }) => {
      const { result, learning } = window.murmuration.view;
      return (
        result?.round >= rounds &&
        result.included.length === count &&
        learning.federation.accuracy >= share
      );
    },
    { rounds: ROUNDS, count: people.length, share: SHARE_RIGHT },
    { timeout: PATIENCE_MS },
  );
  const sending = page
    .locator('round-stages li[aria-current="step"]', { hasText: 'Send' })
    .locator('i:is([style*="(0.5"], [style*="(0.6"])');
  do {
    await sending.waitFor({ state: 'detached' });
    await sending.waitFor({ timeout: PATIENCE_MS });
  } while ((await page.locator('peer-flock').getByText('copying').count()) > 0);
  const path = join(folder, file);
  await page.screenshot({ path });
  const { size } = statSync(path);
  if (size > MAX_BYTES) throw new Error(`${file} is ${size} bytes: make the window smaller.`);
  console.error(`${file}: ${size} bytes`);
}
