/**
 * The page in a real Chromium over fixture sessions: every state, every control by its accessible
 * name, axe, the keyboard, small screens.
 *
 * @module
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, type BuiltPage } from './built-page.ts';
import { headline } from '../../src/ui/headline.ts';
import { LINES_STATES, linesView } from '../ui/fixture-lines.ts';
import type { LinesState } from '../ui/fixture-lines.ts';
import { FIXTURE_STATES, fixtureView } from '../ui/fixture-views.ts';
import type { FixtureState } from '../ui/fixture-views.ts';

const FIXTURE = 'test/ui/fixture.html';

let built: BuiltPage;
let base: string;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  built = await buildPage(FIXTURE);
  base = new URL(FIXTURE, built.url).href;
});

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

afterAll(async () => {
  await built?.close();
});

/** Requests to other hosts, and errors of the page: both must stay empty. */
const complaints = new WeakMap<Page, string[]>();

async function open(
  state: FixtureState | LinesState,
  {
    width = 1280,
    theme = 'light',
    hash = '',
    query = '',
    motion = 'reduce',
  }: {
    width?: number;
    theme?: 'light' | 'dark';
    hash?: string;
    query?: string;
    motion?: 'reduce' | 'no-preference';
  } = {},
): Promise<Page> {
  const context = await built.browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: theme,
    reducedMotion: motion,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const heard: string[] = [];
  complaints.set(page, heard);
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.host !== new URL(base).host) heard.push(request.url());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') heard.push(message.text());
  });
  await page.goto(`${base}?state=${state}${query}${hash}`);
  await page.locator('app-shell main h1').first().waitFor();
  return page;
}

/** The words that a control says beside its name. */
function describedBy(control: Element): string {
  const root = control.getRootNode() as ShadowRoot;
  const ids = control.getAttribute('aria-describedby')!.split(' ');
  const text = ids.map((id) => root.getElementById(id)!.textContent).join(' ');
  return text.replace(/\s+/g, ' ').trim();
}

function calls(page: Page, session = 0): Promise<readonly string[]> {
  return page.evaluate(
    (index) =>
      (globalThis as unknown as { fixture: { sessions: { calls: string[] }[] } }).fixture.sessions[
        index
      ]!.calls,
    session,
  );
}

async function seriousIssues(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations
    .filter((violation) => violation.impact === 'serious' || violation.impact === 'critical')
    .flatMap((violation) =>
      violation.nodes.map((node) => `${violation.id}: ${node.target.join(' ')} ${node.html}`),
    );
}

describe('every state', () => {
  it.each(FIXTURE_STATES.map((state, index) => [state, index] as const))(
    '%s says what is going on, and axe finds nothing serious',
    async (state, index) => {
      const page = await open(state, {
        theme: index % 2 === 0 ? 'light' : 'dark',
        width: index % 3 === 2 ? 390 : 1280,
      });
      const said = headline(fixtureView(state));
      await expect.poll(() => page.getByRole('status').first().textContent()).toContain(said.title);
      for (const name of ['You', 'Federation', 'Peers', 'Accuracy'])
        expect(await page.getByRole('region', { name, exact: true }).count()).toBe(1);
      expect(await seriousIssues(page)).toEqual([]);
      expect(complaints.get(page)).toEqual([]);
    },
  );
});

