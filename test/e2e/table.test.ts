/**
 * "Learn from a table" in three real tabs: each drops a file, all agree, learn and end with one model, which is
 * saved, brought back and predicts a new file.
 */
import { AxeBuilder } from '@axe-core/playwright';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readModelFiles } from '../../src/task/table/model-file.ts';
import { TERMS } from '../../src/ui/terms/term-words.ts';
import { flats } from '../task/table/tables.ts';
import { explainedTerms } from './explained.ts';
import { endProcesses, launch, newContext, outcome, Server } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const NAMES = ['Ada', 'Ben', 'Cleo'] as const;

let server: Server;
let browser: Browser;

beforeAll(async () => {
  server = await Server.start();
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  endProcesses();
});

/** Opens a tab of the room for tables. */
async function open(room: string, name: string): Promise<Page> {
  const context = await newContext(browser);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.goto(`${server.url}#/data/${room}?k=${KEY}&name=${name}`);
  await page.getByText(`${name} (you)`).waitFor();
  return page;
}

/** Gives a tab a file. */
async function drop(page: Page, content: string | Buffer, name = 'flats.csv'): Promise<void> {
  const buffer = typeof content === 'string' ? Buffer.from(content) : content;
  await page
    .getByLabel('CSV file', { exact: true })
    .setInputFiles({ name, mimeType: 'text/csv', buffer });
}

const press = (page: Page, name: string): Promise<void> =>
  page.getByRole('button', { name }).click();

/** Saves what a button gives, by name of file. */
async function saved(page: Page, button: string, count: number): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  const all = new Promise<void>((resolve) => {
    page.on('download', (download) => {
      void download.path().then((path) => {
        files.set(download.suggestedFilename(), readFileSync(path));
        if (files.size === count) resolve();
      });
    });
  });
  await press(page, button);
  await all;
  return files;
}

