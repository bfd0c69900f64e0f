/**
 * What spoiled users cost the merged model, by the rule that makes one update of many: the mean, and two that
 * heed a bucket less the farther it is from the others.
 *
 * @module
 */
import { MERGE_EVERY_STEPS } from '../../src/config.ts';
import { Federation, type User } from '../../src/simulation/federation.ts';
import type { Combining } from '../../src/simulation/combining.ts';
import { SeededRandom } from '../../src/seeded-random.ts';
import { PlainModel } from '../../src/task/plain-training.ts';
import { asOutlier, localReadings, type Reading as Thermometer } from '../../src/task/readings.ts';
import type { Bench } from '../main.ts';
import type { Reading } from '../report.ts';

const USERS = 16;
const ROUNDS = 150;
const STEPS_BETWEEN = 5;
const SPOILED = [0, 1, 2, 4];
const BUCKET_SIZE = 4;

/** The limits of the search were chosen by runs with the seeds before this one, which would flatter them. */
const FIRST_SEED = 100;

/** Readings of a user that is spoiled everywhere. */
const MANY = 40;

/** How many times over a liar gives its update. */
const GAIN = 5;

const task = { pattern: 'circle', hidden: [8], modelSeed: 'outliers' } as const;

const RULES: readonly {
  readonly name: string;
  readonly combining?: Combining;
  readonly searchBucketSize?: number;
  readonly searchesInLines?: boolean;
  readonly searchLooksOn?: boolean;
  readonly stepsBetween?: number;
}[] = [
  { name: 'mean' },
  {
    name: 'geometric median of buckets of 4',
    combining: { type: 'geometric-median', bucketSize: BUCKET_SIZE },
  },
  {
    name: 'centred clipping of buckets of 4',
    combining: { type: 'centred-clipping', bucketSize: BUCKET_SIZE },
  },
  { name: 'mean of those the search leaves in', searchBucketSize: BUCKET_SIZE },
  {
    name: 'mean of those the search in two lines leaves in',
    searchBucketSize: BUCKET_SIZE,
    searchesInLines: true,
  },
  // A room leaves nobody out by itself, and learns longer from one round to the next.
  {
    name: 'mean of all while the search in two lines looks on',
    searchBucketSize: BUCKET_SIZE,
    searchesInLines: true,
    searchLooksOn: true,
    stepsBetween: MERGE_EVERY_STEPS,
  },
];

/** Ways to be spoiled: what such a user is made of, from its own readings. */
const KINDS: readonly {
  readonly name: string;
  readonly spoil: (readings: readonly Thermometer[], random: SeededRandom) => User;
}[] = [
  { name: 'A: own corner all cold', spoil: (readings) => ({ readings: asOutlier(readings) }) },
  {
    name: 'B: the whole map all cold',
    spoil: (_, random) => ({ readings: coldEverywhere(random) }),
  },
  {
    name: 'C: as B, five times over',
    spoil: (_, random) => ({ readings: coldEverywhere(random), gain: GAIN }),
  },
];

/** `outliers`. */
export const outliersBench: Bench = {
  name: 'outliers',
  async *run({ isQuick }): AsyncGenerator<Reading> {
    const seeds = isQuick ? 3 : 12;
    for (const { name: kind, spoil } of KINDS) {
      for (const rule of RULES) {
        for (const count of SPOILED) {
          if (count === 0 && kind !== KINDS[0]!.name) continue;
          const runs = Array.from({ length: seeds }, (_, i) =>
            play(FIRST_SEED + i, count, spoil, rule),
          );
          const mean = meanOf(runs.map(({ accuracy }) => accuracy));
          const squares = runs.reduce((sum, { accuracy }) => sum + (accuracy - mean) ** 2, 0);
          yield {
            what:
              count === 0
                ? `nobody spoiled, ${rule.name}`
                : `${kind}, ${count} of ${USERS}, ${rule.name}`,
            value: 100 * mean,
            unit: '%',
            details: {
              'standard deviation': 100 * Math.sqrt(squares / (seeds - 1)),
              seeds,
              ...(rule.searchBucketSize && {
                'spoiled found': meanOf(runs.map(({ found }) => found)),
                'honest wronged': meanOf(runs.map(({ wronged }) => wronged)),
              }),
            },
          };
        }
      }
    }
  },
};

function play(
  seed: number,
  spoiled: number,
  spoil: (typeof KINDS)[number]['spoil'],
  { stepsBetween = STEPS_BETWEEN, ...rule }: (typeof RULES)[number],
): { readonly accuracy: number; readonly found: number; readonly wronged: number } {
  const users = Array.from({ length: USERS }, (_, at): User => {
    const readings = localReadings(task.pattern, `${seed} ${at}`, at);
    return at < spoiled ? spoil(readings, new SeededRandom(`spoiled ${seed} ${at}`)) : { readings };
  });
  const federation = new Federation({
    task,
    users,
    stepsBetween,
    combining: rule.combining,
    searchBucketSize: rule.searchBucketSize,
    searchesInLines: rule.searchesInLines,
    searchLooksOn: rule.searchLooksOn,
    seed: String(seed),
  });
  for (let round = 0; round < ROUNDS; round++) federation.advance();
  const accuracy = new PlainModel(task.hidden).accuracyOn(task.pattern, federation.global);
  const { suspects } = federation;
  const found = suspects.filter((user) => user < spoiled).length;
  return { accuracy, found, wronged: suspects.length - found };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function coldEverywhere(random: SeededRandom): readonly Thermometer[] {
  return Array.from({ length: MANY }, () => {
    return { x: random.uniform(), y: random.uniform(), isHot: false };
  });
}
