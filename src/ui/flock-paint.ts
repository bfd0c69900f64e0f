/**
 * Paints links, swarms and the disc of the flock on one canvas. Birds and names are elements above it.
 *
 * Specks are gathered into one path for each colour, so that a frame costs twelve fills and not a
 * thousand.
 *
 * @module
 */
import {
  type FlockLayout,
  type Link,
  type Place,
  arcOf,
  linkBetween,
  partOf,
  placeOn,
  reversed,
  sunflower,
} from './flock-geometry.ts';
import type { Palette } from './flock-palette.ts';
import { type Disc, type FlockScene, type SceneLink, maskOfDot } from './flock-scene.ts';
import { type Swarm, makeSwarm, scatter, speckBudget } from './specks.ts';

/** What to paint, and how. */
export interface FlockPicture {
  readonly scene: FlockScene;
  readonly layout: FlockLayout;
  /** Where each bird of the scene is now, px. */
  readonly places: readonly Place[];
  readonly palette: Palette;
  /** Nothing flies: no swarms, no disc on its way. */
  readonly isStill: boolean;
  /** Numbers of the vector, at most `MAX_SHOWN_NUMBERS`. */
  readonly numbers: number;
  /** The newest aggregate, for the sizes of ink dots; undefined: all alike. */
  readonly sums: Float64Array | undefined;
  /** Members of the round, for the budget of specks. */
  readonly members: number;
}

/** Distance between a bird's centre and the end of its links, px. */
const BIRD_CLEARANCE = 21;

/** From more links on they are drawn thinner. */
const MANY_LINKS = 36;

/** Swarms once made, by specks and seed: the same packet looks the same in each frame. */
const swarms = new Map<string, Swarm>();
/** At most this many are kept: every ordered pair of a full cohort twice over. */
const MAX_SWARMS = 512;

/** Paints the whole picture; the context is scaled to px. */
export function paintFlock(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { layout, scene, palette } = picture;
  context.clearRect(0, 0, layout.width, layout.height);
  context.lineCap = 'round';
  for (const link of scene.links) paintLink(context, picture, link);
  paintWayIn(context, picture);
  context.globalAlpha = 1;
  context.fillStyle = palette.ground;
  fillCircle(context, layout.centre, layout.core + 11);
  if (!picture.isStill) {
    paintPackets(context, picture);
    paintPieces(context, picture);
  }
  paintDisc(context, picture);
  context.globalAlpha = 1;
}

function paintLink(
  context: CanvasRenderingContext2D,
  picture: FlockPicture,
  link: SceneLink,
): void {
  const from = picture.places[link.from];
  const to = picture.places[link.to];
  if (from === undefined || to === undefined) return;
  const { palette, scene } = picture;
  const whole = linkBetween(picture.layout, from, to);
  const span = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const end = Math.min(0.3, BIRD_CLEARANCE / span);
  const curve = partOf(whole, end, 1 - end);
  // Many links share little room: they get thinner, so that the swarms stay what one sees.
  const air =
    scene.links.length > MANY_LINKS ? { width: 1.1, alpha: 0.4 } : { width: 1.6, alpha: 0.62 };
  const pair = (): CanvasGradient =>
    pairColours(context, palette, from, to, [
      scene.birds[link.from]!.colour,
      scene.birds[link.to]!.colour,
    ]);
  switch (link.kind) {
    case 'free':
      strokeLink(context, curve, palette.hairlineStrong, 1.25, 0.55, [2, 5]);
      return;
    case 'linking':
      strokeLink(context, curve, palette.hairlineStrong, 1.25, 0.8, [3, 5]);
      return;
    case 'plain':
      strokeLink(context, curve, palette.hairline, 1, 1);
      return;
    case 'dead':
      if (link.share < 1) strokeLink(context, curve, palette.hairlineStrong, 1.1, 0.5, [2, 5]);
      return;
    case 'keyed':
      strokeLink(context, curve, pair(), air.width, palette.isDark ? air.alpha + 0.1 : air.alpha);
      return;
    case 'cancelling': {
      const half = 0.5 * (picture.isStill ? 0 : link.share);
      strokeLink(context, curve, palette.hairline, 1, link.share);
      strokeLink(context, partOf(curve, half, 1 - half), pair(), 1.9, 0.85);
      return;
    }
    case 'loose':
      strokeLink(context, curve, pair(), 2.2, 0.95, [1, 5]);
      return;
    case 'returning': {
      // It runs back to the end that stayed.
      const rest = picture.isStill ? 1 : 1 - link.share;
      const isFromGone = scene.birds[link.from]!.state === 'gone';
      const part = isFromGone ? partOf(curve, 1 - rest, 1) : partOf(curve, 0, rest);
      strokeLink(context, part, pair(), 2.2, 0.95, [1, 5]);
      return;
    }
  }
}

function pairColours(
  context: CanvasRenderingContext2D,
  palette: Palette,
  from: Place,
  to: Place,
  colours: readonly [number, number],
): CanvasGradient {
  const gradient = context.createLinearGradient(from.x, from.y, to.x, to.y);
  gradient.addColorStop(0.15, peer(palette, colours[0]));
  gradient.addColorStop(0.85, peer(palette, colours[1]));
  return gradient;
}

