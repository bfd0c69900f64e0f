/**
 * Tabs of which two never get a direct connection: the third passes on what they say to each other, all
 * learn together, and the page says so.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBlockingProxy, type BlockingProxy } from './blocking-proxy.ts';
import {
  commonRounds,
  endProcesses,
  hashesOf,
  launch,
  moreRounds,
  newContext,
  openTab,
  Server,
  untilView,
  untilViews,
  viewOf,
} from './room.ts';

let proxy: BlockingProxy;
let browser: Browser;
let context: BrowserContext;
const tabs: Page[] = [];

beforeAll(async () => {
  const server = await Server.start();
  proxy = await startBlockingProxy(server.url, (a, b) => a + b === 1);
  browser = await launch();
  context = await newContext(browser);
  for (let tab = 0; tab < 3; tab++) tabs.push(await openTab(context, proxy.url));
});

afterAll(async () => {
  await browser?.close();
  await proxy?.close();
  endProcesses();
});

describe('three tabs, of which two have no direct link', () => {
  it('share rounds, with the same bits', async () => {
    await untilViews(tabs, 'a round of three', (view) => view.result?.included.length === 3);
    await moreRounds(tabs, 3);
    const results = await Promise.all(tabs.map(hashesOf));
    expect(commonRounds(results).length).toBeGreaterThanOrEqual(3);
  });

  it('know through whom they are linked, and say it in the list of peers', async () => {
    const views = await Promise.all(tabs.map(viewOf));
    const [zero, one, two] = views.map(({ self }) => self.id);
    const viaOf = (tab: number, peer: string | undefined): string | undefined =>
      views[tab]!.peers.find(({ id }) => id === peer)?.via;
    expect([viaOf(0, one), viaOf(1, zero)]).toEqual([two, two]);
    expect([viaOf(2, zero), viaOf(2, one), viaOf(0, two)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    const carrier = views[0]!.peers.find(({ id }) => id === two)!.name;
    const rows = await tabs[0]!.locator('peer-list li').allInnerTexts();
    const through = rows.filter((row) => row.includes(`through ${carrier}`));
    expect(through).toHaveLength(1);
  });

  it('go on through a fourth tab when the third is closed', async () => {
    const fourth = await openTab(context, proxy.url);
    await untilViews([...tabs, fourth], 'four linked', ({ peers }) => {
      return peers.filter(({ link }) => link === 'linked').length === 3;
    });
    const third = tabs.pop()!;
    const { self } = await viewOf(third);
    await third.close();
    tabs.push(fourth);
    const { self: other } = await viewOf(fourth);
    await untilView(
      tabs[0]!,
      'a link through the fourth tab',
      ({ peers }, id) => peers.some(({ via }) => via === id),
      other.id,
    );
    await untilViews(
      tabs,
      'a round of the three that stayed',
      ({ result, peers }, gone) =>
        result?.included.length === 3 &&
        !result.included.some((id) => id === gone) &&
        peers.filter(({ link }) => link === 'linked').length === 2,
      self.id,
    );
  });
});
