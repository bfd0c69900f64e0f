import { describe, expect, it } from 'vitest';
import { TABLE_RIDGE } from '../../../src/config.ts';
import { SeededRandom } from '../../../src/seeded-random.ts';
import { Fitting, stepLengthOf } from '../../../src/task/table/fitting.ts';
import { examplesOf, type Examples, type Layout } from '../../../src/task/table/layout.ts';
import { isHeldOut } from '../../../src/task/table/load.ts';
import { ROUND_CLIP } from '../../../src/task/table/learner.ts';
import { firstParametersOf, Network } from '../../../src/task/table/network.ts';
import type { TableSettings } from '../../../src/task/table/schema.ts';
import { spreadOf } from '../../../src/task/table/statistics.ts';
import { federate, finish, flats, normal, type Federation } from './tables.ts';

const SOLD: TableSettings = { target: 'sold', kind: 'class', hidden: [], rounds: 30, steps: 1 };
const FILES = [flats('one', 300), flats('two', 150, 25), flats('three', 60, -20)];

/** All training rows of all peers as plain numbers, as a book would have them. */
function pooled({ schema, tables, learners }: Federation): { x: number[][]; y: number[] } {
  const { layout } = learners[0]!;
  const x: number[][] = [];
  const y: number[] = [];
  for (const table of tables) {
    const { rows, numbers, codes, codesPerRow, targets } = examplesOf(
      schema,
      layout,
      table,
      'training',
    );
    for (let row = 0; row < rows; row++) {
      const dense = new Array<number>(layout.width).fill(0);
      const width = layout.numbers.length;
      for (let i = 0; i < width; i++) dense[i] = numbers[row * width + i]!;
      for (let i = 0; i < codesPerRow; i++) {
        const code = codes[row * codesPerRow + i]!;
        if (code >= 0) dense[code] = 1;
      }
      x.push([...dense, 1]);
      y.push(targets[row]!);
    }
  }
  return { x, y };
}

/** Gradient descent on all rows at once, in its plainest form. */
function descend(
  { x, y }: { x: number[][]; y: number[] },
  layout: Layout,
  steps: number,
  slope: (output: number, target: number) => number,
): number[] {
  const weights = new Array<number>(layout.width + 1).fill(0);
  for (let step = 0; step < steps; step++) {
    const gradient = weights.map((weight, i) => (i < layout.width ? TABLE_RIDGE * weight : 0));
    x.forEach((row, at) => {
      const output = row.reduce((sum, value, i) => sum + value * weights[i]!, 0);
      row.forEach((value, i) => (gradient[i]! += (slope(output, y[at]!) * value) / x.length));
    });
    gradient.forEach((part, i) => (weights[i]! -= stepLengthOf(layout) * part));
  }
  return weights;
}

const logistic = (output: number, target: number): number => 1 / (1 + Math.exp(-output)) - target;
const squared = (output: number, target: number): number => output - target;

describe('statistics of a room', () => {
  it('are those of all training rows together, missing values left out', async () => {
    const { tables, learners } = await federate(FILES, SOLD);
    const { statistics } = learners[0]!;
    const ages = tables.flatMap(({ numbers }) =>
      [...numbers[0]!].filter((_, row) => !isHeldOut(row)),
    );
    const present = ages.filter((age) => !Number.isNaN(age));
    expect(statistics.trainingRows).toBe(ages.length);
    expect(statistics.numbers[0]!.count).toBe(present.length);
    const mean = present.reduce((sum, age) => sum + age, 0) / present.length;
    const variance = present.reduce((sum, age) => sum + (age - mean) ** 2, 0) / present.length;
    expect(spreadOf(statistics.numbers[0]!)).toBeCloseTo(Math.sqrt(variance), 9);
    expect(statistics.classes.reduce((sum, count) => sum + count, 0)).toBe(ages.length);
    expect(statistics.trainingRows + statistics.heldOutRows).toBe(510);
  });

  it('a fifth of the rows is held out, in any order of the table', () => {
    const kept = Array.from({ length: 10_000 }, (_, row) => isHeldOut(row));
    expect(kept.filter(Boolean).length / kept.length).toBeCloseTo(0.2, 1);
    for (const stride of [2, 3, 5, 10]) {
      const share = kept.filter((_, row) => row % stride === 0).filter(Boolean).length;
      expect(share / (kept.length / stride)).toBeCloseTo(0.2, 1);
    }
  });
});

