/**
 * The story in a real Chromium: every figure by mouse and keyboard, alone and on the page, axe, small screens.
 *
 * @module
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { STORY_FIGURES } from '../../src/ui/route.ts';
import { buildPage, type BuiltPage, type Look } from './built-page.ts';

let built: BuiltPage;

beforeAll(async () => {
  built = await buildPage();
});

afterEach(async () => {
  await built?.closePages();
});

afterAll(async () => {
  await built?.close();
});

/** Requests to other hosts, and errors of the page: both must stay empty. */
const complaints = new WeakMap<Page, string[]>();

async function open(hash: string, look: Look = {}): Promise<Page> {
  const page = await built.newPage(look);
  page.setDefaultTimeout(30_000);
  const heard: string[] = [];
  complaints.set(page, heard);
  const base = built.url;
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== new URL(base).host) heard.push(request.url());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  await page.goto(`${base}${hash}`);
  await page.locator('story-page').waitFor();
  return page;
}

/** Scrolls through the page, so that every figure is fetched. */
async function seeAll(page: Page): Promise<void> {
  for (const figure of STORY_FIGURES) {
    await page.locator(`[data-figure=${figure}]`).scrollIntoViewIfNeeded();
    await page.locator(`[data-figure=${figure}] figcaption`).waitFor();
  }
}

describe('the whole story', () => {
  it.each([
    [1280, 'light'],
    [1280, 'dark'],
    [390, 'light'],
    [390, 'dark'],
  ] as const)(
    'at %i px, %s, has nothing serious for axe, no sideways scroll, no foreign host',
    async (width, theme) => {
      const page = await open('#/story', { width, theme });
      await seeAll(page);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(wider).toBeLessThanOrEqual(0);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) =>
        ['serious', 'critical'].includes(String(impact)),
      );
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(complaints.get(page)).toEqual([]);
    },
  );

  it('opens footnotes and words in place, and goes to a room', async () => {
    const page = await open('#/story');
    const term = page.getByRole('button', { name: 'mask', exact: true });
    expect(await term.getAttribute('aria-expanded')).toBe('false');
    await term.press('Enter');
    expect(await term.getAttribute('aria-expanded')).toBe('true');
    await page.getByText('In a sum of both it is gone.').waitFor();
    await page.getByRole('link', { name: 'Room', exact: true }).click();
    await page.getByRole('button', { name: /^Room / }).waitFor();
  });
});

describe('a figure alone', () => {
  it('is all that an address with its name shows', async () => {
    for (const figure of STORY_FIGURES) {
      const page = await open(`#/story?figure=${figure}`, { width: 390 });
      await page.locator('figcaption').waitFor();
      expect(await page.locator('figure').count()).toBe(1);
      expect(await page.locator('header').count()).toBe(0);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      expect(wider).toBeLessThanOrEqual(0);
    }
  });
});

describe('masks', () => {
  it('change two words and no sum, by keyboard and by mouse', async () => {
    const page = await open('#/story?figure=masks');
    const sum = page.getByLabel('Sum of what left the phones');
    const words = () => page.locator('.out .number').allTextContents();
    const tile = page.getByRole('slider', { name: /^Amara .* with Bence/ });
    await tile.waitFor();
    const before = await words();
    await tile.press('ArrowRight');
    const after = await words();
    expect(after.map((word, at) => word !== before[at])).toEqual([true, true, false]);
    expect(await sum.textContent()).toMatch(/^\s*17\s/);
    const { x, y } = (await tile.boundingBox())!;
    await page.mouse.move(x + 40, y + 20);
    await page.mouse.down();
    await page.mouse.move(x + 130, y + 24, { steps: 4 });
    await page.mouse.up();
    expect((await words())[0]).not.toBe(after[0]);
    expect(await sum.textContent()).toMatch(/^\s*17\s/);
    await page.getByRole('button', { name: 'Bence: one more' }).press('Enter');
    expect(await sum.textContent()).toMatch(/^\s*18\s/);
  });

  it('are rebuilt from pieces when somebody drops out, and two know the third', async () => {
    const page = await open('#/story?figure=masks');
    await page.getByRole('button', { name: 'One person more' }).click();
    await page.getByRole('button', { name: 'Let Chloé drop out' }).click();
    await page.getByText('is noise').waitFor();
    for (const name of ['Amara', 'Bence'])
      await page.getByRole('button', { name: `${name}: hand over the piece` }).click();
    await page.getByText('is noise').waitFor();
    await page.getByRole('button', { name: 'Dov: hand over the piece' }).click();
    expect(await page.getByLabel('Sum of what left the phones').textContent()).toMatch(/^\s*30\s/);
    await page.getByRole('button', { name: 'Let Chloé back in' }).click();
    await page.getByRole('button', { name: 'One person less' }).click();
    await page.getByRole('button', { name: 'Bence and Chloé' }).click();
    await page.getByText('so that 5 is left for Amara. That is all there is').waitFor();
  });
});

