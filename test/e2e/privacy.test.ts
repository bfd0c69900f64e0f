/**
 * Noise in a real room of tabs and a program: chosen in one tab, followed by all, counted by everybody's
 * ledger, stopped by a budget; and what the room checks its model with.
 *
 * @module
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseRoute } from '../../src/ui/route.ts';
import {
  endProcesses,
  launch,
  moreRounds,
  newContext,
  openTab,
  Peer,
  Server,
  untilView,
  untilViews,
} from './room.ts';

let server: Server;
let browser: Browser;
let context: BrowserContext;
let tabs: readonly Page[];
let program: Peer;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
  context = await newContext(browser);
  const first = await openTab(context, server.url);
  tabs = [first, await openTab(context, first.url()), await openTab(context, first.url())];
  const route = parseRoute(new URL(first.url()).hash);
  if (route.type !== 'room') throw new Error('The address bar holds no room.');
  program = Peer.start(server, '--room', route.address.room, `--key=${route.address.key}`);
  await untilViews(tabs, 'a round of four', (view) => view.result?.included.length === 4);
});

afterAll(async () => {
  await browser?.close();
  endProcesses();
});

const region = (page: Page) => page.getByRole('region', { name: 'Privacy' });

describe('a room that has masks alone', () => {
  it('knows how its model does on readings that nobody learns from, and says whose truth it is', async () => {
    const page = tabs[0]!;
    const view = await untilView(page, 'an evaluation of four', (shown) => {
      const evaluation = shown.learning?.evaluation;
      return evaluation !== undefined && evaluation.peers === 4;
    });
    const { accuracy, loss } = view.learning!.evaluation!;
    // Sixteen checks of four peers, weighted by eight readings each.
    expect(Math.abs(accuracy * 16 - Math.round(accuracy * 16))).toBeLessThan(1e-4);
    expect(loss).toBeGreaterThan(0);
    const table = page.getByRole('table', { name: /^Whose truth/ });
    expect(await table.getByRole('rowheader').count()).toBe(3);
    await table.getByRole('button', { name: 'Try it' }).click();
    await table.getByRole('row', { name: /^Federation, fitted to you \d+\.\d/ }).waitFor();
    expect(view.privacy.noise).toBeUndefined();
    expect(view.privacy.spent.bareRounds).toBeGreaterThan(0);
  });
});

describe('a room with noise', () => {
  it('is what one person chose: everybody follows, and every ledger counts', async () => {
    const slider = tabs[0]!.getByRole('slider', { name: 'Noise of this room' });
    await slider.focus();
    await tabs[0]!.keyboard.press('End');
    await tabs[0]!.keyboard.press('ArrowLeft');
    await region(tabs[0]!).getByText('so far only you see this').waitFor();
    for (const page of tabs) {
      await untilView(page, 'masks only', (view) => view.privacy.revision === 0);
    }
    await region(tabs[0]!).getByRole('button', { name: 'Propose to the room' }).click();
    const views = await untilViews(
      tabs,
      'two rounds with noise',
      (view) => view.privacy.noise?.multiplier === 4 && view.privacy.spent.rounds >= 2,
    );
    for (const { privacy, learning } of views) {
      expect(privacy.spent.othersHonest).toBeGreaterThan(0);
      expect(privacy.spent.allColluding).toBeGreaterThan(privacy.spent.halfColluding);
      // No noise would hide what the checks say.
      expect(learning!.evaluation).toBeUndefined();
    }
    // Nobody else was asked, so everybody else is told.
    const asked =
      /asked for stronger noise: epsilon \d+\.\d per round, noise 4 times the clip norm\. The room follows\.$/;
    for (const page of tabs.slice(1))
      await page.getByRole('status').filter({ hasText: asked }).waitFor();
    expect(await tabs[0]!.getByText(asked).count()).toBe(0);
    expect(views.map(({ privacy }) => privacy.followed?.peer)).toEqual([
      undefined,
      views[0]!.self.id,
      views[0]!.self.id,
    ]);
    const told = await program.until(
      'a round with epsilon',
      ({ epsilon }) => epsilon !== undefined,
    );
    expect(told.epsilon).toBeGreaterThan(0);
    await tabs[1]!
      .getByText(/^epsilon \d/)
      .first()
      .waitFor();
  });

  it('shows the noise that stayed in the sum, and columns that still add up', async () => {
    const page = tabs[1]!;
    await page.getByRole('region', { name: 'What the others saw' }).scrollIntoViewIfNeeded();
    await page.getByText('Noise, stays in the sum').waitFor();
  });

  it('goes on without a peer whose budget is spent, which copies results and sends no half of any', async () => {
    const page = tabs[2]!;
    await page.getByLabel('Stop at epsilon').fill('0.01');
    await page.keyboard.press('Enter');
    const spent = await untilView(page, 'a spent budget', (view) => view.privacy.isSpent);
    expect(spent.failure?.reason).toBe('budget');
    await moreRounds(tabs.slice(0, 2), 2);
    const copied = await untilView(page, 'a copy', (view) => view.result?.isCopied === true);
    expect(copied.result!.included).not.toContain(copied.self.id);
  });

  it('hides less again only for who agrees', async () => {
    const [ada, bo] = tabs as readonly [Page, Page];
    const slider = ada.getByRole('slider', { name: 'Noise of this room' });
    await slider.focus();
    await ada.keyboard.press('Home');
    await region(ada).getByText('each of the others has to agree').waitFor();
    await region(ada).getByRole('button', { name: 'Propose to the room' }).click();
    const asked = await untilView(bo, 'a question', (view) => view.privacy.asked.length > 0);
    expect(asked.privacy.noise?.multiplier).toBe(4);
    await bo
      .getByRole('list', { name: 'Questions to you' })
      .getByRole('button', { name: 'Agree' })
      .click();
    await untilView(bo, 'masks only', (view) => view.privacy.noise === undefined);
  });

  it('remembers what was told over a reload', async () => {
    const page = tabs[1]!;
    const { privacy } = await untilView(page, 'a ledger', (view) => view.privacy.spent.rounds > 0);
    await page.reload();
    const after = await untilView(page, 'the ledger', (view) => view.privacy.spent.rounds > 0);
    expect(after.privacy.spent.rounds).toBeGreaterThanOrEqual(privacy.spent.rounds);
    expect(after.privacy.spent.othersHonest).toBeGreaterThan(0);
  });
});
