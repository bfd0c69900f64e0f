/**
 * "Ask the room" in real tabs: who asks, who answers, who declines, and what each of them sees.
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endProcesses, launch, newContext, Server } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
/** A folder for pictures of the page, for whoever wants to look. */
const PICTURES = process.env['MURMURATION_PICTURES'];

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

async function open(room: string, name: string, look: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await newContext(browser);
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await page.emulateMedia({ colorScheme: look });
  await page.goto(`${server.url}#/data/${room}?k=${KEY}&name=${name}`);
  await page.getByText(`${name} (you)`).waitFor();
  return page;
}

const question = (page: Page): Locator => page.locator('asked-question').first();

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  for (const width of [1280, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${PICTURES}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function flaws(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}

describe('a question in four tabs', () => {
  it('is seen by all, answered by those who accept, and warns when it is asked again', async () => {
    const [ada, ben, cleo, dan] = await Promise.all([
      open('sleep', 'Ada'),
      open('sleep', 'Ben', 'dark'),
      open('sleep', 'Cleo'),
      open('sleep', 'Dan'),
    ]);
    await ada.getByText('Dan').first().waitFor();
    await picture(ada, 'ask-empty');

    const form = ada.locator('ask-form');
    await form.getByRole('button', { name: 'Ask the room' }).click();
    await form.getByText('Ask something in 1 to 200').waitFor();
    await form.getByLabel('What do you want to know?').fill('How many hours did you sleep?');
    await form.getByLabel('Unit').fill('h');
    await form.getByLabel('Your own answer').fill('40');
    await form.getByRole('button', { name: 'Ask the room' }).click();
    await form.getByText('Answer with a number from 0 to 24').waitFor();
    await form.getByLabel('Your own answer').fill('8');
    await form.getByRole('button', { name: 'Ask the room' }).click();
    await question(ada).getByText('One would answer. Two more are needed.').waitFor();
    expect(await question(ada).getByRole('button', { name: 'Sum the answers' }).isDisabled()).toBe(
      true,
    );

    for (const [page, hours] of [
      [ben, '6'],
      [cleo, '7,5'],
      [dan, '5'],
    ] as const) {
      await question(page).getByText('What leaves this device: your answer').waitFor();
      await question(page).getByText('a sum of at least three people').waitFor();
      await question(page).getByLabel('Your answer, 0 to 24 h').fill(hours);
    }
    expect(await flaws(ben)).toEqual([]);
    await picture(ben, 'ask-asked');
    for (const page of [ben, cleo, dan])
      await question(page).getByRole('button', { name: 'Answer' }).click();
    await question(ada).getByText('Four would answer.').waitFor();
    await question(ada).getByRole('button', { name: 'Sum the answers' }).click();
    for (const page of [ada, ben, cleo, dan]) {
      await question(page).getByText('Four people are in it, you too.').waitFor();
      expect(await question(page).getByLabel('Answer', { exact: true }).textContent()).toContain(
        '6.625\u202fh',
      );
    }
    await picture(ben, 'ask-answered');

    await form.getByLabel('What do you want to know?').fill('how many hours did you sleep?');
    await form.getByLabel('Your own answer').fill('8');
    await form.getByRole('button', { name: 'Ask the room' }).click();
    await question(dan).getByRole('button', { name: 'Decline' }).click();
    for (const page of [ben, cleo]) {
      await question(page).getByLabel('Your answer, 0 to 24 h').fill('6');
      await question(page).getByRole('button', { name: 'Answer' }).click();
    }
    await question(ada).getByText('of the two groups only Dan is in one').waitFor();
    await question(dan).getByText('You declined.').waitFor();
    expect(await flaws(ada)).toEqual([]);
    await picture(ada, 'ask-again');
    await question(ada).getByRole('button', { name: 'Take it back' }).click();
    await question(cleo).getByText('It was taken back.').waitFor();
  });

  it('of ranges is a histogram, by keyboard alone', async () => {
    const pages = await Promise.all(['Ada', 'Ben', 'Cleo'].map((name) => open('ages', name)));
    const [ada, ...others] = pages as [Page, Page, Page];
    await ada.getByText('Cleo').first().waitFor();
    const form = ada.locator('ask-form');
    await form.getByLabel('What do you want to know?').fill('How old are you?');
    await form.getByLabel('Tell us').selectOption('histogram');
    await form.getByLabel('Edges of the ranges').fill('0, 20, 40, 120');
    await form.getByLabel('Your own answer').fill('33');
    await ada.keyboard.press('Enter');
    for (const page of others) {
      await question(page).getByLabel('Your answer, 0 to 120').fill('19');
      await page.keyboard.press('Enter');
    }
    await question(ada).getByText('Three would answer.').waitFor();
    await question(ada).getByRole('button', { name: 'Sum the answers' }).focus();
    await ada.keyboard.press('Enter');
    for (const page of pages) {
      await question(page).getByText('Three people are in it').waitFor();
      const bins = await question(page).getByRole('listitem').allTextContents();
      expect(bins.map((text) => text.replace(/\s+/g, ' ').trim())).toEqual([
        expect.stringMatching(/^0 to 20 ?2$/),
        expect.stringMatching(/^20 to 40 ?1$/),
        expect.stringMatching(/^40 to 120 ?0$/),
      ]);
    }
    expect(await flaws(ada)).toEqual([]);
    await picture(ada, 'ask-ranges');
  });
});
