/**
 * Where lines stand: the own one large on the left, where this tab's map is, the others as small rings
 * in a column on the right, and between them the place where stand-ins meet.
 *
 * @module
 */
import {
  type FlockLayout,
  type Link,
  type Perch,
  type Place,
  flockLayout,
} from './flock-geometry.ts';

/** A line that this tab is not in. */
export interface LineRing {
  readonly centre: Place;
  /** Of the ring on which its birds sit, px. */
  readonly radius: number;
}

/** Measures of a flock of lines. */
export interface GridLayout {
  /** The own line's part, from the left edge on. */
  readonly own: FlockLayout;
  readonly rings: readonly LineRing[];
  /** Height of a ring with its label, px. */
  readonly slot: number;
  /** Left edge of the column of rings, px. */
  readonly columnX: number;
}

/** Room for the own line's label, px. */
const HEAD_PX = 20;

/** Room for the label under a ring, px. */
const LABEL_PX = 17;

/** Radius of a bird of another line with its air, px. */
const MARK_PX = 6;

/** Smallest and largest ring, px. */
const MIN_RING = 9;
const MAX_RING = 40;

/** Room under all rings for the words about lines that are not drawn, px. */
const FOLDED_PX = 15;

/** Measures for an element of this size with so many other lines, px; `hasMore`: beyond those drawn. */
export function gridLayout(
  width: number,
  height: number,
  farLines: number,
  hasMore = false,
): GridLayout {
  const column = farLines === 0 ? 0 : Math.max(104, Math.min(0.3 * width, 140));
  const ownWidth = width - column;
  const inner = flockLayout(ownWidth, height - HEAD_PX);
  const own = { ...inner, height, centre: { x: inner.centre.x, y: inner.centre.y + HEAD_PX } };
  const free = height - (hasMore ? FOLDED_PX : 0);
  const slot = Math.min(132, free / Math.max(1, farLines));
  const room = Math.min((slot - LABEL_PX) / 2, column / 2) - MARK_PX - 2;
  const radius = Math.max(MIN_RING, Math.min(MAX_RING, room));
  const top = (free - slot * farLines) / 2;
  const rings = Array.from({ length: farLines }, (_, order): LineRing => ({
    centre: {
      x: width - column / 2,
      y: top + slot * order + (slot - LABEL_PX) / 2,
    },
    radius,
  }));
  return { own, rings, slot, columnX: ownWidth };
}

/** Places of the birds on a ring, the first at nine o'clock, then clockwise, looking along it. */
export function ringPerches({ centre, radius }: LineRing, count: number): Perch[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = Math.PI + (index * 2 * Math.PI) / count;
    return {
      x: centre.x + Math.cos(angle) * radius,
      y: centre.y + Math.sin(angle) * radius,
      heading: angle + Math.PI / 2,
    };
  });
}

/** From the edge of the own line's ellipse to the edge of another line's ring. */
export function stemTo({ own }: GridLayout, ring: LineRing): Link {
  const dx = ring.centre.x - own.centre.x;
  const dy = ring.centre.y - own.centre.y;
  const angle = Math.atan2(dy / own.radiusY, dx / own.radiusX);
  const from = {
    x: own.centre.x + Math.cos(angle) * own.radiusX,
    y: own.centre.y + Math.sin(angle) * own.radiusY,
  };
  const length = Math.hypot(dx, dy) || 1;
  const gap = ring.radius + MARK_PX + 3;
  const to = { x: ring.centre.x - (dx / length) * gap, y: ring.centre.y - (dy / length) * gap };
  return { from, bend: { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, to };
}

/** Where a stand-in sets out from, and where it meets the others; `far` undefined: of the own line. */
export function courierWay(
  layout: GridLayout,
  far: number | undefined,
): readonly [from: Place, to: Place] {
  const { own } = layout;
  const ring = far === undefined ? undefined : layout.rings[far];
  if (ring === undefined) {
    const from = { x: own.centre.x + own.core + 14, y: own.centre.y };
    return [from, { x: layout.columnX - 10, y: own.centre.y }];
  }
  const to = { x: ring.centre.x - ring.radius - MARK_PX - 13, y: ring.centre.y };
  return [{ x: ring.centre.x - ring.radius, y: ring.centre.y }, to];
}

/** The link of two stand-ins where they meet: an arc towards the own line. */
export function arcBetween(from: Place, to: Place): Link {
  const bulge = Math.min(44, 0.24 * Math.hypot(to.x - from.x, to.y - from.y));
  const bend = { x: (from.x + to.x) / 2 - 2 * bulge, y: (from.y + to.y) / 2 };
  return { from, bend, to };
}
