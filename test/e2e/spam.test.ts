/**
 * Three tabs of one browser with an inbox each learn what spam is: the flags of one warn another that has not met
 * the scam, and no message leaves its tab.
 *
 * The tests of this file go on from each other, in one room.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SessionView } from '../../src/peer/view.ts';
import { newRoomKey } from '../../src/peer/room-key.ts';
import { INBOXES, MET_BY, NOT_MET_BY } from '../../src/task/spam/messages.ts';
import {
  commonRounds,
  endProcesses,
  hashesOf,
  launch,
  moreRounds,
  newContext,
  openTab,
  Server,
  untilViews,
  viewOf,
} from './room.ts';

let server: Server;
let browser: Browser;
let context: BrowserContext;
let tabs: Page[];
const complaints: string[] = [];

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
  context = await newContext(browser);
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  const address = `${server.url}#/room/chats?k=${newRoomKey()}&task=spam`;
  tabs = [];
  for (let tab = 0; tab < INBOXES.length; tab++) tabs.push(await openTab(context, address));
});

afterAll(async () => {
  await browser?.close();
  endProcesses();
});

/** The tab whose inbox is that of a person. */
async function tabOf(person: number): Promise<Page> {
  const views: SessionView[] = await Promise.all(tabs.map(viewOf));
  return tabs[views.findIndex(({ spam }) => spam!.inbox === person)]!;
}

function verdict(tab: Page, name: 'Alone' | 'Together') {
  return tab.locator('spam-ask').locator('div', { hasText: new RegExp(`^\\s*${name}`) });
}

describe('three tabs of a spam room', () => {
  it('take an inbox each, and merge under masks what their flags teach', async () => {
    await moreRounds(tabs, 3);
    const views = await Promise.all(tabs.map(viewOf));
    expect(new Set(views.map(({ spam }) => spam!.inbox)).size).toBe(3);
    expect(new Set(views.map(({ room }) => room.task))).toHaveLength(1);
    expect(views[0]!.room.task).toMatch(/^spam:[0-9a-f]{8}$/);
    const rounds = commonRounds(await Promise.all(tabs.map(hashesOf)));
    expect(rounds.length).toBeGreaterThan(0);
  });

  it('warn whoever has not met the scam, which its own flags do not', async () => {
    const tab = await tabOf(NOT_MET_BY);
    await verdict(tab, 'Together')
      .getByText(/spam \d/)
      .waitFor();
    await verdict(tab, 'Alone')
      .getByText(/fine \d/)
      .waitFor();
    const inbox = await tab.locator('spam-inbox').textContent();
    expect(inbox).not.toContain('customs');
  });

  it('show what the others saw: masked words', async () => {
    const tab = await tabOf(NOT_MET_BY);
    await tab.getByRole('heading', { name: 'What the others saw' }).scrollIntoViewIfNeeded();
    await tab
      .getByText(/^Your update is 211 numbers and a weight, the number of messages behind it/)
      .waitFor();
  });

  it('unlearn it when whoever met it takes the flags back', async () => {
    const tab = await tabOf(MET_BY);
    const flagged = tab.locator('spam-inbox').getByRole('button', { name: /Flagged as spam$/ });
    expect(await flagged.count()).toBe(4);
    for (let left = 3; left >= 0; left--) {
      await flagged.first().press('Enter');
      await expect.poll(() => flagged.count()).toBe(left);
    }
    await verdict(await tabOf(NOT_MET_BY), 'Together')
      .getByText(/fine \d/)
      .waitFor();
  });

  it('keep flags over a reload', async () => {
    const tab = await tabOf(MET_BY);
    const flagsOf = async (): Promise<readonly boolean[]> =>
      (await viewOf(tab)).spam!.messages.map(({ isFlagged }) => isFlagged);
    const before = await flagsOf();
    await tab.reload();
    await untilViews([tab], 'a model again', ({ spam }) => spam?.merged !== undefined);
    expect(await flagsOf()).toEqual(before);
  });

  it('have nothing serious for axe, no sideways scroll, nothing on the console', async () => {
    for (const width of [1280, 390]) {
      await tabs[0]!.setViewportSize({ width, height: 900 });
      const { violations } = await new AxeBuilder({ page: tabs[0]! }).analyze();
      const serious = violations.filter(({ impact }) =>
        ['serious', 'critical'].includes(String(impact)),
      );
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      const wider = await tabs[0]!.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(wider).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
  });
});
