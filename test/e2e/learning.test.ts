/**
 * Four tabs of one browser learn the circle together: what a visitor does, from the bare address to a
 * map that no tab could draw alone, and what a broken thermometer does to it.
 *
 * The tests of this file go on from each other, in one room.
 */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveRoom, parseRoomKey } from '../../src/peer/room-key.ts';
import type { SessionView } from '../../src/peer/view.ts';
import { realSuite } from '../../src/secagg/index.ts';
import type { Reading } from '../../src/task/readings.ts';
import { parseRoute } from '../../src/ui/route.ts';
import { Trainer } from '../../src/worker/trainer.ts';
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

const TABS = 4;

/** Steps that a twin learns alone: more than the tabs make while they are watched. */
const TWIN_STEPS = 1_500;

/** Readings that are drawn, and how far from the middle, in widths of the map: well inside the circle. */
const HOT_DRAWN = 16;
const HOT_RADIUS = 0.15;

let server: Server;
let browser: Browser;
let context: BrowserContext;
let tabs: Page[];
/** The best that any of the tabs would have learned alone. */
let bar: number;
/** What no tab may do: ask another host, or complain on its console. */
const complaints: string[] = [];

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
  context = await newContext(browser);
  context.on('request', (request) => {
    const { host, protocol } = new URL(request.url());
    const isInside = protocol === 'data:' || protocol === 'blob:';
    if (!isInside && host !== new URL(server.url).host) complaints.push(`asked ${request.url()}`);
  });
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  tabs = [];
  for (let tab = 0; tab < TABS; tab++) tabs.push(await openTab(context, server.url));
});

afterAll(async () => {
  await browser?.close();
  endProcesses();
});

/** The best accuracy that a twin with these readings and the room's first model ever has alone. */
function bestAlone(address: string, readings: readonly Reading[]): number {
  const route = parseRoute(new URL(address).hash);
  if (route.type !== 'room') throw new Error(`This is no room: ${address}`);
  const { room, key, task } = route.address;
  if (task.type === 'spam') throw new Error(`This room learns no map: ${address}`);
  const modelSeed = deriveRoom(realSuite, parseRoomKey(key!), room).id;
  const twin = new Trainer();
  twin.answer({
    type: 'start',
    id: 0,
    task: { pattern: task.pattern, hidden: task.hidden, modelSeed },
    readings,
  });
  let best = 0;
  for (let step = 0; step < TWIN_STEPS; step += 20) {
    twin.train(20);
    best = Math.max(best, twin.snapshot().accuracy);
  }
  return best;
}

function federationOf(view: SessionView): number {
  return view.learning!.federation!.accuracy;
}

/** Draws hot readings round the middle of a tab's map, as a person does; how many readings it has then. */
async function drawHot(page: Page): Promise<number> {
  const map = page.getByRole('application', { name: /^Your map/ });
  const { width, height } = (await map.boundingBox())!;
  const before = (await viewOf(page)).learning!.readings.length;
  for (let i = 0; i < HOT_DRAWN; i++) {
    const angle = (2 * Math.PI * i) / HOT_DRAWN;
    const position = {
      x: width * (0.5 + HOT_RADIUS * Math.cos(angle)),
      y: height * (0.5 + HOT_RADIUS * Math.sin(angle)),
    };
    await map.click({ position });
  }
  const after = before + HOT_DRAWN;
  await untilView(
    page,
    'its new readings',
    (view, count) => view.learning!.readings.length === count,
    after,
  );
  return after;
}

