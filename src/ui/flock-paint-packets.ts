/**
 * Paints what is on its way: swarms of masked updates, and pieces of a leaver's key.
 *
 * Specks are gathered into one path for each colour, so that a frame costs twelve fills and not a
 * thousand.
 *
 * @module
 */
import { type Link, partOf, placeOn, reversed } from './flock-geometry.ts';
import { linkOf } from './flock-paint-links.ts';
import { drawnAt } from './flock-scene.ts';
import { type FlockPicture, clampShare, eased, peer, strokeLink } from './flock-strokes.ts';
import { type Swarm, makeSwarm, speckBudget } from './specks.ts';

/** Swarms once made, by specks and seed: the same packet looks the same in each frame. */
const swarms = new Map<string, Swarm>();
/** At most this many are kept: every ordered pair of a full cohort twice over. */
const MAX_SWARMS = 512;

/** The swarms at one moment. */
export function paintPackets(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { scene, palette } = picture;
  if (scene.packets.length === 0) return;
  const budget = speckBudget(Math.max(2, picture.members), picture.numbers);
  const paths = palette.peers.map(() => new Path2D());
  for (const packet of scene.packets) {
    const { from, to } = packet;
    const specks = packet.isOwn ? budget.own : budget.others;
    const way = linkOf(picture, Math.min(from, to), Math.max(from, to));
    if (way === undefined || specks === 0) continue;
    const link = from < to ? way : reversed(way);
    const head = eased(packet.share) * 1.1;
    const trail = partOf(link, clampShare(head - 0.3), clampShare(head - 0.03));
    const sender = peer(palette, drawnAt(scene, from)!.colour);
    strokeLink(context, trail, sender, 2.6, 0.22);
    addSwarm(paths, link, head, packet.masks, swarmOf(specks, from * 32 + to));
  }
  context.globalAlpha = 0.95;
  paths.forEach((path, colour) => {
    context.fillStyle = palette.peers[colour]!;
    context.fill(path);
  });
}

/** Pieces of keys on their way into the disc. */
export function paintPieces(context: CanvasRenderingContext2D, picture: FlockPicture): void {
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
    const colour = peer(palette, drawnAt(scene, piece.from)?.colour);
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
