/**
 * `murmuration train` as processes over real WebRTC: three tables that nobody shows, one model, and what a fit of
 * all rows in one place would give.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TABLE_RIDGE } from '../../src/config.ts';
import { profileOf } from '../../src/task/table/columns.ts';
import { examplesOf } from '../../src/task/table/layout.ts';
import { loadTable } from '../../src/task/table/load.ts';
import { readModelFiles } from '../../src/task/table/model-file.ts';
import { agree, describe as described, type TableSettings } from '../../src/task/table/schema.ts';
import { fileOf, flats } from '../task/table/tables.ts';
import { endProcesses, outcome, Server } from './room.ts';

const KEY = 'AAECAwQFBgcICQoLDA0ODw';
const FILES = [flats('one', 200), flats('two', 150, 10), flats('three', 100, -10)];
const PRICE: TableSettings = { target: 'price', kind: 'number', hidden: [], rounds: 15, steps: 40 };

interface Line {
  readonly event: string;
  readonly [name: string]: unknown;
}

let server: Server;
let folder: string;

beforeAll(async () => {
  server = await Server.start();
  folder = mkdtempSync(join(tmpdir(), 'murmuration-train-'));
});

afterAll(() => {
  endProcesses();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs one peer with one table to its end. */
async function train(room: string, name: string, file: string, ...flags: string[]) {
  const csv = join(folder, `${room}-${name}.csv`);
  writeFileSync(csv, file);
  const out = join(folder, `${room}-${name}`);
  const common = ['--server', server.url, '--room', room, `--key=${KEY}`, '--name', name];
  const args = ['train', '--csv', csv, '--out', out, ...common, ...flags];
  const { status, out: text, err } = await outcome(args, {});
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  return { status, err, out, lines };
}

/** Least squares over all training rows of all tables, pulled to zero as training is: solved, not learned. */
async function solve(model: ReturnType<typeof readModelFiles>): Promise<number[]> {
  const profiles = await Promise.all(FILES.map((file) => profileOf(fileOf(file, 4_096))));
  const [own, ...others] = profiles.map((profile) => described(profile, PRICE));
  const agreement = agree(own!, new Map(others.map((one, at) => [String(at), one])));
  if (agreement.type === 'differ') throw new Error(agreement.differences.join());
  const { schema } = agreement;
  const size = model.layout.width + 1;
  const system = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  let rows = 0;
  for (const [at, file] of FILES.entries()) {
    const table = await loadTable(fileOf(file, 4_096), schema, profiles[at]!);
    const examples = examplesOf(schema, model.layout, table, 'training');
    const width = model.layout.numbers.length;
    for (let row = 0; row < examples.rows; row++) {
      const x = new Array<number>(size).fill(0);
      for (let i = 0; i < width; i++) x[i] = examples.numbers[row * width + i]!;
      for (let i = 0; i < examples.codesPerRow; i++) {
        const input = examples.codes[row * examples.codesPerRow + i]!;
        if (input >= 0) x[input] = 1;
      }
      x[size - 1] = 1;
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) system[i]![j]! += x[i]! * x[j]!;
        system[i]![size]! += x[i]! * examples.targets[row]!;
      }
    }
    rows += examples.rows;
  }
  for (let i = 0; i < size - 1; i++) system[i]![i]! += rows * TABLE_RIDGE;
  return eliminate(system);
}

/** Gauss and Jordan, with the largest pivot of each column. */
function eliminate(system: number[][]): number[] {
  const size = system.length;
  for (let at = 0; at < size; at++) {
    const pivot = system.findIndex(
      (row, i) => i >= at && system.slice(at).every((o) => Math.abs(o[at]!) <= Math.abs(row[at]!)),
    );
    [system[at], system[pivot]] = [system[pivot]!, system[at]!];
    for (const row of system) {
      if (row === system[at]) continue;
      const factor = row[at]! / system[at]![at]!;
      for (let j = at; j <= size; j++) row[j]! -= factor * system[at]![j]!;
    }
  }
  return system.map((row, at) => row[size]! / row[at]!);
}

