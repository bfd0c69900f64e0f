/**
 * Paints the flock on one canvas, layer by layer. Birds and names are elements above it.
 *
 * @module
 */
import { paintDisc } from './flock-paint-disc.ts';
import { paintCouriers, paintStems } from './flock-paint-lines.ts';
import { paintLinks } from './flock-paint-links.ts';
import { paintPackets, paintPieces } from './flock-paint-packets.ts';
import { type FlockPicture, fillCircle, strokeLink } from './flock-strokes.ts';

/** Paints the whole picture; the context is scaled to px. */
export function paintFlock(context: CanvasRenderingContext2D, picture: FlockPicture): void {
  const { layout, palette } = picture;
  context.clearRect(0, 0, picture.width, picture.height);
  context.lineCap = 'round';
  paintStems(context, picture);
  paintLinks(context, picture);
  paintWayIn(context, picture);
  context.globalAlpha = 1;
  context.fillStyle = palette.ground;
  fillCircle(context, layout.centre, layout.core + 11);
  if (!picture.isStill) {
    paintPackets(context, picture);
    paintPieces(context, picture);
  }
  paintCouriers(context, picture);
  paintDisc(context, picture);
  context.globalAlpha = 1;
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
