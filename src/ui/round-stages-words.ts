/**
 * The five stages of a round in words: their names, what each takes, and how the timeline stands.
 *
 * @module
 */
import { ROUND_SHOWN_MS } from '../config.ts';
import type { SessionView, Stage } from '../peer/view.ts';
import type { Shown } from './flock-shown.ts';
import { STAGES } from './flock-story.ts';

/** One bar of the timeline. */
export interface StageBar {
  readonly stage: Stage;
  readonly name: string;
  readonly state: 'ahead' | 'current' | 'done' | 'failed';
  /** How much of it is ink, 0 to 1. */
  readonly share: number;
  /** What it takes, and how long it took, in sentences. */
  readonly takes: string;
}

const NAMES: Readonly<Record<Stage, string>> = {
  gather: 'Gather',
  keys: 'Agree keys',
  send: 'Send',
  lock: 'Lock',
  unmask: 'Unmask',
};

const TAKES: Readonly<Record<Stage, string>> = {
  gather:
    'Whoever is ready and linked to all others is in the round. One of them proposes the list; nobody may be left out without a reason.',
  keys: 'Each pair agrees a mask that only the two know. Each also deals out sealed pieces of its keys, so that the round survives whoever leaves.',
  send: 'Each sends its update, hidden under all its masks, to every other. Without the masks it is noise.',
  lock: 'Everyone signs which updates are in, and that all hold the same words. Until enough have signed, nothing is opened.',
  unmask:
    'Pair masks meet their counterparts and vanish from the sum. The pieces of the remaining masks are put together, and only the sum appears.',
};

/** One level of a round of lines. */
export interface LevelBar extends Omit<StageBar, 'stage'> {
  readonly level: number;
}

/** The levels of a round of lines, from the own line up; none where everybody sums with everybody. */
export function levelBars(view: SessionView, shown: Shown): LevelBar[] {
  const { grid } = view;
  if (grid === undefined || grid.ownLine < 0) return [];
  return Array.from({ length: grid.levels + 1 }, (_, level): LevelBar => {
    const isTop = level === grid.levels;
    const base = {
      level,
      name: level === 0 ? 'Your line' : isTop ? 'All lines' : `Lines, level ${level}`,
      takes: level === 0 ? LINE_TAKES : LEVEL_TAKES,
    };
    if (shown.phase === 'merged') return { ...base, state: 'done', share: 1 };
    if (shown.phase === 'rest' || level > shown.level) {
      return { ...base, state: 'ahead', share: 0 };
    }
    if (level < shown.level) return { ...base, state: 'done', share: 1 };
    if (shown.phase === 'failed') return { ...base, state: 'failed', share: 1 };
    return { ...base, state: 'current', share: levelShare(shown) };
  });
}

/** How much of a level is done: its stages, or half of it while this tab only waits. */
function levelShare(shown: Shown): number {
  if (shown.stage === undefined) return shown.roster.length === 0 ? 0.5 : 0;
  return (STAGES.indexOf(shown.stage) + shown.stageShare) / STAGES.length;
}

const LINE_TAKES =
  'A line is 8 to 15 peers that sum with each other for a while, an epoch. Only they get your masked update, and all they learn is their sum.';

const LEVEL_TAKES =
  'One member of each line stands in for it: it brings in the sum of its line, under masks like any update. Everybody copies the result, so one mean of all lines comes to all.';

/** The timeline at a moment. Between rounds it shows how the last one ended. */
export function stageBars(shown: Shown, took: Shown['tookMs'] = shown.tookMs): StageBar[] {
  const reached = shown.stage === undefined ? -1 : STAGES.indexOf(shown.stage);
  return STAGES.map((stage, index): StageBar => {
    const ms = took[stage];
    const last = ms === undefined ? '' : ` It took ${ms}\u00a0ms the last time.`;
    const base = { stage, name: NAMES[stage], takes: TAKES[stage] + last };
    if (shown.phase === 'merged') return { ...base, state: 'done', share: 1 };
    // Others stand in: what this tab had to do is done.
    const isWaiting = shown.phase === 'playing' && shown.level > 0 && shown.roster.length === 0;
    if (isWaiting) return { ...base, state: 'done', share: 1 };
    if (index < reached) return { ...base, state: 'done', share: 1 };
    if (index > reached || shown.phase === 'rest') return { ...base, state: 'ahead', share: 0 };
    if (shown.phase === 'failed') return { ...base, state: 'failed', share: 1 };
    return { ...base, state: 'current', share: shown.stageShare };
  });
}

/** Says that the drawing is slower than the round, if it was; empty before the first result. */
export function paceNote(view: SessionView): string {
  const result = view.result;
  if (result === undefined || result.isCopied) return '';
  const took = duration(result.durationMs);
  if (result.durationMs >= ROUND_SHOWN_MS) return `Round ${result.round} took ${took}.`;
  return `Drawn slower than it happens: round ${result.round} took ${took}.`;
}

/** Milliseconds below a second and a half, else seconds. */
export function duration(ms: number): string {
  return ms < 1500 ? `${Math.round(ms)}\u00a0ms` : `${(ms / 1000).toFixed(1)}\u00a0s`;
}
