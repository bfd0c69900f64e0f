/**
 * `murmuration epsilon`: the figures of the accountant, and flags that make no sense.
 */
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/cli/epsilon.ts';
import { UsageError } from '../../src/errors.ts';

function printed(...argv: readonly string[]): string {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  expect(run(argv)).toBe(0);
  return log.mock.calls.map(([text]) => String(text)).join('\n');
}

describe('murmuration epsilon', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('prints the figures of the accountant and of a continuous Gaussian', () => {
    const flags = ['--noise-multiplier', '1', '--rounds', '10', '--delta', '1e-5'];
    const line = JSON.parse(printed(...flags, '--json')) as Record<string, number>;
    // As others computed them: 19.1 by Renyi divergence on a grid of orders, 17.9 exactly.
    expect(line).toEqual({
      event: 'epsilon',
      epsilon: expect.closeTo(19.05, 1) as number,
      gaussian: expect.closeTo(17.86, 1) as number,
    });
    expect(printed(...flags)).toMatch(
      /^epsilon 19\.\d at delta 0\.00001 \(a continuous Gaussian: 1[78]\.\d\)$/m,
    );
  });

  it.each([
    [['--noise-multiplier', '0'], '--noise-multiplier is 0'],
    [['--noise-multiplier', '1e-200'], '--noise-multiplier is 1e-200'],
    [['--noise-multiplier', '1', '--delta', '0'], '--delta is 0'],
    [['--noise-multiplier', '1', '--delta', '1'], '--delta is 1'],
    [['--noise-multiplier', '1', '--rounds', '0'], 'rounds'],
    [[], 'noise-multiplier'],
  ])('refuses %j', (argv, words) => {
    expect(() => run(argv)).toThrow(UsageError);
    expect(() => run(argv)).toThrow(words);
  });
});
