/**
 * Stand-ins on their way: while lines sum, one bird of each line flies out to meet those of the others.
 *
 * This tab sees the attempt of the stand-ins only when it is one of them. Otherwise it knows that its
 * own line has a sum, and of the others nothing before the result: their birds are then hollow.
 *
 * @module
 */
import { FLIGHT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { SessionView } from '../peer/view.ts';
import { type Bird, type Members, includedIn } from './flock-members.ts';
import { clamp } from './flock-pairs.ts';
import type { Shown } from './flock-shown.ts';
import { MERGE_OUT_MS } from './flock-story.ts';

/** One bird of one line. */
export interface Courier {
  /** Place among the far lines of the scene; undefined: of the own line. */
  readonly far: number | undefined;
  /** The stand-in as far as this tab knows it; without an id, somebody of that line. */
  readonly bird: Bird;
  /** How far it is on its way out, 0 to 1. */
  readonly share: number;
  /** Known to be there: told by the attempt or by the result. */
  readonly isCertain: boolean;
}

/** The birds between the lines at a moment; none at the lowest level. */
export function couriersOf(view: SessionView, members: Members, shown: Shown): Courier[] {
  if (shown.level === 0 || view.grid === undefined) return [];
  const isBack = shown.phase === 'merged';
  if (shown.phase !== 'playing' && !isBack) return [];
  const share = isBack
    ? 1 - clamp(shown.endAgeMs / (2 * MERGE_OUT_MS))
    : clamp(shown.levelAgeMs / (FLIGHT_MS / 2));
  if (share === 0) return [];
  const roster = new Set(shown.roster);
  const included = includedIn(shown);
  const couriers: Courier[] = [];
  const fly = (far: number | undefined, birds: readonly Bird[], line: string): void => {
    const standIn = birds.find(({ id }) => id !== undefined && roster.has(id));
    const isIn = birds.some(({ id }) => id !== undefined && included.has(id));
    if ((roster.size > 0 && standIn === undefined) || (isBack && !isIn)) return;
    const bird = standIn ?? { ...NOBODY, name: `stand-in of ${line}` };
    const isCertain = standIn !== undefined || isBack || far === undefined;
    couriers.push({ far, bird, share, isCertain });
  };
  if (view.grid.ownLine >= 0) fly(undefined, members.birds, 'your line');
  members.lines.forEach(({ line, members: birds }, far) => {
    if (line >= 0) fly(far, birds, `line ${line + 1}`);
  });
  return couriers;
}

/** Where each member of the level's roster is in the list of couriers, by id. */
export function courierIndex(couriers: readonly Courier[]): ReadonlyMap<PeerId, number> {
  const index = new Map<PeerId, number>();
  couriers.forEach(({ bird }, at) => bird.id !== undefined && index.set(bird.id, at));
  return index;
}

const NOBODY: Bird = {
  id: undefined,
  name: '',
  note: '',
  colour: 0,
  state: 'flying',
  isRepeated: false,
  signedMs: undefined,
  via: undefined,
};
