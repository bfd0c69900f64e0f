/**
 * A federation in which only the numbers are real: many small models, merged as a room merges them.
 *
 * Updates become words, words are added modulo 2^32, and the sum becomes the next model, by the very code of
 * a room; what is left out is who says what to whom, since masks cancel to the last bit. So figures and
 * experiments play hundreds of federations a second, and get the numbers that a room would.
 *
 * Everything comes from the seed, noise and rounding included: never the numbers that protect anybody.
 *
 * @module
 */
import { HEAT_MAP_CLIP, WEIGHT_CAP } from '../config.ts';
import { lineCountOf } from '../gossip/index.ts';
import { drawNoise, noisyWords } from '../privacy/contribution.ts';
import { scaleOf, type NoiseSetting } from '../privacy/noise.ts';
import {
  addInPlace,
  decodeAggregate,
  encodeUpdate,
  thresholdOf,
  type Encoding,
} from '../secagg/index.ts';
import { SeededRandom } from '../seeded-random.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import { PlainModel, PlainTraining } from '../task/plain-training.ts';
import type { Reading } from '../task/readings.ts';
import { firstParametersBy, type Recipe } from '../task/recipe.ts';
import { bucketsOf, combined, type Combining } from './combining.ts';
import { Search } from './searching.ts';

/** One user of a federation. */
export interface User {
  readonly readings: readonly Reading[];
  /** Learns alone, and is in no merge. */
  readonly isLeftOut?: boolean | undefined;
  /** A liar gives its update so many times over. */
  readonly gain?: number | undefined;
}

/** What a federation is made of. */
export interface FederationOptions {
  readonly task: TaskSettings;
  readonly users: readonly User[];
  /** Local steps from one merge to the next. */
  readonly stepsBetween: number;
  readonly noise?: NoiseSetting | undefined;
  /** How what users learned becomes one model; the weighted mean unless given. */
  readonly combining?: Combining | undefined;
  /** Share of the users that each merge includes, drawn by lot; all unless given. */
  readonly sampled?: number | undefined;
  /** Probability that a user of a merge leaves in the middle of it, and is back after it; 0 unless given. */
  readonly dropRate?: number | undefined;
  /** Users of a line, about, as rooms of 16 and more have lines; a room's unless given. */
  readonly lineSize?: number | undefined;
  /** What models are made of, and how they learn; as in a room unless given. */
  readonly recipe?: Recipe | undefined;
  readonly learningRate?: number | undefined;
  /** Users begin with models of their own, not with the room's. */
  readonly hasOwnStarts?: boolean | undefined;
  /** Members of the buckets in which spoiled users are searched for, and then left out; no search without it. */
  readonly searchBucketSize?: number | undefined;
  /** Each line searches among its own, as lines of a room do, whose members stay the same; else all among all. */
  readonly searchesInLines?: boolean | undefined;
  /** Nobody is left out: the search only says whom it suspects, as in a room. */
  readonly searchLooksOn?: boolean | undefined;
  /** Decides draws, rounding and noise. */
  readonly seed: string;
}

/** A federation between two steps. */
export class Federation {
  /** The merged model, shape [P]. */
  global: Float32Array;
  /** Merges so far. */
  round = 0;
  readonly locals: readonly Float32Array[];
  readonly users: readonly User[];
  private readonly options: FederationOptions;
  private readonly trainings: readonly PlainTraining[];
  /** Draws of each user: leaving one out changes those of no other. */
  private readonly draws: readonly SeededRandom[];
  /** Draws of the federation. */
  private readonly random: SeededRandom;
  /** Who is in a merge and who leaves: as many draws a merge whatever the shares, so that runs compare. */
  private readonly fates: SeededRandom;

  /** Searches, each with those among whom it searches. */
  private readonly searches: readonly {
    readonly line: readonly number[];
    readonly search: Search;
  }[];

  constructor(options: FederationOptions) {
    const { task, users, learningRate, hasOwnStarts, recipe = 'room', seed } = options;
    this.options = options;
    this.users = users;
    this.global = firstParametersBy(recipe, task);
    this.locals = users.map((_, at) =>
      hasOwnStarts
        ? firstParametersBy(recipe, { ...task, modelSeed: `${task.modelSeed} ${at}` })
        : this.global.slice(),
    );
    this.trainings = users.map(({ readings }, at) => {
      const training = new PlainTraining(task.hidden, this.locals[at]!, learningRate, recipe);
      training.learnFrom(readings);
      return training;
    });
    this.draws = users.map((_, at) => new SeededRandom(`user ${at} of ${seed}`));
    this.random = new SeededRandom(`federation ${seed}`);
    this.searches = this.linesToSearch().map((line) => ({
      line,
      search: new Search(
        new PlainModel(task.hidden),
        users.map(({ readings }) => readings),
      ),
    }));
    this.fates = new SeededRandom(`fates ${seed}`);
  }

