/**
 * A federation of two browsers and two headless peers: one of its tabs is really hidden for a minute,
 * and meanwhile the room leaves somebody out and lets it in again.
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
import type { PeerId } from '../../src/ids.ts';
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
/** Two tabs of one browser, of which one is going to be hidden, and one of another browser. */
let hidden: Page;
let front: Page;
let far: Page;
/** Two programs; the second one has a broken thermometer. */
let robot: Peer;
let cold: Peer;

beforeAll(async () => {
  server = await Server.start();
  folder = await mkdtemp(join(tmpdir(), 'murmuration-hidden-'));
  process = spawn(
    CHROMIUM,
    [
      ...CHROMIUM_ARGS,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  own = await chromium.connectOverCDP(await addressOf(process), { noDefaults: true });
  other = await launch();
  const context = own.contexts()[0]!;
  await recordResults(context);
  hidden = await openTab(context, server.url);
  front = await openTab(context, server.url);
  far = await openTab(await newContext(other), hidden.url());
  const route = parseRoute(new URL(hidden.url()).hash);
  if (route.type !== 'room') throw new Error('The address bar holds no room.');
  const invitation = ['--room', route.address.room, `--key=${route.address.key}`];
  robot = Peer.start(server, ...invitation, '--name', 'Robot');
  cold = Peer.start(server, ...invitation, '--name', 'Icicle', '--outlier');
  await untilViews(
    [hidden, front, far],
    'a round of five',
    (view) => view.result?.included.length === 5,
  );
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
  const lines = createInterface({ input: child.stderr! });
  const address = await new Promise<string | undefined>((resolve) => {
    lines.on('close', () => resolve(undefined));
    // Goes on reading what the browser says later, so that it never waits for a reader.
    lines.on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  if (address === undefined) throw new Error('Chromium ended before it listened.');
  return address;
}

function isHidden(page: Page): Promise<boolean> {
  return page.evaluate(() => document.visibilityState === 'hidden');
}

describe('tabs of two browsers and two programs', () => {
  it('are one federation', async () => {
    const { peers, result } = await viewOf(far);
    expect(peers.find(({ name }) => name === 'Robot')).toMatchObject({
      id: await robot.id(),
      kind: 'program',
      link: 'linked',
    });
    expect(new Set(result!.included).size).toBe(5);
  });

  it.concurrent(
    'a tab hidden for a minute goes on learning and taking part',
    async () => {
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

      // What another one says: rounds, with the update of the hidden one in them.
      const withIt = robot.rounds.filter(
        ({ round, included }) => round > since && included.includes(self.id),
      );
      expect(withIt.length).toBeGreaterThanOrEqual(HIDDEN_ROUNDS);
      const hashes = await Promise.all([hidden, front, far].map(hashesOf));
      expect(
        commonRounds([...hashes, peerHashes(robot)]).filter((round) => round > since).length,
      ).toBeGreaterThanOrEqual(HIDDEN_ROUNDS);

      await hidden.bringToFront();
      await untilView(
        far,
        'the hidden one seen again',
        (view, id) => view.peers.some((peer) => peer.id === id && !peer.isHidden),
        self.id,
      );
    },
    300_000,
  );

  it.concurrent(
    'somebody is left out once more than half of the room agrees, and comes back ten rounds later',
    async () => {
      const id = (await cold.id()) as PeerId;
      await far.getByRole('button', { name: 'Leave out Icicle', exact: true }).click();
      const asked = await untilView(front, 'a question', (view) =>
        view.requests.some(({ isWaitingForMe }) => isWaitingForMe),
      );
      const [request] = asked.requests;
      expect(request).toMatchObject({ target: id, isAgreed: false });
      await front.getByText(/asks to leave Icicle out until round \d+/).waitFor();
      // A program has no person to ask; the hidden tab has not answered: with this answer there are three.
      await front.getByRole('button', { name: 'Agree', exact: true }).click();
      const views = await untilViews(
        [front, far],
        'a round without the one left out',
        (view, target) =>
          view.requests.some((open) => open.target === target && open.isAgreed) &&
          view.result!.included.length === 4 &&
          !view.result!.included.includes(target),
        id,
      );
      for (const { peers } of views) {
        expect(peers.find((peer) => peer.id === id)!.leftOut).toMatchObject({
          untilRound: request!.untilRound,
        });
      }
      // The wish was for these ten rounds only.
      await far.getByRole('button', { name: 'Let in Icicle again', exact: true }).click();
      await untilViews(
        [front, far],
        'a round with it again',
        (view, target) => view.result!.included.includes(target),
        id,
      );
      const first = views[0]!.result!.round;
      const out = robot.rounds.filter(({ round }) => round >= first && round < request!.untilRound);
      expect(out.length).toBeGreaterThanOrEqual(5);
      for (const { included } of out) expect(included).not.toContain(id);
      // It copied what the others summed without it.
      const copied = cold.rounds.filter(
        ({ round }) => round >= first && round < request!.untilRound,
      );
      expect(copied.length).toBeGreaterThanOrEqual(1);
      for (const event of copied) expect(event.copied).toBe(true);
    },
    300_000,
  );

  it('programs end with "left" and status 0 at SIGTERM', async () => {
    for (const program of [robot, cold]) {
      program.signal('SIGTERM');
      expect(await program.ended).toBe(0);
      expect(program.events.at(-1)).toEqual({ event: 'left' });
      expect(program.errors).toBe('');
    }
    commonRounds([
      ...(await Promise.all([hidden, front, far].map(hashesOf))),
      peerHashes(robot),
      peerHashes(cold),
    ]);
  });
});
