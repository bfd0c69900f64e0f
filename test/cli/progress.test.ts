import { describe, expect, it } from 'vitest';
import { barOf, progressBar } from '../../src/cli/progress.ts';

describe('the progress bar', () => {
  it('is as full as the share, and never wider than the terminal', () => {
    expect(barOf(0.25, 'round 1 of 4', 80)).toBe(
      `${'█'.repeat(8)}${'░'.repeat(24)}  25% round 1 of 4`,
    );
    expect(barOf(1, 'done', 80)).toContain('100% done');
    for (let columns = 10; columns < 100; columns++) {
      expect(barOf(0.5, 'a long label of some words', columns).length).toBeLessThan(columns);
    }
  });

  it('draws over its own line on a terminal, and ends it once', () => {
    let text = '';
    const bar = progressBar({ isTTY: true, columns: 60, write: (part) => (text += part) });
    bar.show(0.5, 'reading');
    bar.show(1, 'reading');
    bar.end();
    bar.end();
    expect(text.match(/\r\u001b\[K/g)).toHaveLength(2);
    expect(text.match(/\n/g)).toHaveLength(1);
  });

  it('shows nothing where there is no terminal', () => {
    let text = '';
    const bar = progressBar({ write: (part) => (text += part) });
    bar.show(0.5, 'reading');
    bar.end();
    expect([text, bar.isShown]).toEqual(['', false]);
  });
});