describe('a room of lines', () => {
  it.each(LINES_STATES.map((state, index) => [state, index] as const))(
    '%s says what is going on, fits, and axe finds nothing serious',
    async (state, index) => {
      const page = await open(state, {
        theme: index % 2 === 0 ? 'light' : 'dark',
        width: index % 3 === 1 ? 390 : 1280,
      });
      const said = headline(linesView(state));
      await expect.poll(() => page.getByRole('status').first().textContent()).toContain(said.title);
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(excess).toBe(0);
      expect(await seriousIssues(page)).toEqual([]);
      expect(complaints.get(page)).toEqual([]);
    },
  );
  it('is one sentence, then lines, then peers, for who uses the keyboard', async () => {
    const page = await open('lines-60');
    const flock = page.getByRole('region', { name: 'Round', exact: true });
    await flock
      .getByRole('img', {
        name: /^60 peers in six lines; your line has eleven, one of them not linked\./,
      })
      .waitFor();
    const stops = flock.getByRole('group', { name: /^Lines: / }).locator('[tabindex="0"]');
    expect(await stops.count()).toBe(1);
    const own = flock.getByRole('button', {
      name: /^Your line, line 4: eleven peers, ten of them/,
    });
    await own.focus();
    const focused = () =>
      flock.locator('flock-lines button:focus').evaluate((node) => node.getAttribute('aria-label'));
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toBe('Line 1: eleven peers, ten of them linked to you');
    await page.keyboard.press('ArrowRight');
    expect(await focused()).toBe('Bence, line 1');
    await flock.locator('.tip').getByText('Bence, line 1').waitFor();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    expect(await focused()).toBe('Bence, line 1');
    await page.keyboard.press('Escape');
    expect(await focused()).toMatch(/^Line 1: /);
    await page.keyboard.press('End');
    expect(await focused()).toMatch(/^Line 6: /);
    expect(await stops.count()).toBe(1);
  });
  it('opens a peer of another line in the list, where lines are folded', async () => {
    const page = await open('lines-60');
    const list = page.getByRole('region', { name: 'Peers' });
    expect(await list.getByRole('button', { name: /^Bence/ }).count()).toBe(0);
    expect(await list.getByRole('button', { name: /^Line \d/, expanded: false }).count()).toBe(5);
    await page.getByRole('button', { name: 'Bence, line 1' }).click();
    await list.getByRole('button', { name: /^Bence/, expanded: true }).waitFor();
    await list.getByText('direct, from tab to tab').waitFor();
    // The box scrolls: the page below it has not moved.
    const height = await list.locator('.lines').evaluate((node) => node.clientHeight);
    await list.getByRole('button', { name: /^Line 2/ }).click();
    expect(await list.locator('.lines').evaluate((node) => node.clientHeight)).toBe(height);
  });
  it('draws rounds on one canvas, and asks the page for no measure while it does', async () => {
    const page = await open('lines-60', { query: '&play&live', motion: 'no-preference' });
    const seen = await page.evaluate(async () => {
      const flockOf = (root: ParentNode): Element | undefined => {
        for (const node of root.querySelectorAll('*')) {
          if (node.localName === 'peer-flock') return node;
          const inner = node.shadowRoot && flockOf(node.shadowRoot);
          if (inner) return inner;
        }
        return undefined;
      };
      const flock = flockOf(document)!;
      const isIn = (node: Node): boolean => {
        const root = node.getRootNode();
        return node === flock || (root instanceof ShadowRoot && isIn(root.host));
      };
      let reads = 0;
      for (const name of ['getBoundingClientRect', 'getClientRects'] as const) {
        const original = Element.prototype[name] as () => DOMRect & DOMRectList;
        Element.prototype[name] = function (this: Element) {
          if (isIn(this)) reads += 1;
          return original.call(this);
        };
      }
      for (const [prototype, name] of [
        [Element.prototype, 'clientWidth'],
        [Element.prototype, 'clientHeight'],
        [HTMLElement.prototype, 'offsetWidth'],
        [HTMLElement.prototype, 'offsetTop'],
      ] as const) {
        const read = Object.getOwnPropertyDescriptor(prototype, name)!.get!;
        Object.defineProperty(prototype, name, {
          get(this: Element): number {
            if (isIn(this)) reads += 1;
            return read.call(this) as number;
          },
        });
      }
      const style = globalThis.getComputedStyle;
      globalThis.getComputedStyle = (node: Element, pseudo?: string | null) => {
        if (isIn(node)) reads += 1;
        return style(node, pseudo);
      };
      let drawn = 0;
      const clear = CanvasRenderingContext2D.prototype.clearRect;
      CanvasRenderingContext2D.prototype.clearRect = function (...box) {
        if (isIn(this.canvas)) drawn += 1;
        clear.apply(this, box);
      };
      while (drawn < 60) await new Promise(requestAnimationFrame);
      return { reads, canvases: flock.shadowRoot!.querySelectorAll('canvas').length };
    });
    expect(seen).toEqual({ reads: 0, canvases: 1 });
    expect(complaints.get(page)).toEqual([]);
  });
  it('says through whom a relayed link passes', async () => {
    const page = await open('relayed');
    const list = page.getByRole('region', { name: 'Peers' });
    await list.getByRole('button', { name: /^Emi learning, through Bence/ }).click();
    await list.getByText('no direct one: Bence passes sealed messages on').waitFor();
  });
});