  /** Steps of every local model. */
  step(count = 1): void {
    for (const training of this.trainings) {
      for (let i = 0; i < count; i++) training.step();
    }
  }

  /** Local steps, then a merge. */
  advance(): void {
    this.step(this.options.stepsBetween);
    this.merge();
  }

  /**
   * Merges what the included users learned; everybody goes on from the merged model, or from their own where
   * too few stayed.
   *
   * @returns How many were included.
   */
  merge(): number {
    this.round += 1;
    const included = this.included();
    if (included.length === 0) return 0;
    const { combining, users } = this.options;
    this.searchAmong(included);
    const change =
      combining === undefined
        ? this.meanOf(included)
        : combined(combining, included, (some) => this.meanOf(some), this.random);
    const next = this.global.map((value, i) => Math.fround(value + change[i]!));
    this.global = next;
    users.forEach(({ isLeftOut }, at) => {
      if (isLeftOut !== true) this.locals[at]!.set(next);
    });
    return included.length;
  }

  /** Whom the search points at so far; nobody without a search. */
  get suspects(): readonly number[] {
    return this.searches.flatMap(({ search }) => search.suspects);
  }

  private linesToSearch(): readonly (readonly number[])[] {
    const { searchBucketSize, searchesInLines, lineSize } = this.options;
    if (searchBucketSize === undefined) return [];
    const all = this.users.map((_, at) => at);
    return searchesInLines === true
      ? bucketsOf(all, lineCountOf(all.length, lineSize), this.random)
      : [all];
  }

  private searchAmong(included: readonly number[]): void {
    const { searchBucketSize = Infinity } = this.options;
    for (const { line, search } of this.searches) {
      const here = line.filter((user) => included.includes(user));
      const count = Math.floor(here.length / searchBucketSize);
      if (count < 2) continue;
      const buckets = bucketsOf(here, count, this.random);
      search.vote(this.global, buckets, (some) => this.meanOf(some));
    }
  }

  /** The mean update of some users, through words as in a room. */
  private meanOf(some: readonly number[]): Float64Array {
    const { noise, users } = this.options;
    const length = this.global.length;
    const encoding: Encoding =
      noise === undefined
        ? { members: some.length, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP }
        : { members: some.length, clip: noise.clip, step: 1 / scaleOf(noise), weightCap: 0 };
    const sum = new Uint32Array(noise === undefined ? length + 1 : length);
    for (const at of some) {
      const { readings, gain = 1 } = users[at]!;
      const draw = (): number => this.draws[at]!.word();
      const update = Float64Array.from(
        this.locals[at]!,
        (value, i) => gain * (value - this.global[i]!),
      );
      if (noise === undefined) {
        const weight = Math.max(1, readings.length);
        addInPlace(sum, encodeUpdate(update.map(within), weight, encoding, draw));
      } else addInPlace(sum, noisyWords(update, noise, drawNoise(length, noise, draw), draw));
    }
    return decodeAggregate(sum, some.length, encoding).mean;
  }

  /** Who took part and stayed, without lines of which too few did: their sum cannot be opened. */
  private included(): readonly number[] {
    const { users, sampled = 1, dropRate = 0, lineSize } = this.options;
    const drawn = users.map(() => [this.fates.uniform(), this.fates.uniform()] as const);
    const suspects = this.options.searchLooksOn === true ? [] : this.suspects;
    const taking = users.flatMap(({ isLeftOut }, at) =>
      isLeftOut !== true && !suspects.includes(at) && drawn[at]![0] < sampled ? [at] : [],
    );
    if (dropRate === 0) return taking;
    const lines = bucketsOf(taking, lineCountOf(taking.length, lineSize), this.random);
    return lines.flatMap((line) => {
      const staying = line.filter((at) => drawn[at]![1] >= dropRate);
      return staying.length < thresholdOf(line.length, 'active') ? [] : staying;
    });
  }
}

/** A room's updates never leave these bounds, because its models do not. */
function within(value: number): number {
  return Math.min(Math.max(value, -HEAT_MAP_CLIP), HEAT_MAP_CLIP);
}
