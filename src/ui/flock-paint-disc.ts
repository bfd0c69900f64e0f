/**
 * Paints this tab's copy of the sum: its ring, its dots, and the copy that flies to the map.
 *
 * @module
 */
import { type Place, arcOf, sunflower } from './flock-geometry.ts';
import type { Palette } from './flock-palette.ts';
import { type Disc, maskOfDot } from './flock-disc.ts';
import { type FlockPicture, eased, fillCircle, peer } from './flock-strokes.ts';
import { scatter } from './specks.ts';

/** The disc at one moment. */
export function paintDisc(context: CanvasRenderingContext2D, picture: FlockPicture): void {
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
  const shift = eased(disc.leaving) * (picture.width - layout.centre.x + layout.core);
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
