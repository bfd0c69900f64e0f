/** Mistakes in the flags of `murmuration peer`: one sentence that says what to do, and status 2. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const HERE = ['--server', 'http://127.0.0.1:9', '--room', 'a'];
const SUM = [...HERE, '--task', 'sum', '--values', '1'];

const folder = mkdtempSync(join(tmpdir(), 'murmuration-peer-'));
const FILE = [...HERE, '--task', 'sum', '--values-file'];
const FILES = {
  words: fileOf('words', '1\ntwo\n3\n'),
  half: fileOf('half', '[1, 2'),
  nested: fileOf('nested', '[[1], 2]'),
  empty: fileOf('empty', '\n'),
  large: fileOf('large', '1\n2048'),
};
const errors: string[] = [];
const output: string[] = [];

beforeEach(() => {
  errors.length = 0;
  output.length = 0;
  vi.spyOn(console, 'error').mockImplementation((text: string) => errors.push(text));
  vi.spyOn(console, 'log').mockImplementation((text: string) => output.push(text));
});

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function fileOf(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function expectMistake(args: readonly string[], part: string): Promise<void> {
  expect(await main(['peer', ...args])).toBe(2);
  expect(output).toEqual([]);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^murmuration: [^\n]{20,500}$/);
  expect(errors[0]).toContain(part);
}

describe('murmuration peer answers with status 2 and one sentence', () => {
  it.each<[string, readonly string[], string]>([
    ['no server', ['--room', 'a'], '--server'],
    ['no room', ['--server', 'http://127.0.0.1:9'], '--room'],
    ['a flag without its value', [...HERE, '--key'], '--key'],
    ['an unknown flag', [...HERE, '--rouns', '3'], 'did you mean --rounds?'],
    ['a flag named like a method', [...HERE, '--constructor', '3'], '--constructor'],
    ['a word too many', [...HERE, 'extra'], 'extra'],
    ['a flag given twice', [...HERE, '--rounds', '1', '--rounds', '2'], '--rounds'],
    ['a server that is no address', ['--server', 'here', '--room', 'a'], '"here"'],
    ['a server of another kind', ['--server', 'ftp://a', '--room', 'a'], '"ftp://a"'],
    ['a room without a name', ['--server', 'http://127.0.0.1:9', '--room', ''], 'not empty'],
    ['a room with a long name', ['--server', 'http://a', '--room', 'r'.repeat(41)], '40'],
    ['a room with control characters', ['--server', 'http://a', '--room', 'a\u0000b'], 'name'],
    ['a short key', [...HERE, '--key', 'AAAA'], 'key'],
    ['a key of other letters', [...HERE, `--key=${KEY.slice(1)}!`], 'key'],
    ['a key with padding', [...HERE, `--key=${KEY}==`], 'key'],
    ['an endless key', [...HERE, `--key=${'A'.repeat(10_000)}`], 'key'],
    ['another transport', [...HERE, '--transport', 'pigeon'], 'simple-peer'],
    ['another task', [...HERE, '--task', 'mine-coins'], 'heat-map'],
    ['no rounds', [...HERE, '--rounds', '0'], '--rounds'],
    ['rounds that are no number', [...HERE, '--rounds', 'ten'], '--rounds'],
    ['half a round', [...HERE, '--rounds', '1.5'], '--rounds'],
    ['two peers without trust', [...HERE, '--min-peers', '2'], 'trust'],
    ['one peer', [...HERE, '--min-peers', '1', '--trust-each-other'], '--min-peers'],
    ['more peers than a room holds', [...HERE, '--min-peers', '65537'], '65536'],
    ['a switch with a value', [...HERE, '--outlier=maybe'], '--outlier'],
    ['another mode', [...HERE, '--mode', 'reckless'], 'active'],
    ['a sum without values', [...HERE, '--task', 'sum'], '--values'],
    ['values that are no numbers', [...HERE, '--task', 'sum', '--values', '1,two'], '"two"'],
    ['values twice', [...SUM, '--values-file', 'values.json'], 'both'],
    ['a file that is not there', [...FILE, 'nowhere.json'], 'nowhere.json'],
    ['a file of words', [...FILE, FILES.words], '"two" as value 2'],
    ['a file of half an array', [...FILE, FILES.half], 'JSON array'],
    ['a file of arrays', [...FILE, FILES.nested], 'something else as value 1'],
    ['an empty file', [...FILE, FILES.empty], 'holds 0 values'],
    ['a file beyond the clip', [...FILE, FILES.large], '--clip 1024'],
    ['a file for the map', [...HERE, '--values-file', FILES.words], '--task sum'],
    ['an empty value', [...HERE, '--task', 'sum', '--values', '1,,2'], '""'],
    ['an infinite value', [...HERE, '--task', 'sum', '--values', 'Infinity'], 'Infinity'],
    ['a value beyond the clip', [...SUM.slice(0, -1), '2048'], '--clip 1024'],
    ['a negative value beyond it', [...SUM.slice(0, -1), '-3', '--clip', '2'], '-3'],
    ['a clip of nothing', [...SUM, '--clip', '0'], '--clip'],
    ['a clip that is no number', [...SUM, '--clip', 'wide'], '--clip'],
    ['values without a sum', [...HERE, '--values', '1'], '--task sum'],
    ['a clip without a sum', [...HERE, '--clip', '1'], '--task sum'],
    ['another pattern', [...HERE, '--pattern', 'zebra'], 'circle'],
    ['hidden units in words', [...HERE, '--hidden', 'many'], '--hidden'],
    ['no hidden units', [...HERE, '--hidden', '0'], 'hidden'],
    ['too many hidden units', [...HERE, '--hidden', '999-999-999-999'], 'hidden'],
    ['an identity in no folder', [...HERE, '--identity', join(folder, 'no', 'id')], 'identity'],
  ])('%s', async (_, args, part) => {
    await expectMistake(args, part);
  });

  it('an identity file that holds something else, or that others may read', async () => {
    const file = join(folder, 'id');
    writeFileSync(file, 'a diary\n', { mode: 0o600 });
    await expectMistake([...HERE, '--identity', file], 'holds no identity');
    errors.length = 0;
    writeFileSync(file, `${'A'.repeat(43)}\n`);
    chmodSync(file, 0o644);
    await expectMistake([...HERE, '--identity', file], 'chmod 600');
  });

  it('never repeats a key', async () => {
    await main(['peer', ...HERE, `--key=${KEY}*`]);
    expect(errors.join()).not.toContain(KEY);
  });
});

it('murmuration peer --help names every flag, what a repeated sum tells, and what only a demonstration can', async () => {
  expect(await main(['peer', '--help'])).toBe(0);
  for (const flag of ['server', 'room', 'key', 'task', 'rounds', 'min-peers', 'values', 'clip']) {
    expect(output.join('\n')).toContain(`--${flag}`);
  }
  expect(output.join('\n')).toContain('each round is a release of its own');
  expect(output.join(' ').replace(/\s+/g, ' ')).toMatch(
    /accuracyGlobal and accuracyLocal.*seen only in a demonstration/,
  );
});
