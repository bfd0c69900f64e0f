/**
 * The disc in the middle of the flock: this tab's own copy of the sum, and what still hides it.
 *
 * @module
 */
import { FLIGHT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { GridView, SessionView } from '../peer/view.ts';
import { type Bird, includedIn } from './flock-members.ts';
import { type Cancel, clamp, membersOf, pairsOf } from './flock-pairs.ts';
import { LANDED, type Shown } from './flock-shown.ts';
import { MERGE_OUT_MS } from './flock-story.ts';
import { lostKeys } from './flock-words.ts';
import { scatter } from './specks.ts';

/** This tab's own copy of the sum. */
export interface Disc {
  /**
   * One arc for each member of the roster (filled in its colour), for each piece that is needed, or
   * for each line (filled in ink, without a colour).
   */
  readonly arcs: readonly { readonly colour: number | undefined; readonly share: number }[];
  /** `pieces`: the ring counts pieces of a key and not updates. */
  readonly ring: 'none' | 'free' | 'members' | 'pieces';
  readonly dots: 'free' | 'empty' | 'mixed' | 'ink' | 'failed';
  /** Masks that are still in the sum: colours of both ends of each pair, then of the own seeds. */
  readonly masks: readonly (readonly [number, number])[];
  /** Colours of leavers whose masks still hang in the sum. */
  readonly tints: readonly number[];
  /** How far a finished round has faded into the past, 0 to 1. */
  readonly faded: number;
  /** The copy that flies to the federation's map: share of its way, or undefined. */
  readonly leaving: number | undefined;
}

/** Which mask colours a dot of the disc; it keeps its choice while others cancel. */
export function maskOfDot(disc: Disc, dot: number): readonly [number, number] | undefined {
  if (disc.masks.length === 0) return undefined;
  return disc.masks[Math.floor(scatter(dot, 5) * disc.masks.length)];
}

/** The disc of a moment; `birds` are those that `index` leads to. */
export function discOf(
  view: SessionView,
  birds: readonly Bird[],
  index: ReadonlyMap<PeerId, number>,
  shown: Shown,
  cancels: ReadonlyMap<string, Cancel>,
): Disc {
  const own = index.get(view.self.id) ?? 0;
  const colourAt = (at: number): number => birds[at]?.colour ?? 0;
  const quiet: Disc = {
    arcs: [],
    ring: 'none',
    dots: 'empty',
    masks: [],
    tints: [],
    faded: 0,
    leaving: undefined,
  };
  if (shown.phase === 'rest') {
    const isFree = birds.some((bird) => bird.state === 'free') && view.result === undefined;
    return { ...quiet, ring: isFree ? 'free' : 'members', dots: isFree ? 'free' : 'empty' };
  }
  const { grid } = view;
  if (grid !== undefined && shown.phase === 'playing' && shown.roster.length === 0) {
    // Somebody stands in for the own line: what this tab has is its line's sum.
    const arcs = lineArcs(grid, (line) => line === grid.ownLine);
    return { ...quiet, arcs, ring: 'members', dots: 'ink', faded: 0.5 };
  }
  const members = membersOf(index, shown);
  const included = includedIn(shown);
  const arcs = members.map((at) => {
    const id = birds[at]!.id!;
    const ageMs = shown.deeds.masked.get(id);
    // Own words are in the own sum at once; those of the others when their swarm has landed.
    const landing = at === own ? 1 : clamp(((ageMs ?? 0) / FLIGHT_MS - LANDED) / (1 - LANDED));
    const isIn = included.has(id) ? 1 : ageMs === undefined ? 0 : landing;
    const isLost = shown.survivors.length > 0 && !shown.survivors.includes(id);
    return { colour: colourAt(at), share: isLost ? 0 : isIn };
  });
  if (shown.phase === 'merged') {
    const share = shown.endAgeMs / (2 * MERGE_OUT_MS);
    const faded = clamp(share - 0.25);
    const leaving = share < 1 ? share : undefined;
    const all =
      grid === undefined
        ? arcs
        : lineArcs(grid, (line) => grid.lines[line]!.some((id) => included.has(id)));
    return { ...quiet, arcs: all, ring: 'members', dots: 'ink', faded, leaving };
  }
  if (shown.phase === 'failed') return { ...quiet, arcs, ring: 'members', dots: 'failed' };
  const hasWords = arcs.some((arc) => arc.share > 0.5);
  if (!hasWords) return { ...quiet, arcs, ring: 'members' };
  const held = new Set(members.filter((_, order) => arcs[order]!.share > 0.5));
  const masks: (readonly [number, number])[] = [];
  for (const [from, to] of pairsOf(members)) {
    if (!held.has(from) && !held.has(to)) continue;
    // Masks of leavers are the rings around the dots.
    if (cancels.get(`${from}-${to}`)?.isLoose) continue;
    if ((cancels.get(`${from}-${to}`)?.share ?? 0) < 0.5)
      masks.push([colourAt(from), colourAt(to)]);
  }
  // Each own mask stays until its seed is open.
  for (const at of held) {
    const id = birds[at]!.id!;
    const isRebuilt = (shown.recovering.get(id)?.pieces ?? -1) >= shown.threshold;
    if (!shown.deeds.unmasked.has(id) && !isRebuilt) masks.push([colourAt(at), colourAt(at)]);
  }
  const missing = lostKeys(shown);
  const lost = missing.filter(([, pieces]) => pieces < shown.threshold);
  const tints = lost.map(([id]) => colourAt(index.get(id) ?? 0));
  const isOpen = masks.length === 0 && tints.length === 0;
  if (missing.length > 0 && shown.threshold > 0) {
    return {
      ...quiet,
      arcs: piecesRing(missing, shown, index, birds),
      ring: 'pieces',
      dots: isOpen ? 'ink' : 'mixed',
      masks,
      tints,
    };
  }
  return { ...quiet, arcs, ring: 'members', dots: isOpen ? 'ink' : 'mixed', masks, tints };
}

/** Arcs of more lines than this would be dots. */
const MAX_LINE_ARCS = 40;

/** One arc for each line, the own one first as on the ring of birds. */
function lineArcs(grid: GridView, isIn: (line: number) => boolean): Disc['arcs'] {
  if (grid.lines.length > MAX_LINE_ARCS) return [];
  const order = grid.lines.map((_, line) => line);
  order.sort((a, b) => Number(b === grid.ownLine) - Number(a === grid.ownLine) || a - b);
  return order.map((line) => ({ colour: undefined, share: isIn(line) ? 1 : 0 }));
}

/** One arc for each piece that is needed; filled ones wear the colours of those who gave theirs. */
function piecesRing(
  missing: ReturnType<typeof lostKeys>,
  shown: Shown,
  index: ReadonlyMap<PeerId, number>,
  birds: readonly Bird[],
): Disc['arcs'] {
  const pieces = Math.min(...missing.map(([, count]) => count));
  const givers = [...shown.deeds.unmasked.keys()];
  return Array.from({ length: shown.threshold }, (_, order) => {
    const giver = givers[order];
    const at = giver === undefined ? undefined : index.get(giver);
    const colour = at === undefined ? 0 : birds[at]!.colour;
    return { colour, share: order < pieces ? 1 : 0 };
  });
}
