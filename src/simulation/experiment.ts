/**
 * Experiments: one federation played from a seed, with its curves, next to the same users learning alone and
 * to one model that has all their readings.
 *
 * All draws are common: for one seed the first k readings of a user, the first n users, their first models,
 * who is sampled and who leaves are the same whatever the other settings, so that two runs differ by what
 * was changed and not by luck.
 *
 * @module
 */
import { HEAT_MAP_CLIP_NORM } from '../config.ts';
import { DEFAULT_DELTA, shareFor, type NoiseSetting } from '../privacy/noise.ts';
import { epsilonOf, rhoOfRound } from '../privacy/zcdp.ts';
import { SeededRandom } from '../seeded-random.ts';
import { parameterCountOf, type TaskSettings } from '../task/heat-map.ts';
import { isHotAt, type Pattern } from '../task/patterns.ts';
import { PlainModel, PlainTraining } from '../task/plain-training.ts';
import { asOutlier, CORNERS, type Reading } from '../task/readings.ts';
import { firstParametersBy, type Recipe } from '../task/recipe.ts';
import { Federation } from './federation.ts';

/** What is played; plain data. */
export interface ExperimentSettings {
  readonly recipe: Recipe;
  readonly pattern: Pattern;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  readonly users: number;
  /** Readings of each user. */
  readonly points: number;
  /** The first so many users report cold everywhere. */
  readonly outliers: number;
  /** Local steps in all. */
  readonly steps: number;
  /** Local steps from one merge to the next. */
  readonly stepsBetween: number;
  /** The recipe's unless given. */
  readonly learningRate?: number | undefined;
  /** Users begin with models of their own. */
  readonly hasOwnStarts?: boolean | undefined;
  /** Share of a user's readings that come from its own corner, 0 to 1; the others from the whole square. */
  readonly skew?: number | undefined;
  /** Share of the users that each merge includes, 0 to 1. */
  readonly sampled?: number | undefined;
  /** Probability that a user leaves in the middle of a merge. */
  readonly dropRate?: number | undefined;
  /** Users of a line, about. */
  readonly lineSize?: number | undefined;
  /** Noise of the sum, as a multiple of the norm that updates are clipped to; 0 is none. */
  readonly noise?: number | undefined;
}

/** One look at the local models. */
export interface Moment {
  readonly step: number;
  /** Mean accuracy of the local models on the true map, 0 to 1. */
  readonly locals: number;
}

/** One merge that gave a model. */
export interface Merge {
  readonly step: number;
  /** Accuracy of the merged model on the true map, 0 to 1. */
  readonly global: number;
  /** Users in it. */
  readonly included: number;
}

/** What came of one seed. */
export interface ExperimentRun {
  readonly moments: readonly Moment[];
  readonly merges: readonly Merge[];
  /** Accuracy of the newest merged model at the end; of the first model where none was merged. */
  readonly global: number;
  /** Accuracy of each local model at the end, shape [users]. */
  readonly perUser: readonly number[];
  /** Share of each user's own readings that the newest merged model has right, shape [users]. */
  readonly ownData: readonly number[];
  /** Mean accuracy of the same users without any merge. */
  readonly alone: number;
  /** Accuracy of one model with all readings and as many steps. */
  readonly pooled: number;
  /** What all merges told of one user at most, at delta 1e-5; undefined without noise. */
  readonly epsilon: number | undefined;
  /** Share of the merges that were asked for and came about. */
  readonly merged: number;
}

/** How closely a run is looked at. */
export interface Looks {
  /** Moments at which local models are scored, beside merges. */
  readonly moments?: number | undefined;
  /** Every so many-th row and column of the map is scored. */
  readonly stride?: number | undefined;
  /** Called after each local step, for who draws the models. */
  readonly afterStep?: ((federation: Federation, step: number) => void) | undefined;
}

/** Looks at a run unless more are asked for. */
const MOMENTS = 24;
const STRIDE = 2;

/** No reading lies closer to the edge of the square than this; as in the article. */
const EDGE = 0.03;

/** A corner reaches this far along each side; as of readings in a room. */
const REACH = 0.62;

/**
 * Readings of one user.
 *
 * @param user - Its number: users that follow each other have opposite corners.
 * @returns For a larger `count` the same ones first.
 */
export function readingsOf(
  pattern: Pattern,
  seed: string,
  user: number,
  count: number,
  skew: number,
): readonly Reading[] {
  const random = new SeededRandom(`readings of ${user} of ${seed}`);
  const corner = user % CORNERS;
  const isRight = corner === 1 || corner === 3;
  const isUpper = corner === 1 || corner === 2;
  return Array.from({ length: count }, () => {
    const isOwn = random.uniform() < skew;
    const [across, up] = [random.uniform(), random.uniform()];
    const side = (share: number, isFar: boolean): number => {
      if (!isOwn) return EDGE + share * (1 - 2 * EDGE);
      const along = EDGE + share * (REACH - EDGE);
      return isFar ? 1 - along : along;
    };
    const x = side(across, isRight);
    const y = side(up, isUpper);
    return { x, y, isHot: isHotAt(pattern, x, y) };
  });
}

/** The federation of an experiment, before its first step. */
export function federationOf(settings: ExperimentSettings, seed: string): Federation {
  const { pattern, users, points, outliers, skew = 0 } = settings;
  return new Federation({
    ...settings,
    task: taskOf(settings, seed),
    users: Array.from({ length: users }, (_, at) => {
      const readings = readingsOf(pattern, seed, at, points, skew);
      return { readings: at < outliers ? asOutlier(readings) : readings };
    }),
    noise: noiseOf(settings),
    seed,
  });
}

