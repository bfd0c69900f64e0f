import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/simulate.ts';
import { UsageError } from '../../src/errors.ts';

interface Line {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** What the command prints with `--json`. */
async function printed(...argv: readonly string[]): Promise<readonly Line[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(await run([...argv, '--json'])).toBe(0);
  const lines = log.mock.calls.map(([text]) => JSON.parse(String(text)) as Line);
  log.mockRestore();
  return lines;
}

describe('murmuration simulate', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('includes everybody when nobody drops, and agrees to the last bit', async () => {
    const lines = await printed('--peers', '5', '--rounds', '3', '--dimension', '7');
    expect(lines.map(({ event }) => event)).toEqual(['round', 'round', 'round', 'summary']);
    const summary = lines.at(-1)!;
    expect(summary).toMatchObject({
      peers: 5,
      includedShare: 1,
      disagreeing: 0,
      steps: 1,
      wordsSentPerPeer: 4 * 7,
      crypto: 'real',
    });
    // Half a step of the encoding each way at most, with five members.
    expect(summary['maxErrorVsIncludedMean']).toBeLessThan(5 / 2 ** 30);
    expect(summary['maxErrorVsIncludedMean']).toBeGreaterThan(0);
  });

  it('goes on when peers drop, and never mixes in who is not included', async () => {
    const argv = ['--peers', '9', '--rounds', '8', '--drop', '0.2', '--crypto', 'simulated'];
    const summary = (await printed(...argv)).at(-1)!;
    expect(summary).toMatchObject({ disagreeing: 0, crypto: 'simulated' });
    expect(summary['includedShare']).toBeGreaterThan(0.5);
    expect(summary['includedShare']).toBeLessThan(1);
    expect(summary['maxErrorVsIncludedMean']).toBeLessThan(9 / 2 ** 30);
  });

  it('prints the same for the same seed, but for wallMs', async () => {
    const argv = ['--peers', '4', '--rounds', '3', '--drop', '0.3', '--crypto', 'simulated'];
    const without = (lines: readonly Line[]): unknown =>
      lines.map((line) => ({ ...line, wallMs: 0 }));
    const first = without(await printed(...argv, '--seed', 'one'));
    expect(without(await printed(...argv, '--seed', 'one'))).toEqual(first);
    expect(without(await printed(...argv, '--seed', 'two'))).not.toEqual(first);
  });

  it('says why three peers that lose one have no result', async () => {
    const argv = ['--peers', '3', '--rounds', '2', '--drop', '1', '--crypto', 'simulated'];
    const lines = await printed(...argv);
    expect(lines[0]).toMatchObject({ event: 'round-failed', round: 1 });
    expect(lines.at(-1)).toMatchObject({ includedShare: 0, maxErrorVsIncludedMean: 0 });
  });

  it('divides rooms above 15 into lines, and says how many', async () => {
    const lines = await printed('--peers', '30', '--rounds', '1', '--crypto', 'simulated');
    expect(lines.at(-1)).toMatchObject({
      event: 'summary',
      peers: 30,
      lines: 3,
      levels: 1,
      includedShare: 1,
      disagreeing: 0,
      wrongSums: 0,
      crypto: 'simulated',
    });
  });

  it('refuses two peers, and shares that are none', () => {
    const refused = (...argv: readonly string[]): unknown => {
      try {
        return run(argv);
      } catch (error) {
        return error;
      }
    };
    expect(refused('--peers', '2', '--rounds', '1')).toBeInstanceOf(UsageError);
    expect(refused('--peers', '5', '--rounds', '1', '--drop', '1.5')).toBeInstanceOf(UsageError);
    const short = refused('--peers', '50', '--rounds', '1', '--line-size', '5');
    expect(short).toBeInstanceOf(UsageError);
  });
});
