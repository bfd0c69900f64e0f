/**
 * Readings of a thermometer: the data of one peer, which never leave it.
 *
 * A peer starts with a few readings of its own corner of the square. They tell it nothing about the
 * rest, so alone it cannot learn the map; peers of the four corners together can.
 *
 * @module
 */
import { READINGS_PER_PEER, WEIGHT_CAP } from '../config.ts';
import { SeededRandom } from '../seeded-random.ts';
import { isHotAt, isNearBorder, type Pattern } from './patterns.ts';

/** A reading of a thermometer at a place of the unit square: x to the right, y upwards, 0 to 1. */
export interface Reading {
  /** From the left, 0 to 1. */
  readonly x: number;
  /** From the bottom, 0 to 1. */
  readonly y: number;
  /** What was measured there. */
  readonly isHot: boolean;
}

/** Lower left, upper right, upper left, lower right: two peers that follow each other sit opposite. */
export const CORNERS = 4;

/** A corner reaches this far along each side: a little over the middle, so that corners overlap. */
const REACH = 0.62;

/** No reading lies closer than this to the edge of the square, where its mark would be cut off. */
const EDGE = 0.03;

/** Readings are taken where it gets interesting, this near to a border, while such places are found. */
const NEAR_BORDER = 0.2;

/** Places that are drawn for one reading: enough to find the rarer kind in a corner that has little of it. */
const DRAWN = 128;

/** Of the first so many interesting ones, the one farthest from the others is kept. */
const CANDIDATES = 16;

/** Readings of the rarer kind that a corner with a border has at least, while such places are found. */
const RARER_KIND = 2;

/**
 * The first readings of a peer: spread over its own corner, near the border, some hot and some cold.
 *
 * @param seed - The same readings for the same seed, such as a peer's id.
 * @param corner - A whole number, taken modulo `CORNERS`; by default the seed chooses. Peers that number
 *   themselves cover the square sooner than chance does.
 */
export function localReadings(
  pattern: Pattern,
  seed: string,
  corner?: number,
  count: number = READINGS_PER_PEER,
): readonly Reading[] {
  const random = new SeededRandom(`readings:${seed}`);
  const chosen = random.word() % CORNERS;
  const home = (((corner ?? chosen) % CORNERS) + CORNERS) % CORNERS;
  const isRight = home === 1 || home === 3;
  const isUpper = home === 1 || home === 2;
  const draw = (): Reading => {
    const along = random.between(EDGE, REACH);
    const up = random.between(EDGE, REACH);
    const x = isRight ? 1 - along : along;
    const y = isUpper ? 1 - up : up;
    return { x, y, isHot: isHotAt(pattern, x, y) };
  };
  const readings: Reading[] = [];
  while (readings.length < count) {
    const left = count - readings.length;
    const drawn = Array.from({ length: DRAWN }, draw);
    const near = orElse(
      drawn.filter(({ x, y }) => isNearBorder(pattern, x, y, NEAR_BORDER)),
      drawn,
    );
    const rarer = [true, false].find(
      (isHot) => readings.filter((r) => r.isHot === isHot).length + left <= RARER_KIND,
    );
    const wanted = orElse(
      near.filter((r) => r.isHot === rarer),
      near,
    );
    readings.push(farthest(wanted.slice(0, CANDIDATES), readings));
  }
  return readings;
}

/** The readings of a broken thermometer: the same places, all cold. The originals stay as they are. */
export function asOutlier(readings: readonly Reading[]): readonly Reading[] {
  return readings.map((reading) => ({ ...reading, isHot: false }));
}

/**
 * Readings as a map keeps them: the newest `WEIGHT_CAP`.
 *
 * @throws RangeError when a place is not in the unit square.
 */
export function keptReadings(readings: readonly Reading[]): readonly Reading[] {
  for (const { x, y, isHot } of readings) {
    if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
      throw new RangeError(`reading is at ${x}, ${y}: choose a place from 0 to 1.`);
    }
    if (typeof isHot !== 'boolean') {
      throw new RangeError(`reading at ${x}, ${y} is neither hot nor cold: set isHot.`);
    }
  }
  return readings.slice(-WEIGHT_CAP);
}

/** Of the candidates, the one with the largest distance to its nearest reading (Mitchell 1991). */
function farthest(candidates: readonly Reading[], readings: readonly Reading[]): Reading {
  const room = ({ x, y }: Reading): number =>
    Math.min(...readings.map((r) => (r.x - x) ** 2 + (r.y - y) ** 2), 2);
  return candidates.reduce((best, next) => (room(next) > room(best) ? next : best));
}

function orElse<T>(some: readonly T[], others: readonly T[]): readonly T[] {
  return some.length > 0 ? some : others;
}