describe('three programs with a table each', () => {
  it('learn one model, close to the fit of all rows in one place and better than alone', async () => {
    const flags = ['--target', 'price', '--rounds', '15', '--steps', '40'];
    const names = ['Ada', 'Ben', 'Cleo'];
    const runs = await Promise.all(
      names.map((name, at) => train('prices', name, FILES[at]!, ...flags)),
    );
    const weights: Buffer[] = [];
    for (const { status, err, lines, out } of runs) {
      expect(err).toBe('');
      expect(status).toBe(0);
      const events = lines.map(({ event }) => event).filter((event) => event !== 'waiting');
      const rounds = new Array<string>(15).fill('round');
      const ends = ['evaluated', 'written', 'left'];
      expect(events).toEqual(['table', 'joined', 'loaded', 'started', ...rounds, ...ends]);
      const started = lines.find(({ event }) => event === 'started')!;
      expect((started['trainingRows'] as number) + (started['heldOutRows'] as number)).toBe(450);
      expect(lines.filter(({ event, peers }) => event === 'round' && peers !== 3)).toEqual([]);
      weights.push(readFileSync(join(out, 'weights.bin')));
    }
    expect(weights[1]!.equals(weights[0]!) && weights[2]!.equals(weights[0]!)).toBe(true);
    const evaluated = runs[0]!.lines.find(({ event }) => event === 'evaluated')!;
    expect(evaluated).toEqual(runs[1]!.lines.find(({ event }) => event === 'evaluated'));
    const alone = evaluated['alone'] as Line;
    expect(evaluated['explained']).toBeGreaterThan(0.95);
    expect(evaluated['rootMeanSquare']).toBeLessThan(alone['rootMeanSquare'] as number);

    const topology = readFileSync(join(runs[0]!.out, 'model.json'), 'utf8');
    const model = readModelFiles(topology, new Uint8Array(weights[0]!));
    // One-hot inputs and the bias say the same thing twice, so what they add up to is compared.
    const best = await solve(model);
    const { numbers, categories, width } = model.layout;
    const learned = model.parameters;
    numbers.forEach((_, at) => expect(Math.abs(learned[at]! - best[at]!)).toBeLessThan(0.02));
    const [district] = categories;
    district!.categories.forEach((_, place) => {
      const at = district!.at + place;
      const difference = learned[at]! + learned[width]! - best[at]! - best[width]!;
      expect(Math.abs(difference)).toBeLessThan(0.03);
    });
  });

  it('leave out a column that one of them alone has, where that one says so', async () => {
    const wider = FILES[1]!.replaceAll('\n', ',1\n').replace('sold,1', 'sold,pets');
    const flags = ['--target', 'sold', '--rounds', '2'];
    const runs = await Promise.all([
      train('differ', 'Ada', FILES[0]!, ...flags),
      train('differ', 'Ben', wider, ...flags, '--skip', 'pets'),
      train('differ', 'Cleo', FILES[2]!, ...flags),
    ]);
    expect(runs.map(({ status }) => status)).toEqual([0, 0, 0]);
    const code = readFileSync(join(runs[1]!.out, 'model.js'), 'utf8');
    expect(code).not.toContain('pets');
  });

  it.each([
    ['another column', ['--target', 'colour'], /no column "colour": the file has area, age/],
    ['a kind that does not fit', ['--target', 'district', '--kind', 'number'], /holds no numbers/],
    ['a column that is not there', ['--target', 'sold', '--skip', 'garden'], /no column "garden"/],
  ])('refuse %s in one sentence, status 1', async (_, flags, words) => {
    const { status, err } = await train('wrong', 'Ada', FILES[0]!, ...flags);
    expect(status).toBe(1);
    expect(err).toMatch(words);
    expect(err.trim().split('\n')).toHaveLength(1);
  });

  it('refuse a file that is no table before they meet anybody', async () => {
    const { status, err, lines } = await train('wrong', 'Ada', 'a,b\n1\n', '--target', 'a');
    expect([status, lines]).toEqual([1, []]);
    expect(err).toMatch(/^murmuration: Row 2 has 1 value for 2 columns/);
  });
});