describe('four tabs at the bare address', () => {
  it('meet in one room, each with readings, a name and an identity of its own', async () => {
    const views = await untilViews(
      tabs,
      'linked to three others, who have said their names',
      (view, others) =>
        view.peers.filter(({ link, name }) => link === 'linked' && !name.startsWith('Peer '))
          .length === others,
      TABS - 1,
    );
    expect(new Set(tabs.map((tab) => tab.url())).size).toBe(1);
    expect(tabs[0]!.url()).toMatch(/#\/room\/[^?]+\?k=[\w-]{22}$/);
    expect(new Set(views.map((view) => view.self.id)).size).toBe(TABS);
    expect(new Set(views.map((view) => view.self.name)).size).toBe(TABS);
    expect(new Set(views.map((view) => JSON.stringify(view.learning!.readings))).size).toBe(TABS);
    for (const view of views) {
      const others = views.filter(({ self }) => self.id !== view.self.id);
      expect(view.peers.map(({ id }) => id).sort()).toEqual(others.map((o) => o.self.id).sort());
      expect(view.peers.map(({ name }) => name).sort()).toEqual(
        others.map((o) => o.self.name).sort(),
      );
    }
  });

  it('offer their controls, regions and findings by role and name', async () => {
    const page = tabs[0]!;
    await untilView(page, 'a result', (view) => view.result !== undefined);
    for (const name of ['You', 'Federation', 'Peers', 'Accuracy']) {
      await page.getByRole('region', { name, exact: true }).waitFor();
    }
    for (const name of ['Merge now', 'Pause', 'Step', 'Reset', 'Add a peer in this tab']) {
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
    for (const name of ['Invite', 'Privacy']) {
      await page.getByRole('button', { name, exact: true }).waitFor();
    }
    for (const name of ['Merge automatically', 'Broken thermometer']) {
      await page.getByRole('switch', { name, exact: true }).waitFor();
    }
    await page
      .getByRole('img', {
        name: /^Federation heat-map after round \d+, \d+\.\d % of the map right$/,
      })
      .waitFor();
    await page
      .getByRole('img', { name: /^Your heat-map after \d+ steps, \d+\.\d % of the map right/ })
      .waitFor();
  });

  it(
    'learn the circle until the federation beats every tab alone',
    { timeout: 300_000 },
    async () => {
      const views = await Promise.all(tabs.map(viewOf));
      const alone = views.map((view, i) => bestAlone(tabs[i]!.url(), view.learning!.readings));
      bar = Math.max(...alone);
      // A bar that chance or a constant map passes would show nothing.
      expect(bar).toBeGreaterThan(0.6);
      await untilViews(
        tabs,
        `a federation above ${bar}`,
        (view, accuracy) => (view.learning?.federation?.accuracy ?? 0) > accuracy,
        bar,
      );
    },
  );

  it('hold bit-identical results of every round', async () => {
    await moreRounds(tabs, 5);
    const common = commonRounds(await Promise.all(tabs.map(hashesOf)));
    expect(common.length).toBeGreaterThanOrEqual(5);
  });

  it('merge when somebody asks, and not before, where nobody merges automatically', async () => {
    for (const tab of tabs) {
      await tab.getByRole('switch', { name: 'Merge automatically', exact: true }).click();
    }
    const before = await untilViews(
      tabs,
      'merging by hand, between rounds',
      (view) => view.merging.mode === 'by-hand' && view.attempt === undefined,
    );
    const { nextRound } = before[0]!;
    await untilViews(
      tabs,
      'three times as many steps as are made between merges',
      (view, steps) => view.learning!.step >= steps,
      Math.max(...before.map((view) => view.learning!.step)) + 60,
    );
    const idle = await Promise.all(tabs.map(viewOf));
    expect(idle.map((view) => view.nextRound)).toEqual(tabs.map(() => nextRound));
    // One model: the same bits make the same surface, to the last place.
    expect(
      new Set(idle.map((view) => JSON.stringify(view.learning!.federation!.surface))).size,
    ).toBe(1);
    await tabs[2]!.getByRole('button', { name: 'Merge now', exact: true }).click();
    const after = await untilViews(
      tabs,
      'the round that was asked for',
      (view, round) => view.learning!.federation!.at === round,
      nextRound,
    );
    for (const { result } of after) expect(result!.included).toHaveLength(TABS);
    for (const tab of tabs) {
      await tab.getByRole('switch', { name: 'Merge automatically', exact: true }).click();
    }
    await moreRounds(tabs, 1);
  });

  it('stop, step and go on: one tab pauses while the others learn', async () => {
    const [paused, other] = [tabs[0]!, tabs[1]!];
    await paused.getByRole('button', { name: 'Pause', exact: true }).click();
    const { step } = (await untilView(paused, 'paused', (view) => !view.learning!.isRunning))
      .learning!;
    await moreRounds([paused, other], 2);
    const still = (await viewOf(paused)).learning!;
    // A slice of the worker may still end after the click.
    expect(still.step - step).toBeLessThanOrEqual(2);
    await paused.getByRole('button', { name: 'Step', exact: true }).click();
    await untilView(
      paused,
      'one more step',
      (view, at) => view.learning!.step === at,
      still.step + 1,
    );
    await paused.getByRole('button', { name: 'Resume', exact: true }).click();
    await untilView(paused, 'steps', (view, at) => view.learning!.step > at, still.step + 5);
  });
});

describe('a broken thermometer', () => {
  it('spoils the map of everybody, until it is mended', { timeout: 300_000 }, async () => {
    const broken = tabs[0]!;
    // Three times as many readings as the others have, where the map is hot: broken, they all say cold.
    const drawn = await drawHot(broken);
    const good = await untilViews(
      tabs,
      'a good map, and still better than any alone',
      (view, accuracy) => view.learning!.federation!.accuracy > accuracy,
      Math.max(0.8, bar),
    );
    const before = Math.min(...good.map(federationOf));
    const thermometer = broken.getByRole('switch', { name: 'Broken thermometer', exact: true });
    await thermometer.click();
    const { learning } = await untilView(broken, 'broken', (view) => view.learning!.isOutlier);
    expect(learning!.readings).toHaveLength(drawn);
    const worse = before - 0.1;
    await untilViews(
      tabs,
      `a federation below ${worse}`,
      (view, accuracy) => view.learning!.federation!.accuracy < accuracy,
      worse,
    );
    await thermometer.click();
    await untilView(broken, 'mended', (view) => !view.learning!.isOutlier);
    const mended = before - 0.02;
    await untilViews(
      tabs,
      `a federation above ${mended} again`,
      (view, accuracy) => view.learning!.federation!.accuracy > accuracy,
      mended,
    );
    expect(commonRounds(await Promise.all(tabs.map(hashesOf))).length).toBeGreaterThan(10);
  });
});

describe('all the while', () => {
  it('no tab asked another host, broke its policy or wrote an error', () => {
    expect(complaints).toEqual([]);
  });
});
