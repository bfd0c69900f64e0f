/** The playback shows what happened, later than it happened, and never something else. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLIGHT_MS, ROUND_SHOWN_MS } from '../../src/config.ts';
import type { SessionView } from '../../src/peer/view.ts';
import {
  INITIAL_PLAYBACK,
  type PlaybackState,
  shownAt,
  stepPlayback,
} from '../../src/ui/flock-playback.ts';
import type { Shown } from '../../src/ui/flock-shown.ts';
import { MERGE_OUT_MS, STAGES } from '../../src/ui/flock-story.ts';
import { type TimedView, idOf, resultOf, roomView, roundViews } from './flock-fixture.ts';

/** The machine after a quiet room and these views. */
function played(views: readonly TimedView[], from = roomView(6, { rounds: 12 })): PlaybackState {
  const start: TimedView = { atMs: 0, view: from };
  return [start, ...views].reduce(
    (state, { atMs, view }) => stepPlayback(state, { type: 'view', view, atMs }),
    INITIAL_PLAYBACK,
  );
}

/** First moment, to the step, at which something is true of what is shown. */
function firstMs(
  state: PlaybackState,
  fromMs: number,
  isTrue: (shown: Shown) => boolean,
): number | undefined {
  for (let atMs = fromMs; atMs < fromMs + 8_000; atMs += 5) {
    if (isTrue(shownAt(state, atMs))) return atMs;
  }
  return undefined;
}

describe('a fast round', () => {
  const views = roundViews({ count: 6, round: 13, startMs: 1_000 });
  const endMs = views[views.length - 1]!.atMs;
  const state = played(views);

  it('is over within a quarter of a second, and shown in 1.6 to 2.4 s', () => {
    expect(endMs - 1_000).toBeLessThan(250);
    const merged = firstMs(state, endMs, (shown) => shown.phase === 'merged')!;
    const rest = firstMs(state, endMs, (shown) => !shown.isMoving)!;
    expect(merged - 1_000).toBeGreaterThan(1_600);
    expect(merged - 1_000).toBeLessThanOrEqual(ROUND_SHOWN_MS + 5);
    expect(merged - 1_000 + MERGE_OUT_MS).toBeLessThanOrEqual(2_400);
    expect(rest).toBeGreaterThan(merged);
  });

  it.each([3, 5, 8, 12, 15])('takes the same time with %i peers', (count) => {
    const few = played(
      roundViews({ count, round: 13, startMs: 1_000, everyMs: 1 }),
      roomView(count),
    );
    const merged = firstMs(few, 1_300, (shown) => shown.phase === 'merged')!;
    expect(merged - 1_000).toBeGreaterThan(1_600);
    expect(merged - 1_000).toBeLessThanOrEqual(ROUND_SHOWN_MS + 5);
  });

  it('shows every stage in order, and each for at least 60 ms', () => {
    const seen: string[] = [];
    const forMs = new Map<string, number>();
    for (let atMs = endMs; atMs < endMs + 3_000; atMs += 5) {
      const { stage, phase } = shownAt(state, atMs);
      if (stage === undefined || phase !== 'playing') continue;
      if (seen[seen.length - 1] !== stage) seen.push(stage);
      forMs.set(stage, (forMs.get(stage) ?? 0) + 5);
    }
    // Gathering is over before the last view arrives.
    expect(['gather', ...seen.filter((stage) => stage !== 'gather')]).toEqual(STAGES);
    for (const stage of ['send', 'lock', 'unmask']) expect(forMs.get(stage)).toBeGreaterThan(60);
  });

  it('lets the last swarm land before it locks', () => {
    const locking = firstMs(state, endMs, (shown) => shown.stage === 'lock')!;
    const landed = shownAt(state, locking).landed;
    expect(landed.size).toBe(6);
    const flying = shownAt(state, locking - FLIGHT_MS / 2);
    expect(flying.landed.size).toBeLessThan(6);
  });

  it('tells how long each stage really took, not how long it was drawn', () => {
    const shown = shownAt(state, endMs + 5_000);
    // Views of the fixture are 5 ms apart: twelve facts of keys and the stage itself.
    expect(shown.tookMs.keys).toBe(65);
    expect(shown.tookMs.send).toBe(35);
    expect(Object.values(shown.tookMs).reduce((sum, ms) => sum + ms, 0)).toBe(endMs - 1_000);
  });
});

