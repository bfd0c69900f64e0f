/**
 * Tabs that leave: in the middle of a round, for a reload, by a crash; and a server that dies. Whoever
 * stays goes on, with the same bits.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView, Stage } from '../../src/peer/view.ts';
import {
  commonRounds,
  endProcesses,
  hashesOf,
  launch,
  moreRounds,
  newContext,
  openTab,
  resultsOf,
  Server,
  untilView,
  untilViews,
  viewOf,
} from './room.ts';

let server: Server;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
});

afterAll(async () => {
  await browser?.close();
  endProcesses();
});

/** Opens tabs of one room, and waits until all are linked and have shared a round. */
async function meet(count: number): Promise<Page[]> {
  context = await newContext(browser);
  const tabs: Page[] = [];
  for (let tab = 0; tab < count; tab++) tabs.push(await openTab(context, server.url));
  await untilViews(
    tabs,
    `a round of ${count}`,
    (view, size) => view.result?.included.length === size,
    count,
  );
  return tabs;
}

/**
 * Takes a tab away at a stage of a round, as closing it does: its page hears `pagehide` at that very
 * moment, and is closed.
 */
async function closeAt(tab: Page, stage: Stage): Promise<{ round: number; id: string }> {
  const left = await tab.evaluate(
    (wanted) =>
      new Promise<{ round: number; id: string }>((resolve) => {
        const world = globalThis as unknown as {
          readonly murmuration: { readonly view: SessionView };
        };
        const look = (): void => {
          const { attempt, self } = world.murmuration.view;
          if (attempt?.stage !== wanted) {
            setTimeout(look, 2);
            return;
          }
          dispatchEvent(new PageTransitionEvent('pagehide'));
          resolve({ round: attempt.round, id: self.id });
        };
        look();
      }),
    stage,
  );
  await tab.close();
  return left;
}

describe('a tab closed in the middle of a round', () => {
  /** One room for all of them: for each tab that is closed, another one comes. */
  let tabs: Page[];

  beforeAll(async () => {
    tabs = await meet(5);
  });

  afterEach(async () => {
    tabs.push(await openTab(context, server.url));
    await untilViews(
      tabs,
      'five again, and nobody shown as gone',
      (view) =>
        view.result?.included.length === 5 && view.peers.every(({ link }) => link === 'linked'),
    );
  });

  afterAll(async () => {
    await context.close();
  });

  it.each(['keys', 'send', 'lock', 'unmask'] as const)(
    'during "%s": the others end that round alike, show who left, and go on',
    async (stage) => {
      const closed = tabs.shift()!;
      const seen = tabs.map((tab) =>
        untilView(tab, 'somebody shown as gone', (view) =>
          view.peers.some(({ link, doing }) => link === 'gone' && doing === 'gone'),
        ),
      );
      const { round, id } = await closeAt(closed, stage);
      for (const view of await Promise.all(seen)) {
        expect(view.peers.find(({ link }) => link === 'gone')).toMatchObject({ id, doing: 'gone' });
      }
      await untilViews(
        tabs,
        `rounds without the one who left at round ${round}`,
        (view, after) => (view.result?.round ?? 0) > after && view.result!.included.length === 4,
        round,
      );
      const common = commonRounds(await Promise.all(tabs.map(hashesOf)));
      expect(common).toContain(round);
      const results = (await resultsOf(tabs[0]!)).get(round)!;
      // Nothing of a tab that has not sent can be in the sum; whether one that has is in it, all agree.
      if (stage === 'keys') expect(results.included).not.toContain(id);
      for (const tab of tabs) {
        expect((await resultsOf(tab)).get(round)!.included).toEqual(results.included);
      }
    },
  );

  it('by a crash of its process: the others notice, and go on', async () => {
    const crashed = tabs.shift()!;
    const { self } = await untilView(crashed, 'a round', (view) => view.attempt !== undefined);
    const devtools = await context.newCDPSession(crashed);
    // Never answered: the process that would answer is gone.
    devtools.send('Page.crash').catch(() => undefined);
    await untilViews(
      tabs,
      'the crashed one unlinked',
      (view, id) => !view.peers.some((peer) => peer.id === id && peer.link === 'linked'),
      self.id,
    );
    await moreRounds(tabs, 2);
    for (const view of await Promise.all(tabs.map(viewOf))) {
      expect(view.result!.included).toHaveLength(4);
    }
    commonRounds(await Promise.all(tabs.map(hashesOf)));
  });
});

