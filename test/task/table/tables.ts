/**
 * Tables for tests, and a federation of them whose sums are made in the open.
 */
import { profileOf } from '../../../src/task/table/columns.ts';
import type { ByteSource } from '../../../src/task/table/csv.ts';
import type { Evaluation } from '../../../src/task/table/evaluation.ts';
import { TableLearner, type RoundLosses } from '../../../src/task/table/learner.ts';
import { loadTable, type TableData } from '../../../src/task/table/load.ts';
import {
  agree,
  describe,
  type Schema,
  type TableSettings,
} from '../../../src/task/table/schema.ts';
import { statisticDigits } from '../../../src/task/table/statistics.ts';
import { SeededRandom } from '../../../src/seeded-random.ts';

/** A text, or bytes, as a file that comes in pieces. */
export function fileOf(content: string | Uint8Array, pieceBytes = 7): ByteSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    size: bytes.length,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += pieceBytes) {
        yield await Promise.resolve(bytes.subarray(at, at + pieceBytes));
      }
    },
  };
}

/** Normal numbers, by Box and Muller. */
export function normal(random: SeededRandom): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/** Rows about flats: a price that follows from area, age and district, and whether it was sold. */
export function flats(seed: string, rows: number, shift = 0): string {
  const random = new SeededRandom(seed);
  const lines = ['area,age,district,price,sold'];
  for (let row = 0; row < rows; row++) {
    const area = 70 + shift + 20 * normal(random);
    const age = 30 + 15 * normal(random);
    const district = ['north', 'south', 'west'][random.word() % 3]!;
    const bonus = { north: 0, south: 40_000, west: -20_000 }[district]!;
    const price = 3_000 * area - 1_000 * age + bonus + 10_000 * normal(random);
    const logit = (price - 180_000) / 30_000;
    const isSold = random.uniform() < 1 / (1 + Math.exp(logit));
    const shown = row % 17 === 3 ? 'NA' : age.toFixed(1);
    lines.push(
      `${area.toFixed(1)},${shown},${district},${price.toFixed(0)},${isSold ? 'yes' : 'no'}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What came of learning together. */
export interface Federation {
  readonly schema: Schema;
  readonly tables: readonly TableData[];
  readonly learners: readonly TableLearner[];
  readonly losses: readonly RoundLosses[];
  readonly evaluation: Evaluation;
}

/** Learns from several files, with sums made in the open. */
export async function federate(
  files: readonly string[],
  settings: TableSettings,
): Promise<Federation> {
  const profiles = await Promise.all(files.map((file) => profileOf(fileOf(file, 4_096))));
  const [own, ...others] = profiles.map((profile) => describe(profile, settings));
  const agreement = agree(own!, new Map(others.map((one, at) => [`Peer ${at + 2}`, one])));
  if (agreement.type === 'differ') throw new Error(agreement.differences.join(' '));
  const { schema, hash } = agreement;
  const tables = await Promise.all(
    files.map((file, at) => loadTable(fileOf(file, 4_096), schema, profiles[at]!)),
  );
  const sums = total(tables.map((table) => statisticDigits(schema, table)));
  const learners = tables.map((table) => new TableLearner(schema, hash, table, sums));
  const losses: RoundLosses[] = [];
  for (let round = 0; round < settings.rounds; round++) {
    const sum = total(learners.map((learner) => finish(learner.contribute())));
    losses.push(learners.map((learner) => learner.apply(sum))[0]!);
  }
  const digits = total(learners.map((learner) => learner.evaluationDigits()));
  return { schema, tables, learners, losses, evaluation: learners[0]!.readEvaluation(digits) };
}

/** Runs a generator to its end. */
export function finish<T>(generator: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = generator.next();
    if (done === true) return value;
  }
}

/** Adds vectors. */
export function total(vectors: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let i = 0; i < sum.length; i++) sum[i]! += vector[i]!;
  return sum;
}
