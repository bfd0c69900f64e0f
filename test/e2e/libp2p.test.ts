/**
 * Rooms over libp2p: tabs of a real Chromium and programs, linked through the relay of `murmuration serve`.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { PeerId } from '../../src/ids.ts';
import { newRoomKey } from '../../src/peer/room-key.ts';
import {
  commonRounds,
  endProcesses,
  hashesOf,
  launch,
  moreRounds,
  newContext,
  openTab,
  Peer,
  peerHashes,
  resultsOf,
  Server,
  untilView,
  untilViews,
  viewOf,
} from './room.ts';

/** The chunk that only rooms over libp2p load. */
const CHUNK = /\/libp2p-transport-[\w-]+\.js$/;

let server: Server;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
});

afterEach(async () => {
  await context.close();
});

afterAll(async () => {
  await browser.close();
  endProcesses();
});

const addressOf = (key: string, transport: string): string =>
  `${server.url}#/room/reed-beds?k=${key}&transport=${transport}`;

/** Scripts that a tab loads. */
function scriptsOf(page: Page): string[] {
  const scripts: string[] = [];
  page.on('request', (request) => scripts.push(new URL(request.url()).pathname));
  return scripts;
}

describe('a room over libp2p', () => {
  it('tabs and programs learn together, also when a tab closes in the middle and the server dies', async () => {
    context = await newContext(browser);
    const key = newRoomKey();
    const url = addressOf(key, 'libp2p');
    const flags = ['--room', 'reed-beds', '--transport', 'libp2p', `--key=${key}`];
    const peers = [Peer.start(server, ...flags), Peer.start(server, ...flags)];
    const tabs = [await openTab(context, url), await openTab(context, url)] as const;
    const leaver = await openTab(context, url);
    const ids = (await Promise.all(peers.map((peer) => peer.id()))) as PeerId[];
    const views = await untilViews([...tabs, leaver], 'is linked to the four others', (view) => {
      return view.peers.filter(({ link }) => link === 'linked').length === 4;
    });
    expect(views[0]!.room.transport).toBe('libp2p');
    await untilViews(
      [...tabs, leaver],
      'a result that includes the programs',
      (view, programs) => programs.every((id) => view.result?.included.includes(id) === true),
      ids,
    );

    const gone = (await viewOf(leaver)).self.id;
    await leaver.close();
    await untilViews(
      tabs,
      'a result without the tab that closed',
      (view, id) =>
        view.result !== undefined &&
        !view.result.included.includes(id) &&
        view.result.included.length === 4,
      gone,
    );

    const { port } = server;
    await server.kill();
    await untilViews(tabs, 'sees that the server is away', (view) => view.server === 'away');
    await moreRounds(tabs, 2);
    server = await Server.start(port);
    await untilViews(tabs, 'is back at the server', (view) => view.server === 'connected');
    const late = await openTab(context, url);
    await untilView(late, 'is linked through the new relay', (view) => {
      return view.peers.filter(({ link }) => link === 'linked').length === 4;
    });
    await moreRounds([...tabs, late], 1);

    const parties = [...(await Promise.all(tabs.map(hashesOf))), ...peers.map(peerHashes)];
    expect(commonRounds(parties).length).toBeGreaterThan(2);
    expect((await resultsOf(tabs[0])).size).toBeGreaterThan(2);
    for (const peer of peers) peer.signal('SIGTERM');
    expect(await Promise.all(peers.map(({ ended }) => ended))).toEqual([0, 0]);
  });

  it('says what to do to a tab that comes with the other transport', async () => {
    context = await newContext(browser);
    const key = newRoomKey();
    const tab = await openTab(context, addressOf(key, 'libp2p'));
    await untilView(tab, 'is at the server', (view) => view.server === 'connected');
    const other = await openTab(context, addressOf(key, 'simple-peer'));
    const hasHeard = [tab, other].map((page) =>
      untilView(page, 'hears that the transports differ', (view) =>
        view.problems.some(({ code }) => code === 'parameters-differ'),
      ),
    );
    for (const { problems, failure } of await Promise.all(hasHeard)) {
      expect(failure?.reason).toBe('parameters-differ');
      expect(problems.at(-1)?.message).toMatch(/links by transport \S+, here it is \S+: open/);
    }
  });

  it('is chosen in the settings of the room, and then in its invitation', async () => {
    context = await newContext(browser);
    const key = newRoomKey();
    const page = await context.newPage();
    const scripts = scriptsOf(page);
    await page.goto(`${server.url}#/room/reed-beds?k=${key}`);
    await untilView(page, 'is at the server', (view) => view.server === 'connected');
    // A room of the other transport pays nothing for this one.
    expect(scripts.filter((path) => CHUNK.test(path))).toEqual([]);
    expect((await viewOf(page)).room.transport).toBe('simple-peer');
    await page.getByRole('button', { name: 'reed-beds' }).click();
    await page.getByLabel('How the peers of this room are linked').selectOption('libp2p');
    await untilView(page, 'links by libp2p', (view) => view.room.transport === 'libp2p');
    expect(new URL(page.url()).hash).toBe(`#/room/reed-beds?k=${key}&transport=libp2p`);
    await untilView(page, 'is at the server again', (view) => view.server === 'connected');
    expect(scripts.filter((path) => CHUNK.test(path))).toHaveLength(1);
  });
});