describe('widths', () => {
  it.each([390, 600, 768, 1000, 1280, 1504, 2560])(
    'nothing needs sideways scrolling at %i px',
    async (width) => {
      const page = await open('sending', { width });
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(excess).toBe(0);
      const map = page.getByRole('img', { name: /^Your heat-map/ });
      expect((await map.boundingBox())!.width).toBeGreaterThan(160);
    },
  );
});

describe('controls, by their accessible names', () => {
  it('reach the session', async () => {
    const page = await open('training');
    await page.getByRole('button', { name: 'Merge now' }).click();
    await page.getByRole('switch', { name: 'Merge automatically' }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('button', { name: 'Step', exact: true }).click();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('switch', { name: 'Broken thermometer' }).click();
    const steps = page.getByRole('spinbutton', { name: 'Steps from one merge to the next' });
    await steps.fill('7');
    await steps.press('Enter');
    await page.getByRole('button', { name: 'Leave out Dov' }).click();
    await page.getByRole('button', { name: 'Let in Dov again' }).click();
    expect((await calls(page)).filter((call) => !call.includes('nspect'))).toEqual([
      'mergeNow',
      'setMerging by-hand 20',
      'setRunning false',
      'stepOnce',
      'reset',
      'setRunning true',
      'setOutlier true',
      'setMerging by-hand 7',
      'leaveOut true',
      'leaveOut false',
    ]);
    expect(await page.getByRole('switch', { name: 'Broken thermometer' }).isChecked()).toBe(true);
  });
  it('refuse a number of steps that no round can have', async () => {
    const page = await open('training');
    const steps = page.getByRole('spinbutton', { name: 'Steps from one merge to the next' });
    for (const wrong of ['0', '-3', '99999999']) {
      await steps.fill(wrong);
      await steps.press('Enter');
      expect(await steps.inputValue()).toBe('20');
    }
    expect((await calls(page)).some((call) => call.startsWith('setMerging'))).toBe(false);
  });
  it('exist once each, in every state and width', async () => {
    for (const [state, width] of [
      ['alone', 1280],
      ['training', 1280],
      ['training', 390],
    ] as const) {
      const page = await open(state, { width });
      for (const name of [
        'Merge now',
        'Pause',
        'Step',
        'Reset',
        'Add a peer in this tab',
        'Invite',
        'Privacy',
      ])
        // prettier-ignore
        expect(await page.getByRole('button', { name, exact: true }).count(), `${name} in ${state}`).toBe(1);
      for (const name of ['Merge automatically', 'Broken thermometer'])
        expect(await page.getByRole('switch', { name }).count()).toBe(1);
    }
  });
  it('a question about a peer is answered', async () => {
    const page = await open('asked');
    await page.getByText('Bence asks to leave Dov out until round 23.').waitFor();
    await page.getByRole('button', { name: 'Refuse' }).click();
    expect(await calls(page)).toContain('answerRequest false');
    await expect
      .poll(() => page.getByRole('button', { name: 'Agree', exact: true }).count())
      .toBe(0);
  });
  it('two people who trust each other say so', async () => {
    const page = await open('two');
    await page.getByRole('button', { name: 'We trust each other' }).click();
    expect(await calls(page)).toContain('setTrust true');
    await page.getByRole('button', { name: 'Stop trusting' }).click();
    expect(await calls(page)).toContain('setTrust false');
  });
  it('add a peer in this tab, open it, and give its switches', async () => {
    const page = await open('alone');
    await page.getByRole('button', { name: 'Add a peer in this tab' }).click();
    const row = page
      .getByRole('region', { name: 'Peers' })
      .getByRole('button', { name: /in this tab/ });
    await page.getByText('in this tab', { exact: true }).waitFor();
    await row.first().click();
    await page.getByRole('img', { name: /^Heat-map of/ }).waitFor();
    await page.getByRole('switch', { name: /thermometer is broken/ }).click();
    expect(await calls(page, 1)).toContain('setOutlier true');
    expect(await calls(page)).not.toContain('setOutlier true');
    expect(await seriousIssues(page)).toEqual([]);
  });
  it('the theme turns, and is remembered', async () => {
    const page = await open('training');
    await page.getByRole('button', { name: 'Dark theme' }).click();
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    expect(await ground()).toBe('rgb(15, 18, 24)');
    await page.reload();
    await page.getByRole('button', { name: 'Light theme' }).waitFor();
    expect(await ground()).toBe('rgb(15, 18, 24)');
  });
});

describe('the map', () => {
  it('takes readings from pointer and keyboard', async () => {
    const page = await open('training');
    const map = page.getByRole('application', { name: /^Your map/ });
    const box = (await map.boundingBox())!;
    const at = (x: number, y: number) => ({ x: box.width * x, y: box.height * (1 - y) });
    await map.click({ position: at(0.8, 0.2) });
    await page.getByRole('button', { name: 'Cold' }).click();
    await map.click({ position: at(0.9, 0.9) });
    await page.getByRole('button', { name: 'Remove' }).click();
    await map.click({ position: at(0.1, 0.74) });
    await page.getByRole('button', { name: 'Hot' }).click();
    await map.focus();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await map.press('Shift+ArrowRight');
    await map.press('Shift+ArrowRight');
    await map.press('ArrowDown');
    await map.press('Enter');
    await map.press('Delete');
    const heard = (await calls(page)).filter((call) => call.includes('Reading'));
    expect(heard).toEqual([
      'addReading 0.80 0.20 true',
      'addReading 0.90 0.90 false',
      'removeReading 1',
      'addReading 0.70 0.48 true',
      'removeReading 9',
    ]);
  });
  it('drags a reading, and does not add one by it', async () => {
    const page = await open('training');
    const map = page.getByRole('application', { name: /^Your map/ });
    const box = (await map.boundingBox())!;
    await page.mouse.move(box.x + 0.1 * box.width, box.y + (1 - 0.74) * box.height);
    await page.mouse.down();
    await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.5 * box.height, { steps: 4 });
    await page.mouse.up();
    const heard = new Set((await calls(page)).filter((call) => call.includes('Reading')));
    expect([...heard]).toEqual(['moveReading 1']);
  });
  it('is painted with the heat scale, at the pixels of the screen', async () => {
    const page = await open('training');
    const painted = await page.evaluate(() => {
      const find = (root: ParentNode, selector: string): Element | undefined => {
        const found = root.querySelector(selector);
        if (found) return found;
        for (const child of root.querySelectorAll('*')) {
          const inner = child.shadowRoot && find(child.shadowRoot, selector);
          if (inner) return inner;
        }
        return undefined;
      };
      const region = find(document, '.federation heat-map')!;
      const canvas = region.shadowRoot!.querySelector('canvas')!;
      const context = canvas.getContext('2d')!;
      const at = (x: number, y: number) =>
        [...context.getImageData(x * (canvas.width - 1), y * (canvas.width - 1), 1, 1).data].slice(
          0,
          3,
        );
      return {
        middle: at(0.47, 0.52),
        corner: at(0.02, 0.02),
        width: canvas.width,
        css: canvas.clientWidth,
      };
    });
    expect(painted.width).toBe(Math.round(painted.css));
    expect(painted.middle[0]!).toBeGreaterThan(150);
    expect(painted.middle[2]!).toBeLessThan(60);
    expect(painted.corner[2]!).toBeGreaterThan(120);
    expect(painted.corner[0]!).toBeLessThan(60);
  });
  it('on a phone opens at full width for drawing', async () => {
    const page = await open('training', { width: 390 });
    const map = page.getByRole('img', { name: /^Your heat-map/ });
    expect((await map.boundingBox())!.width).toBeLessThan(180);
    await page.getByRole('application', { name: /^Your map/ }).click();
    await expect.poll(async () => (await map.boundingBox())!.width).toBeGreaterThan(350);
    expect((await calls(page)).some((call) => call.startsWith('addReading'))).toBe(false);
    await page
      .getByRole('application', { name: /^Your map/ })
      .click({ position: { x: 300, y: 300 } });
    expect((await calls(page)).some((call) => call.startsWith('addReading'))).toBe(true);
    await page.getByRole('button', { name: 'Both maps' }).click();
    await expect.poll(async () => (await map.boundingBox())!.width).toBeLessThan(180);
  });
});