describe('a slow round', () => {
  it('is shown live: nothing waits once it is old', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000, everyMs: 400 });
    const state = played(views.slice(0, -1));
    const last = views[views.length - 2]!;
    const shown = shownAt(state, last.atMs);
    expect([...shown.deeds.unmasked.keys()]).toEqual(last.view.attempt!.unmasked);
    expect(shown.phase).toBe('playing');
  });

  it('asks for no frames while nothing happens', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000 }).slice(0, 16);
    const last = views[views.length - 1]!.atMs;
    expect(shownAt(played(views), last + 10).isMoving).toBe(true);
    expect(shownAt(played(views), last + 4_000).isMoving).toBe(false);
  });
});

describe('truth', () => {
  it('no fact is shown before a view held it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 15 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer({ min: 0, max: 6_000 }),
        (count, everyMs, lookMs) => {
          const views = roundViews({ count, round: 4, startMs: 100, everyMs });
          const known = views.filter(({ atMs }) => atMs <= 100 + lookMs);
          const state = played(known, roomView(count, { rounds: 3 }));
          const shown = shownAt(state, 100 + lookMs);
          const attempt = known.filter(({ view }) => view.attempt).at(-1)?.view.attempt;
          for (const deed of ['advertised', 'shared', 'masked', 'locked', 'unmasked'] as const) {
            for (const id of shown.deeds[deed].keys()) expect(attempt?.[deed]).toContain(id);
          }
          if (shown.phase === 'merged' && shown.round === 4) {
            expect(known.at(-1)!.view.result?.round).toBe(4);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('what was there before the first view is not played', () => {
    const shown = shownAt(played([]), 10);
    expect(shown.phase).toBe('merged');
    expect(shown.round).toBe(12);
    expect(shown.isMoving).toBe(false);
    expect(shown.endAgeMs).toBe(Number.POSITIVE_INFINITY);
  });

  it('a round that came and went between two views shows who is in it, and nobody’s signature', () => {
    const view = { ...roomView(6, { rounds: 13 }), result: resultOf(6, 13, [2]) };
    const state = played([{ atMs: 1_000, view }]);
    const shown = shownAt(state, 4_000);
    expect([...shown.deeds.masked.keys()]).toEqual(view.result.included);
    expect(shown.deeds.locked.size).toBe(0);
    expect(shown.phase).toBe('merged');
  });

  it('a copied result is not played as if this tab had taken part', () => {
    const result = { ...resultOf(6, 13), isCopied: true };
    const state = played([{ atMs: 1_000, view: { ...roomView(6, { rounds: 12 }), result } }]);
    const shown = shownAt(state, 1_000);
    expect(shown.phase).toBe('merged');
    expect(shown.deeds.masked.size).toBe(0);
  });

  it('counts the pieces of a leaver’s key up to the threshold', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000, drop: [3], end: 'none' });
    const counts = new Set<number>();
    const state = played(views);
    for (let atMs = views.at(-1)!.atMs; atMs < 6_000; atMs += 5) {
      const pieces = shownAt(state, atMs).recovering.get(idOf(3))?.pieces;
      if (pieces !== undefined) counts.add(pieces);
    }
    expect([...counts]).toEqual([0, 1, 2, 3, 4]);
    expect(shownAt(state, 6_000).survivors).not.toContain(idOf(3));
    expect(shownAt(state, 6_000).deeds.gone.has(idOf(3))).toBe(true);
  });

  it('a key that is no longer waited for is rebuilt', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000, drop: [3], end: 'none' });
    const last = views.at(-1)!;
    const open = { ...last.view, attempt: { ...last.view.attempt!, recovering: [] } };
    const state = played([...views, { atMs: last.atMs + 5, view: open }]);
    expect(shownAt(state, 9_000).recovering.get(idOf(3))?.pieces).toBe(5);
  });

  it('an attempt that is still in the view beside its result says nothing more', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000 });
    const last = views.at(-1)!;
    const attempt = views.at(-2)!.view.attempt;
    const both = { ...last.view, attempt };
    const state = played([
      ...views.slice(0, -2),
      { atMs: last.atMs, view: both },
      { atMs: last.atMs + 50, view: { ...both, attempt: { ...attempt!, aborted: [idOf(2)] } } },
      { atMs: last.atMs + 100, view: last.view },
    ]);
    const shown = shownAt(state, 9_000);
    expect(shown.phase).toBe('merged');
    expect(shown.deeds.unmasked.size).toBe(6);
    expect(shown.deeds.aborted.size).toBe(0);
  });

  it('a failed round ends in its failure, at the stage it had reached', () => {
    const views = roundViews({
      count: 6,
      round: 13,
      startMs: 1_000,
      drop: [1, 3, 5],
      end: 'failure',
    });
    const shown = shownAt(played(views), 9_000);
    expect(shown.phase).toBe('failed');
    expect(shown.stage).toBe('lock');
    expect(shown.isMoving).toBe(false);
  });

  it('a failure stays to be read before the next attempt is shown', () => {
    const failed = roundViews({ count: 6, round: 13, startMs: 1_000, drop: [5], end: 'failure' });
    const again = roundViews({ count: 5, round: 14, startMs: failed.at(-1)!.atMs + 50 });
    const state = played([...failed, ...again]);
    const from = again.at(-1)!.atMs;
    const fails = firstMs(state, from, (shown) => shown.phase === 'failed')!;
    const goesOn = firstMs(state, fails, (shown) => shown.round === 14)!;
    expect(goesOn - fails).toBeGreaterThanOrEqual(800);
  });

  it('an attempt that vanishes without a word leaves the flock at rest', () => {
    const views = roundViews({ count: 6, round: 13, startMs: 1_000 }).slice(0, 9);
    const state = played([...views, { atMs: 1_100, view: roomView(6) }]);
    expect(shownAt(state, 5_000).phase).toBe('rest');
  });
});

