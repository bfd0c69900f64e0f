/**
 * The examples, run as whoever copies them would: pages from another site than the server, in a real Chromium, and
 * programs as processes of their own, over WebRTC.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContext, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serveExamples } from '../../scripts/examples.js';
import { endProcesses, launch, Server } from './room.ts';

let files: HttpServer;
let site: string;
let server: Server;
let browser: Browser;
let context: BrowserContext;
let errors: string[];

beforeAll(async () => {
  files = await serveExamples(0);
  site = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  server = await Server.start(0, '--allow-frame', site);
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  files.closeAllConnections();
  files.close();
  endProcesses();
});

afterEach(async () => {
  await context?.close();
});

/** Opens an example in so many tabs of one room. */
async function open(path: string, count: number, hash = ''): Promise<readonly Page[]> {
  context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(90_000);
  errors = [];
  const pages: Page[] = [];
  let address = `${site}/examples/${path}?server=${encodeURIComponent(server.url)}${hash}`;
  for (let i = 0; i < count; i++) {
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(address);
    await page.waitForFunction(() => location.hash !== '');
    address = page.url();
    pages.push(page);
  }
  return pages;
}

/** Runs a program until it ends, and reads the lines of JSON that it printed. */
async function run(file: string, ...args: string[]): Promise<readonly Record<string, number>[]> {
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (part: Buffer) => out.push(part));
  child.stderr.on('data', (part: Buffer) => err.push(part));
  const [status] = (await once(child, 'close')) as [number];
  expect(status, Buffer.concat(err).toString()).toBe(0);
  const lines = Buffer.concat(out).toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Record<string, number>);
}

describe('private-average', () => {
  it('tells three people their mean, and nobody a number', async () => {
    const pages = await open('private-average/', 3);
    await Promise.all(pages.map((page) => page.getByText('3 people are here.').waitFor()));
    const numbers = [41_000, 52_500, 70_300];
    await Promise.all(
      pages.map(async (page, i) => {
        await page.getByLabel('Your number').fill(String(numbers[i]));
        await page.getByRole('button', { name: 'Ask' }).click();
      }),
    );
    for (const page of pages) {
      const text = await page.getByText('Mean of 3 numbers').innerText();
      // The nearest step of the sum: a millionth of the clip.
      expect(text).toMatch(
        /^54,(?:600|600\.0\d?|599\.9\d?)\nMean of 3 numbers, yours among them\.$/,
      );
      expect(await page.locator('#people').innerText()).toBe('3 people are here.');
    }
    expect(errors).toEqual([]);
  });

  it('keeps the number of somebody who calls it off, and passes axe', async () => {
    const [page] = await open('private-average/', 1);
    await page!.getByText('Only you are here. It takes three.').waitFor();
    await page!.getByLabel('Your number').fill('1');
    await page!.getByRole('button', { name: 'Ask' }).click();
    await page!.getByRole('button', { name: 'Cancel' }).click();
    await page!.getByText('your number has not left this page').waitFor();
    const { violations } = await new AxeBuilder({ page: page! }).analyze();
    expect(violations.map(({ id }) => id)).toEqual([]);
  });

  it('is one file', () => {
    const text = readFileSync('examples/private-average/index.html', 'utf8');
    const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"|from '([^']+)'/g)];
    expect(loaded.map(([, link, name]) => link ?? name)).toEqual(['data:,', 'murmuration']);
  });
});

