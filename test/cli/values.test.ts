import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readValues } from '../../src/cli/values.ts';

const folder = mkdtempSync(join(tmpdir(), 'murmuration-values-'));

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function fromFile(text: string): number[] {
  const file = join(folder, 'values');
  writeFileSync(file, text);
  return [...readValues({ values: undefined, 'values-file': file, clip: undefined })];
}

describe('values', () => {
  it('are read from a JSON array, or one from each line', () => {
    expect(fromFile(' [1, -2.5, 3e2]\n')).toEqual([1, -2.5, 300]);
    expect(fromFile('1\n-2.5\r\n3e2\n')).toEqual([1, -2.5, 300]);
    expect(fromFile('7')).toEqual([7]);
  });

  it('may be a million', () => {
    const values = Array.from({ length: 1_000_000 }, (_, at) => at % 1000);
    expect(fromFile(values.join('\n'))).toEqual(values);
  });
});