function strokeLink(
  context: CanvasRenderingContext2D,
  { from, bend, to }: Link,
  style: string | CanvasGradient,
  width: number,
  alpha: number,
  dash: readonly number[] = [],
): void {
  context.globalAlpha = alpha;
  context.strokeStyle = style;
  context.lineWidth = width;
  context.setLineDash(dash as number[]);
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.quadraticCurveTo(bend.x, bend.y, to.x, to.y);
  context.stroke();
  if (dash.length > 0) context.setLineDash([]);
}

/** From this tab's map, left of the flock, to its bird. */
function paintWayIn(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const you = picture.places[0];
  if (you === undefined || you.x < 32 || picture.scene.birds.length < 3) return;
  const start = { x: 2, y: you.y };
  const end = { x: you.x - 24, y: you.y };
  const line = { from: start, bend: start, to: end };
  strokeLink(context, line, picture.palette.hairlineStrong, 1.5, 1, [0.5, 5]);
}

function paintPackets(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { scene, palette, layout, places } = picture;
  if (scene.packets.length === 0) return;
  const budget = speckBudget(Math.max(2, picture.members), picture.numbers);
  const paths = palette.peers.map(() => new Path2D());
  for (const packet of scene.packets) {
    const from = places[packet.from];
    const to = places[packet.to];
    const specks = packet.isOwn ? budget.own : budget.others;
    if (from === undefined || to === undefined || specks === 0) continue;
    const link =
      packet.from < packet.to
        ? linkBetween(layout, from, to)
        : reversed(linkBetween(layout, to, from));
    const head = eased(packet.share) * 1.1;
    const trail = partOf(link, clampShare(head - 0.3), clampShare(head - 0.03));
    const sender = peer(palette, scene.birds[packet.from]!.colour);
    strokeLink(context, trail, sender, 2.6, 0.22);
    addSwarm(paths, link, head, packet.masks, swarmOf(specks, packet.from * 16 + packet.to));
  }
  context.globalAlpha = 0.95;
  paths.forEach((path, colour) => {
    context.fillStyle = palette.peers[colour]!;
    context.fill(path);
  });
}

