/**
 * How far a mask turns by hand: dragged, or with the keys of a slider.
 *
 * @module
 */
import { MODULUS, SMALL_MASK, type Numbers } from '../../simulation/held-masks.ts';

/** Pointer travel of a full turn, CSS px. */
const TURN_PX = 360;

/** Pointer travel of 1 in small numbers, CSS px. */
const SMALL_PX = 3;

/** Presses of an arrow key in a full turn; with Shift it is one step. */
const KEY_STEPS = 64;

/** The value after a drag to the right, CSS px. */
export function turnedByDrag(value: number, numbers: Numbers, px: number): number {
  return value + px * (numbers === 'words' ? MODULUS / TURN_PX : 1 / SMALL_PX);
}

/** The value after a key; undefined for keys that turn nothing. */
export function turnedByKey(
  value: number,
  numbers: Numbers,
  { key, shiftKey }: Pick<KeyboardEvent, 'key' | 'shiftKey'>,
): number | undefined {
  const isWords = numbers === 'words';
  const step = isWords && !shiftKey ? MODULUS / KEY_STEPS : 1;
  const [least, most] = isWords ? [0, MODULUS - 1] : [-SMALL_MASK, SMALL_MASK];
  return {
    ArrowRight: value + step,
    ArrowUp: value + step,
    ArrowLeft: value - step,
    ArrowDown: value - step,
    Home: least,
    End: most,
  }[key];
}
