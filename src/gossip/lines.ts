/**
 * Lines, and the grid above them: who sums with whom, as a function of the epoch alone.
 *
 * Members stand in the order of a hash of the beacon and their id, and are cut into lines of 8 to 15.
 * Lines are gathered into groups of at most eight, groups into larger ones, until one is left: level
 * by level, one member of each stands in for it. Whoever has the record of the epoch computes the same
 * grid, so nothing about it has to be agreed.
 *
 * @module
 */
import { compareBytes, concat, utf8 } from '../bytes.ts';
import { LINE_SIZE, MAX_COHORT, MAX_GROUP, MIN_LINE } from '../config.ts';
import { compareIds, publicKeyOf, type PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import type { Epoch } from './epoch.ts';

/** How the members of an epoch are divided. */
export interface Grid {
  readonly epoch: Epoch;
  /** Members of each line, ascending. */
  readonly lines: readonly (readonly PeerId[])[];
  /** Units of each level: lines, then groups of lines, then groups of groups; the last is 1. */
  readonly counts: readonly number[];
  /** Line of each member. */
  readonly lineOf: ReadonlyMap<PeerId, number>;
}

const grids = new WeakMap<Epoch, { readonly suite: Suite; readonly grid: Grid }>();

/** The grid of an epoch; remembered, since everything asks for it. */
export function gridOf(suite: Suite, epoch: Epoch): Grid {
  const known = grids.get(epoch);
  if (known?.suite === suite) return known.grid;
  const grid = divided(suite, epoch);
  grids.set(epoch, { suite, grid });
  return grid;
}

function divided(suite: Suite, epoch: Epoch): Grid {
  const order = epoch.members
    .map((peer) => ({ peer, rank: suite.hash(concat(PLACE, epoch.beacon, publicKeyOf(peer))) }))
    .sort((a, b) => compareBytes(a.rank, b.rank))
    .map(({ peer }) => peer);
  const count = lineCountOf(order.length, epoch.lineSize);
  const lines: PeerId[][] = Array.from({ length: count }, () => []);
  const lineOf = new Map<PeerId, number>();
  for (const [at, peer] of order.entries()) {
    const line = Math.floor((at * count) / order.length);
    lines[line]!.push(peer);
    lineOf.set(peer, line);
  }
  for (const line of lines) line.sort(compareIds);
  return { epoch, lines, counts: countsOf(count), lineOf };
}

/** Lines for so many members: of about `lineSize`, and as long as there are 16 members, of 8 to 15. */
export function lineCountOf(memberCount: number, lineSize = LINE_SIZE): number {
  if (memberCount <= MAX_COHORT) return 1;
  const wanted = Math.round(memberCount / Math.max(1, lineSize));
  const [fewest, most] = [Math.ceil(memberCount / MAX_COHORT), Math.floor(memberCount / MIN_LINE)];
  return Math.min(Math.max(wanted, fewest), most);
}

/** The group of a level that a line belongs to; at level 0, the line itself. */
export function groupOf({ counts }: Grid, line: number, level: number): number {
  let unit = line;
  for (let at = 0; at < level; at++) unit = parentOf(counts, unit, at);
  return unit;
}

/** Units of the level below that make up a group. */
export function childrenOf({ counts }: Grid, level: number, group: number): readonly number[] {
  const [above, below] = [counts[level]!, counts[level - 1]!];
  // The children whose `parentOf` is this group.
  const first = Math.ceil((group * below) / above);
  const end = Math.ceil(((group + 1) * below) / above);
  return Array.from({ length: end - first }, (_, place) => first + place);
}

/** Lines that make up a group. */
export function linesOf(grid: Grid, level: number, group: number): readonly number[] {
  if (level === 0) return [group];
  return childrenOf(grid, level, group).flatMap((child) => linesOf(grid, level - 1, child));
}

/** Levels above the lines. */
export function levelsOfGrid({ counts }: Grid): number {
  return counts.length - 1;
}

/** Decides who stands in first; 32 bytes. */
export function rankOf(suite: Suite, { beacon }: Epoch, peer: PeerId, round: number): Uint8Array {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(round));
  return suite.hash(concat(TURN, beacon, number, publicKeyOf(peer)));
}

const PLACE = utf8('murmuration/1/place');
const TURN = utf8('murmuration/1/turn');

function countsOf(lineCount: number): readonly number[] {
  const counts = [lineCount];
  while (counts.at(-1)! > 1) counts.push(Math.ceil(counts.at(-1)! / MAX_GROUP));
  return counts;
}

function parentOf(counts: readonly number[], unit: number, level: number): number {
  return Math.floor((unit * counts[level + 1]!) / counts[level]!);
}
