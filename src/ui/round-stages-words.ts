/**
 * The five stages of a round in words: their names, what each takes, and how the timeline stands.
 *
 * @module
 */
import { ROUND_SHOWN_MS } from '../config.ts';
import type { SessionView, Stage } from '../peer/view.ts';
import { STAGES, type Shown } from './flock-playback.ts';

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

/** The timeline at a moment. Between rounds it shows how the last one ended. */
export function stageBars(shown: Shown, took: Shown['tookMs'] = shown.tookMs): StageBar[] {
  const reached = shown.stage === undefined ? -1 : STAGES.indexOf(shown.stage);
  return STAGES.map((stage, index): StageBar => {
    const ms = took[stage];
    const last = ms === undefined ? '' : ` It took ${ms}\u00a0ms the last time.`;
    const base = { stage, name: NAMES[stage], takes: TAKES[stage] + last };
    if (shown.phase === 'merged') return { ...base, state: 'done', share: 1 };
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
