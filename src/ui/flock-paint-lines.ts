/**
 * Paints what is between lines: stems from the own line to the others, and the stand-ins that meet.
 *
 * @module
 */
import { BIRD_POSES } from './bird.ts';
import { stemTo } from './flock-grid-geometry.ts';
import { type FlockPicture, fillCircle, peer, strokeLink } from './flock-strokes.ts';

/** A stand-in's bird, as a share of a large one. */
const COURIER_SCALE = 0.62;

/** One hairline to each other line; dotted to a line that is not in the newest sum. */
export function paintStems(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { grid, scene, palette } = picture;
  if (grid === undefined) return;
  scene.lines.forEach(({ line, isIncluded }, far) => {
    const ring = grid.rings[far];
    if (ring === undefined || line < 0) return;
    const isOut = isIncluded === false;
    strokeLink(context, stemTo(grid, ring), palette.hairline, 1, 1, isOut ? [1, 4] : []);
  });
}

/** The stand-ins: hollow while this tab does not know whether they are there. */
export function paintCouriers(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { scene, palette, places } = picture;
  if (scene.couriers.length === 0) return;
  const outline = new Path2D(BIRD_POSES[0]);
  scene.couriers.forEach(({ bird, isCertain, share, far }, at) => {
    const place = places[scene.birds.length + at];
    if (place === undefined) return;
    context.globalAlpha = Math.min(1, share * 2);
    context.fillStyle = palette.ground;
    fillCircle(context, place, 10);
    const colour = bird.id === undefined ? palette.ink : peer(palette, bird.colour);
    context.save();
    context.translate(place.x, place.y);
    // The own line's looks to the others, they look to it.
    context.scale((far === undefined ? 1 : -1) * COURIER_SCALE, COURIER_SCALE);
    context.lineWidth = 1.6;
    context.strokeStyle = colour;
    context.fillStyle = isCertain ? colour : palette.ground;
    if (!isCertain) context.setLineDash([3, 2.4]);
    context.fill(outline);
    context.stroke(outline);
    context.setLineDash([]);
    context.restore();
    if (bird.signedMs !== undefined) {
      context.strokeStyle = palette.ink;
      context.lineWidth = 2.5;
      context.setLineDash([1.2, 2.4]);
      context.beginPath();
      context.arc(place.x, place.y, 12.5, 0, 2 * Math.PI);
      context.stroke();
      context.setLineDash([]);
    }
  });
  context.globalAlpha = 1;
}
