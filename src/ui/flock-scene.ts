/**
 * What the flock draws, as plain data: birds, links, packets and the disc, from a view and a moment.
 *
 * Only what this tab knows is in it. A member sends its masked update to every other member, so when
 * one arrives here, its swarms are drawn on all of that member's links; what the others hold is not
 * drawn, since this tab does not know it.
 *
 * @module
 */
import { FLIGHT_MS, LINK_IDLE_MS, PING_TIMEOUT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { PeerView, SessionView } from '../peer/view.ts';
import { PEER_COLOURS } from './bird-colours.ts';
import { CANCEL_MS, LANDED, MERGE_OUT_MS, type Shown } from './flock-playback.ts';
import { lostKeys, neededPeers } from './flock-words.ts';
import { scatter } from './specks.ts';

/** How long one pair's masks take to cancel, and a rebuilt mask to run back, ms. */
const PAIR_CANCEL_MS = 180;
const RETURN_MS = 300;

/** Everything in the flock at one moment. */
export interface FlockScene {
  /** This tab first, then the peers in the order of the view, then free places. */
  readonly birds: readonly Bird[];
  readonly links: readonly SceneLink[];
  readonly packets: readonly Packet[];
  readonly pieces: readonly Piece[];
  readonly disc: Disc;
}

/** A bird, or a free place. */
export interface Bird {
  /** Undefined: a free place. */
  readonly id: PeerId | undefined;
  readonly name: string;
  /** A second line, such as "left". */
  readonly note: string;
  readonly colour: number;
  readonly state: 'you' | 'flying' | 'linking' | 'hidden' | 'frozen' | 'resting' | 'gone' | 'free';
  /** Colours repeat past the last: such birds wear a ring and the second pose. */
  readonly isRepeated: boolean;
  /** Age of its signature, ms; undefined before it signed, or when no round runs. */
  readonly signedMs: number | undefined;
}

/** The link of two birds, by their indices; `from` is the smaller. */
export interface SceneLink {
  readonly from: number;
  readonly to: number;
  /**
   * `keyed`: a shared mask, both ends coloured; `cancelling`: shortening, see `share`; `loose`: its
   * other end is no survivor, so the mask has no counterpart; `returning`: rebuilt, it runs back to
   * who stayed.
   */
  readonly kind:
    'free' | 'linking' | 'plain' | 'keyed' | 'cancelling' | 'loose' | 'returning' | 'dead';
  /** How far it is gone, 0 to 1. */
  readonly share: number;
}

/** A masked update on its way, between two birds, by their indices. */
export interface Packet {
  readonly from: number;
  readonly to: number;
  /** Share of the way, 0 to 1. */
  readonly share: number;
  /** Colour indices of the masks that the sender added. */
  readonly masks: readonly number[];
  /** It comes to, or from, this tab. */
  readonly isOwn: boolean;
}

/** A piece of a leaver's key on its way into the disc. */
export interface Piece {
  readonly from: number;
  readonly share: number;
}

/** This tab's own copy of the sum. */
export interface Disc {
  /** One arc for each member of the roster (filled in its colour), or for each piece that is needed. */
  readonly arcs: readonly { readonly colour: number; readonly share: number }[];
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

/** The scene of a moment. */
export function flockScene(view: SessionView, shown: Shown): FlockScene {
  const birds = birdsOf(view, shown);
  const index = new Map<PeerId, number>();
  birds.forEach((bird, at) => bird.id !== undefined && index.set(bird.id, at));
  const cancels = cancelsOf(birds, index, shown);
  return {
    birds,
    links: linksOf(view, birds, shown, cancels),
    packets: shown.phase === 'playing' ? packetsOf(birds, index, shown) : [],
    pieces: shown.phase === 'playing' ? piecesOf(index, shown) : [],
    disc: discOf(view, birds, index, shown, cancels),
  };
}

/** Whether a peer has been silent for longer than a ping takes. */
export function isFrozen(peer: PeerView): boolean {
  return peer.link === 'linked' && peer.silentMs > LINK_IDLE_MS + PING_TIMEOUT_MS;
}

/** Which mask colours a dot of the disc; it keeps its choice while others cancel. */
export function maskOfDot(disc: Disc, dot: number): readonly [number, number] | undefined {
  if (disc.masks.length === 0) return undefined;
  return disc.masks[Math.floor(scatter(dot, 5) * disc.masks.length)];
}

function birdsOf(view: SessionView, shown: Shown): Bird[] {
  const isTicking = shown.phase === 'playing' || shown.endAgeMs < 2 * MERGE_OUT_MS;
  const signed = (id: PeerId): number | undefined =>
    isTicking ? shown.deeds.locked.get(id) : undefined;
  const you: Bird = {
    id: view.self.id,
    name: 'You',
    note: view.self.isLeftOut ? 'left out' : '',
    colour: view.self.colour,
    state: 'you',
    isRepeated: false,
    signedMs: signed(view.self.id),
  };
  const others = view.peers.map((peer, rank): Bird => {
    const state = stateOf(peer, shown);
    return {
      id: peer.id,
      name: peer.name,
      note: noteOf(peer, state),
      colour: peer.colour,
      state,
      isRepeated: rank + 1 >= PEER_COLOURS,
      signedMs: signed(peer.id),
    };
  });
  const here = 1 + others.filter((bird) => bird.state !== 'gone').length;
  const isQuiet = shown.phase !== 'playing' && shown.phase !== 'failed';
  const missing = isQuiet ? Math.max(0, Math.max(3, neededPeers(view)) - here) : 0;
  const isTrusted = neededPeers(view) === 2 && here >= 2;
  const free = Array.from({ length: isTrusted ? 1 : Math.min(4, missing) }, (): Bird => ({
    id: undefined,
    name: 'free place',
    note: '',
    colour: 0,
    state: 'free',
    isRepeated: false,
    signedMs: undefined,
  }));
  return [you, ...others, ...(here >= 3 ? [] : free)];
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

/** How far the masks of a pair are gone from the sum. */
interface Cancel {
  /** 0 to 1. */
  readonly share: number;
  /** One end is no survivor: its mask has no counterpart until its key is rebuilt. */
  readonly isLoose: boolean;
}

/**
 * What has become of each pair's masks, by the pair's key: pairs of survivors cancel one after the
 * other from the start of unmasking; pairs with somebody else once that one's key is rebuilt.
 */
function cancelsOf(
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

function linksOf(
  view: SessionView,
  birds: readonly Bird[],
  shown: Shown,
  cancels: ReadonlyMap<string, Cancel>,
): SceneLink[] {
  const members = new Set(shown.roster);
  const isKeyedStage = shown.stage === 'send' || shown.stage === 'lock' || shown.stage === 'unmask';
  return pairsOf(birds.map((_, at) => at)).map(([from, to]): SceneLink => {
    const one = birds[from]!;
    const other = birds[to]!;
    const link = (kind: SceneLink['kind'], share = 0): SceneLink => ({ from, to, kind, share });
    if (one.id === undefined || other.id === undefined) return link('free');
    const isLost = one.state === 'gone' || other.state === 'gone';
    if (shown.phase === 'failed') return link(isLost ? 'dead' : 'plain');
    if (shown.phase === 'playing' && members.has(one.id) && members.has(other.id)) {
      const cancel = cancels.get(`${from}-${to}`);
      if (cancel?.isLoose) return link(looseKind(cancel.share), cancel.share);
      if (cancel !== undefined)
        return link(cancel.share === 1 ? 'plain' : 'cancelling', cancel.share);
      const { advertised } = shown.deeds;
      if (isKeyedStage || (advertised.has(one.id) && advertised.has(other.id))) {
        // Whoever left before it sent leaves masks without a counterpart.
        const { masked } = shown.deeds;
        const isLoose =
          (one.state === 'gone' && !masked.has(one.id)) ||
          (other.state === 'gone' && !masked.has(other.id));
        return link(isLoose ? 'loose' : 'keyed');
      }
    }
    if (isLost) return link('dead', 1);
    if (one.state === 'linking' || other.state === 'linking') return link('linking');
    // Two who wait for a third: their link is the news.
    if (birds.length <= 3 && shown.phase === 'rest' && view.result === undefined) {
      return link('keyed');
    }
    return link('plain');
  });
}

function looseKind(share: number): SceneLink['kind'] {
  if (share === 0) return 'loose';
  return share < 1 ? 'returning' : 'dead';
}

/** Indices of the members of the roster, ascending. */
function membersOf(index: ReadonlyMap<PeerId, number>, shown: Shown): number[] {
  const members = shown.roster.map((id) => index.get(id)).filter((at) => at !== undefined);
  return members.sort((a, b) => a - b);
}

function packetsOf(
  birds: readonly Bird[],
  index: ReadonlyMap<PeerId, number>,
  shown: Shown,
): Packet[] {
  const packets: Packet[] = [];
  const members = membersOf(index, shown);
  for (const [id, ageMs] of shown.deeds.masked) {
    const from = index.get(id);
    if (from === undefined || ageMs >= FLIGHT_MS) continue;
    const masks = members.filter((at) => at !== from).map((at) => birds[at]!.colour);
    for (const to of members) {
      if (to === from || birds[to]!.state === 'gone') continue;
      // Swarms of one sender leave a little after each other, so that they can be told apart.
      const lateMs = (scatter(from, to) * FLIGHT_MS) / 3;
      const share = (ageMs - (to === 0 ? 0 : lateMs)) / (FLIGHT_MS - (to === 0 ? 0 : lateMs));
      if (share > 0) packets.push({ from, to, share, masks, isOwn: from === 0 || to === 0 });
    }
  }
  return packets;
}

/** Members that revealed their shares while a key is being rebuilt: each sends its piece. */
function piecesOf(index: ReadonlyMap<PeerId, number>, shown: Shown): Piece[] {
  if (shown.recovering.size === 0) return [];
  const pieces: Piece[] = [];
  for (const [id, ageMs] of shown.deeds.unmasked) {
    const from = index.get(id);
    const share = ageMs / (FLIGHT_MS / 2);
    if (from !== undefined && share < 1) pieces.push({ from, share });
  }
  return pieces;
}

function discOf(
  view: SessionView,
  birds: readonly Bird[],
  index: ReadonlyMap<PeerId, number>,
  shown: Shown,
  cancels: ReadonlyMap<string, Cancel>,
): Disc {
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
  const members = membersOf(index, shown);
  const included = new Set(shown.result?.included);
  const arcs = members.map((at) => {
    const id = birds[at]!.id!;
    const ageMs = shown.deeds.masked.get(id);
    // Own words are in the own sum at once; those of the others when their swarm has landed.
    const landing = at === 0 ? 1 : clamp(((ageMs ?? 0) / FLIGHT_MS - LANDED) / (1 - LANDED));
    const isIn = included.has(id) ? 1 : ageMs === undefined ? 0 : landing;
    const isLost = shown.survivors.length > 0 && !shown.survivors.includes(id);
    return { colour: colourAt(at), share: isLost ? 0 : isIn };
  });
  if (shown.phase === 'merged') {
    const share = shown.endAgeMs / (2 * MERGE_OUT_MS);
    const faded = clamp(share - 0.25);
    const leaving = share < 1 ? share : undefined;
    return { ...quiet, arcs, ring: 'members', dots: 'ink', faded, leaving };
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

function pairsOf(indices: readonly number[]): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  indices.forEach((from, order) => {
    for (const to of indices.slice(order + 1)) pairs.push([from, to]);
  });
  return pairs;
}

function clamp(share: number): number {
  return Math.max(0, Math.min(1, share));
}