describe('dialogs', () => {
  it('Invite shows a code and the link of the address bar, and copies it', async () => {
    const page = await open('training', { hash: '#/room/quiet-heron?k=AAECAwQFBgcICQoLDA0ODw' });
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('dialog', { name: 'Invite' }).waitFor();
    const dialog = page.locator('room-dialogs');
    await dialog.getByRole('img', { name: 'QR code of the invitation' }).waitFor();
    expect(await dialog.getByRole('textbox', { name: 'Link to this room' }).inputValue()).toBe(
      page.url(),
    );
    await dialog.getByText('never reaches the server').waitFor();
    await dialog.getByText('on this computer only').waitFor();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: 'Copy' }).click();
    await dialog.getByText('Copied').last().waitFor();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
    expect(await seriousIssues(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await expect
      .poll(() =>
        page.getByRole('button', { name: 'Invite' }).evaluate((node) => node.matches(':focus')),
      )
      .toBe(true);
  });
  it('Privacy: says what noise promises and costs before it is proposed, and proposes on a press alone', async () => {
    const page = await open('training');
    await page.getByRole('button', { name: 'Privacy' }).click();
    const region = page.getByRole('region', { name: 'Privacy' });
    await region.getByText('masks only').first().waitFor({ state: 'attached' });
    const slider = region.getByRole('slider', { name: 'Noise of this room' });
    const propose = region.getByRole('button', { name: 'Propose to the room' });
    const back = region.getByRole('button', { name: 'Back to what the room has' });
    expect(await slider.getAttribute('aria-valuetext')).toBe('Masks only: no noise, no epsilon');
    await region.getByText('In a room of three to eight tabs the noise usually costs').waitFor();
    expect(await propose.isDisabled()).toBe(true);
    expect(await back.isDisabled()).toBe(true);
    const reason = await propose.evaluate(describedBy);
    expect(reason).toMatch(/^Nobody can tell .* The room has masks only\. Move the slider/);
    // Reached by the keyboard all the same; pressed, they do nothing.
    await propose.focus();
    await page.keyboard.press('Enter');
    const tops = () =>
      Promise.all([propose, region.getByText('Details').first()].map(async (part) => (await part.boundingBox())!.y)); // prettier-ignore
    const before = await tops();
    await slider.focus();
    await page.keyboard.press('End');
    expect(await slider.getAttribute('aria-valuetext')).toMatch(
      /^Very strong: noise 8 times the clip norm, epsilon \d\.\d after 30 rounds, more noise than signal$/,
    );
    await region.getByText('more noise than signal, with 6 peers').waitFor();
    await region.getByText('training alone will do better').waitFor();
    const epsilons = await region.getByText('Exact for a continuous Gaussian').textContent();
    expect(epsilons!.replace(/\s+/g, ' ')).toMatch(
      /Epsilon is \d\.\d after one round, (\d\.\d) after 30\. Exact for a continuous Gaussian would be \d\.\d; peers add whole numbers, for which \1 is proven\./,
    );
    expect(await propose.evaluate(describedBy)).toMatch(
      /training alone will do better.*Exact for a continuous.*so far only you see this\. .* at once/,
    );
    expect(await tops()).toEqual(before);
    expect(await seriousIssues(page)).toEqual([]);
    const proposed = async () => (await calls(page)).filter((call) => call.startsWith('setNoise'));
    // The room has been asked for nothing so far, and is not asked by waiting either.
    await page.waitForFunction(() => new Promise((resolve) => setTimeout(resolve, 900, true)));
    expect(await proposed()).toEqual([]);
    await back.click();
    expect(await slider.getAttribute('aria-valuetext')).toBe('Masks only: no noise, no epsilon');
    expect(await propose.isDisabled()).toBe(true);
    await slider.focus();
    await page.keyboard.press('End');
    await propose.focus();
    await page.keyboard.press('Enter');
    await expect.poll(proposed).toEqual(['setNoise 8']);
    // The room has it now, and the focus is where it was.
    await expect.poll(() => propose.isDisabled()).toBe(true);
    expect(await propose.evaluate((node) => node.matches(':focus'))).toBe(true);
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await propose.evaluate(describedBy)).toContain('each of the others has to agree');
    await propose.click();
    await expect.poll(proposed).toEqual(['setNoise 8', 'setNoise undefined']);
  });
  it('Privacy: Details change what is looked at, and a number that cannot be is told in place', async () => {
    const page = await open('noise', { width: 390 });
    const region = page.getByRole('region', { name: 'Privacy' });
    await region.getByText('Details').first().click();
    const propose = region.getByRole('button', { name: 'Propose to the room' });
    const field = (name: string) => region.getByRole('textbox', { name, exact: true });
    for (const [name, value, words] of [
      ['Clip norm', '-1', 'clip norm is -1'],
      ['Noise multiplier', '0', 'noise multiplier is 0'],
      ['Noise multiplier', 'much', '“much” is no number'],
      ['Delta', '1', 'Delta is 1'],
    ] as const) {
      await field(name).fill(value);
      await page.keyboard.press('Enter');
      await region.getByRole('alert').getByText(words).waitFor();
      expect(await field(name).getAttribute('aria-invalid')).toBe('true');
      expect(await propose.isDisabled()).toBe(true);
      expect(await propose.evaluate(describedBy)).toContain('a number in Details is wrong');
      expect(await seriousIssues(page)).toEqual([]);
      await region.getByRole('button', { name: 'Back to what the room has' }).click();
    }
    expect(await region.getByRole('alert').count()).toBe(0);
    expect(await field('Delta').inputValue()).toBe('0.00001');
    await region.getByLabel('Noise is whole').selectOption('local');
    await field('Noise multiplier').fill('2.5');
    await page.keyboard.press('Tab');
    await region.getByText(/^noise spoils much|^more noise than signal/).waitFor();
    expect((await calls(page)).filter((call) => call.startsWith('setNoise'))).toEqual([]);
    await propose.click();
    await expect.poll(() => calls(page)).toContain('setNoise 2.5');
    expect(await seriousIssues(page)).toEqual([]);
  });
  it('Privacy: a question for less noise waits for the person, and a budget can be set', async () => {
    const page = await open('noise-asked');
    const questions = page.getByRole('list', { name: 'Questions to you' });
    await questions.getByText('asks the room for noise 0.5 times the clip norm').waitFor();
    await questions.getByRole('button', { name: 'Agree' }).click();
    expect(await calls(page)).toContain('followNoise');
    const region = page.getByRole('region', { name: 'Privacy' });
    await region.getByLabel('Stop at epsilon').fill('6');
    await page.keyboard.press('Enter');
    expect(await calls(page)).toContain('setBudget 6');
    await region.getByRole('switch', { name: 'Never take part with less noise' }).click();
    expect(await calls(page)).toContain('insistOnNoise 0.5');
  });
  it('Privacy: noise that another peer asked for is told, until it is read or other noise comes', async () => {
    const page = await open('noise-followed');
    const words =
      /^Bence asked for stronger noise: epsilon \d\.\d per round, noise 4 times the clip norm\. The room follows\.$/;
    const notice = page.getByRole('status').filter({ hasText: words });
    await notice.waitFor();
    await page.getByRole('button', { name: 'I have read it' }).click();
    await notice.waitFor({ state: 'detached' });
    await page.evaluate(() => {
      const [session] = (globalThis as unknown as { fixture: { sessions: { view: { privacy: object }; show(part: object): void }[] } }).fixture.sessions; // prettier-ignore
      session!.show({ privacy: { ...session!.view.privacy, revision: 2 } });
    });
    await notice.waitFor();
    expect(await seriousIssues(page)).toEqual([]);
  });
  it('Privacy: a budget that cannot be is told beside its field, and the one there was stays', async () => {
    const page = await open('noise');
    const region = page.getByRole('region', { name: 'Privacy' });
    const budget = region.getByLabel('Stop at epsilon');
    expect(await budget.inputValue()).toBe('8');
    for (const [typed, words] of [
      ['abc', '“abc” is no number: type an epsilon above 0'],
      ['-1', '“-1” is not above 0'],
      ['0', '“0” is not above 0'],
      ['1e6', '“1e6” is more than any budget'],
    ] as const) {
      await budget.fill(typed);
      await page.keyboard.press('Enter');
      await region.getByRole('alert').getByText(words).waitFor();
      await region.getByRole('alert').getByText('the limit is 8.0, as before').waitFor();
      expect(await budget.inputValue()).toBe(typed);
      expect(await budget.getAttribute('aria-invalid')).toBe('true');
    }
    expect(await seriousIssues(page)).toEqual([]);
    expect((await calls(page)).filter((call) => call.startsWith('setBudget'))).toEqual([]);
    await budget.fill('');
    await page.keyboard.press('Enter');
    expect(await calls(page)).toContain('setBudget undefined');
    expect(await region.getByRole('alert').count()).toBe(0);
    expect(complaints.get(page)).toEqual([]);
  });
  it('Privacy: says what was told for three kinds of observer', async () => {
    const page = await open('noise');
    const table = page.getByRole('region', { name: 'Privacy' }).getByRole('table');
    // The section comes once the page is idle.
    await table.waitFor();
    const cells = await table
      .getByRole('row')
      .evaluateAll((rows) =>
        rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
      );
    expect(cells).toEqual([
      ['the others are honest', '3.5'],
      ['half of them pool what they know', '4.7'],
      ['all of them do', '9.0'],
    ]);
  });
  it('Privacy: three peers are told how few hide them, more are not', async () => {
    const told = 'Three peers are here';
    const three = await open('three');
    await three.getByRole('region', { name: 'Privacy' }).getByText(told).waitFor();
    const six = await open('training');
    await six.getByRole('region', { name: 'Privacy' }).getByText('three to eight tabs').waitFor();
    expect(await six.getByText(told).count()).toBe(0);
  });
  it('Privacy: says what a randomiser would tell of the readings before it is chosen', async () => {
    const page = await open('training', { width: 390 });
    const region = page.getByRole('region', { name: 'Privacy' });
    const select = region.getByRole('combobox', { name: 'Learn from my readings' });
    const before =
      'Randomised, they would tell epsilon 17.9 for one reading, above 50 for your 12, checks included: too weak to be called private, however many rounds follow.';
    await select.waitFor();
    expect(await select.locator('option').allTextContents()).toEqual([
      'as they are',
      'blurred',
      'randomised',
    ]);
    expect(await select.evaluate(describedBy)).toBe(before);
    await select.selectOption('blurred');
    expect(await calls(page)).toContain('setDisguise blur');
    await expect
      .poll(() => select.evaluate(describedBy))
      .toMatch(/no epsilon holds for it\. Randomised, they would tell epsilon 17\.9/);
    await select.selectOption('randomised');
    expect(await calls(page)).toContain('setDisguise randomise');
    await expect
      .poll(() => select.evaluate(describedBy))
      .toMatch(
        /^Each reading gets noise of half the side.*Twelve readings so far: epsilon above 50/,
      );
    expect(await seriousIssues(page)).toEqual([]);
  });
  it('Privacy: replays the rounds with and without this peer, away from the thread of the page', async () => {
    const page = await open('noise', { width: 390, theme: 'dark' });
    const region = page.getByRole('region', { name: 'Privacy' });
    await region.getByRole('button', { name: 'Replay it here' }).click();
    await region.getByRole('button', { name: 'Stop' }).waitFor();
    await region.getByText('guessing gives 50').waitFor();
    await region.getByText(/, in 24 pairs of replays here.* without \(demo only\)\./).waitFor();
    await region
      .getByRole('img', { name: /^Accuracy of the federation after 30 rounds: \d+\.\d % with you/ })
      .waitFor();
    expect(await seriousIssues(page)).toEqual([]);
    expect(complaints.get(page)).toEqual([]);
  });
  it('Privacy: the accuracy to expect moves with the slider, and replays of where it was are dropped', async () => {
    const page = await open('training');
    const region = page.getByRole('region', { name: 'Privacy' });
    const slider = region.getByRole('slider', { name: 'Noise of this room' });
    await region.getByText('by replays in this tab').waitFor();
    await region.getByRole('button', { name: 'Estimate it here' }).click();
    const estimate = async (): Promise<number> => {
      const cell = region
        .getByRole('definition')
        .filter({ hasText: 'an estimate from 24 replays' });
      return parseFloat((await cell.textContent())!);
    };
    const exact = await estimate();
    expect(exact).toBeGreaterThan(75);
    await slider.focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('ArrowRight');
    // One after the other, and only the newest goes on.
    await expect.poll(() => page.workers().length).toBeLessThanOrEqual(1);
    await region.getByText(/^Noise 8 times the clip norm, in 24 pairs/).waitFor();
    expect(await estimate()).toBeLessThan(exact - 15);
    await page.keyboard.press('Home');
    await region.getByText(/^Masks only, in 24 pairs/).waitFor();
    // The same draws again.
    expect(await estimate()).toBe(exact);
    await expect.poll(() => page.workers().length).toBe(0);
    expect((await calls(page)).filter((call) => call.startsWith('setNoise'))).toEqual([]);
    expect(complaints.get(page)).toEqual([]);
  });
  it('a failed round explains itself', async () => {
    const page = await open('failed', { theme: 'dark' });
    await page.getByRole('button', { name: 'Why it stopped' }).click();
    await page.locator('room-dialogs').getByText('five of the six had to stay').waitFor();
    expect(await seriousIssues(page)).toEqual([]);
  });
  it('an invitation is pasted, a wrong one refused, and a name changed', async () => {
    const page = await open('alone');
    await page.getByRole('button', { name: 'Have an invitation? Paste or scan it' }).click();
    await page.getByRole('dialog', { name: 'Your room' }).waitFor();
    const dialog = page.locator('room-dialogs');
    const field = dialog.getByRole('textbox', { name: 'Have an invitation?' });
    await field.fill('hello');
    await dialog.getByRole('button', { name: 'Join', exact: true }).click();
    await dialog.getByText('This is no invitation').waitFor();
    expect(await seriousIssues(page)).toEqual([]);
    const name = dialog.getByRole('textbox', { name: /^Your name/ });
    await name.fill('Ana');
    await dialog.getByRole('button', { name: 'Rename' }).click();
    expect(await calls(page)).toContain('rename Ana');
    await field.fill('http://elsewhere.example/#/room/calm-wren?k=AAECAwQFBgcICQoLDA0ODw');
    await dialog.getByRole('button', { name: 'Join', exact: true }).click();
    await page.getByRole('button', { name: /^Room calm-wren/ }).waitFor();
    expect(page.url()).toContain('#/room/calm-wren?k=');
  });
});

