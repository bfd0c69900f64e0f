/** The scripts that the checks rest on: where a Chromium is looked for, and what counts as a local path. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const scripts = fileURLToPath(new URL('../../scripts', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'murmuration-scripts-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Runs Node with exactly this environment and the folder as home. */
function node(args: readonly string[], env: NodeJS.ProcessEnv): { status: number; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    env: { HOME: folder, ...env },
    encoding: 'utf8',
  });
  return { status: status!, text: stdout + stderr };
}

/** A program, or a file that is none. */
function place(path: string, mode: number): string {
  const file = join(folder, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, '', { mode });
  return file;
}

describe('findChromium', () => {
  const script = `import(${JSON.stringify(join(scripts, 'find-chromium.js'))})
    .then(({ findChromium }) => console.log(findChromium()))
    .catch((error) => { console.log(error.message); process.exitCode = 1; });`;
  const find = (env: NodeJS.ProcessEnv): ReturnType<typeof node> => node(['-e', script], env);

  it('takes the one that CHROMIUM_PATH names before any other', () => {
    const named = place('mine/browser', 0o755);
    const PATH = join(place('bin/chromium', 0o755), '..');
    expect(find({ CHROMIUM_PATH: named, PATH }).text).toBe(`${named}\n`);
  });

  it('says so when CHROMIUM_PATH names no program', () => {
    const { status, text } = find({ CHROMIUM_PATH: place('mine/notes.txt', 0o644), PATH: '' });
    expect(status).toBe(1);
    expect(text).toContain('is no program: name one, or unset it');
  });

  it('looks through PATH, and passes over files that cannot be run', () => {
    place('first/chromium', 0o644);
    const chrome = place('second/google-chrome', 0o755);
    const PATH = `${join(folder, 'first')}:${join(folder, 'second')}`;
    expect(find({ PATH }).text).toBe(`${chrome}\n`);
  });
});

describe('check-paths', () => {
  const git = (...args: readonly string[]): void => {
    expect(spawnSync('git', args, { cwd: folder }).status).toBe(0);
  };
  const check = (content: string): ReturnType<typeof node> => {
    cpSync(scripts, join(folder, 'scripts'), { recursive: true });
    writeFileSync(join(folder, 'tracked.txt'), content);
    git('init', '-q');
    git('add', '.');
    return node([join(folder, 'scripts/check-paths.js')], { PATH: process.env['PATH'] });
  };

  // In pieces, so that this file passes the check that it tests.
  it.each([
    ['see /work', '/main/src'],
    ['see /root', '/.npmrc'],
    ['see /home', '/somebody/notes'],
    ['see /Users', '/somebody/notes'],
    ['see file:///wo', 'rk/main'],
    ['"resol', 'ved": "http://mirror.example/ws.tgz"'],
  ])('finds "%s%s"', (start, end) => {
    const { status, text } = check(`fine\n${start}${end}\n`);
    expect(status).toBe(1);
    expect(text).toContain('tracked.txt:2 names a path or a registry of one machine.');
  });

  it('lets paths of the project and the public registry pass', () => {
    const { status, text } = check(
      'src/wo' +
        'rk/main.ts, ./root/x, https://example.org/home/page\n' +
        '"resolved": "https://registry.npmjs.org/ws/-/ws-8.23.0.tgz"\n' +
        '"resolved": "scripts/absent"\n',
    );
    expect({ status, text }).toEqual({ status: 0, text: '' });
  });
});
