/**
 * Ways into a room and states of it: alone, as two, with peers of one tab, at an insecure address, full,
 * and by addresses that lead nowhere. Each test has a browser context of its own, so they run side by side.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../../signaling/limits.ts';
import { deriveRoom, parseRoomKey } from '../../src/peer/room-key.ts';
import { realSuite } from '../../src/secagg/index.ts';
import { parseRoute } from '../../src/ui/route.ts';
import { Client } from '../signaling/client.ts';
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

/** A name that is not this computer's own, as a phone would use one. */
const LAN_HOST = 'lan.example';

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch(`--host-resolver-rules=MAP ${LAN_HOST} 127.0.0.1`);
});

afterAll(async () => {
  await browser?.close();
  endProcesses();
});

/** A test in a browser context of its own, whose tabs end with it. */
function inContext(test: (context: BrowserContext) => Promise<void>): () => Promise<void> {
  return async () => {
    const context = await newContext(browser);
    try {
      await test(context);
    } finally {
      await context.close();
    }
  };
}

async function openTabs(context: BrowserContext, count: number, url = server.url): Promise<Page[]> {
  const tabs: Page[] = [];
  for (let tab = 0; tab < count; tab++) tabs.push(await openTab(context, url));
  return tabs;
}

/** Waits until every tab has made so many steps more. */
async function moreSteps(tabs: readonly Page[], steps: number): Promise<void> {
  const now = await Promise.all(tabs.map(viewOf));
  await Promise.all(
    tabs.map((tab, i) =>
      untilView(
        tab,
        'more steps',
        (view, wanted) => view.learning!.step >= wanted,
        now[i]!.learning!.step + steps,
      ),
    ),
  );
}

describe.concurrent('plain http at a name of the network', () => {
  it(
    'works without crypto.subtle: three tabs hold rounds',
    inContext(async (context) => {
      const tabs = await openTabs(context, 3, `http://${LAN_HOST}:${server.port}/`);
      const world = await tabs[0]!.evaluate(() => ({
        isSecure: isSecureContext,
        hasSubtle: (crypto as Partial<Crypto>).subtle !== undefined,
        hasLocks: (navigator as Partial<Navigator>).locks !== undefined,
      }));
      expect(world).toEqual({ isSecure: false, hasSubtle: false, hasLocks: false });
      await untilViews(tabs, 'a round of three', (view) => view.result?.included.length === 3);
      await moreRounds(tabs, 1);
      expect(commonRounds(await Promise.all(tabs.map(hashesOf))).length).toBeGreaterThan(0);
    }),
  );
});

describe.concurrent('a tab that is alone', () => {
  it(
    'becomes a federation of three by two further peers of its own',
    inContext(async (context) => {
      const [tab] = (await openTabs(context, 1)) as [Page];
      await tab
        .getByRole('heading', { name: 'You are alone here, and your map shows it.' })
        .waitFor();
      const add = tab.getByRole('button', { name: 'Add a peer in this tab', exact: true });
      await add.click();
      await untilView(tab, 'a second peer', (view) =>
        view.peers.some(({ kind, link }) => kind === 'here' && link === 'linked'),
      );
      await add.click();
      const view = await untilView(
        tab,
        'a round of three',
        (its) => its.result?.included.length === 3,
      );
      expect(view.peers.map(({ kind, link }) => ({ kind, link }))).toEqual([
        { kind: 'here', link: 'linked' },
        { kind: 'here', link: 'linked' },
      ]);
      expect(new Set([view.self.id, ...view.peers.map(({ id }) => id)])).toEqual(
        new Set(view.result!.included),
      );
      await tab.getByRole('img', { name: /^Federation heat-map after round/ }).waitFor();
      // Closing one takes it out of the room.
      const [first] = view.peers;
      await tab
        .getByRole('button', { name: new RegExp(first!.name) })
        .first()
        .click();
      await tab.getByRole('button', { name: `Close ${first!.name}`, exact: true }).click();
      await untilView(
        tab,
        'one peer less',
        (its, id) => !its.peers.some((peer) => peer.id === id && peer.link === 'linked'),
        first!.id,
      );
    }),
  );
});