describe('the address', () => {
  it('a bare one becomes an invitation, and a second tab of the browser joins the same room', async () => {
    const page = await open('alone');
    const hash = () => page.evaluate(() => location.hash);
    expect(await hash()).toMatch(/^#\/room\/[a-z]+-[a-z]+\?k=[A-Za-z0-9_-]{22}$/);
    const second = await page.context().newPage();
    await second.goto(`${base}?state=alone`);
    await second.locator('now-line h1').waitFor();
    expect(new URL(second.url()).hash).toBe(await hash());
    const before = await hash();
    await page.getByRole('button', { name: /^Room / }).click();
    await page
      .locator('room-dialogs')
      .getByRole('button', { name: 'New room', exact: true })
      .click();
    await expect.poll(hash).not.toBe(before);
    expect(await hash()).toMatch(/^#\/room\/[a-z]+-[a-z]+\?k=/);
  });
  it('a hostile one is refused in words, without an error', async () => {
    const page = await open('alone', { hash: '#/room/%E2%80%AE?k=<img src=x onerror=alert(1)>' });
    await page.getByRole('alert').getByText('cannot be seen').waitFor();
    expect(await seriousIssues(page)).toEqual([]);
    await page.getByRole('button', { name: 'New room', exact: true }).click();
    await page.getByRole('region', { name: 'You' }).waitFor();
    expect(complaints.get(page)).toEqual([]);
  });
  it('an open room says what no key means', async () => {
    const page = await open('open-room', { hash: '#/room/open' });
    await page.getByText('it has no key').waitFor();
    expect(new URL(page.url()).hash).toBe('#/room/open');
  });
  it('a session that does not open is explained', async () => {
    const page = await open('alone', { query: '&broken' });
    await page.getByText('The store of this browser cannot be opened: allow it.').waitFor();
  });
});

describe('window.murmuration.view', () => {
  it('is a plain, read-only copy of the view without secrets', async () => {
    const page = await open('sending', { hash: '#/room/quiet-heron?k=AAECAwQFBgcICQoLDA0ODw' });
    const read = () =>
      page.evaluate(() => {
        const surface = (globalThis as unknown as { murmuration: { view: { learning: { local: { surface: number[] } }; peers: unknown[] } } }).murmuration; // prettier-ignore
        surface.view.peers.length = 0;
        return {
          peers: surface.view.peers.length,
          surface: surface.view.learning.local.surface.length,
          text: JSON.stringify(surface.view),
          isFrozen: Object.isFrozen(surface),
        };
      });
    const view = await read();
    expect(view).toMatchObject({ peers: 5, surface: 49 * 49, isFrozen: true });
    expect(view.text).not.toContain('AAECAwQFBgcICQoLDA0ODw');
  });
});

describe('what the others saw', () => {
  it('is asked for only while it is in sight', async () => {
    const page = await open('training');
    expect(await calls(page)).not.toContain('inspect');
    await page.getByRole('region', { name: 'What the others saw' }).scrollIntoViewIfNeeded();
    await expect.poll(() => calls(page)).toContain('inspect');
    await page.evaluate(() => scrollTo(0, 0));
    await expect.poll(() => calls(page)).toContain('stopInspecting');
  });
});