describe('learning together', () => {
  it('with one step a round is gradient descent on all rows at once: logistic', async () => {
    const federation = await federate(FILES, SOLD);
    const { layout, model } = federation.learners[0]!;
    const expected = descend(pooled(federation), layout, SOLD.rounds, logistic);
    expect(layout.numbers.some(({ missingAt }) => missingAt !== undefined)).toBe(true);
    expected.forEach((weight, i) => expect(model.parameters[i]).toBeCloseTo(weight, 10));
    expect(Math.max(...expected.map(Math.abs))).toBeGreaterThan(0.3);
  });

  it('with one step a round is gradient descent on all rows at once: linear', async () => {
    const settings = { ...SOLD, target: 'price', kind: 'number' } as const;
    const federation = await federate(FILES, settings);
    const { layout, model } = federation.learners[0]!;
    const expected = descend(pooled(federation), layout, SOLD.rounds, squared);
    expected.forEach((weight, i) => expect(model.parameters[i]).toBeCloseTo(weight, 10));
  });

  it('with many steps a round is close to the best model of all rows, and better than alone', async () => {
    const settings = { ...SOLD, target: 'price', kind: 'number', steps: 20 } as const;
    const federation = await federate(FILES, settings);
    const { layout, model } = federation.learners[2]!;
    const best = descend(pooled(federation), layout, 5_000, squared);
    best.forEach((weight, i) => expect(Math.abs(model.parameters[i]! - weight)).toBeLessThan(0.08));
    const { evaluation } = federation;
    if (evaluation.federation.kind !== 'number' || evaluation.local.kind !== 'number')
      throw Error();
    expect(evaluation.federation.explained).toBeGreaterThan(0.95);
    expect(evaluation.federation.rootMeanSquare).toBeLessThan(evaluation.local.rootMeanSquare);
    expect(evaluation.federation.rootMeanSquare).toBeLessThan(0.3 * evaluation.federation.baseline);
  });

  it('gives every peer the same model, and curves that go down', async () => {
    const { learners, losses } = await federate(FILES, { ...SOLD, steps: 5 });
    const [first, ...others] = learners.map(({ model }) => [...model.parameters]);
    for (const other of others) expect(other).toEqual(first);
    expect(losses[0]!.training).toBeCloseTo(Math.LN2, 6);
    expect(losses.at(-1)!.training).toBeLessThan(0.6 * losses[0]!.training);
    expect(losses.at(-1)!.heldOut).toBeLessThan(0.8 * losses[0]!.heldOut);
  });

  it('a hidden layer learns what no straight line can: several classes around each other', async () => {
    const rings = (seed: string): string => {
      const random = new SeededRandom(seed);
      const rows = Array.from({ length: 240 }, (_, row) => {
        const radius = 1 + (row % 3) * 2 + 0.3 * normal(random);
        const angle = 2 * Math.PI * random.uniform();
        return `${(radius * Math.cos(angle)).toFixed(3)},${(radius * Math.sin(angle)).toFixed(3)},${['in', 'mid', 'out'][row % 3]}`;
      });
      return ['x,y,ring', ...rows].join('\n');
    };
    const files = ['a', 'b', 'c'].map(rings);
    const settings = { target: 'ring', kind: 'class', rounds: 25, steps: 20 } as const;
    const straight = (await federate(files, { ...settings, hidden: [] })).evaluation.federation;
    const bent = (await federate(files, { ...settings, hidden: [12] })).evaluation.federation;
    if (straight.kind !== 'class' || bent.kind !== 'class') throw Error();
    expect(straight.accuracy).toBeLessThan(0.6);
    expect(bent.accuracy).toBeGreaterThan(0.95);
    expect(bent.classes.map(({ name }) => name)).toEqual(['in', 'mid', 'out']);
    for (const { f1 } of bent.classes) expect(f1).toBeGreaterThan(0.9);
    const rows = bent.confusion.flat().reduce((sum, count) => sum + count, 0);
    expect(rows).toBe(bent.rows);
  });

  it('gives away at most the clip, however far a model runs', async () => {
    const { learners } = await federate(FILES, {
      ...SOLD,
      target: 'price',
      kind: 'number',
      rounds: 1,
    });
    const values = finish(learners[0]!.contribute());
    expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(ROUND_CLIP);
  });

  it('refuses one class, one number, and columns that never change, before it learns', async () => {
    const rows = (sold: string, x: string): string =>
      `x,sold\n${Array.from({ length: 30 }, (_, at) => `${x === '' ? at : x},${sold}`).join('\n')}`;
    const learn = (file: string, settings = SOLD) => federate([file, file, file], settings);
    await expect(learn(rows('yes', ''))).rejects.toThrow(/one class only, "yes"/);
    const number = { ...SOLD, kind: 'number' } as const;
    await expect(learn(rows('7', ''), number)).rejects.toThrow(/the same number in all rows/);
    const mixed = `x,sold\n${Array.from({ length: 30 }, (_, at) => `4,${at % 2 ? 'yes' : 'no'}`).join('\n')}`;
    await expect(learn(mixed)).rejects.toThrow(/No column beside "sold" differs/);
  });

  it('takes a class that one peer alone has, where another has one class only', async () => {
    const bulk = (sold: (at: number) => string): string =>
      `x,sold\n${Array.from({ length: 60 }, (_, at) => `${at},${sold(at)}`).join('\n')}`;
    const { evaluation } = await federate(
      [
        bulk(() => 'no'),
        bulk((at) => (at < 30 ? 'no' : 'yes')),
        bulk((at) => (at < 30 ? 'no' : 'yes')),
      ],
      SOLD,
    );
    expect(evaluation.federation.kind === 'class' && evaluation.federation.confusion.length).toBe(
      2,
    );
  });
});