/**
 * Plays an experiment.
 *
 * @param seed - The same seed and settings give the same run.
 * @throws RangeError when a setting is out of range.
 */
export function runExperiment(
  settings: ExperimentSettings,
  seed: string,
  { moments: momentCount = MOMENTS, stride = STRIDE, afterStep }: Looks = {},
): ExperimentRun {
  checkExperiment(settings);
  const { recipe, pattern, hidden, steps, stepsBetween, learningRate } = settings;
  const federation = federationOf(settings, seed);
  const look = new PlainModel(hidden, recipe);
  const score = (parameters: Float32Array): number => look.accuracyOn(pattern, parameters, stride);
  const moments: Moment[] = [];
  const merges: Merge[] = [];
  const every = Math.max(1, Math.round(steps / momentCount));
  const lookAt = (step: number): void => {
    moments.push({ step, locals: meanOf(federation.locals.map(score)) });
  };
  lookAt(0);
  for (let step = 1; step <= steps; step++) {
    federation.step();
    afterStep?.(federation, step);
    const isMerge = step % stepsBetween === 0;
    if (isMerge || step % every === 0 || step === steps) lookAt(step);
    if (!isMerge) continue;
    const included = federation.merge();
    if (included > 0) merges.push({ step, global: score(federation.global), included });
    // Everybody goes on from the merged model: the other side of the saw's tooth.
    moments.push({ step, locals: included > 0 ? merges.at(-1)!.global : moments.at(-1)!.locals });
  }
  const readings = federation.users.map((user) => user.readings);
  return {
    moments,
    merges,
    global: score(federation.global),
    perUser: federation.locals.map(score),
    ownData: readings.map((own) => look.accuracyOf(own, federation.global)),
    ...baselines(settings, seed, readings, score, learningRate),
    epsilon: epsilonAfter(settings, merges),
    merged: merges.length / Math.max(1, Math.floor(steps / stepsBetween)),
  };
}

/** The same users without merges, and one model with all readings. */
function baselines(
  settings: ExperimentSettings,
  seed: string,
  readings: readonly (readonly Reading[])[],
  score: (parameters: Float32Array) => number,
  learningRate: number | undefined,
): { readonly alone: number; readonly pooled: number } {
  const { recipe, hidden, steps } = settings;
  const task = taskOf(settings, seed);
  const learned = (from: readonly Reading[]): number => {
    const parameters = firstParametersBy(recipe, task);
    const training = new PlainTraining(hidden, parameters, learningRate, recipe);
    training.learnFrom(from);
    for (let step = 0; step < steps; step++) training.step();
    return score(parameters);
  };
  return { alone: meanOf(readings.map(learned)), pooled: learned(readings.flat()) };
}

function taskOf({ pattern, hidden }: ExperimentSettings, seed: string): TaskSettings {
  return { pattern, hidden, modelSeed: seed };
}

/** Noise as a room of so many would set it: of those a merge includes on average, all but the looker count. */
function noiseOf({
  noise = 0,
  users,
  hidden,
  ...rest
}: ExperimentSettings): NoiseSetting | undefined {
  if (noise === 0) return undefined;
  const { sampled = 1, dropRate = 0 } = rest;
  return {
    kind: 'distributed',
    clip: HEAT_MAP_CLIP_NORM,
    multiplier: noise,
    honest: Math.max(2, Math.round(users * sampled * (1 - dropRate)) - 1),
    colluding: 1,
    share: shareFor(parameterCountOf(hidden)),
    delta: DEFAULT_DELTA,
  };
}

/** Each merge counts as if everybody was in it: who is sampled is no secret in a room. */
function epsilonAfter(settings: ExperimentSettings, merges: readonly Merge[]): number | undefined {
  const noise = noiseOf(settings);
  if (noise === undefined) return undefined;
  const dimension = parameterCountOf(settings.hidden);
  const rho = merges.reduce(
    (sum, { included }) => sum + rhoOfRound(noise, dimension, Math.max(1, included - 1)),
    0,
  );
  return epsilonOf(rho, noise.delta);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Bounds of what can be played: more would take minutes. */
const MAX_USERS = 256;
const MAX_POINTS = 64;
const MAX_STEPS = 10_000;

function checkExperiment(settings: ExperimentSettings): void {
  const { users, points, outliers, steps, stepsBetween } = settings;
  const { skew = 0, sampled = 1, dropRate = 0, noise = 0 } = settings;
  mustBeWhole('users', users, 1, MAX_USERS);
  mustBeWhole('points', points, 1, MAX_POINTS);
  mustBeWhole('outliers', outliers, 0, MAX_USERS);
  mustBeWhole('steps', steps, 1, MAX_STEPS);
  mustBeWhole('stepsBetween', stepsBetween, 1, MAX_STEPS);
  for (const [name, share] of Object.entries({ skew, sampled, dropRate })) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError(`${name} is ${share}: choose a share from 0 to 1.`);
    }
  }
  if (!(noise === 0 || (noise >= 0.01 && noise <= 100))) {
    throw new RangeError(`noise is ${noise}: choose 0, or 0.01 to 100 norms.`);
  }
}

function mustBeWhole(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is ${value}: choose a whole number from ${least} to ${most}.`);
  }
}