describe('spam', () => {
  const rowOf = (page: Page, name: string) => page.getByRole('row', { name });

  it('is learned anew at each flag, by mouse and by keyboard, in all four ways', async () => {
    const page = await open('#/story?figure=spam');
    await rowOf(page, 'Together, under masks')
      .getByText(/^\s*spam/)
      .waitFor();
    await rowOf(page, 'Chloé alone')
      .getByText(/^\s*fine/)
      .waitFor();
    const inbox = page.locator('spam-inbox[label="Messages of Bence"]');
    const scams = inbox.getByRole('button', { name: /(customs|deliver)/ });
    expect(await scams.count()).toBe(4);
    await scams.nth(0).click();
    await scams.nth(1).click();
    await scams.nth(2).press('Enter');
    await scams.nth(3).press(' ');
    expect(await scams.nth(3).getAttribute('aria-pressed')).toBe('false');
    for (const name of ['All messages in one place', 'Bence alone', 'Together, in the open'])
      await rowOf(page, name)
        .getByText(/^\s*fine/)
        .waitFor();
    await rowOf(page, 'Together, under masks')
      .getByText(/^\s*fine/)
      .waitFor();
  });

  it('links messages and words both ways', async () => {
    const page = await open('#/story?figure=spam');
    const server = page.locator('spam-inbox[label="All that the server has"]');
    const bars = page.getByRole('listbox', { name: 'Model of all messages' });
    await bars.focus();
    await bars.press('ArrowDown');
    await bars.press('ArrowDown');
    await page
      .locator('spam-inbox[label="Messages of Bence"] mark', { hasText: 'fee' })
      .first()
      .waitFor();
    expect(await server.locator('mark').allTextContents()).toContain('fee');
    const message = page.getByRole('button', { name: /^Kata: Did you feed the cat/ });
    await message.hover();
    await bars.getByRole('option', { name: /^cat: / }).waitFor();
    await server.locator('button.pointed', { hasText: 'feed the cat' }).waitFor();
  });

  it('shows what was read off in the open, and under masks only numbers that add up', async () => {
    const page = await open('#/story?figure=spam');
    await page.getByRole('button', { name: 'Together, in the open' }).click();
    await page.getByText('Bence’s messages have 97 words:').waitFor();
    await page.getByRole('button', { name: 'Together, under masks' }).click();
    const bars = page.getByRole('listbox', { name: 'Masked words of Amara' });
    await bars.getByRole('option').nth(1).hover();
    const numbers = (await page.locator('.sum dd').allTextContents()).map((text) =>
      Number(text.replace(/\s/g, '')),
    );
    const [amara, bence, chloe, sum] = numbers as [number, number, number, number];
    expect((amara + bence + chloe) % 2 ** 32).toBe(sum);
  });

  it('gives the verdict on what one writes, at each round', async () => {
    const page = await open('#/story?figure=spam');
    await page.getByLabel(/^Write a message/).fill('Claim your free prize now');
    await rowOf(page, 'Amara alone')
      .getByText(/^\s*spam/)
      .waitFor();
    await page.getByLabel('Round 5').fill('0');
    await rowOf(page, 'Amara alone').getByText('fine 50').waitFor();
    await page.getByRole('button', { name: 'One round' }).press('Enter');
    await page.getByText('Model after round 1', { exact: true }).waitFor();
  });
});

describe('masks of eight', () => {
  it('fit a phone, one of them gone, and still turn by key', async () => {
    const page = await open('#/story?figure=masks', { width: 390 });
    for (let people = 3; people < 8; people++)
      await page.getByRole('button', { name: 'One person more' }).click();
    const tile = page.getByRole('slider', { name: /^Hugo .* with Gita/ });
    const before = await tile.getAttribute('aria-valuenow');
    await tile.press('ArrowUp');
    expect(await tile.getAttribute('aria-valuenow')).not.toBe(before);
    await page.getByRole('button', { name: 'Let Chloé drop out' }).click();
    await page.getByText('is noise').waitFor();
    const [wider, height] = await page.evaluate(() => [
      document.documentElement.scrollWidth - window.innerWidth,
      document.documentElement.scrollHeight,
    ]);
    expect(wider).toBeLessThanOrEqual(0);
    expect(height).toBeLessThan(2_600);
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
    ).toEqual([]);
  });
});

