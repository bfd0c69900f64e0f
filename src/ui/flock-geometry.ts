/**
 * Where everything in the flock stands: birds on an ellipse, links bent around the disc, dots inside it.
 *
 * This tab is always at nine o'clock, on the side of its own map. A link bends around the disc as a
 * geodesic of the hyperbolic disc bends around its centre: it is drawn as a quadratic curve whose
 * middle keeps clear of the disc.
 *
 * @module
 */

/** A place in the element, px from its top left corner. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Measures of the flock in an element of some size. */
export interface FlockLayout {
  readonly width: number;
  readonly height: number;
  readonly centre: Place;
  /** Half axes of the ellipse of birds, px. */
  readonly radiusX: number;
  readonly radiusY: number;
  /** Radius of the disc of dots, px; its ring lies 6 px outside. */
  readonly core: number;
}

/** A bird's place, and where it looks (radians, clockwise from +x). */
export interface Perch extends Place {
  readonly heading: number;
}

/** A quadratic curve from one bird to another. */
export interface Link {
  readonly from: Place;
  readonly bend: Place;
  readonly to: Place;
}

/** Turn between neighbouring dots of a sunflower, radians: the golden angle. */
const GOLDEN_ANGLE = Math.PI * (3 - Math.sqrt(5));

/** Free space between ring and links, px. */
const CLEARANCE = 26;

/** Measures for an element of this size, px. */
export function flockLayout(width: number, height: number): FlockLayout {
  const radiusX = Math.max(48, Math.min(width / 2 - 42, 250));
  const radiusY = Math.max(48, Math.min(height / 2 - 44, 250));
  const core = Math.max(24, Math.min(84, 0.4 * Math.min(radiusX, radiusY)));
  return { width, height, centre: { x: width / 2, y: height / 2 - 4 }, radiusX, radiusY, core };
}

/** Places of the birds, this tab first, then clockwise. */
export function perches(layout: FlockLayout, count: number): Perch[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = Math.PI + (index * 2 * Math.PI) / count;
    return {
      x: layout.centre.x + Math.cos(angle) * layout.radiusX,
      y: layout.centre.y + Math.sin(angle) * layout.radiusY,
      // Along the ellipse, not along a circle: the tangent.
      heading: Math.atan2(layout.radiusY * Math.cos(angle), -layout.radiusX * Math.sin(angle)),
    };
  });
}

/** The link of two birds, bent so that its middle keeps clear of the disc. */
export function linkBetween(layout: FlockLayout, from: Place, to: Place): Link {
  const middleX = (from.x + to.x) / 2;
  const middleY = (from.y + to.y) / 2;
  let outX = middleX - layout.centre.x;
  let outY = middleY - layout.centre.y;
  const distance = Math.hypot(outX, outY);
  if (distance < CLEARANCE) {
    // Opposite birds have no side of their own: they bend to the left of the way.
    outX = from.y - to.y;
    outY = to.x - from.x;
  }
  const length = Math.hypot(outX, outY) || 1;
  const keep = Math.max(distance * 0.74, layout.core + CLEARANCE);
  // A quadratic curve passes halfway between its chord's middle and its control point.
  const bend = {
    x: 2 * (layout.centre.x + (outX / length) * keep) - middleX,
    y: 2 * (layout.centre.y + (outY / length) * keep) - middleY,
  };
  return { from, bend, to };
}

/** The place on a link at a share of the way (0 is `from`, 1 is `to`). */
export function placeOn(link: Link, share: number): Place {
  const rest = 1 - share;
  const a = rest * rest;
  const b = 2 * share * rest;
  const c = share * share;
  return {
    x: a * link.from.x + b * link.bend.x + c * link.to.x,
    y: a * link.from.y + b * link.bend.y + c * link.to.y,
  };
}

/** The part of a link between two shares of the way, as a link of its own (de Casteljau). */
export function partOf(link: Link, start: number, end: number): Link {
  const from = placeOn(link, start);
  const to = placeOn(link, end);
  // The control point of a part is the blossom of the curve at (start, end).
  const mix = (axis: 'x' | 'y'): number =>
    (1 - start) * ((1 - end) * link.from[axis] + end * link.bend[axis]) +
    start * ((1 - end) * link.bend[axis] + end * link.to[axis]);
  return { from, bend: { x: mix('x'), y: mix('y') }, to };
}

/** The same way, walked from the other end. */
export function reversed(link: Link): Link {
  return { from: link.to, bend: link.bend, to: link.from };
}

/** Places of the dots in sunflower order (Vogel 1979), all inside the radius less a dot's own. */
export function sunflower(centre: Place, radius: number, dots: number): Place[] {
  const step = (radius - 5) / Math.sqrt(Math.max(dots, 12));
  return Array.from({ length: dots }, (_, index) => {
    const angle = index * GOLDEN_ANGLE + 0.4;
    const distance = step * Math.sqrt(index + 0.35);
    return {
      x: centre.x + Math.cos(angle) * distance,
      y: centre.y + Math.sin(angle) * distance,
    };
  });
}

/** Start and end of a member's arc on the ring, radians; the first member's is centred at nine o'clock. */
export function arcOf(index: number, count: number): readonly [start: number, end: number] {
  const turn = (2 * Math.PI) / count;
  const gap = Math.min(0.09, turn / 4);
  const start = Math.PI + (index - 0.5) * turn + gap / 2;
  return [start, start + turn - gap];
}

/**
 * Where a label stands: above birds of the upper part, below the others, and never beyond the sides.
 *
 * @param halfWidth - Half the width of the text, px.
 */
export function labelPlace(
  layout: FlockLayout,
  perch: Place,
  halfWidth: number,
): Place & { readonly isAbove: boolean } {
  const isAbove = perch.y < layout.centre.y - 0.25 * layout.radiusY;
  const x = Math.max(halfWidth + 2, Math.min(layout.width - halfWidth - 2, perch.x));
  return { x, y: perch.y + (isAbove ? -24 : 24), isAbove };
}
