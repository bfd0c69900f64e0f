/**
 * Who is in the flock: this tab and those it sums with as large birds, everybody else by line.
 *
 * In a room without lines there is nobody else. A member of whom this tab knows no more than that it
 * belongs to a line is drawn, and has no name.
 *
 * @module
 */
import { LINK_IDLE_MS, PING_TIMEOUT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { GridView, PeerView, ResultView, SessionView } from '../peer/view.ts';
import type { Shown } from './flock-shown.ts';
import { MERGE_OUT_MS } from './flock-story.ts';
import { neededPeers } from './flock-words.ts';

/** Lines that are drawn beside the own one; what is beyond is told in words. */
export const MAX_FAR_LINES = 7;

/** A bird, or a free place. */
export interface Bird {
  /** Undefined: a free place. */
  readonly id: PeerId | undefined;
  /** Empty: this tab has no link to it, and so no name for it. */
  readonly name: string;
  /** A second line, such as "left". */
  readonly note: string;
  readonly colour: number;
  readonly state:
    'you' | 'flying' | 'linking' | 'hidden' | 'frozen' | 'resting' | 'gone' | 'unlinked' | 'free';
  /** Another bird before it has the same colour: such birds wear a ring and the second pose. */
  readonly isRepeated: boolean;
  /** Age of its signature, ms; undefined before it signed, or when no round runs. */
  readonly signedMs: number | undefined;
  /** The neighbour through which this tab reaches it. */
  readonly via: PeerId | undefined;
}

/** A line that this tab is not in. */
export interface FarLine {
  /** Its place in `grid.lines`; -1: peers that wait for the next epoch. */
  readonly line: number;
  readonly members: readonly Bird[];
  /** After a round of lines: whether its sum is in the result. */
  readonly isIncluded: boolean | undefined;
}

/** Everybody in the flock. */
export interface Members {
  /** This tab first, then those it sums with, then free places. */
  readonly birds: readonly Bird[];
  readonly lines: readonly FarLine[];
  /** Lines and peers that are not drawn. */
  readonly folded: { readonly lines: number; readonly peers: number };
}

/** Who is there at a moment. */
export function membersOfFlock(view: SessionView, shown: Shown): Members {
  const { grid } = view;
  if (grid === undefined) {
    const birds = repeats([youOf(view, shown), ...view.peers.map((peer) => birdOf(peer, shown))]);
    return { birds: [...birds, ...freePlaces(view, shown, birds)], lines: [], folded: NONE };
  }
  const { known, far, own, waiting } = placesOf(view, grid);
  const birdFor = (id: PeerId): Bird => {
    const peer = known.get(id);
    return peer === undefined ? strangerOf(id, shown) : birdOf(peer, shown);
  };
  const included = includedIn(shown);
  const lines = far.slice(0, MAX_FAR_LINES).map(({ ids, line }): FarLine => ({
    line,
    members: ids.map(birdFor),
    isIncluded: included.size === 0 ? undefined : ids.some((id) => included.has(id)),
  }));
  if (waiting.length > 0) {
    const members = waiting.map((peer) => birdOf(peer, shown));
    lines.push({ line: -1, members, isIncluded: undefined });
  }
  const rest = far.slice(MAX_FAR_LINES);
  return {
    birds: repeats([youOf(view, shown), ...own.map(birdFor)]),
    lines,
    folded: {
      lines: rest.length,
      peers: rest.reduce((sum, { ids }) => sum + ids.length, 0),
    },
  };
}

/** Who is in which line. */
interface Places {
  readonly known: ReadonlyMap<PeerId, PeerView>;
  /** Of the own line, without this tab. */
  readonly own: readonly PeerId[];
  readonly far: readonly { readonly ids: readonly PeerId[]; readonly line: number }[];
  /** In no line: they came after the lines were drawn, and are still here. */
  readonly waiting: readonly PeerView[];
}

/** A frame must not walk through thousands of members that it does not draw: once a view is enough. */
const places = new WeakMap<SessionView, Places>();

function placesOf(view: SessionView, grid: GridView): Places {
  const kept = places.get(view);
  if (kept !== undefined) return kept;
  const placed = new Set(grid.lines.flat());
  const made = {
    known: new Map(view.peers.map((peer) => [peer.id, peer])),
    own: (grid.lines[grid.ownLine] ?? []).filter((id) => id !== view.self.id),
    far: grid.lines.map((ids, line) => ({ ids, line })).filter(({ line }) => line !== grid.ownLine),
    waiting: view.peers.filter((peer) => !placed.has(peer.id) && peer.link !== 'gone'),
  };
  places.set(view, made);
  return made;
}

/** The same for the members of a result. */
const includedSets = new WeakMap<ResultView, ReadonlySet<PeerId>>();

/** Who is in the result that is shown; empty before there is one. */
export function includedIn({ phase, result }: Shown): ReadonlySet<PeerId> {
  if (phase !== 'merged' || result === undefined) return NOBODY;
  let included = includedSets.get(result);
  if (included === undefined) includedSets.set(result, (included = new Set(result.included)));
  return included;
}

const NOBODY: ReadonlySet<PeerId> = new Set();

/** Whether a peer has been silent for longer than a ping takes. */
export function isFrozen(peer: PeerView): boolean {
  return peer.link === 'linked' && peer.silentMs > LINK_IDLE_MS + PING_TIMEOUT_MS;
}

const NONE = { lines: 0, peers: 0 };

function youOf(view: SessionView, shown: Shown): Bird {
  return {
    id: view.self.id,
    name: 'You',
    note: view.self.isLeftOut ? 'left out' : '',
    colour: view.self.colour,
    state: 'you',
    isRepeated: false,
    signedMs: signedMs(view.self.id, shown),
    via: undefined,
  };
}

function birdOf(peer: PeerView, shown: Shown): Bird {
  const state = stateOf(peer, shown);
  return {
    id: peer.id,
    name: peer.name,
    note: noteOf(peer, state),
    colour: peer.colour,
    state,
    isRepeated: false,
    signedMs: signedMs(peer.id, shown),
    via: peer.via,
  };
}

/** A member of the epoch that this tab has never met, or that is away. */
function strangerOf(id: PeerId, shown: Shown): Bird {
  return {
    id,
    name: '',
    note: 'not linked',
    colour: 0,
    state: 'unlinked',
    isRepeated: false,
    signedMs: signedMs(id, shown),
    via: undefined,
  };
}

function signedMs(id: PeerId, shown: Shown): number | undefined {
  const isTicking = shown.phase === 'playing' || shown.endAgeMs < 2 * MERGE_OUT_MS;
  return isTicking ? shown.deeds.locked.get(id) : undefined;
}

function repeats(birds: readonly Bird[]): Bird[] {
  const colours = new Set<number>();
  return birds.map((bird) => {
    const isRepeated = colours.has(bird.colour) && bird.state !== 'unlinked';
    colours.add(bird.colour);
    return isRepeated ? { ...bird, isRepeated } : bird;
  });
}

function freePlaces(view: SessionView, shown: Shown, birds: readonly Bird[]): Bird[] {
  const here = birds.filter((bird) => bird.state !== 'gone').length;
  if (here >= 3) return [];
  const isQuiet = shown.phase !== 'playing' && shown.phase !== 'failed';
  const missing = isQuiet ? Math.max(0, Math.max(3, neededPeers(view)) - here) : 0;
  const isTrusted = neededPeers(view) === 2 && here >= 2;
  return Array.from({ length: isTrusted ? 1 : Math.min(4, missing) }, (): Bird => ({
    id: undefined,
    name: 'free place',
    note: '',
    colour: 0,
    state: 'free',
    isRepeated: false,
    signedMs: undefined,
    via: undefined,
  }));
}

function stateOf(peer: PeerView, shown: Shown): Bird['state'] {
  if (peer.link === 'gone' || shown.deeds.gone.has(peer.id)) return 'gone';
  if (peer.link === 'linking') return 'linking';
  if (isFrozen(peer)) return 'frozen';
  if (peer.leftOut !== undefined) return 'resting';
  return peer.isHidden ? 'hidden' : 'flying';
}

function noteOf(peer: PeerView, state: Bird['state']): string {
  switch (state) {
    case 'gone':
      return 'left';
    case 'linking':
      return 'connecting';
    case 'frozen':
      return `not answering for ${Math.round(peer.silentMs / 1000)}\u00a0s`;
    case 'resting':
      return 'left out';
    case 'hidden':
      return 'hidden tab, still learning';
    default:
      return peer.doing === 'copying' ? 'copying the result' : '';
  }
}
