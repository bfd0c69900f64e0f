/**
 * The web developer's tutorial, done as it says: its page, built by Vite around the library, and its command.
 *
 * Code comes out of the document, so what is printed there is what runs here; only the server's port differs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { build, preview, type PreviewServer } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endProcesses, launch, Server } from './room.ts';

const TUTORIAL = 'docs/tutorials/web-developer.md';

let text: string;
let folder: string;
let server: Server;
let site: PreviewServer;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  text = await readFile(TUTORIAL, 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'murmuration-tutorial-'));
  server = await Server.start();
  await writeFile(join(folder, 'index.html'), code('html'));
  const script = code('js');
  expect(script).toContain("'http://localhost:8080'");
  await writeFile(join(folder, 'main.js'), script.replace('http://localhost:8080', server.url));
  const options = { root: folder, configFile: false, logLevel: 'error' } as const;
  const library = { find: 'murmuration', replacement: resolve('dist/browser/index.js') };
  await build({ ...options, resolve: { alias: [library] } });
  site = await preview({ ...options, preview: { port: 0, host: '127.0.0.1' } });
  browser = await launch();
});

afterAll(async () => {
  await browser.close();
  await site.close();
  endProcesses();
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  await context.close();
});

/** The first block of code in a language. */
function code(language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(text)![1]!;
}

/** Tabs that were opened by the same address, and have asked. */
async function ask(salaries: readonly number[]): Promise<readonly Page[]> {
  context = await browser.newContext();
  const pages: Page[] = [];
  let address = site.resolvedUrls!.local[0]!;
  for (const salary of salaries) {
    const page = await context.newPage();
    await page.goto(address);
    await page.waitForFunction(() => location.hash.length > 20);
    address = page.url();
    await page.getByLabel('Yours').fill(String(salary));
    await page.getByRole('button', { name: 'Ask' }).click();
    pages.push(page);
  }
  return pages;
}

async function expectAnswer(pages: readonly Page[], answer: string): Promise<void> {
  for (const page of pages) {
    await page.getByText(/of us earn|No sum/).waitFor({ timeout: 90_000 });
    expect(await page.locator('output').innerText()).toBe(answer);
  }
}

describe("the web developer's tutorial", () => {
  it('ends with the answer that it promises, in three tabs', async () => {
    const [, numbers, answer] = /type ([\d, and]+), and press Ask.*"([^"]+)"/.exec(text)!;
    const salaries = numbers!.match(/\d+/g)!.map(Number);
    expect(salaries).toHaveLength(3);
    await expectAnswer(await ask(salaries), answer!);
  });

  it('lets a program be one of them, by the command that it names', async () => {
    const pages = await ask([40_000, 52_000]);
    const key = new URL(pages[0]!.url()).hash.slice(1);
    const [, line] = /npx murmuration (peer .*)/.exec(text)!;
    const args = line!.replace('http://localhost:8080', server.url).replace('=KEY', `=${key}`);
    const program = spawn(process.execPath, ['bin/murmuration.js', ...args.split(' ')]);
    const ended = once(program, 'close');
    await expectAnswer(pages, '3 of us earn 51000 on average.');
    expect((await ended)[0]).toBe(0);
  });
});
