/** Numbers that documents quote from a command with a seed: the command prints them. */
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { main } from '../src/cli/main.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

it('the room of the tutorial ends with the three lines that the tutorial shows', async () => {
  const tutorial = readFileSync('docs/tutorials/researcher.md', 'utf8');
  const [, command, shown] = /npx murmuration (simulate .*)\n```\n[^`]*```\n([^`]+)```/.exec(
    tutorial,
  )!;
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await main(command!.split(' '))).toBe(0);
  const printed = log.mock.calls.flat().join('\n').split('\n');
  const lines = shown!.trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(printed).toEqual(expect.arrayContaining(lines));
  // The README tells the same run in words.
  expect(readFileSync('README.md', 'utf8')).toContain(command);
});
