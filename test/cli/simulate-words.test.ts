import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/simulate.ts';
import { faultIn, toldSummary } from '../../src/cli/simulate-words.ts';
import type { GridSummary } from '../../src/simulation/measured-grid.ts';
import type { Summary } from '../../src/simulation/measured-room.ts';

/** What the simulations are made to have measured, beside what they did. */
const broken = vi.hoisted(() => ({ room: {}, grid: {} }));

vi.mock(import('../../src/simulation/measured-room.ts'), async (original) => {
  const real = await original();
  const simulateRoom: typeof real.simulateRoom = (options, tell) => ({
    ...real.simulateRoom(options, tell),
    ...broken.room,
  });
  return { ...real, simulateRoom };
});

vi.mock(import('../../src/simulation/measured-grid.ts'), async (original) => {
  const real = await original();
  const simulateGrid: typeof real.simulateGrid = (options, tell) => ({
    ...real.simulateGrid(options, tell),
    ...broken.grid,
  });
  return { ...real, simulateGrid };
});

const room: Summary = {
  peers: 12,
  maxErrorVsIncludedMean: 2.18e-9,
  includedShare: 0.9713,
  disagreeing: 0,
  wordsSentPerPeer: 363,
  messagesPerPeer: 88,
  steps: 2,
};

const grid: GridSummary = {
  ...room,
  lines: 6,
  levels: 1,
  includedDiffers: 0,
  wrongSums: 0,
  controlBytesPerPeer: 20_480,
  bytesPerPeer: 25_600,
  mostLinks: 21,
};

/** The exit status, and the lines on stdout and stderr. */
async function ran(...argv: readonly string[]) {
  const out = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
  const status = await run([...argv, '--rounds', '1', '--dimension', '2', '--crypto', 'simulated']);
  const textOf = ({ mock }: typeof out): string[] => mock.calls.flat().map(String);
  return { status, out: textOf(out).join('\n').split('\n'), error: textOf(error) };
}

describe('the summary of a simulation, in words', () => {
  it('of a small room has no word of lines', () => {
    expect(toldSummary(room, 1234, 'real').split('\n')).toEqual([
      'largest error against the included mean: 2.18e-9',
      'inputs included: 97.1 %',
      'peers that disagree: 0',
      'a peer and round: 363 words of vectors, 88 messages',
      'most attempts for a result: 2',
      '1234 ms, real cryptography',
    ]);
  });

  it('of a room in lines tells all that the JSON does, each with its unit', () => {
    const lines = toldSummary(
      { ...grid, disagreeing: 3, includedDiffers: 4, wrongSums: 5 },
      1234,
      'real',
    ).split('\n');
    expect(lines).toEqual([
      'largest error against the included mean: 2.18e-9',
      'inputs included: 97.1 %',
      'peers that disagree: 3',
      'peers with another list of who is included: 4',
      'rounds with a wrong sum: 5',
      'a peer and round: 363 words of vectors, 88 messages',
      'beside the words: 20.0 KiB; in all: 25.0 KiB',
      'most links of a peer: 21',
      'lines: 6; levels above them: 1',
      'most attempts for a result: 2',
      '1234 ms, real cryptography',
    ]);
  });

  it.each<[string, Partial<GridSummary>, string]>([
    ['wrong sums', { wrongSums: 1 }, '1 round with a wrong sum'],
    ['peers that disagree', { disagreeing: 2 }, '2 peers that disagree'],
    ['differing lists', { includedDiffers: 1 }, '1 peer with another list of who is included'],
  ])('names %s as a fault', (_what, over, told) => {
    expect(faultIn({ ...grid, ...over })).toBe(`Failed: ${told}, over all rounds.`);
  });

  it('names no fault where there is none, though inputs are missing', () => {
    expect(faultIn(grid)).toBeUndefined();
    expect(faultIn(room)).toBeUndefined();
  });
});

describe('the exit status of murmuration simulate', () => {
  afterEach(() => {
    Object.assign(broken, { room: {}, grid: {} });
    vi.restoreAllMocks();
  });

  it('is 0 when every sum is right, and nothing is on stderr', async () => {
    const { status, out, error } = await ran('--peers', '20');
    expect([status, error]).toEqual([0, []]);
    expect(out).toContain('rounds with a wrong sum: 0');
  });

  it.each<[string, Partial<GridSummary>]>([
    ['a sum is wrong', { wrongSums: 1 }],
    ['peers disagree', { disagreeing: 1 }],
    ['lists of the included differ', { includedDiffers: 1 }],
  ])('is 1 in a room of lines where %s, with the reason last', async (_what, over) => {
    broken.grid = over;
    for (const flags of [[], ['--json']]) {
      const { status, error } = await ran('--peers', '20', ...flags);
      expect(status).toBe(1);
      expect(error).toEqual([faultIn({ ...grid, ...over })]);
      vi.restoreAllMocks();
    }
  });

  it('is 1 in a small room whose peers disagree', async () => {
    broken.room = { disagreeing: 2 };
    const { status, error } = await ran('--peers', '4');
    expect([status, error]).toEqual([1, ['Failed: 2 peers that disagree, over all rounds.']]);
  });
});
