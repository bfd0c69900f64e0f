/**
 * A tab that is really hidden, in a federation of two browsers and a headless peer.
 *
 * The pages that Playwright opens are never hidden: it emulates focus. So this browser is started by
 * hand, and joined without Playwright's defaults; then a tab behind another one is hidden as a
 * person's is, with timers that wake once a second and no frames.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoute } from '../../src/ui/route.ts';
import {
  CHROMIUM,
  CHROMIUM_ARGS,
  commonRounds,
  endProcesses,
  hashesOf,
  launch,
  newContext,
  openTab,
  Peer,
  peerHashes,
  recordResults,
  Server,
  untilView,
  untilViews,
  viewOf,
} from './room.ts';

/** How long the tab stays hidden, ms, and the steps that it would make meanwhile in full view. */
const HIDDEN_MS = 60_000;
const HIDDEN_STEPS = 720;

/** Rounds that the hidden tab must be in meanwhile: one comes every two to four seconds. */
const HIDDEN_ROUNDS = 12;

let server: Server;
let folder: string;
let process: ChildProcess;
let own: Browser;
let other: Browser;

beforeAll(async () => {
  server = await Server.start();
  folder = await mkdtemp(join(tmpdir(), 'murmuration-hidden-'));
  process = spawn(
    CHROMIUM,
    [...CHROMIUM_ARGS, '--headless=new', '--remote-debugging-port=0', `--user-data-dir=${folder}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  own = await chromium.connectOverCDP(await addressOf(process), { noDefaults: true });
  other = await launch();
});

afterAll(async () => {
  await other?.close();
  await own?.close();
  if (process?.exitCode === null) {
    const isGone = once(process, 'exit');
    process.kill('SIGKILL');
    await isGone;
  }
  endProcesses();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

/** Where a browser is to be reached, as it says on stderr. */
async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    const address = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
    if (address !== undefined) return address;
  }
  throw new Error('Chromium ended before it listened.');
}

function isHidden(page: Page): Promise<boolean> {
  return page.evaluate(() => document.visibilityState === 'hidden');
}

describe('a tab hidden for a minute', () => {
  it('goes on learning and taking part, with tabs of two browsers and a program', async () => {
    const context = own.contexts()[0]!;
    await recordResults(context);
    const hidden = await openTab(context, server.url);
    const front = await openTab(context, server.url);
    const far = await openTab(await newContext(other), hidden.url());
    const route = parseRoute(new URL(hidden.url()).hash);
    if (route.type !== 'room') throw new Error('The address bar holds no room.');
    const { room, key } = route.address;
    const program = Peer.start(server, '--room', room, `--key=${key}`, '--name', 'Robot');
    const robot = await program.id();
    await untilViews(
      [hidden, front, far],
      'a round of four',
      (view) => view.result?.included.length === 4,
    );
    expect((await viewOf(far)).peers.find(({ id }) => id === robot)).toMatchObject({
      name: 'Robot',
      kind: 'program',
    });

    await front.bringToFront();
    const { self, learning } = await untilView(
      hidden,
      'hidden',
      () => document.visibilityState === 'hidden',
    );
    await untilView(
      far,
      'the hidden one shown as hidden',
      (view, id) => view.peers.some((peer) => peer.id === id && peer.isHidden),
      self.id,
    );
    expect(await isHidden(front)).toBe(false);
    await hidden.evaluate(() => {
      const world = globalThis as typeof globalThis & { hiddenAt?: number; wasSeen?: boolean };
      world.hiddenAt = performance.now();
      document.addEventListener('visibilitychange', () => {
        world.wasSeen = true;
      });
    });
    const since = (await viewOf(hidden)).result!.round;
    await untilView(
      hidden,
      'a minute in hiding, and a minute of steps',
      (view, { steps, hiddenMs }) => {
        const { hiddenAt } = globalThis as typeof globalThis & { hiddenAt?: number };
        return view.learning!.step >= steps && performance.now() - hiddenAt! >= hiddenMs;
      },
      { steps: learning!.step + HIDDEN_STEPS, hiddenMs: HIDDEN_MS },
    );
    expect(await isHidden(hidden)).toBe(true);
    expect(
      await hidden.evaluate(
        () => (globalThis as typeof globalThis & { wasSeen?: boolean }).wasSeen,
      ),
    ).toBeUndefined();

    // What the others say: rounds, with the update of the hidden one in them.
    const withIt = program.rounds.filter(
      ({ round, included }) => round > since && included.includes(self.id),
    );
    expect(withIt.length).toBeGreaterThanOrEqual(HIDDEN_ROUNDS);
    const all = [hidden, front, far];
    expect(
      commonRounds([...(await Promise.all(all.map(hashesOf))), peerHashes(program)]).length,
    ).toBeGreaterThanOrEqual(HIDDEN_ROUNDS);

    await hidden.bringToFront();
    await untilView(
      far,
      'the hidden one seen again',
      (view, id) => view.peers.some((peer) => peer.id === id && !peer.isHidden),
      self.id,
    );
    program.signal('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.events.at(-1)).toEqual({ event: 'left' });
  }, 300_000);
});