describe('the gradient', () => {
  it.each([
    ['class', 1, []],
    ['class', 3, []],
    ['number', 1, []],
    ['class', 1, [5, 4]],
    ['class', 3, [6]],
    ['number', 1, [6]],
  ] as const)(
    'of a %s with %i outputs and hidden layers %j is the slope of the loss',
    (kind, outputs, hidden) => {
      const random = new SeededRandom('gradient');
      const layout: Layout = {
        target: 'y',
        kind,
        classes: kind === 'class' ? ['a', 'b', 'c'].slice(0, Math.max(outputs, 2)) : [],
        hidden,
        numbers: ['p', 'q'].map((name) => ({ name, mean: 0, deviation: 1, missingAt: undefined })),
        categories: [
          { name: 'c', categories: ['u', 'v'], at: 2, otherAt: 4, missingAt: undefined },
        ],
        width: 5,
        outputs,
        targetMean: 0,
        targetDeviation: 1,
        constant: [],
        power: 4,
      };
      const rows = 6;
      const examples: Examples = {
        rows,
        numbers: Float32Array.from({ length: 2 * rows }, () => normal(random)),
        codes: Int16Array.from([2, 3, 4, -1, 2, 3]),
        codesPerRow: 1,
        targets: Float32Array.from({ length: rows }, (_, at) =>
          kind === 'class' ? at % layout.classes.length : normal(random),
        ),
      };
      const parameters = firstParametersOf(
        { ...layout, hidden: hidden.length ? hidden : [] },
        'x',
      ).map((value) => value + 0.3 * normal(random));
      const network = new Network(layout);
      const all = Int32Array.from({ length: rows }, (_, at) => at);
      const gradient = new Float64Array(parameters.length);
      network.lossAndGradient(parameters, examples, all, gradient);
      const scratch = new Float64Array(parameters.length);
      for (let i = 0; i < parameters.length; i++) {
        const lossAt = (shift: number): number => {
          const moved = parameters.slice();
          moved[i]! += shift;
          return network.lossAndGradient(moved, examples, all, scratch);
        };
        expect(gradient[i]).toBeCloseTo((lossAt(1e-5) - lossAt(-1e-5)) / 2e-5, 7);
      }
      expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01);
    },
  );

  it('without rows changes nothing', () => {
    const layout = { width: 1, hidden: [], outputs: 1, kind: 'number', numbers: [], power: 1 };
    const none = {
      rows: 0,
      numbers: new Float32Array(),
      codes: new Int16Array(),
      codesPerRow: 0,
      targets: new Float32Array(),
    };
    const fitting = new Fitting(layout as unknown as Layout, none, Float64Array.of(3, 4));
    fitting.step();
    expect([...fitting.parameters]).toEqual([3, 4]);
  });
});
