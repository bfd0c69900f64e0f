/**
 * Terms that explain themselves, in a real Chromium: by keyboard, mouse and finger, without moving the page, and which
 * of them each page has.
 *
 * @module
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TERMS, type TermName } from '../../src/ui/terms/term-words.ts';
import { buildPage, type BuiltPage, type Look } from './built-page.ts';
import { explainedTerms, marksTwice } from './explained.ts';

const FIXTURE = 'test/ui/fixture.html';

let built: BuiltPage;

beforeAll(async () => {
  built = await buildPage(FIXTURE);
});

afterEach(async () => {
  await built?.closePages();
});

afterAll(async () => {
  await built?.close();
});

async function open(address: string, look: Look = {}): Promise<Page> {
  const page = await built.newPage(look);
  page.setDefaultTimeout(30_000);
  // Nobody introduces anybody here: the page for data waits.
  await page.routeWebSocket(/signaling/, () => undefined);
  await page.goto(new URL(`${FIXTURE}${address}`, built.url).href);
  await page.locator('app-shell main h1').first().waitFor();
  return page;
}

/** The word of a term, the first on the page. */
const wordOf = (page: Page, term: TermName): Locator =>
  page.locator(`explained-term[of="${term}"] button`).first();

const noteOf = (page: Page, term: TermName): Locator =>
  page.getByText(TERMS[term], { exact: true });

const isFocused = (word: Locator): Promise<boolean> =>
  word.evaluate((node) => (node.getRootNode() as ShadowRoot).activeElement === node);

/** Boxes of all that is on the page, through every shadow root, but for notes. */
function boxes(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const walk = (root: ParentNode): void => {
      for (const node of root.querySelectorAll('*')) {
        if (node.matches('[role="note"]')) continue;
        const { x, y, width, height } = node.getBoundingClientRect();
        found.push(`${node.localName} ${x + scrollX} ${y + scrollY} ${width} ${height}`);
        if (node.shadowRoot) walk(node.shadowRoot);
      }
    };
    walk(document);
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [...found, `${scrollWidth} by ${scrollHeight}`];
  });
}

/** The boxes once they are the same twice: strips come and go as they come into sight. */
async function settled(page: Page): Promise<readonly string[]> {
  let before = await boxes(page);
  for (;;) {
    await page.waitForTimeout(100);
    const now = await boxes(page);
    if (now.join() === before.join()) return now;
    before = now;
  }
}

