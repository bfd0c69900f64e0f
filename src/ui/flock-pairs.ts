/**
 * Pairs of members, and what has become of the masks that each two share.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import type { Bird } from './flock-members.ts';
import type { Shown } from './flock-shown.ts';
import { CANCEL_MS } from './flock-story.ts';

/** How long one pair's masks take to cancel, and a rebuilt mask to run back, ms. */
const PAIR_CANCEL_MS = 180;
const RETURN_MS = 300;

/** How far the masks of a pair are gone from the sum. */
export interface Cancel {
  /** 0 to 1. */
  readonly share: number;
  /** One end is no survivor: its mask has no counterpart until its key is rebuilt. */
  readonly isLoose: boolean;
}

/**
 * What has become of each pair's masks, by the pair's key: pairs of survivors cancel one after the
 * other from the start of unmasking; pairs with somebody else once that one's key is rebuilt.
 */
export function cancelsOf(
  birds: readonly Bird[],
  index: ReadonlyMap<PeerId, number>,
  shown: Shown,
): Map<string, Cancel> {
  const cancels = new Map<string, Cancel>();
  if (shown.stage !== 'unmask' || shown.survivors.length === 0) return cancels;
  const stayed = new Set(shown.survivors);
  const isIn = (at: number): boolean => {
    const id = birds[at]?.id;
    return id !== undefined && stayed.has(id);
  };
  const pairs = pairsOf(membersOf(index, shown));
  const meeting = pairs.filter(([from, to]) => isIn(from) && isIn(to));
  const lastStartMs = CANCEL_MS - PAIR_CANCEL_MS - 60;
  meeting.forEach(([from, to], order) => {
    const startMs = (lastStartMs * order) / Math.max(1, meeting.length - 1);
    const share = clamp((shown.stageAgeMs - startMs) / PAIR_CANCEL_MS);
    cancels.set(`${from}-${to}`, { share, isLoose: false });
  });
  for (const [from, to] of pairs) {
    if (isIn(from) && isIn(to)) continue;
    const lost = birds[isIn(from) ? to : from]?.id;
    const rebuilt = lost === undefined ? undefined : shown.recovering.get(lost);
    let share = 0;
    if (shown.result !== undefined) share = 1;
    else if (rebuilt !== undefined && shown.threshold > 0 && rebuilt.pieces >= shown.threshold) {
      share = clamp(rebuilt.ageMs / RETURN_MS);
    }
    cancels.set(`${from}-${to}`, { share, isLoose: true });
  }
  return cancels;
}

/** Indices of the members of the roster, ascending. */
export function membersOf(index: ReadonlyMap<PeerId, number>, shown: Shown): number[] {
  const members = shown.roster.map((id) => index.get(id)).filter((at) => at !== undefined);
  return members.sort((a, b) => a - b);
}

/** Every two of them, the smaller index first. */
export function pairsOf(indices: readonly number[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  indices.forEach((from, order) => {
    for (const to of indices.slice(order + 1)) pairs.push([from, to]);
  });
  return pairs;
}

/** Between 0 and 1. */
export function clamp(share: number): number {
  return Math.max(0, Math.min(1, share));
}
