/**
 * Where the peers of a room of lines stand: each line a ring, the rings of a group in one frame.
 *
 * @module
 */

/** A ring, CSS px. */
export interface Ring {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  /** Radius of a peer's dot. */
  readonly dot: number;
}

/** A frame around the lines of a group, CSS px. */
export interface Frame {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly number[];
}

/** The whole drawing. */
export interface RoundsLayout {
  readonly rings: readonly Ring[];
  readonly frames: readonly Frame[];
  readonly height: number;
}

/** Side of a ring's cell: the largest with which everything fits into `MOST_HEIGHT` is taken. */
const CELLS = [104, 96, 88, 80, 72, 64, 56, 50, 44, 40, 36] as const;
const MOST_HEIGHT = 400;

/** Between frames, inside them, and over the rings for a frame's name. */
const GAP = 12;
const PAD = 6;
const NAME = 18;

/** Rings stand so much further apart than they need, at most. */
const MOST_SPREAD = 1.12;

/** Rings that stand side by side in a frame, at most. */
const ACROSS = 4;

/**
 * Places rings and frames.
 *
 * @param groups - The group of each line.
 * @param width - Of the drawing, CSS px.
 */
export function roundsLayout(groups: readonly number[], width: number): RoundsLayout {
  const members: number[][] = [];
  groups.forEach((group, line) => (members[group] ??= []).push(line));
  const fits = (cell: number): boolean => placed(members, width, cell).height <= MOST_HEIGHT;
  const cell = CELLS.find(fits) ?? CELLS.at(-1)!;
  const { frames } = placed(members, width, cell);
  // What is left of the fullest row goes between its rings.
  const right = Math.max(...frames.map((frame) => frame.x + frame.width));
  const row = frames.find((frame) => frame.x + frame.width === right)!.y;
  const inRow = frames.filter(({ y }) => y === row);
  const across = inRow.reduce((sum, frame) => sum + (frame.width - 2 * PAD) / cell, 0);
  const spread = Math.min(MOST_SPREAD * cell, cell + Math.floor(width - right) / across);
  return placed(members, width, cell, spread);
}

function placed(
  members: readonly (readonly number[])[],
  width: number,
  cell: number,
  cellWidth = cell,
): RoundsLayout {
  const rings: Ring[] = [];
  const frames: Frame[] = [];
  const fitting = Math.max(1, Math.floor((width - 2 * PAD) / cell));
  // A single frame may use all of the width.
  const most = members.length === 1 ? fitting : Math.min(ACROSS, fitting);
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  for (const lines of members) {
    const rows = Math.ceil(lines.length / most);
    const across = Math.ceil(lines.length / rows);
    const frameWidth = across * cellWidth + 2 * PAD;
    const frameHeight = rows * cell + 2 * PAD + NAME;
    if (x > 0 && x + frameWidth > width) {
      x = 0;
      y += rowHeight + GAP;
      rowHeight = 0;
    }
    frames.push({ x, y, width: frameWidth, height: frameHeight, lines });
    lines.forEach((line, at) => {
      rings[line] = {
        x: x + PAD + ((at % across) + 0.5) * cellWidth,
        y: y + PAD + NAME + (Math.floor(at / across) + 0.5) * cell,
        radius: cell * 0.38,
        dot: Math.max(2.6, cell * 0.068),
      };
    });
    x += frameWidth + GAP;
    rowHeight = Math.max(rowHeight, frameHeight);
  }
  return { rings, frames, height: y + rowHeight };
}
