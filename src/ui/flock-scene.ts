/**
 * What the flock draws, as plain data: birds, links, packets and the disc, from a view and a moment.
 *
 * Only what this tab knows is in it. A member sends its masked update to every other member, so when
 * one arrives here, its swarms are drawn on all of that member's links; what the others hold is not
 * drawn, since this tab does not know it.
 *
 * @module
 */
import { FLIGHT_MS } from '../config.ts';
import type { PeerId } from '../ids.ts';
import type { SessionView } from '../peer/view.ts';
import { type Courier, courierIndex, couriersOf } from './flock-couriers.ts';
import { type Disc, discOf } from './flock-disc.ts';
import { type Bird, type Members, membersOfFlock } from './flock-members.ts';
import { type Cancel, cancelsOf, membersOf, pairsOf } from './flock-pairs.ts';
import type { Shown } from './flock-shown.ts';
import { scatter } from './specks.ts';

/** Everything in the flock at one moment. Links, packets and pieces name birds, and after them couriers. */
export interface FlockScene extends Members {
  readonly couriers: readonly Courier[];
  readonly links: readonly SceneLink[];
  readonly packets: readonly Packet[];
  readonly pieces: readonly Piece[];
  readonly disc: Disc;
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
  /** No direct link: it passes through another peer, sealed. */
  readonly isRelayed: boolean;
  /** The bird that it passes through, if it is drawn. */
  readonly via: number | undefined;
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

/** The scene of a moment. */
export function flockScene(view: SessionView, shown: Shown): FlockScene {
  const members = membersOfFlock(view, shown);
  const { birds } = members;
  const couriers = couriersOf(view, members, shown);
  const drawn = [...birds, ...couriers.map(({ bird }) => bird)];
  const index = new Map<PeerId, number>();
  birds.forEach((bird, at) => bird.id !== undefined && index.set(bird.id, at));
  // At a level of lines the members of the round are the stand-ins, where they meet.
  for (const [id, at] of courierIndex(couriers)) index.set(id, birds.length + at);
  const cancels = cancelsOf(drawn, index, shown);
  const own = index.get(view.self.id) ?? 0;
  const isPlaying = shown.phase === 'playing';
  return {
    ...members,
    couriers,
    links: [
      ...linksOf(view, birds, shown, cancels),
      ...meetingLinks(drawn, birds.length, shown, cancels),
    ],
    packets: isPlaying ? packetsOf(drawn, index, shown, own) : [],
    pieces: isPlaying ? piecesOf(index, shown) : [],
    disc: discOf(view, drawn, index, shown, cancels),
  };
}

/** The bird or courier that an index of links and packets names. */
export function drawnAt(scene: FlockScene, at: number): Bird | undefined {
  return scene.birds[at] ?? scene.couriers[at - scene.birds.length]?.bird;
}

function linksOf(
  view: SessionView,
  birds: readonly Bird[],
  shown: Shown,
  cancels: ReadonlyMap<string, Cancel>,
): SceneLink[] {
  const members = new Set(shown.roster);
  const helpers = new Map<PeerId, number>();
  if (birds.some(({ via }) => via !== undefined)) {
    birds.forEach(({ id }, at) => id !== undefined && helpers.set(id, at));
  }
  return pairsOf(birds.map((_, at) => at)).map(([from, to]): SceneLink => {
    const one = birds[from]!;
    const other = birds[to]!;
    // Only this tab's own links are known to go through somebody.
    const helper = from === 0 ? other.via : undefined;
    const link = (kind: SceneLink['kind'], share = 0): SceneLink => ({
      from,
      to,
      kind,
      share,
      isRelayed: helper !== undefined,
      via: helper === undefined ? undefined : helpers.get(helper),
    });
    if (one.id === undefined || other.id === undefined) return link('free');
    const isLost = isAway(one) || isAway(other);
    if (shown.phase === 'failed') return link(isLost ? 'dead' : 'plain');
    if (
      shown.phase === 'playing' &&
      shown.level === 0 &&
      members.has(one.id) &&
      members.has(other.id)
    ) {
      const kind = sharedKind(one, other, shown, cancels.get(`${from}-${to}`));
      if (kind !== undefined) return link(...kind);
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

/** The links between stand-ins: expected ones while this tab is not among them. */
function meetingLinks(
  drawn: readonly Bird[],
  start: number,
  shown: Shown,
  cancels: ReadonlyMap<string, Cancel>,
): SceneLink[] {
  if (shown.phase !== 'playing') return [];
  return pairsOf(drawn.slice(start).map((_, at) => start + at)).map(([from, to]): SceneLink => {
    const isSeen = drawn[from]!.id !== undefined && drawn[to]!.id !== undefined;
    const [kind, share] = isSeen
      ? (sharedKind(drawn[from]!, drawn[to]!, shown, cancels.get(`${from}-${to}`)) ?? ['plain', 0])
      : (['linking', 0] as const);
    return { from, to, kind, share, isRelayed: false, via: undefined };
  });
}

/** What is to be seen of the masks that two members share; undefined: nothing yet. */
function sharedKind(
  one: Bird,
  other: Bird,
  shown: Shown,
  cancel: Cancel | undefined,
): [kind: SceneLink['kind'], share: number] | undefined {
  if (cancel?.isLoose) return [looseKind(cancel.share), cancel.share];
  if (cancel !== undefined) return [cancel.share === 1 ? 'plain' : 'cancelling', cancel.share];
  const { advertised, masked } = shown.deeds;
  const isKeyedStage = shown.stage === 'send' || shown.stage === 'lock' || shown.stage === 'unmask';
  if (!isKeyedStage && !(advertised.has(one.id!) && advertised.has(other.id!))) return undefined;
  // Whoever left before it sent leaves masks without a counterpart.
  const isLoose =
    (one.state === 'gone' && !masked.has(one.id!)) ||
    (other.state === 'gone' && !masked.has(other.id!));
  return [isLoose ? 'loose' : 'keyed', 0];
}

function isAway(bird: Bird): boolean {
  return bird.state === 'gone' || bird.state === 'unlinked';
}

function looseKind(share: number): SceneLink['kind'] {
  if (share === 0) return 'loose';
  return share < 1 ? 'returning' : 'dead';
}

function packetsOf(
  birds: readonly Bird[],
  index: ReadonlyMap<PeerId, number>,
  shown: Shown,
  own: number,
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
      const share = (ageMs - (to === own ? 0 : lateMs)) / (FLIGHT_MS - (to === own ? 0 : lateMs));
      if (share > 0) packets.push({ from, to, share, masks, isOwn: from === own || to === own });
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
