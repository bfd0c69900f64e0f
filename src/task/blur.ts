/**
 * Blurred readings: each place is pulled part of the way to a random one, and the label stays.
 *
 * It looks like privacy and is none: a place that is pulled less than all the way tells where it came from,
 * and the label is true. No epsilon holds for it. Kept because people meet it elsewhere, under other names.
 *
 * @module
 */
import type { Reading } from './readings.ts';

/**
 * A blurred reading.
 *
 * @param level - 0 leaves it where it is, 1 puts it anywhere.
 * @param random - Uniform numbers in [0, 1).
 */
export function blurred(reading: Reading, level: number, random: () => number): Reading {
  const pulled = (coordinate: number): number => coordinate + (random() - coordinate) * level;
  return { ...reading, x: pulled(reading.x), y: pulled(reading.y) };
}
