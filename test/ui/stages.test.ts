/** The timeline stands where the shown round stands. */
import { describe, expect, it } from 'vitest';
import { INITIAL_PLAYBACK, shownAt, stepPlayback } from '../../src/ui/flock-playback.ts';
import { duration, paceNote, stageBars } from '../../src/ui/round-stages-words.ts';
import { type RoundPlan, resultOf, roomView, roundViews } from './flock-fixture.ts';

function playing(plan: Partial<RoundPlan>, until = Number.POSITIVE_INFINITY) {
  const views = roundViews({ count: 6, round: 13, startMs: 1_000, everyMs: 800, ...plan });
  let state = stepPlayback(INITIAL_PLAYBACK, { type: 'view', view: roomView(6), atMs: 0 });
  let last = 0;
  for (const { view, atMs } of views.slice(0, until)) {
    state = stepPlayback(state, { type: 'view', view, atMs });
    last = atMs;
  }
  return stageBars(shownAt(state, last + 750));
}

describe('the timeline', () => {
  it('is empty before the first round', () => {
    const state = stepPlayback(INITIAL_PLAYBACK, { type: 'view', view: roomView(3), atMs: 0 });
    const bars = stageBars(shownAt(state, 1));
    expect(bars.map((bar) => bar.name)).toEqual(['Gather', 'Agree keys', 'Send', 'Lock', 'Unmask']);
    expect(bars.every((bar) => bar.state === 'ahead' && bar.share === 0)).toBe(true);
  });

  it('fills the current stage by what has happened in it', () => {
    // Gather, keys, six advertised, six shared, send, four masked.
    const bars = playing({}, 2 + 12 + 1 + 4);
    expect(bars.map((bar) => bar.state)).toEqual(['done', 'done', 'current', 'ahead', 'ahead']);
    expect(bars[2]!.share).toBeCloseTo(4 / 6, 2);
  });

  it('counts signatures to the threshold, not to the roster', () => {
    const bars = playing({}, 2 + 12 + 1 + 6 + 1 + 2);
    expect(bars[3]).toMatchObject({ state: 'current', share: 2 / 5 });
  });

  it('is all ink after a result, and says how long each stage took', () => {
    const bars = playing({});
    expect(bars.every((bar) => bar.state === 'done')).toBe(true);
    expect(bars[3]!.takes).toContain('It took 5600\u00a0ms the last time.');
  });

  it('shows where a round failed, and nothing after it as done', () => {
    const bars = playing({ drop: [1, 3, 5], end: 'failure' });
    expect(bars.map((bar) => bar.state)).toEqual(['done', 'done', 'done', 'failed', 'ahead']);
  });
});

describe('the note about the pace', () => {
  it('names the round and its real duration', () => {
    expect(paceNote(roomView(6, { rounds: 12 }))).toBe(
      'Drawn slower than it happens: round 12 took 243\u00a0ms.',
    );
  });

  it('says nothing before a round, or about one that this tab only copied', () => {
    expect(paceNote(roomView(6))).toBe('');
    expect(paceNote({ ...roomView(6), result: { ...resultOf(6, 3), isCopied: true } })).toBe('');
  });

  it('does not call a slow round fast', () => {
    expect(duration(1_499)).toBe('1499\u00a0ms');
    expect(duration(1_500)).toBe('1.5\u00a0s');
    const slow = { ...roomView(6), result: { ...resultOf(6, 3), durationMs: 9_000 } };
    expect(paceNote(slow)).toBe('Round 3 took 9.0\u00a0s.');
  });
});
