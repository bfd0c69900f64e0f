/**
 * Flags of noise that mean nothing: one sentence, status 2, and nothing that reaches a server.
 */
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from '../../src/cli/main.ts';

const errors: string[] = [];
const output: string[] = [];
let connections = 0;
const server = createServer((socket) => {
  connections += 1;
  socket.destroy();
});

beforeAll(async () => {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

beforeEach(() => {
  errors.length = 0;
  output.length = 0;
  vi.spyOn(console, 'error').mockImplementation((text: string) => errors.push(text));
  vi.spyOn(console, 'log').mockImplementation((text: string) => output.push(text));
});

afterAll(async () => {
  vi.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
});

async function expectMistake(argv: readonly string[], part: string): Promise<void> {
  expect(await main(argv)).toBe(2);
  expect(output).toEqual([]);
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^murmuration: [^\n]{20,300}$/);
  expect(errors[0]).toContain(part);
  // Whatever was begun has had its turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(connections).toBe(0);
}

const inRoom = (): readonly string[] => {
  const { port } = server.address() as AddressInfo;
  return ['--server', `http://127.0.0.1:${port}`, '--room', 'a'];
};

describe('murmuration peer refuses', () => {
  const NOISE = ['--noise', 'distributed'];
  it.each<[string, readonly string[], string]>([
    ['noise of another kind', ['--noise', 'loud'], 'distributed'],
    ['a multiplier of nothing', [...NOISE, '--noise-multiplier', '0'], 'noise multiplier is 0'],
    ['a negative multiplier', [...NOISE, '--noise-multiplier', '-1'], 'noise multiplier is -1'],
    ['a multiplier in words', [...NOISE, '--noise-multiplier', 'much'], '--noise-multiplier'],
    [
      'an endless multiplier',
      [...NOISE, '--noise-multiplier', '1e7'],
      'noise multiplier is 10000000',
    ],
    ['noise without room', [...NOISE, '--noise-multiplier', '1e-5'], 'raise the noise multiplier'],
    ['noise without room for a sum', [...NOISE, '--noise-multiplier', '0.001'], 'The sum of 4096'],
    ['a clip norm of nothing', [...NOISE, '--noise-clip', '0'], 'clip norm is 0'],
    ['a negative clip norm', [...NOISE, '--noise-clip', '-2'], 'clip norm is -2'],
    ['a delta of 0', [...NOISE, '--delta', '0'], 'Delta is 0'],
    ['a delta of 1', ['--noise', 'local', '--delta', '1'], 'Delta is 1'],
    ['a negative delta', [...NOISE, '--delta', '-0.1'], 'Delta is -0.1'],
    ['a delta in words', [...NOISE, '--delta', 'small'], '--delta'],
    ['a multiplier without noise', ['--noise-multiplier', '2'], '--noise distributed'],
    ['a clip norm without noise', ['--noise-clip', '2'], '--noise distributed'],
    ['a delta without noise', ['--noise', 'off', '--delta', '0.1'], '--noise distributed'],
    ['a budget of nothing', [...NOISE, '--budget', '0'], 'budget is 0'],
    ['a negative budget', [...NOISE, '--budget', '-8'], 'budget is -8'],
    ['a budget in words', [...NOISE, '--budget', 'all'], '--budget'],
  ])('%s', async (_, flags, part) => {
    await expectMistake(['peer', ...inRoom(), ...flags], part);
    errors.length = 0;
    await expectMistake(['peer', ...inRoom(), '--task', 'sum', '--values', '1', ...flags], part);
  });
});

describe('murmuration train refuses', () => {
  it.each(['--noise', '--budget', '--delta'])('%s, which it has not', async (flag) => {
    const table = ['--csv', 'nowhere.csv', '--target', 'y'];
    await expectMistake(['train', ...inRoom(), ...table, flag, '1'], flag);
  });
});

describe('murmuration epsilon refuses', () => {
  const ONE = ['--noise-multiplier', '1'];
  it.each<[string, readonly string[], string]>([
    ['no multiplier', [], '--noise-multiplier'],
    ['a multiplier of nothing', ['--noise-multiplier', '0'], '--noise-multiplier is 0'],
    ['a negative multiplier', ['--noise-multiplier', '-1'], '--noise-multiplier is -1'],
    ['a multiplier in words', ['--noise-multiplier', 'much'], '--noise-multiplier'],
    ['a multiplier of NaN', ['--noise-multiplier', 'NaN'], '--noise-multiplier'],
    ['no rounds', [...ONE, '--rounds', '0'], '--rounds'],
    ['half a round', [...ONE, '--rounds', '1.5'], '--rounds'],
    ['a delta of 0', [...ONE, '--delta', '0'], '--delta is 0'],
    ['a delta of 1', [...ONE, '--delta', '1'], '--delta is 1'],
    ['a delta above 1', [...ONE, '--delta', '2'], '--delta is 2'],
    ['a budget, which it has not', [...ONE, '--budget', '8'], '--budget'],
  ])('%s', async (_, flags, part) => {
    await expectMistake(['epsilon', ...flags], part);
  });
});