describe('node-silo', () => {
  it('works out one column of three tables in three processes', async () => {
    const column = ['a', 'b', 'c'].flatMap((name) =>
      readFileSync(`examples/node-silo/clinic-${name}.csv`, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((row) => Number(row.split(',')[2])),
    );
    const mean = column.reduce((sum, value) => sum + value) / column.length;
    const squares = column.reduce((sum, value) => sum + value * value, 0) / column.length;
    const silos = await run('examples/node-silo/run.js');
    expect(silos.length).toBe(3);
    for (const silo of silos) {
      expect(silo).toEqual(silos[0]);
      expect(silo).toMatchObject({ silos: 3, rows: column.length });
      expect(silo['mean']).toBeCloseTo(mean, 4);
      expect(silo['deviation']).toBeCloseTo(Math.sqrt(squares - mean * mean), 4);
    }
  });
});

describe('custom-task', () => {
  it('learns the whole curve together, which nobody can alone', async () => {
    const peers = await run('examples/custom-task/run.js', '--rounds', '60');
    expect(peers.length).toBe(3);
    for (const peer of peers) {
      expect(peer['together']).toBeLessThan(0.2);
      expect(peer['alone']).toBeGreaterThan(3 * peer['together']!);
    }
  });
});

interface Told {
  readonly merged: readonly number[];
  readonly step: number;
}

describe('a page with a model and tensors of its own', () => {
  it('trains in three tabs: its copy of tfjs and that of the library work as one', async () => {
    const pages = await open('page.css', 3, '#tensors');
    const told = await Promise.all(
      pages.map((page, i) => page.evaluate<Told>(trainInPage(server.url, i))),
    );
    for (const { merged, step } of told) {
      expect(merged).toEqual(told[0]!.merged);
      // The line through what the three know: y = 3 a - 2 b.
      expect(merged[0]).toBeCloseTo(3, 0);
      expect(merged[1]).toBeCloseTo(-2, 0);
      expect(step).toBeGreaterThanOrEqual(60);
    }
    expect(errors).toEqual([]);
  });
});

/** Runs in a page. As text, since what compiles this file would change its imports. */
const trainInPage = (url: string, place: number): string => `(async () => {
  const tf = await import('/node_modules/@tensorflow/tfjs-core/dist/tf-core.fesm.min.js');
  const { joinRoom } = await import('/dist/browser/index.js');
  const [a, b] = [[1, 0], [0, 1], [1, 1]][${place}];
  const session = await joinRoom({ server: '${url}', room: 'tensors', key: 'AAAAAAAAAAAAAAAAAAAAAA' });
  const model = {
    init: () => [tf.zeros([2, 1])],
    loss: ([weights], { inputs, truth }) =>
      tf.mean(tf.square(tf.sub(tf.matMul(tf.tensor2d([inputs]), weights), truth))),
    optimizer: () => tf.train.sgd(0.1),
  };
  const batch = () => ({ inputs: [a, b], truth: 3 * a - 2 * b });
  const training = await session.train(model, { batch, everySteps: 2 });
  await training.rounds(30);
  // With three peers no round leaves anybody out, so that all three are at the same result now.
  const told = { merged: [...training.merged], step: training.view.step };
  await session.leave();
  return told;
})()`;

describe('embed', () => {
  it('has the room as an element, in the looks of the page around it', async () => {
    const pages = await open('embed/element.html', 3);
    await Promise.all(
      pages.map((page) =>
        page.getByText(/After round \d+, [\d.]+ % of the map is right/).waitFor(),
      ),
    );
    const [page] = pages as [Page];
    const looks = await page.evaluate(() => {
      const styleOf = (name: string): CSSStyleDeclaration =>
        getComputedStyle(document.querySelector(name)!);
      return {
        page: [styleOf('body').color, styleOf('body').fontFamily],
        room: [styleOf('murmuration-room').color, styleOf('murmuration-room').fontFamily],
        // The elements' own names for their looks stay off the page.
        leaked: styleOf('body').getPropertyValue('--heat-0'),
        inside: styleOf('heat-map').getPropertyValue('--heat-0'),
      };
    });
    expect(looks.room).toEqual(looks.page);
    expect(looks.leaked).toBe('');
    expect(looks.inside).toMatch(/^#[\da-f]{6}$/);
    await page.getByRole('button', { name: 'Merge now' }).first().waitFor();
    await page.getByRole('img', { name: /The map of everybody after round/ }).waitFor();
    // A page may set any of them, above the element.
    const heat = await page.evaluate(() => {
      document.body.style.setProperty('--murmuration-heat-0', 'rgb(1, 2, 3)');
      return getComputedStyle(document.querySelector('heat-map')!).getPropertyValue('--heat-0');
    });
    expect(heat).toBe('rgb(1, 2, 3)');
    expect(errors).toEqual([]);
  });

  it('leaves the room when the element is taken out, and comes back when it is put in again', async () => {
    const pages = await open('embed/element.html', 2);
    const [page, other] = pages as [Page, Page];
    const peers = (): Promise<number> =>
      other.evaluate(() => {
        const room = document.querySelector('murmuration-room') as HTMLElement & {
          view?: { peers: { link: string }[] };
        };
        return room.view?.peers.filter(({ link }) => link === 'linked').length ?? 0;
      });
    await expect.poll(peers, { timeout: 60_000 }).toBe(1);
    await page.evaluate(() => {
      const room = document.querySelector('murmuration-room')!;
      (globalThis as { taken?: Element }).taken = room;
      room.remove();
    });
    await expect.poll(peers, { timeout: 60_000 }).toBe(0);
    await page.evaluate(() => {
      document.querySelector('main')!.append((globalThis as { taken?: Element }).taken!);
    });
    await expect.poll(peers, { timeout: 60_000 }).toBe(1);
    expect(errors).toEqual([]);
  });

  it('has the room in a frame, where the server lets this site show it', async () => {
    const [page] = await open('embed/iframe.html', 1);
    const frame = await frameOf(page!);
    await frame.getByRole('region', { name: 'You', exact: true }).waitFor();
    expect(frame.url()).toContain(`${server.url}#/room/article?k=`);
  });

  it('has no frame on a server that does not', async () => {
    const closed = await Server.start();
    context = await browser.newContext();
    const page = await context.newPage();
    const refused = page.waitForEvent('console', {
      predicate: (message) => message.text().includes('frame-ancestors'),
    });
    await page.goto(`${site}/examples/embed/iframe.html?server=${closed.url}`);
    expect((await refused).type()).toBe('error');
    await closed.kill();
  });
});

describe('notebook', () => {
  it('runs its cells again as others come and ask', async () => {
    const pages = await open('notebook/', 3);
    const hours = [6, 7.5, 9];
    await Promise.all(
      pages.map(async (page, i) => {
        const here = page.getByRole('region', { name: 'here', exact: true });
        await here.getByText('3', { exact: true }).waitFor();
        await page.getByLabel('Hours of sleep').fill(String(hours[i]));
        await page.getByRole('button', { name: 'Ask the room' }).click();
      }),
    );
    await Promise.all(
      pages.map((page) => page.getByText('3 readers slept 7.50 hours on average.').waitFor()),
    );
    expect(errors).toEqual([]);
  });
});

async function frameOf(page: Page): Promise<Frame> {
  const element = await page.waitForSelector('iframe[src]');
  return (await element.contentFrame())!;
}
