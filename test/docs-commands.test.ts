/** The commands that the documents and the files for operators name: each exists, and takes each flag it is given there. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.ts';

const FILES = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'Dockerfile',
  'deploy/murmuration.service',
  ...filesIn('docs').filter((file) => file.endsWith('.md')),
];

/** Texts by file; the list of words in a Dockerfile becomes a line. */
const texts = FILES.map(
  (file) => [file, readFileSync(file, 'utf8').replaceAll('", "', ' ')] as const,
);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the documents', () => {
  it('name commands that there are, with flags that these take', async () => {
    const commands = [...(await printed('--help')).matchAll(/^ {2}([a-z-]+) {2,}/gm)].map(
      ([, name]) => name!,
    );
    const strangers = matches(/(?:npx murmuration|bin\/murmuration\.js) ([a-z][\w-]*)/g).filter(
      ({ words: [name] }) => !commands.includes(name!),
    );
    expect(strangers).toEqual([]);
    const line = new RegExp(
      `(?:murmuration(?:\\.js)?|npm run) (${commands.join('|')})\\b([^\`\\n]*)`,
      'g',
    );
    const named = matches(line);
    expect(named.length).toBeGreaterThan(20);
    for (const name of commands) {
      const help = await printed(name, '--help');
      const unknown = named
        .filter(({ words }) => words[0] === name)
        .flatMap(({ file, words }) => flagsIn(words[1]!).map((flag) => ({ file, flag })))
        .filter(({ flag }) => !new RegExp(`^ +--${flag}\\b(?!-)`, 'm').test(help));
      expect(unknown, name).toEqual([]);
    }
  });

  it('start a server in the unit and the image with the flags that are meant', () => {
    const started = matches(/murmuration\.js serve\b([^`\n]*)/g);
    const flagsOf = (file: string): readonly string[] =>
      flagsIn(started.find((command) => command.file === file)!.words[0]!);
    expect(flagsOf('deploy/murmuration.service')).toEqual(['host', 'port', 'metrics', 'json']);
    expect(flagsOf('Dockerfile')).toEqual(['port']);
  });

  it('name measurements that there are', () => {
    const known = filesIn('bench')
      .filter((file) => file.endsWith('-bench.ts'))
      .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^ {2}name: '([\w-]+)'/gm)])
      .map(([, name]) => name!);
    const named = matches(/run bench -- [^`\n;]*--only ([a-z][\w-]*)/g);
    expect(named.length).toBeGreaterThan(3);
    expect(named.filter(({ words: [name] }) => !known.includes(name!))).toEqual([]);
  });

  it('run scripts that there are', () => {
    const named = matches(/\bnode ((?:scripts|bin|bench)\/[\w./-]+)/g);
    expect(named.filter(({ words: [file] }) => !existsSync(file!))).toEqual([]);
  });
});

interface Match {
  readonly file: string;
  readonly words: readonly string[];
}

function matches(pattern: RegExp): readonly Match[] {
  return texts.flatMap(([file, text]) =>
    [...text.matchAll(pattern)].map(([, ...words]) => ({ file, words })),
  );
}

/** The flags of one command line, up to a comment or the next command. */
function flagsIn(line: string): readonly string[] {
  const [own] = line.split(/\s(?:#|\||&&|>|;)/);
  return [...own!.matchAll(/\s--([a-z][\w-]*)/g)].map(([, flag]) => flag!);
}

/** What a command line prints. */
async function printed(...argv: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await main(argv)).toBe(0);
  const text = log.mock.calls.flat().join('\n');
  log.mockRestore();
  return text;
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