describe.concurrent('two tabs alone', () => {
  it(
    'are told why a third is needed, and merge once both say that they trust each other',
    inContext(async (context) => {
      const tabs = await openTabs(context, 2);
      for (const tab of tabs) {
        await tab.getByRole('heading', { name: 'Two of you. A secret sum needs three.' }).waitFor();
        await tab.getByText('From a sum of two, each could take away its own part').waitFor();
        await tab.getByRole('button', { name: 'Add a peer in this tab', exact: true }).waitFor();
      }
      const hasNoRound = async (): Promise<void> => {
        await moreSteps(tabs, 50);
        for (const view of await Promise.all(tabs.map(viewOf))) {
          expect(view.result).toBeUndefined();
          expect(view.nextRound).toBe(1);
        }
      };
      await hasNoRound();
      const trust = (tab: Page) =>
        tab.getByRole('button', { name: 'We trust each other', exact: true });
      await trust(tabs[0]!).click();
      await untilView(
        tabs[1]!,
        'the trust of the other',
        ({ trust: its }) => its.other && !its.own,
      );
      await hasNoRound();
      await trust(tabs[1]!).click();
      const views = await untilViews(
        tabs,
        'a round of two',
        (view) => view.result?.included.length === 2,
      );
      for (const view of views) expect(view.trust).toEqual({ own: true, other: true });
      await moreRounds(tabs, 1);
      expect(commonRounds(await Promise.all(tabs.map(hashesOf))).length).toBeGreaterThan(0);
    }),
  );
});

describe.concurrent('a full room', () => {
  it(
    'says so on the page of whoever comes last, until somebody leaves',
    inContext(async (context) => {
      const own = await Server.start();
      const key = 'AAECAwQFBgcICQoLDA0ODw';
      const room = deriveRoom(realSuite, parseRoomKey(key), 'crowd');
      const crowd = await Promise.all(
        Array.from({ length: LIMITS.roomMembers }, () => Client.join(own.port, room.id)),
      );
      const tab = await openTab(context, `${own.url}#/room/crowd?k=${key}`);
      await tab.getByRole('heading', { name: 'This room is full.' }).waitFor();
      const view = await viewOf(tab);
      expect(view.problems).toEqual([
        {
          code: 'room-full',
          message: 'This room is full: wait until somebody leaves, or open another one.',
        },
      ]);
      // It goes on learning alone meanwhile.
      await moreSteps([tab], 10);
      crowd[7]!.socket.close();
      await untilView(
        tab,
        'let in, and no more said to be left out',
        (its) => its.server === 'connected' && its.problems.length === 0,
      );
      for (const { socket } of crowd) socket.terminate();
      await own.kill();
    }),
  );
});

describe.concurrent('an address that leads nowhere', () => {
  const hashes = [
    '#/nowhere',
    '#/room/',
    '#/room/a?k=short',
    '#/room/a?k=AAECAwQFBgcICQoLDA0ODw&k=AAECAwQFBgcICQoLDA0ODw',
    '#/room/a?k=AAECAwQFBgcICQoLDA0ODw&task=steal',
    '#/room/a?k=AAECAwQFBgcICQoLDA0ODw&pattern=__proto__',
    '#/room/a?k=AAECAwQFBgcICQoLDA0ODw&hidden=999999',
    '#/room/a?k=AAECAwQFBgcICQoLDA0ODw&constructor=1',
    '#/room/%E0%A4%A?k=AAECAwQFBgcICQoLDA0ODw',
    '#/room/a%00b?k=AAECAwQFBgcICQoLDA0ODw',
    `#/room/a?k=${'A'.repeat(100_000)}`,
  ];

  it.each(hashes.map((hash) => [hash.slice(0, 60), hash]))(
    '%s is answered with a sentence and a way out',
    (_, hash) =>
      inContext(async (context) => {
        const errors: string[] = [];
        context.on('weberror', (error) => errors.push(String(error.error())));
        context.on('console', (message) => {
          if (message.type() === 'error') errors.push(message.text());
        });
        const page = await context.newPage();
        await page.goto(`${server.url}${hash}`);
        const alert = page.getByRole('alert');
        await alert.waitFor();
        const text = (await alert.textContent())!.replace(/\s+/g, ' ').trim();
        expect(text).toMatch(/^This address leads nowhere\. .{20,400}$/);
        expect(text).not.toContain('AAECAwQF');
        await page.getByRole('button', { name: 'New room', exact: true }).click();
        await untilView(
          page,
          'a model in a fresh room',
          (view) => view.learning?.local !== undefined,
        );
        expect(errors).toEqual([]);
      })(),
  );

  it(
    'a name with markup is shown as text, and runs nothing',
    inContext(async (context) => {
      const name = '<img src=x onerror="window.wasRun=1">';
      const url = `${server.url}#/room/markup?k=AAECAwQFBgcICQoLDA0ODw&name=${encodeURIComponent(name)}`;
      const tab = await openTab(context, url);
      const route = parseRoute(new URL(url).hash);
      expect(route).toMatchObject({ type: 'room', name });
      expect((await viewOf(tab)).self.name).toBe(name);
      await tab.getByText(name, { exact: true }).waitFor();
      expect(
        await tab.evaluate(() => (globalThis as typeof globalThis & { wasRun?: number }).wasRun),
      ).toBeUndefined();
    }),
  );
});