describe('rounds in a hurry', () => {
  const round = (number: number, startMs: number): TimedView[] =>
    roundViews({ count: 6, round: number, startMs });

  it('one more waits, and starts when the first has left', () => {
    const views = [...round(13, 1_000), ...round(14, 1_400)];
    const state = played(views);
    expect(shownAt(state, 1_700).round).toBe(13);
    const second = firstMs(state, 1_700, (shown) => shown.round === 14)!;
    expect(second - 1_000).toBeGreaterThan(1_600);
    const merged = firstMs(state, second, (shown) => shown.phase === 'merged')!;
    expect(merged - second).toBeGreaterThan(1_500);
    expect(merged - second).toBeLessThanOrEqual(ROUND_SHOWN_MS + 5);
  });

  it('when a third begins, the oldest jumps to its end', () => {
    const state = played([...round(13, 1_000), ...round(14, 1_400), ...round(15, 1_800)]);
    expect(shownAt(state, 2_200).round).toBe(14);
  });

  it('never falls behind by more than two rounds, however many there are', () => {
    const views: TimedView[] = [];
    for (let number = 13; number < 40; number++)
      views.push(...round(number, 1_000 + (number - 13) * 300));
    const last = views[views.length - 1]!.atMs;
    const state = played(views);
    expect(shownAt(state, last).round).toBeGreaterThanOrEqual(38);
    expect(
      firstMs(state, last, (shown) => shown.round === 39 && shown.phase === 'merged'),
    ).toBeLessThan(last + 2 * (ROUND_SHOWN_MS + MERGE_OUT_MS));
  });

  it('nobody looking: everything is over at once', () => {
    const views = [...round(13, 1_000), ...round(14, 1_400)];
    const state = stepPlayback(played(views), { type: 'jump', atMs: 1_700 });
    const shown = shownAt(state, 1_700);
    expect(shown.round).toBe(14);
    expect(shown.phase).toBe('merged');
    expect(shownAt(state, 3_000).isMoving).toBe(false);
  });

  it('two elements that see the same views show the same moment', () => {
    const views = round(13, 1_000);
    const again = views.flatMap((one): TimedView[] => [one, one]);
    const plain = shownAt(played(views), 2_000);
    const doubled = shownAt(played(again), 2_000);
    expect(doubled).toEqual(plain);
  });

  it('steps never change the state they were given', () => {
    const views = round(13, 1_000);
    const before = played(views.slice(0, 10));
    const copy = structuredClone(before);
    stepPlayback(before, { type: 'view', view: views[10]!.view as SessionView, atMs: 1_060 });
    shownAt(before, 1_500);
    expect(before).toEqual(copy);
  });
});