describe('readings', () => {
  it('teach more in one place than apart, and can be kept out of it', async () => {
    const page = await open('#/story?figure=readings');
    await page.locator('figcaption', { hasText: '48 readings in one place' }).waitFor();
    const sixth = page.getByRole('button', { name: 'User 6: keep out of the pool' });
    await sixth.focus();
    expect(await page.locator('.pool ellipse').count()).toBe(3);
    await sixth.press('Enter');
    await page.locator('figcaption', { hasText: 'One keeps theirs out of the pool.' }).waitFor();
    expect(await page.locator('.pool ellipse').count()).toBe(0);
    await page.getByRole('button', { name: 'Let them learn' }).press('Enter');
    await page.getByText('300 steps').waitFor();
    const shares = await page.locator('h3 span').allTextContents();
    const [alone, pooled] = shares.map((share) => Number.parseFloat(share));
    expect(pooled).toBeGreaterThan(alone! + 10);
    await page.getByRole('button', { name: '1', exact: true }).click();
    await page.locator('figcaption', { hasText: 'with one reading' }).waitFor();
    await page.getByRole('button', { name: 'Only readings' }).click();
    await page.locator('figcaption', { hasText: '15 readings in one place' }).waitFor();
  });
});

describe('whole models', () => {
  it('are noise until the last is added, with whatever masks', async () => {
    const page = await open('#/story?figure=models');
    const sum = page.locator('.sum .out heat-map canvas');
    const mean = page.locator('.sum .pair:not(.out) heat-map canvas');
    const shareOf = async (map: typeof sum) =>
      (await map.getAttribute('aria-label'))!.match(/: ([\d.]+) % right$/)![1];
    const outs = () =>
      page
        .locator('.line:not(.sum) .out svg.cells')
        .evaluateAll((strips) => strips.map((cells) => cells.innerHTML));
    await page.locator('figcaption', { hasText: 'One of four is in the sum' }).waitFor();
    const before = await outs();
    await page.getByRole('button', { name: 'Draw new masks' }).press('Enter');
    const after = await outs();
    expect(after.every((cells, place) => cells !== before[place])).toBe(true);
    await page.getByRole('button', { name: 'Dov: add to the sum' }).click();
    await page.getByRole('button', { name: 'Add the next' }).press('Enter');
    await page.locator('figcaption', { hasText: 'Three of four are in the sum' }).waitFor();
    await page.getByRole('button', { name: 'Add the next' }).press('Enter');
    await page.locator('figcaption', { hasText: 'All four are in: six masks' }).waitFor();
    expect(await shareOf(sum)).toBe(await shareOf(mean));
    await page.getByRole('button', { name: '6', exact: true }).click();
    await page.locator('figcaption', { hasText: 'One of six is in the sum' }).waitFor();
    await page.getByRole('button', { name: 'Empty the sum' }).click();
    await page.getByText('Nothing is added yet.').waitFor();
  });
});

describe('sixteen maps', () => {
  it('become one at a merge, and a map finds its line', async () => {
    const page = await open('#/story?figure=together');
    await page.getByText('Nothing is merged yet.').waitFor();
    const map = page.getByRole('button', { name: /^Map 6, / });
    await map.focus();
    await page.locator('curves-chart text.lit', { hasText: 'map 6' }).waitFor();
    await page.getByRole('button', { name: 'Merge now' }).press('Enter');
    const shares = await page
      .locator('.cell canvas')
      .evaluateAll((canvases) =>
        canvases.map((canvas) => canvas.getAttribute('aria-label')!.replace(/^Map \d+, /, '')),
      );
    expect(new Set(shares).size).toBe(1);
    await page.getByRole('button', { name: 'Two steps' }).press('Enter');
    await page.getByText('42 local steps, one merge').waitFor();
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.getByText('no local steps, no merges').waitFor();
  });

  it('merge from the prose as well', async () => {
    const page = await open('#/story');
    await seeAll(page);
    await page.locator('article > p').getByRole('button', { name: 'Merge now' }).click();
    await page.getByText('40 local steps, one merge').waitFor();
  });
});

