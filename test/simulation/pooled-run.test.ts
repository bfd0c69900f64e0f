import { describe, expect, it } from 'vitest';
import { PooledRun, type PooledOptions } from '../../src/simulation/pooled-run.ts';

const options: PooledOptions = {
  task: { pattern: 'diagonal', hidden: [8], modelSeed: 'pooled' },
  users: 16,
  readingsEach: 3,
  seed: 'pooled',
};

describe('users alone, and one model with all readings', () => {
  it('learns far more from all readings than anybody does on average', () => {
    const run = new PooledRun(options);
    run.advance(300);
    const alone = run.locals.reduce((sum, { accuracy }) => sum + accuracy, 0) / 16;
    expect(run.pooled.accuracy).toBeGreaterThan(alone + 0.1);
    expect(run.pool).toHaveLength(48);
  });

  it('keeps a user’s first readings when there are more, and leaves out who is left out', () => {
    const more = new PooledRun({ ...options, readingsEach: 8, leftOut: new Set([0, 5]) });
    const fewer = new PooledRun(options);
    expect(more.readings[4]!.slice(0, 3)).toEqual(fewer.readings[4]);
    expect(more.pool).toHaveLength(14 * 8);
    expect(more.pool).not.toContain(more.readings[5]![0]);
  });

  it('begins with one and the same map for all', () => {
    const { locals, pooled } = new PooledRun(options);
    expect(new Set([...locals, pooled]).size).toBe(1);
  });
});
