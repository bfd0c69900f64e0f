/**
 * What the figure of privacy plays, level by level, and what it finds.
 *
 * Noise is a room's: clipped updates, discrete Gaussian shares, whole in the sum alone. The blur is the article's,
 * which moves readings before anything is learned. Both for everybody, with the same draws.
 *
 * @module
 */
import { settingOf } from '../../peer/noise-parameters.ts';
import { costOf, epsilonsOf } from '../../privacy/ledger.ts';
import { DEFAULT_DELTA, type NoiseSetting } from '../../privacy/noise.ts';
import type { Influence, InfluenceOptions } from '../../simulation/influence.ts';
import type { Pattern } from '../../task/patterns.ts';
import { asOutlier, localReadings } from '../../task/readings.ts';
import { epsilonFigure } from '../privacy-words.ts';
import { percent } from '../words.ts';

/** Others beside the one who is in it or not. */
const OTHERS = 15;
const ROUNDS = 20;
const STEPS_BETWEEN = 20;

/** Values of a model, and the clip norm. */
const DIMENSION = 33;
const CLIP = 2;

/** How something is hidden. */
export type Hiding = 'noise' | 'blur';

/** One level of noise or blur; both begin with none. */
export interface Level {
  readonly hiding: Hiding;
  /** Noise multiplier, or how far places are pulled, 0 to 1. */
  readonly value: number;
  /** Under the axis. */
  readonly name: string;
  /** Under the name: the epsilon of all rounds together, or that there is none. */
  readonly epsilon: string;
}

const MULTIPLIERS = [0, 0.5, 1, 2, 4, 8] as const;
const PULLS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;

/** All levels, each kind from none on. */
export const LEVELS: Readonly<Record<Hiding, readonly Level[]>> = {
  noise: MULTIPLIERS.map((value) => ({
    hiding: 'noise',
    value,
    name: value === 0.5 ? '½' : String(value),
    epsilon: value === 0 ? 'none' : epsilonOfAll(value),
  })),
  blur: PULLS.map((value) => ({
    hiding: 'blur',
    value,
    name: `${Math.round(value * 100)}`,
    epsilon: 'none',
  })),
};

/** Levels in the order in which they are played, as places of `LEVELS`: ends first, so that a picture comes early. */
export const PLAYED: readonly Level[] = [0, 4, 2, 5, 3, 1].flatMap((at) =>
  // Without noise and without blur it is one and the same.
  at === 0 ? [LEVELS.noise[0]!] : [LEVELS.noise[at]!, LEVELS.blur[at]!],
);

/** The name of what is played at a level. */
export function keyOf({ hiding, value }: Level): string {
  return value === 0 ? 'none' : `${hiding} ${value}`;
}

/** What is played at a level. */
export function optionsOf({ hiding, value }: Level, pattern: Pattern): InfluenceOptions {
  return {
    task: { pattern, hidden: [8], modelSeed: 'story' },
    mine: asOutlier(localReadings(pattern, 'me', 2)),
    others: OTHERS,
    rounds: ROUNDS,
    stepsBetween: STEPS_BETWEEN,
    noise: hiding === 'noise' && value > 0 ? noiseOf(value) : undefined,
    blur: hiding === 'blur' ? value : 0,
  };
}

/** What was found at each level so far. */
export type Found = ReadonlyMap<string, Influence>;

/** An observer who is right so often hardly does better than guessing; some twenty pairs tell no more. */
const NEAR_GUESS = 0.62;

/** The finding, as it stands. */
export function privacyCaption(found: Found, isPlaying: boolean, pairs: number): string {
  const done = PLAYED.filter((level) => found.get(keyOf(level))?.pairs === pairs).length;
  const bare = found.get('none');
  if (bare?.success === undefined)
    return isPlaying
      ? 'The first federations are being played.'
      : 'Nothing is played yet. Sixteen users learn a map, one of them with a thermometer that always says cold; then the same again without that one. Who sees the final model is asked which it was.';
  const start = `With masks alone an observer is right in ${inHundred(bare.success)} of 100 cases, and the map is ${accuracyOf(bare)} right.`;
  if (done < PLAYED.length) return `${start} ${done} of ${PLAYED.length} levels are played.`;
  const [noise, blur] = (['noise', 'blur'] as const).map((hiding) =>
    LEVELS[hiding].find(
      (level) => level.value > 0 && (found.get(keyOf(level))?.success ?? 1) <= NEAR_GUESS,
    ),
  );
  const told = (level: Level | undefined, none: string, what: (level: Level) => string): string => {
    const influence = level && found.get(keyOf(level));
    return level && influence?.success !== undefined
      ? `${what(level)} that is ${inHundred(influence.success)}, and the map is ${accuracyOf(influence)} right.`
      : none;
  };
  return `${start} ${told(noise, 'No noise shown here hides it.', ({ name, epsilon }) => `With noise ${name} times the clip norm, epsilon ${epsilon},`)} ${told(blur, 'No blur hides it.', ({ name }) => `With a blur of ${name}\u202f%, which promises nothing,`)}`;
}

function inHundred(share: number): number {
  return Math.round(100 * share);
}

function accuracyOf({ with: inside }: Influence): string {
  return percent(inside.at(-1)!.mean);
}

function noiseOf(multiplier: number): NoiseSetting {
  return settingOf({ kind: 'distributed', multiplier, clip: CLIP }, DIMENSION, OTHERS);
}

function epsilonOfAll(multiplier: number): string {
  const rho = costOf(noiseOf(multiplier), DIMENSION, OTHERS + 1).othersHonest * ROUNDS;
  const cost = { othersHonest: rho, halfColluding: rho, allColluding: rho };
  return epsilonFigure(epsilonsOf(cost, DEFAULT_DELTA).othersHonest).replace('above ', '> ');
}
