/**
 * What a grid that is broken on purpose must not pass: rooms of two and three lines, calm and under accidents.
 *
 * As `mutant-harness.ts` of `test/secagg`, it imports the machines by their place in the tree.
 *
 * @module
 */
import { GRID_ACCIDENTS } from './grid-accidents.ts';
import { GridRoom } from './grid-room.ts';

/** Accidents that strike lines where they must give up, try again or do without somebody. */
const ACCIDENTS = ['three vanish', 'four restart', 'lines apart', 'two freeze for long', 'loss'];

/** The first fault that the checks find, in words; undefined for machines that pass. */
export function findFault(): string | undefined {
  for (const [seed, peers] of [
    ['calm two', 17],
    ['calm three', 31],
  ] as const) {
    const room = new GridRoom({ seed, peers });
    if (!room.play(2)) return 'a calm room makes no progress';
    const fault = faultIn(room);
    if (fault !== undefined) return fault;
  }
  for (let seed = 0; seed < 3; seed++) {
    for (const accident of ACCIDENTS) {
      const hasModel = seed % 2 === 0;
      const room = new GridRoom({ seed: `mutant ${seed} ${accident}`, peers: 17, hasModel });
      GRID_ACCIDENTS[accident]!(room);
      room.play(2, 30_000);
      room.recover();
      const fault = faultIn(room);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function faultIn({ broken }: GridRoom): string | undefined {
  return [...broken][0];
}