async function seriousIssues(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe('a term', () => {
  it('opens by Enter and Space, and Escape closes it where one was', async () => {
    const page = await open('?state=training');
    const word = wordOf(page, 'noise');
    for (const key of ['Enter', 'Space']) {
      expect(await noteOf(page, 'noise').count()).toBe(0);
      await word.press(key);
      await noteOf(page, 'noise').waitFor();
      expect(await word.getAttribute('aria-expanded')).toBe('true');
      await page.keyboard.press('Escape');
      await noteOf(page, 'noise').waitFor({ state: 'detached' });
      expect(await word.getAttribute('aria-expanded')).toBe('false');
      expect(await isFocused(word)).toBe(true);
    }
    await word.press('Enter');
    await page.keyboard.press('Tab');
    await noteOf(page, 'noise').waitFor({ state: 'detached' });
    expect(await isFocused(word)).toBe(false);
  });

  it('closes by a second press, by a press elsewhere, and when another one opens', async () => {
    const page = await open('?state=training');
    const word = wordOf(page, 'noise');
    await word.click();
    await noteOf(page, 'noise').waitFor();
    await word.click();
    await noteOf(page, 'noise').waitFor({ state: 'detached' });
    await word.click();
    await wordOf(page, 'signal to noise').click();
    await noteOf(page, 'signal to noise').waitFor();
    expect(await noteOf(page, 'noise').count()).toBe(0);
    await page.getByRole('heading', { name: 'Told about you so far' }).click();
    await noteOf(page, 'signal to noise').waitFor({ state: 'detached' });
  });

  it('is read out: its text comes into a live region', async () => {
    const page = await open('?state=training');
    await wordOf(page, 'loss').click();
    const live = await noteOf(page, 'loss').evaluate(
      (node) => node.closest('[aria-live="polite"]') !== null,
    );
    expect(live).toBe(true);
  });

  it.each([1280, 390])('moves nothing on a page of %i px', async (width) => {
    const page = await open('?state=training', { width });
    for (const term of ['round', 'true map', 'signal to noise', 'peer'] as const) {
      const word = wordOf(page, term);
      await word.focus();
      const before = await settled(page);
      await word.press('Enter');
      const note = noteOf(page, term);
      await note.waitFor();
      expect(await boxes(page)).toEqual(before);
      const isOnScreen = async (): Promise<boolean> => {
        const { x, y, width: noteWidth, height } = (await note.boundingBox())!;
        return x >= 0 && y >= 0 && x + noteWidth <= width && y + height <= 900;
      };
      await expect.poll(isOnScreen, { message: term }).toBe(true);
      await page.keyboard.press('Escape');
    }
  });

  it('goes along when the page is scrolled', async () => {
    const page = await open('?state=training');
    const word = wordOf(page, 'noise');
    await word.click();
    // Both in one look: from one to the next, the page may scroll.
    const gap = (): Promise<number> =>
      noteOf(page, 'noise').evaluate((note) => {
        const button = (note.getRootNode() as ShadowRoot).querySelector('button')!;
        return note.getBoundingClientRect().top - button.getBoundingClientRect().top;
      });
    const before = await gap();
    await page.mouse.wheel(0, 120);
    await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(0);
    expect(Math.abs((await gap()) - before)).toBeLessThan(1);
  });

  it('can be hit by a finger, 30 px high and 32 px wide at least', async () => {
    const page = await open('?state=noise', { width: 390 });
    for (const term of ['epsilon', 'mask', 'round'] as const) {
      const word = page.locator(`explained-term[of="${term}"] button:visible`).first();
      await word.scrollIntoViewIfNeeded();
      const { x, y, width, height } = (await word.boundingBox())!;
      const [centreX, centreY] = [x + width / 2, y + height / 2];
      for (const [dx, dy] of [
        [-15, 0],
        [15, 0],
        [0, -14],
        [0, 14],
      ] as const) {
        await page.touchscreen.tap(centreX + dx, centreY + dy);
        expect(await word.getAttribute('aria-expanded'), `${term} ${dx} ${dy}`).toBe('true');
        await page.keyboard.press('Escape');
      }
    }
  });

  it('in a dialog leaves the dialog open when Escape closes it', async () => {
    const page = await open('?state=training');
    await page.getByRole('button', { name: /^Room / }).click();
    await page.getByRole('dialog').waitFor();
    const word = wordOf(page, 'geometric median');
    await word.press('Enter');
    await noteOf(page, 'geometric median').waitFor();
    await page.keyboard.press('Escape');
    await noteOf(page, 'geometric median').waitFor({ state: 'detached' });
    expect(await page.getByRole('dialog').isVisible()).toBe(true);
    expect(await isFocused(word)).toBe(true);
    expect(marksTwice(await explainedTerms(page))).toEqual([]);
  });
});

/** Terms of a room that its panels have in every state with a merged map. */
const ROOM = {
  You: ['demonstration', 'reading'],
  Round: ['step', 'round'],
  Peers: ['peer', 'link'],
  footer: ['introduction', 'update', 'mask'],
};
const DETAILS = ['clip norm', 'noise multiplier', 'delta', 'update', 'weight'];

const PAGES: readonly (readonly [
  address: string,
  opened: TermName,
  terms: Readonly<Record<string, readonly string[]>>,
])[] = [
  [
    '?state=alone',
    'merge',
    {
      ...ROOM,
      Federation: ['federation', 'peer', 'merge', 'mask'],
      Peers: ['peer'],
      Accuracy: ['true map'],
      Privacy: ['mask', 'noise', 'round', 'signal to noise', ...DETAILS, 'epsilon'],
    },
  ],
  [
    '?state=two',
    'update',
    {
      ...ROOM,
      Federation: ['federation', 'peer', 'merge', 'update', 'mask'],
      Accuracy: ['true map'],
    },
  ],
  [
    '?state=training',
    'true map',
    {
      ...ROOM,
      Federation: ['demonstration', 'federation', 'mask'],
      Accuracy: ['true map', 'merge', 'loss', 'demonstration'],
      Privacy: ['mask', 'noise', 'round', 'signal to noise', ...DETAILS, 'epsilon'],
    },
  ],
  [
    '?state=noise',
    'epsilon',
    {
      ...ROOM,
      Federation: ['demonstration', 'federation', 'epsilon'],
      Privacy: ['mask', 'noise', 'round', 'epsilon', 'signal to noise', ...DETAILS],
    },
  ],
  [
    '?state=budget-spent',
    'budget',
    { ...ROOM, Federation: ['demonstration', 'federation', 'budget'] },
  ],
  [
    '?state=search',
    'group testing',
    { ...ROOM, Accuracy: ['true map', 'merge', 'loss', 'demonstration', 'group testing'] },
  ],
  ['?state=lines-60', 'line', { ...ROOM, Peers: ['peer', 'line', 'link'] }],
  [
    '?state=training#/lab',
    'non-iid',
    {
      page: ['federation', 'cross-device', 'cross-silo'],
      Knobs: [
        'seed of a run',
        'reading',
        'merge',
        'model',
        'outlier',
        'discrete Gaussian',
        'clip norm',
        'epsilon',
        'step',
        'gradient descent',
        'Adam',
        'learning rate',
        'non-iid',
        'round',
        'line',
      ],
      Results: ['model', 'merge', 'true map', 'standard deviation', 'alone', 'pooled', 'epsilon'],
    },
  ],
  [
    '?state=training#/data',
    'smallest group',
    { page: ['mask'], 'ask-form': ['smallest group', 'epsilon', 'noise'] },
  ],
];

describe('the terms of a page', () => {
  it.each(PAGES.map((page, index) => [...page, index] as const))(
    '%s explain themselves, once in each panel, and axe finds nothing serious with "%s" open',
    async (address, opened, terms, index) => {
      const page = await open(address, {
        theme: index % 2 === 0 ? 'light' : 'dark',
        width: index % 3 === 2 ? 390 : 1280,
      });
      const word = wordOf(page, opened);
      await word.waitFor({ state: 'attached' });
      const sorted = Object.fromEntries(
        Object.entries(terms).map(([panel, list]) => [panel, [...list].sort()]),
      );
      await expect.poll(() => explainedTerms(page)).toMatchObject(sorted);
      expect(marksTwice(await explainedTerms(page))).toEqual([]);
      for (const summary of await page.locator('details:not([open]) > summary').all()) {
        await summary.click();
      }
      await word.press('Enter');
      await noteOf(page, opened).waitFor();
      expect(await seriousIssues(page)).toEqual([]);
    },
  );

  it.each([390, 1280])(
    'mark what only a demonstration knows beside each large figure at %i px, and move nothing by it',
    async (width) => {
      const page = await open('?state=training', { width });
      const marks = page.getByRole('button', { name: 'demo only' });
      expect(await marks.count()).toBe(2);
      for (const mark of await marks.all()) expect(await mark.isVisible()).toBe(true);
      const heights = (): Promise<readonly number[]> =>
        page
          .locator('room-page .head')
          .evaluateAll((heads) => heads.map((head) => head.getBoundingClientRect().height));
      const before = await heights();
      expect(before).toHaveLength(2);
      // As before there is a merged map, and a mark.
      await page
        .locator('room-page explained-term[of="demonstration"]')
        .evaluateAll((terms) => terms.forEach((term) => term.remove()));
      expect(await heights()).toEqual(before);
    },
  );

  it('are in what the others saw', async () => {
    const page = await open('?state=training');
    await page.getByRole('region', { name: 'What the others saw' }).scrollIntoViewIfNeeded();
    await expect
      .poll(async () => (await explainedTerms(page))['What the others saw'])
      .toEqual(['mask', 'update', 'weight', 'word']);
  });

  it('are in the details of a peer without a direct link', async () => {
    const page = await open('?state=relayed');
    await page.getByRole('button', { name: /^Emi learning, through Bence/ }).click();
    await wordOf(page, 'relayed link').press('Enter');
    await noteOf(page, 'relayed link').waitFor();
    expect((await explainedTerms(page))['Peers']).toEqual(
      expect.arrayContaining(['identity', 'relayed link']),
    );
  });
});
