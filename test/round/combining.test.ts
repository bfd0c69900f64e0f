/**
 * One update of several sums: of buckets in a cohort, and of the lines of a large room.
 */
import { describe, expect, it } from 'vitest';
import { gridOf, levelsOfGrid, nextEpoch, type Grid } from '../../src/gossip/index.ts';
import { peerIdOf } from '../../src/ids.ts';
import { nodeSuite } from '../../src/peer/node-suite.ts';
import { claimOfLine, joinClaims } from '../../src/round/claims.ts';
import {
  inOwnSlot,
  lineParameters,
  slotsOf,
  topCohort,
  upperParameters,
} from '../../src/round/cohort.ts';
import { totalOfBuckets, updateOf } from '../../src/round/combining.ts';
import { encodeDetail } from '../../src/round/detail.ts';
import { modelAfter, sumOfRoom } from '../../src/round/result.ts';
import {
  addInPlace,
  encodeUpdate,
  encodingFor,
  type Combining,
  type RoundParameters,
} from '../../src/secagg/index.ts';
import { PARAMETERS } from './room.ts';

const PLAIN: RoundParameters = { ...PARAMETERS, dimension: 2, clip: 8, weightCap: 10 };
const suite = nodeSuite;

/** Lines of eleven. */
function gridOfLines(lines: number): Grid {
  const change = {
    number: 1,
    joining: Array.from({ length: 11 * lines }, (_, at) => peerIdOf(suite.hash(Uint8Array.of(at)))),
    leaving: [],
  };
  return gridOf(suite, nextEpoch(undefined, change, 1, new Uint8Array(32)));
}

const grid = gridOfLines(3);
const { epoch } = grid;

/** What a line sums when each of its members moves by this. */
function lineSum(
  parameters: RoundParameters,
  grid: Grid,
  line: number,
  update: readonly number[],
): Uint32Array<ArrayBuffer> {
  const encoding = encodingFor(parameters, grid.epoch.members.length);
  const members = grid.lines[line]!;
  const sum = new Uint32Array(update.length + 2);
  for (let i = 0; i < members.length; i++) {
    const words = encodeUpdate(Float64Array.from(update), 1, encoding, () => 0);
    addInPlace(sum, Uint32Array.of(...words, 1));
  }
  return sum;
}

/**
 * The top cohort's words, and the model after them, when the lines move by these updates and their stand-ins
 * add so much to the weight.
 */
function play(
  combining: Combining | undefined,
  updates: readonly (readonly number[] | undefined)[],
  more: readonly number[] = [],
  within = grid,
) {
  const { epoch, lines } = within;
  const parameters = { ...PLAIN, combining };
  const level = levelsOfGrid(within);
  const slots = slotsOf(parameters, within, level);
  const total = new Uint32Array(upperParameters(parameters, within, level).dimension);
  updates.forEach((update, line) => {
    if (update === undefined) return;
    const cohort = topCohort(within, slots);
    const sum = lineSum(parameters, within, line, update);
    sum[2] = sum[2]! + (more[line] ?? 0);
    addInPlace(total, inOwnSlot(sum, cohort, lines[line]![0]!));
  });
  const here = updates.flatMap((update, line) => (update ? [line] : []));
  const claim = joinClaims(here.map((line) => claimOfLine(within, line, lines[line]!)));
  const detail = encodeDetail({ claim, epoch: undefined });
  const setting = { suite, parameters };
  const { model } = modelAfter(setting, epoch, total, detail, new Float32Array(2));
  return { model: [...model], slots, sum: sumOfRoom(setting, epoch, total) };
}

describe('a room of three lines', () => {
  it('moves by the mean without robust combining, and keeps one sum', () => {
    expect(grid.lines).toHaveLength(3);
    const { model, slots } = play(undefined, [
      [1, 0],
      [1, 0],
      [4, 3],
    ]);
    expect(slots).toBe(1);
    expect(model[0]).toBeCloseTo(2, 5);
    expect(
      play('bucket-mean', [
        [1, 0],
        [1, 0],
        [4, 3],
      ]).slots,
    ).toBe(1);
  });

  it.each(['geometric-median', 'centred-clipping'] as const)(
    'heeds a line that is far from the others less with %s, and tells the same sum',
    (combining) => {
      const lines = [
        [1, 0],
        [1.1, 0.1],
        [8, 8],
      ] as const;
      const robust = play(combining, lines);
      expect(robust.slots).toBe(3);
      expect(robust.model[0]).toBeLessThan(1.6);
      expect(robust.sum).toEqual(play(undefined, lines).sum);
    },
  );

  it('takes the mean where a line is missing, since two have no majority', () => {
    const { model } = play('geometric-median', [[1, 0], undefined, [4, 3]]);
    expect(model[0]).toBeCloseTo(2.5, 5);
  });
});