/** Adds the specks of one packet to the paths of their colours. */
function addSwarm(
  paths: readonly Path2D[],
  link: Link,
  head: number,
  masks: readonly number[],
  swarm: Swarm,
): void {
  if (masks.length === 0) return;
  for (let i = 0; i < swarm.lag.length; i++) {
    const share = clampShare(head - swarm.lag[i]!);
    const at = placeOn(link, share);
    const ahead = placeOn(link, Math.min(1, share + 0.02));
    const alongX = ahead.x - at.x;
    const alongY = ahead.y - at.y;
    const length = Math.hypot(alongX, alongY) || 1;
    // The swarm leaves one bird and meets at the other: narrow at both ends.
    const aside = swarm.aside[i]! * Math.sin(Math.PI * Math.max(0.1, Math.min(0.92, share)));
    const x = at.x - (alongY / length) * aside;
    const y = at.y + (alongX / length) * aside;
    const radius = swarm.radius[i]!;
    const path = paths[masks[Math.floor(swarm.pick[i]! * masks.length)]! % paths.length]!;
    path.moveTo(x + radius, y);
    path.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

function paintPieces(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { layout, palette, places, scene } = picture;
  for (const piece of scene.pieces) {
    const from = places[piece.from];
    if (from === undefined) continue;
    const { centre } = layout;
    const distance = Math.hypot(from.x - centre.x, from.y - centre.y) || 1;
    const start = 24 / distance;
    const way = start + (1 - start - (layout.core + 12) / distance) * eased(piece.share);
    const x = from.x + (centre.x - from.x) * way;
    const y = from.y + (centre.y - from.y) * way;
    const colour = peer(palette, scene.birds[piece.from]!.colour);
    const tail = {
      x: from.x + (centre.x - from.x) * start,
      y: from.y + (centre.y - from.y) * start,
    };
    strokeLink(context, { from: tail, bend: tail, to: { x, y } }, colour, 1.5, 0.5, [1, 4]);
    context.globalAlpha = 1;
    context.save();
    context.translate(x, y);
    context.rotate(Math.PI / 4);
    context.fillStyle = palette.ground;
    context.strokeStyle = colour;
    context.lineWidth = 2.5;
    context.beginPath();
    context.rect(-4.5, -4.5, 9, 9);
    context.fill();
    context.stroke();
    context.restore();
  }
}

function paintDisc(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { layout, palette, scene } = picture;
  const { disc } = scene;
  paintRing(context, picture);
  const dots = sunflower(layout.centre, layout.core, picture.numbers);
  const scale = layout.core / 50;
  const peak = peakOf(picture.sums);
  dots.forEach((dot, order) => {
    paintDot(context, palette, disc, dot, order, scale, inkRadius(picture.sums, peak, order));
  });
  if (disc.leaving === undefined || picture.isStill) return;
  const shift = eased(disc.leaving) * (layout.width / 2 + layout.core);
  context.fillStyle = palette.ink;
  context.globalAlpha = 0.9 * (1 - disc.leaving * disc.leaving);
  dots.forEach((dot, order) => {
    const lag = (1 - scatter(order, 3) * 0.35) * shift;
    const at = { x: dot.x + lag, y: dot.y };
    fillCircle(context, at, inkRadius(picture.sums, peak, order) * scale);
  });
}

function paintRing(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { layout, palette, scene } = picture;
  const { disc } = scene;
  const { centre } = layout;
  const radius = layout.core + 6;
  if (disc.ring === 'none') return;
  if (disc.arcs.length === 0) {
    context.globalAlpha = disc.ring === 'free' ? 1 : 0.6;
    context.strokeStyle = palette.hairlineStrong;
    context.lineWidth = 1.25;
    if (disc.ring === 'free') context.setLineDash([2, 5]);
    context.beginPath();
    context.arc(centre.x, centre.y, radius, 0, 2 * Math.PI);
    context.stroke();
    context.setLineDash([]);
    return;
  }
  context.lineCap = 'butt';
  disc.arcs.forEach((arc, order) => {
    const [start, end] = arcOf(order, disc.arcs.length);
    context.beginPath();
    context.arc(centre.x, centre.y, radius, start, end);
    context.lineWidth = 1.5;
    context.globalAlpha = 0.5;
    context.strokeStyle = palette.hairlineStrong;
    context.stroke();
    if (arc.share <= 0) return;
    const middle = (start + end) / 2;
    const half = ((end - start) / 2) * (picture.isStill ? 1 : arc.share);
    context.beginPath();
    context.arc(centre.x, centre.y, radius, middle - half, middle + half);
    // A finished round stays as a quiet trace of itself.
    context.lineWidth = 4 - 1.5 * disc.faded;
    context.globalAlpha = disc.dots === 'failed' ? 0.45 : 1 - 0.4 * disc.faded;
    context.strokeStyle = peer(palette, arc.colour);
    context.stroke();
  });
  context.lineCap = 'round';
}

function paintDot(
  context: CanvasRenderingContext2D,
  palette: Palette,
  disc: Disc,
  dot: Place,
  order: number,
  scale: number,
  inkSize: number,
): void {
  const size = (2.6 + scatter(order, 1) * 1.5) * scale;
  context.globalAlpha = 1;
  switch (disc.dots) {
    case 'free':
    case 'empty':
      context.fillStyle = palette.hairlineStrong;
      context.globalAlpha = 0.38;
      fillCircle(context, dot, 1.6 * scale);
      return;
    case 'failed':
      context.fillStyle = palette.quiet;
      context.globalAlpha = 0.25 + scatter(order, 2) * 0.5;
      fillCircle(context, dot, size);
      return;
    case 'ink':
      context.fillStyle = palette.ink;
      context.globalAlpha = 0.9 - 0.32 * disc.faded;
      fillCircle(context, dot, inkSize * scale);
      break;
    case 'mixed': {
      const mask = maskOfDot(disc, order);
      context.fillStyle =
        mask === undefined ? palette.ink : peer(palette, mask[scatter(order, 7) < 0.5 ? 0 : 1]);
      fillCircle(context, dot, mask === undefined ? inkSize * scale : size);
      break;
    }
  }
  const tint = disc.tints[order % Math.max(1, disc.tints.length)];
  if (tint === undefined) return;
  context.globalAlpha = 1;
  context.strokeStyle = peer(palette, tint);
  context.lineWidth = 1.5;
  const turn = scatter(order, 9) * 6.3;
  context.beginPath();
  context.arc(dot.x, dot.y, 5.1 * scale, turn, turn + 4.2);
  context.stroke();
}

function inkRadius(sums: Float64Array | undefined, peak: number, order: number): number {
  const value = sums?.[order];
  return value === undefined ? 2.6 : 1.4 + 2.5 * Math.min(1, Math.sqrt(Math.abs(value) / peak));
}

function peakOf(sums: Float64Array | undefined): number {
  let peak = 1e-9;
  // The last number may be a weight, which is no part of the update's scale.
  for (const value of sums?.subarray(0, Math.max(1, sums.length - 1)) ?? []) {
    peak = Math.max(peak, Math.abs(value));
  }
  return peak;
}

function swarmOf(specks: number, seed: number): Swarm {
  const key = `${specks}.${seed}`;
  let swarm = swarms.get(key);
  if (swarm === undefined) {
    if (swarms.size >= MAX_SWARMS) swarms.clear();
    swarm = makeSwarm(specks, seed);
    swarms.set(key, swarm);
  }
  return swarm;
}

function fillCircle(context: CanvasRenderingContext2D, at: Place, radius: number): void {
  context.beginPath();
  context.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  context.fill();
}

function peer(palette: Palette, colour: number): string {
  return palette.peers[colour % palette.peers.length]!;
}

/** Slow at both ends. */
function eased(share: number): number {
  const bounded = Math.max(0, Math.min(1, share));
  return bounded * bounded * (3 - 2 * bounded);
}

function clampShare(share: number): number {
  return Math.max(0.02, Math.min(0.98, share));
}