describe('three tabs with a table each', () => {
  it('agree, learn one model, test it, save it and predict with it', async () => {
    const pages: Page[] = [];
    for (const name of NAMES) pages.push(await open('flats', name));
    const files = [flats('one', 150), flats('two', 120), flats('three', 100)];
    for (const [at, page] of pages.entries()) {
      await drop(page, files[at]!);
      await page.getByText('rows, ').waitFor();
      // The first to tell decides; the others find its choices, and may change them.
      if (at === 0) await page.getByLabel('Rounds', { exact: true }).fill('6');
      await press(page, 'Tell the room');
      if (at === 0) {
        await page.getByText('Two more tables needed').waitFor();
      }
    }
    for (const page of pages) await page.getByText('All tables fit together').waitFor();
    const schemas = await Promise.all(pages.map((page) => page.locator('code').textContent()));
    expect(new Set(schemas).size).toBe(1);
    const found = await new AxeBuilder({ page: pages[0]! }).analyze();
    expect(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

    for (const page of pages) await press(page, 'Learn together');
    for (const page of pages) await page.getByText('Six rounds with three tables.').waitFor();
    const figures = await Promise.all(
      pages.map((page) => page.locator('table-metrics dd').allTextContents()),
    );
    expect(figures[1]).toEqual(figures[0]);
    expect(figures[2]).toEqual(figures[0]);
    expect(Number.parseFloat(figures[0]![0]!)).toBeGreaterThan(60);
    const curves = await pages[0]!.getByRole('img', { name: /Mean loss after 6 rounds/ }).count();
    expect(curves).toBe(1);
    const terms = await explainedTerms(pages[0]!);
    expect(terms['table']).toEqual([
      'F1',
      'held out',
      'loss',
      'precision',
      'recall',
      'round',
      'schema',
      'step',
    ]);
    await pages[0]!.getByRole('button', { name: 'Recall', exact: true }).press('Enter');
    await pages[0]!.getByText(TERMS.recall).waitFor();
    const after = await new AxeBuilder({ page: pages[0]! }).analyze();
    expect(after.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);

    const models = await Promise.all(pages.map((page) => saved(page, 'Save for TensorFlow.js', 2)));
    const [first, ...others] = models.map((files) => files.get('weights.bin')!);
    for (const other of others) expect(other.equals(first!)).toBe(true);
    const model = readModelFiles(models[0]!.get('model.json')!.toString(), new Uint8Array(first!));
    expect(model.layout).toMatchObject({ target: 'sold', classes: ['no', 'yes'] });

    const fresh = await open('elsewhere', 'Dan');
    await fresh.getByLabel('model.json and weights.bin').setInputFiles(
      [...models[0]!].map(([name, buffer]) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer,
      })),
    );
    await fresh.getByText('The model predicts “sold”.').waitFor();
    const rows = { name: 'new.csv', mimeType: 'text/csv', buffer: Buffer.from(flats('new', 40)) };
    await fresh.getByLabel('CSV file to predict').setInputFiles(rows);
    const csv = (await saved(fresh, 'Save predictions.csv', 1)).get('predictions.csv')!.toString();
    const lines = csv.trim().split('\n');
    expect(lines[0]).toBe('predicted sold,probability of no,probability of yes');
    expect(lines).toHaveLength(41);
    expect(new Set(lines.slice(1).map((line) => line.split(',')[0]))).toEqual(
      new Set(['no', 'yes']),
    );
  });

  it('are told what is wrong with a file, and how tables differ, before anything is learned', async () => {
    const [ada, ben] = [await open('wrong', 'Ada'), await open('wrong', 'Ben')];
    await drop(ada!, 'a,b\n1\n');
    await ada!.getByText('Row 2 has 1 value for 2 columns').waitFor();
    await drop(ada!, Buffer.from('name,b\nM\xfcller,1\n', 'latin1'));
    await ada!.getByText('The file is not UTF-8').waitFor();
    await drop(ada!, flats('one', 60));
    await press(ada!, 'Tell the room');
    await drop(ben!, flats('two', 60).replace('area', 'size'));
    await press(ben!, 'Tell the room');
    await ben!.getByText('Ada has no column "size"').waitFor();
    await ada!.getByText('Ben has a column "size" that is not here').waitFor();
    expect(await ada!.getByRole('button', { name: 'Learn together' }).isDisabled()).toBe(true);
    await ada!.getByLabel('Use area as').selectOption('skip');
    await press(ada!, 'Tell the room');
    await ben!.getByLabel('Use size as').selectOption('skip');
    await press(ben!, 'Tell the room');
    await ada!.getByText('All tables fit together').waitFor();
    await ada!.getByText('One more table needed').waitFor();
  });

  it('a large file is read while the page goes on drawing, and says how far it is', async () => {
    const page = await open('large', 'Ada');
    const [header = '', ...lines] = flats('large', 1_000).trim().split('\n');
    const rows = 600_000;
    const file = `${header}\n${`${lines.join('\n')}\n`.repeat(rows / lines.length)}`;
    await page.evaluate(() => {
      const world = globalThis as { drawn?: number; shares?: string[] };
      world.drawn = 0;
      world.shares = [];
      const look = (): void => {
        const words = document
          .querySelector('app-shell')
          ?.shadowRoot?.querySelector('data-page')
          ?.shadowRoot?.querySelector('learn-from-table')
          ?.shadowRoot?.querySelector('table-drop')
          ?.shadowRoot?.querySelector('b')?.textContent;
        if (words?.startsWith('Reading') === true) {
          world.drawn = world.drawn! + 1;
          if (!world.shares!.includes(words)) world.shares!.push(words);
        }
        requestAnimationFrame(look);
      };
      look();
    });
    await drop(page, file, 'large.csv');
    await page.getByText('600,000 rows').waitFor();
    const [frames, shares] = await page.evaluate(() => {
      const world = globalThis as { drawn?: number; shares?: string[] };
      return [world.drawn!, world.shares!];
    });
    expect(frames).toBeGreaterThan(10);
    expect(shares.length).toBeGreaterThan(3);
  });

  it('learn with a program that trains in their room, to the same weights', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'murmuration-silo-'));
    try {
      const csv = join(folder, 'silo.csv');
      writeFileSync(csv, flats('silo', 90));
      const place = ['--server', server.url, '--room', 'silo', `--key=${KEY}`, '--name', 'Silo'];
      const out = join(folder, 'model');
      const flags = ['--csv', csv, '--target', 'sold', '--rounds', '5', '--out', out];
      const program = outcome(['train', ...place, ...flags], {});
      const pages = [await open('silo', 'Ada'), await open('silo', 'Ben')];
      for (const [at, page] of pages.entries()) {
        await page.getByText('Silo', { exact: true }).waitFor();
        await drop(page, flats(NAMES[at]!, 80));
        await page.getByText('rows, ').waitFor();
        await page.getByLabel('Rounds', { exact: true }).fill('5');
        await press(page, 'Tell the room');
      }
      for (const page of pages) await press(page, 'Learn together');
      for (const page of pages) await page.getByText('Five rounds with three tables.').waitFor();
      expect((await program).status).toBe(0);
      const weights = readFileSync(join(out, 'weights.bin'));
      for (const page of pages) {
        const files = await saved(page, 'Save for TensorFlow.js', 2);
        expect(files.get('weights.bin')!.equals(weights)).toBe(true);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