describe('a tab that is loaded again', () => {
  afterEach(async () => {
    await context.close();
  });

  it('is the same peer, keeps what it learned, and copies what it missed', async () => {
    const tabs = await meet(4);
    const reloaded = tabs[0]!;
    // One reading more, so that the readings cannot be those of a fresh start.
    await reloaded.getByRole('application', { name: /^Your map/ }).click();
    const before = await untilView(
      reloaded,
      'nine readings and forty steps',
      (view) => view.learning!.readings.length === 9 && view.learning!.step > 40,
    );
    await moreRounds([reloaded], 1);
    const { learning } = await viewOf(reloaded);
    await reloaded.reload();
    const after = await untilView(
      reloaded,
      'a model',
      (view) => view.learning?.local !== undefined,
    );
    expect(after.self).toMatchObject({ id: before.self.id, name: before.self.name });
    expect(after.learning!.readings).toEqual(before.learning!.readings);
    expect(after.learning!.step).toBeGreaterThanOrEqual(before.learning!.step);
    expect(after.learning!.federation!.at).toBeGreaterThanOrEqual(learning!.federation!.at - 1);
    expect(after.learning!.curve.merges.length).toBeGreaterThan(0);
    // It takes part again, and nobody met a fifth peer.
    const all = await untilViews(
      tabs,
      'a round with all four again',
      (view, { id, round }) =>
        view.result !== undefined &&
        view.result.round > round &&
        view.result.included.length === 4 &&
        view.result.included.includes(id),
      { id: before.self.id, round: after.nextRound },
    );
    for (const view of all) {
      expect(view.peers.filter(({ link }) => link !== 'gone')).toHaveLength(3);
    }
    commonRounds(await Promise.all(tabs.map(hashesOf)));
  });

  it('copies the rounds that were held without it before it takes part', async () => {
    const tabs = await meet(4);
    const [away, ...others] = tabs as [Page, ...Page[]];
    const { self, nextRound } = await viewOf(away);
    await away.goto('about:blank');
    await moreRounds(others, 2);
    await away.goBack();
    await untilView(
      away,
      'rounds again',
      (view, round) => (view.result?.round ?? 0) > round,
      nextRound + 1,
    );
    await untilView(
      away,
      'a round of its own',
      (view) => view.result?.isCopied === false && view.result.included.includes(view.self.id),
    );
    expect((await viewOf(away)).self.id).toBe(self.id);
    const { merges } = (await viewOf(away)).learning!.curve;
    // Before its own first round came a copy of the newest one that it had missed.
    expect(merges.some(({ isCopied, round }) => isCopied && round > nextRound)).toBe(true);
    commonRounds(await Promise.all(tabs.map(hashesOf)));
  });

  it('duplicated, becomes a new peer beside the one it was copied from', async () => {
    const tabs = await meet(3);
    const opened = context.waitForEvent('page');
    // A window opened by a page gets a copy of its session storage, as a duplicated tab does.
    await tabs[0]!.evaluate(() => {
      window.open(location.href, '_blank');
    });
    const copy = await opened;
    const view = await untilView(
      copy,
      'a round of four',
      (its) => its.result?.included.length === 4,
    );
    const ids = (await Promise.all(tabs.map(viewOf))).map(({ self }) => self.id);
    expect(ids).not.toContain(view.self.id);
    expect([...view.result!.included].sort()).toEqual([...ids, view.self.id].sort());
  });
});

describe('a signalling server that is killed', () => {
  it('is not needed by those who met; it comes back to the same port, and lets others in', async () => {
    const own = await Server.start();
    context = await newContext(browser);
    const tabs: Page[] = [];
    for (let tab = 0; tab < 3; tab++) tabs.push(await openTab(context, own.url));
    await untilViews(tabs, 'a round', (view) => view.result?.included.length === 3);
    await own.kill();
    await untilViews(tabs, 'the server shown as away', (view) => view.server === 'away');
    await moreRounds(tabs, 3);
    for (const view of await Promise.all(tabs.map(viewOf))) {
      expect(view.server).not.toBe('connected');
      expect(view.result!.included).toHaveLength(3);
      expect(view.problems).toEqual([]);
    }
    await tabs[0]!.getByText('Introductions: the server is away.').waitFor();
    const again = await Server.start(own.port);
    await untilViews(tabs, 'the server back', (view) => view.server === 'connected');
    const newcomer = await openTab(context, again.url);
    await untilViews(
      [...tabs, newcomer],
      'a round of four',
      (view) => view.result?.included.length === 4,
    );
    commonRounds(await Promise.all([...tabs, newcomer].map(hashesOf)));
    await again.kill();
  });
});