describe('a stand-in that says another weight than its line has', () => {
  const honest = [
    [1, 0],
    [1.1, 0.1],
    [1.3, 0],
  ] as const;

  it('moves nobody where the weight of all cannot be right', () => {
    // A weight of 33 over 33 peers is the least; of 330 the most.
    expect(play(undefined, honest, [0, 297]).model).not.toEqual([0, 0]);
    for (const more of [-1, -32, 298]) {
      expect(play(undefined, honest, [0, more]).model).toEqual([0, 0]);
    }
  });

  it('is left out of the mean, too, where too few lines are left for a median', () => {
    const others = [honest[0], honest[1]] as const;
    const expected = play('geometric-median', [...others, undefined]).model;
    const { model } = play('geometric-median', [...others, [-1, -1]], [0, 0, 100]);
    expect(model[0]).toBeCloseTo(expected[0]!, 6);
    expect(model[1]).toBeCloseTo(expected[1]!, 6);
    // Where the weights make up for each other, nobody is believed.
    expect(play('geometric-median', honest, [-5, -5, 200]).model).toEqual([0, 0]);
    expect(play('geometric-median', [...others, undefined], [-5, 200]).model).toEqual([0, 0]);
  });

  it('is not heeded in the geometric median, where its own cannot be right', () => {
    const four = gridOfLines(4);
    expect(four.lines).toHaveLength(4);
    const without = play('geometric-median', [...honest, undefined], [], four);
    expect(play('geometric-median', [...honest, [-8, -8]], [0, 0, 0, 100], four).model).toEqual(
      without.model,
    );
    expect(play('geometric-median', [...honest, [-8, -8]], [0, 0, 0, 99], four).model).not.toEqual(
      without.model,
    );
  });
});

describe('what a searched room sums in its lines, and above them', () => {
  const searched: RoundParameters = { ...PLAIN, combining: 'geometric-median', search: 'votes' };

  it('is buckets in the lines alone, whatever the room makes of its lines', () => {
    const top = levelsOfGrid(grid);
    expect(lineParameters(searched, epoch)).toMatchObject({
      capacity: 33,
      combining: 'bucket-mean',
      search: 'votes',
    });
    expect(upperParameters(searched, grid, top).combining).toBeUndefined();
    expect(slotsOf(searched, grid, top)).toBe(3);
    expect(slotsOf({ ...searched, combining: 'bucket-mean' }, grid, top)).toBe(1);
  });

  it('is one sum in the lines of a room that is not searched, or adds noise', () => {
    const plain = { ...searched, search: undefined };
    expect(lineParameters(plain, epoch).combining).toBeUndefined();
    const noisy = { ...searched, combining: undefined, noise: 'distributed' };
    expect(lineParameters(noisy, epoch).combining).toBeUndefined();
  });
});

describe('one update of the sums of buckets', () => {
  it('counts only values of the model in how far a bucket is from the others', () => {
    const encoding = { members: 12, clip: 8, weightCap: 10 };
    const bucket = (move: number, other: number): Uint32Array =>
      encodeUpdate(Float64Array.of(move, other), 1, encoding, () => 0);
    const words = Uint32Array.from([...bucket(1, -8), ...bucket(1.2, 8), ...bucket(7, 0)]);
    const of = (length: number): number =>
      updateOf(words, 3, 3, encoding, { combining: 'geometric-median', length })[0]!;
    expect(of(1)).toBeCloseTo(1.2, 2);
    expect(Math.abs(of(2) - 1.2)).toBeGreaterThan(0.05);
    expect(totalOfBuckets(words, 3).at(-1)).toBe(3);
  });
});
