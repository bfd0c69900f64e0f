/**
 * The lab in a real Chromium, with its real workers: what it plays, its address, its controls.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, type BuiltPage, type Look } from './built-page.ts';

let built: BuiltPage;

beforeAll(async () => {
  built = await buildPage();
}, 120_000);

afterEach(async () => {
  await built?.closePages();
});

afterAll(async () => {
  await built?.close();
});

async function open(hash: string, look: Look = {}): Promise<Page> {
  const page = await built.newPage(look);
  await page.goto(`${built.url}${hash}`);
  return page;
}

async function played(page: Page): Promise<void> {
  await page.getByText('All runs are played.').waitFor({ timeout: 60_000 });
  // The last results are drawn a moment later than they are in.
  await page.getByText('Local models of the newest run').waitFor();
}

async function picture(page: Page, name: string): Promise<void> {
  const target = process.env.LAB_PICTURES;
  if (target !== undefined) {
    await page.screenshot({ path: join(target, `${name}.png`), fullPage: true });
  }
}

function rows(page: Page): Promise<readonly string[]> {
  return page.locator('tbody tr').allInnerTexts();
}

const SINGLE = '#/lab?steps=50&sweep=&seeds=1&seed=1';

describe('the lab', () => {
  it('plays the article’s sweep when it opens', async () => {
    const page = await open('#/lab');
    await played(page);
    await expect.poll(async () => (await rows(page)).length).toBe(6);
    expect((await rows(page))[0]).toMatch(/^points 1\s+5\s/);
    const chart = page.getByRole('img', { name: /Accuracy at the end\. points 1: local models/ });
    expect(await chart.count()).toBe(1);
    const bands = page.locator('lab-chart .band');
    expect(await bands.count()).toBe(0);
    await page.getByRole('row', { name: 'points 4' }).hover();
    expect(await bands.count()).toBe(1);
    await picture(page, 'sweep-1280-light');
  });

  it('gives the same numbers for the same link, in another tab', async () => {
    const one = await open('#/lab?users=8&skew=0.5&drop=0.1&sweep=outliers&seeds=1&seed=7');
    await played(one);
    const numbers = await rows(one);
    expect(numbers.length).toBe(5);
    const other = await open(new URL(one.url()).hash);
    await played(other);
    await expect.poll(() => rows(other)).toEqual(numbers);
  });

  it('keeps results when a value is clicked, and says it in the address', async () => {
    const page = await open(SINGLE);
    await played(page);
    const before = await rows(page);
    await page.getByRole('group', { name: 'Users' }).getByRole('button', { name: '32' }).click();
    await expect.poll(async () => (await rows(page)).length).toBe(2);
    expect((await rows(page))[0]).toContain(before[0]!.split('\t').slice(2).join('\t'));
    expect(page.url()).toContain('~users=32&steps=50');
    await page.getByRole('button', { name: 'Clear results' }).click();
    await expect.poll(async () => (await rows(page)).length).toBe(1);
    expect(page.url()).not.toContain('~');
  });

  it('crosses two knobs, and moves through the cells by arrow keys', async () => {
    const page = await open(SINGLE);
    await page.getByRole('button', { name: 'Sweep outliers' }).click();
    await page.getByRole('button', { name: 'Sweep users' }).click();
    await played(page);
    const cell = (name: string) => page.getByRole('button', { name: new RegExp(`^${name}`) });
    await expect
      .poll(() => cell('Outliers 8, Users 64').getAttribute('aria-label'))
      .toMatch(/ %, /);
    await cell('Outliers 0, Users 16').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await cell('Outliers 1, Users 32').getAttribute('aria-pressed')).toBe('true');
    expect(page.url()).toContain('users=32');
    await picture(page, 'grid-1280-light');
  });

  it('keeps its knobs in a drawer on a phone', async () => {
    const page = await open(SINGLE, { width: 390 });
    await played(page);
    const users = page.getByRole('group', { name: 'Users' }).getByRole('button', { name: '8' });
    expect(await users.isVisible()).toBe(false);
    await page.getByText('Knobs', { exact: true }).click();
    await users.click();
    await expect.poll(async () => (await rows(page)).length).toBe(2);
    expect(await users.isVisible()).toBe(true);
  });

  it('stops and goes on', async () => {
    const page = await open('#/lab?steps=400&sweep=points,every&seeds=20&seed=1');
    await page.getByRole('button', { name: 'Cancel' }).click();
    const words = await page.getByText(/Stopped after .* of 720 runs/).innerText();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Playing 720 runs.').waitFor();
    expect(words).not.toContain('after 720');
  });

  it('says what is wrong with an address', async () => {
    const page = await open('#/lab?users=999');
    expect(await page.getByRole('alert').innerText()).toContain('no such value of users');
  });

  it('saves tables, drawings and pictures', async () => {
    const page = await open(SINGLE);
    await played(page);
    const saved = async (button: string): Promise<Buffer> => {
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: button, exact: true }).click();
      return readFileSync(await (await download).path());
    };
    const csv = (await saved('CSV')).toString().trim().split('\r\n');
    expect(csv.length).toBe(2);
    expect(csv[0]!.split(',').length).toBe(csv[1]!.split(',').length);
    expect((await saved('SVG')).toString()).toMatch(/^<svg .*stroke-width:\s?1\.75px/s);
    expect((await saved('PNG')).subarray(1, 4).toString()).toBe('PNG');
  });

  it.each(['light', 'dark'] as const)('has nothing that axe calls serious, %s', async (theme) => {
    for (const [name, hash] of [
      ['line', SINGLE],
      ['grid', '#/lab?steps=50&sweep=outliers,start&seeds=1&seed=1'],
    ] as const) {
      for (const width of [1280, 390]) {
        const page = await open(hash, { width, theme });
        await played(page);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(overflow).toBe(width);
        await picture(page, `${name}-${width}-${theme}`);
      }
    }
  });
});
