/**
 * Averaging in pairs, the plainest gossip: at each turn everybody meets somebody, and both keep the mean of the two.
 *
 * A figure's yardstick, and nothing that a room does: each exchange shows a number to somebody, and no number of
 * exchanges makes it exact. The error shrinks by the square root of a half at each turn, however many there are
 * (Boyd, Ghosh, Prabhakar, Shah: Randomized Gossip Algorithms, 2006, for the general case).
 *
 * @module
 */
import { SeededRandom } from '../seeded-random.ts';

/**
 * Root mean square distance to the mean, after 0, 1, 2 ... turns.
 *
 * @param numbers - Shape [peers]; with an odd number of them, one rests at each turn.
 * @returns Shape [turns + 1].
 */
export function pairwiseErrors(
  numbers: Float64Array,
  turns: number,
  seed: string,
): readonly number[] {
  const random = new SeededRandom(`pairs ${seed}`);
  const held = numbers.slice();
  const order = Array.from(held, (_, place) => place);
  const errors = [rootMeanSquare(held)];
  for (let turn = 0; turn < turns; turn++) {
    for (let i = order.length - 1; i > 0; i--) {
      const j = Math.floor(random.uniform() * (i + 1));
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    for (let i = 0; i + 1 < order.length; i += 2) {
      const mean = (held[order[i]!]! + held[order[i + 1]!]!) / 2;
      held[order[i]!] = mean;
      held[order[i + 1]!] = mean;
    }
    errors.push(rootMeanSquare(held));
  }
  return errors;
}

function rootMeanSquare(held: Float64Array): number {
  const mean = held.reduce((sum, value) => sum + value, 0) / held.length;
  const squares = held.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / held.length);
}