describe('outliers', () => {
  it('are left out and let in by anybody’s map, and runs stay on the chart', async () => {
    const page = await open('#/story?figure=outliers');
    await page.locator('curves-chart[label*="one run drawn"]').waitFor();
    const first = page.getByRole('button', { name: /^User 1, reports cold everywhere/ });
    await first.press('Enter');
    expect(await first.getAttribute('aria-pressed')).toBe('true');
    await page.locator('curves-chart[label*="two runs drawn"]').waitFor();
    await page.getByRole('button', { name: 'Clear earlier runs' }).click();
    await page.locator('curves-chart[label*="one run drawn"]').waitFor();
  });

  it('left out by one button raise the true map and lower their own, and the figure shows both', async () => {
    const page = await open('#/story?figure=outliers');
    const truths = page.getByRole('table', { name: 'Whose truth?' });
    /** Right on the true map and on the readings of the six, percent, once a run has merged ten times. */
    const shares = async (outliers: string): Promise<{ map: number; six: number } | undefined> => {
      const caption = page.locator('figcaption', { hasText: `With ${outliers} in the merges` });
      await caption.waitFor();
      if ((await page.locator('curves-chart .ring').count()) !== 10) return undefined;
      const cells = await truths.getByRole('cell').allTextContents();
      const [map, , six] = cells.map(Number.parseFloat);
      return Number.isFinite(map) ? { map: map!, six: six! } : undefined;
    };
    const patience = { timeout: 20_000 };
    await expect.poll(() => shares('six outliers'), patience).toBeDefined();
    const before = (await shares('six outliers'))!;
    await page.getByRole('button', { name: 'Leave the six out' }).click();
    // The chart shows the run before until this one is worked out.
    const isBetterForTheMap = async (): Promise<boolean> => {
      const after = await shares('no outliers');
      return after !== undefined && after.map > before.map && after.six < before.six;
    };
    await expect.poll(isBetterForTheMap, patience).toBe(true);
  });
});

describe('rounds', () => {
  it('go level by level to one mean, by keyboard, and count who vanishes', async () => {
    const page = await open('#/story?figure=rounds');
    await page.getByRole('button', { name: '32', exact: true }).press('Enter');
    await page.locator('figcaption', { hasText: '32 peers in three lines' }).waitFor();
    const rings = page.getByRole('application');
    await rings.focus();
    await rings.press('ArrowRight');
    await rings.press('ArrowDown');
    await rings.press('Enter');
    await page.locator('figcaption', { hasText: 'One has vanished.' }).waitFor();
    await page.locator('line-rings circle.peer').nth(25).click();
    await page.locator('figcaption', { hasText: 'Two have vanished.' }).waitFor();
    await page.getByRole('button', { name: 'Until somebody knows more' }).press('Enter');
    await page.locator('figcaption', { hasText: 'mean of their line' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page
      .locator('figcaption', { hasText: 'of the 30 who took part until their line had summed' })
      .waitFor();
    const means = await page.locator('line-rings .mean').allTextContents();
    expect(new Set(means.map((mean) => mean.trim())).size).toBe(1);
    await page.getByRole('button', { name: 'Start again' }).click();
    await page.locator('figcaption', { hasText: '32 peers in three lines' }).waitFor();
  });
});

describe('privacy', () => {
  it('stops out of sight, and goes on from there', async () => {
    const page = await open('#/story');
    await seeAll(page);
    const figure = page.locator('[data-figure=privacy]');
    const isPlaying = (): boolean =>
      page.workers().some((worker) => worker.url().includes('influence-worker'));
    await figure.scrollIntoViewIfNeeded();
    await figure.getByRole('button', { name: 'Play', exact: true }).click();
    await expect.poll(isPlaying, { timeout: 20_000 }).toBe(true);
    await page.getByRole('heading', { level: 1 }).scrollIntoViewIfNeeded();
    await expect.poll(isPlaying, { timeout: 20_000 }).toBe(false);
    await figure.scrollIntoViewIfNeeded();
    await expect.poll(isPlaying, { timeout: 20_000 }).toBe(true);
  });

  it('is played level by level, each map on its own, and stops when asked', async () => {
    const page = await open('#/story?figure=privacy');
    await page.locator('figcaption', { hasText: 'Nothing is played yet.' }).waitFor();
    await page.getByRole('button', { name: 'Play', exact: true }).press('Enter');
    await page.locator('figcaption', { hasText: 'of 11 levels are played' }).waitFor();
    const figures = page.locator('bands-chart .figure');
    await figures.first().waitFor();
    // Without noise and without blur is one run, drawn in both charts.
    const both = await page
      .locator('bands-chart')
      .evaluateAll((charts) =>
        charts.map((chart) => chart.shadowRoot!.querySelector('.figure')!.textContent),
      );
    expect(both[0]).toBe(both[1]);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Circle, harder' }).click();
    await page.locator('figcaption', { hasText: 'Nothing is played yet.' }).waitFor();
    await page.getByRole('button', { name: 'Diagonal, easy' }).click();
    await page.locator('figcaption', { hasText: 'of 11 levels are played' }).waitFor();
  });
});
