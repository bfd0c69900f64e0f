/**
 * The knobs of the lab, and plans: what is set, what is swept, with how many seeds.
 *
 * A plan is a text such as `users=32&sweep=points,every&seeds=20`, defaults left out; the lab's address is
 * its plans, one after the other with `~` between them. Whoever wrote the address is not trusted.
 *
 * @module
 */
import type { ExperimentSettings } from '../simulation/experiment.ts';
import { PATTERNS, type Pattern } from '../task/patterns.ts';
import type { Mark } from './terms/explain.ts';

/** Names of the knobs, as in addresses. */
export type KnobName =
  | 'points'
  | 'every'
  | 'outliers'
  | 'noise'
  | 'users'
  | 'steps'
  | 'pattern'
  | 'model'
  | 'rate'
  | 'start'
  | 'skew'
  | 'sampled'
  | 'line'
  | 'drop';

/** One knob. */
export interface Knob {
  readonly name: KnobName;
  readonly title: string;
  /** One sentence on what it does. */
  readonly hint: string;
  /** Terms in the hint that explain themselves, in its order. */
  readonly terms?: readonly Mark[] | undefined;
  /** In the order in which they are shown and swept. */
  readonly values: readonly string[];
  readonly usual: string;
  /** What a value is called, unless by itself. */
  readonly words?: ((value: string) => string) | undefined;
  /** Whole numbers up to this are values too. */
  readonly most?: number | undefined;
}

const share = (value: string): string => `${Math.round(Number(value) * 100)}\u202f%`;

/** Models by the name of their value. */
const MODELS: Readonly<
  Record<string, Pick<ExperimentSettings, 'recipe' | 'hidden'> & { readonly words: string }>
> = {
  article: { recipe: 'article', hidden: [4], words: '2-4-1 of the article' },
  room: { recipe: 'room', hidden: [8], words: '2-8-1 of a room' },
  deep: { recipe: 'room', hidden: [16, 16], words: '2-16-16-1' },
};

/** Every knob. */
export const KNOBS: readonly Knob[] = [
  {
    name: 'points',
    title: 'Training points',
    hint: 'Readings of each user. The more each has, the less there is to gain from merging.',
    terms: [
      ['reading', /Readings/],
      ['merge', /merging/],
    ],
    values: ['1', '2', '4', '8', '16', '32'],
    usual: '4',
  },
  {
    name: 'every',
    title: 'Steps between merges',
    hint: 'Rare merges let local models drift apart; frequent ones cost traffic.',
    terms: [['model', /local models/]],
    values: ['80', '40', '20', '10', '4', '2'],
    usual: '40',
  },
  {
    name: 'outliers',
    title: 'Outliers',
    hint: 'Users whose thermometer says cold everywhere: outliers of the federation.',
    terms: [['outlier', /outliers/]],
    values: ['0', '1', '2', '4', '8'],
    usual: '0',
  },
  {
    name: 'noise',
    title: 'Privacy noise',
    hint: 'Discrete Gaussian noise in each sum, as a multiple of the norm that updates are clipped to. The table says what epsilon it gives.',
    terms: [
      ['discrete Gaussian', /Discrete Gaussian noise/],
      ['clip norm', /norm/],
      ['epsilon', /epsilon/],
    ],
    values: ['0', '0.25', '0.5', '1', '2', '4'],
    usual: '0',
    words: (value) => (value === '0' ? 'off' : value),
  },
  {
    name: 'users',
    title: 'Users',
    hint: 'More users have more readings between them, and average noise away.',
    values: ['2', '4', '8', '16', '32', '64'],
    usual: '16',
  },
  {
    name: 'steps',
    title: 'Local steps',
    hint: 'Steps that each user trains in all, 1 to 2,000.',
    terms: [['step', /Steps/]],
    values: ['50', '98', '200', '400', '1000'],
    usual: '98',
    most: 2_000,
  },
  {
    name: 'pattern',
    title: 'True map',
    hint: 'What is to be learned, from easy to hard.',
    values: PATTERNS,
    usual: 'diagonal',
  },
  {
    name: 'model',
    title: 'Model',
    hint: 'Units of each layer. The article’s learns by plain gradient descent, a room’s by Adam.',
    terms: [
      ['gradient descent', /gradient descent/],
      ['Adam', /Adam/],
    ],
    values: ['article', 'room', 'deep'],
    usual: 'article',
    words: (value) => MODELS[value]!.words,
  },
  {
    name: 'rate',
    title: 'Learning rate',
    hint: 'A higher rate goes farther with each step.',
    terms: [['learning rate', /rate/]],
    values: ['0.02', '0.05', '0.1', '0.2', '0.5'],
    usual: '0.1',
  },
  {
    name: 'start',
    title: 'First weights',
    hint: 'Models that begin differently cancel each other at the first merge.',
    values: ['same', 'different'],
    usual: 'same',
  },
  {
    name: 'skew',
    title: 'Data skew',
    hint: 'Share of a user’s readings from its own corner; the others are from anywhere. With skew, data are non-iid.',
    terms: [['non-iid', /non-iid/]],
    values: ['0', '0.25', '0.5', '0.75', '1'],
    usual: '0',
    words: share,
  },
  {
    name: 'sampled',
    title: 'Sampled a round',
    hint: 'Share of the users that each round includes, drawn by lot.',
    terms: [['round', /round/]],
    values: ['0.1', '0.25', '0.5', '0.75', '1'],
    usual: '1',
    words: share,
  },
  {
    name: 'line',
    title: 'Line size',
    hint: 'Rooms of 16 and more sum in lines. Where users leave, a short line fails alone. Up to 15 users are one line, whatever it says here.',
    terms: [['line', /lines/]],
    values: ['8', '11', '15'],
    usual: '11',
  },
  {
    name: 'drop',
    title: 'Drop rate',
    hint: 'Probability that a user leaves in the middle of a merge. Of a line, two thirds have to stay.',
    values: ['0', '0.05', '0.1', '0.2', '0.3'],
    usual: '0',
    words: share,
  },
];

/** A value for each knob. */
export type Values = Readonly<Record<KnobName, string>>;

/** What is to be played. */
export interface Plan {
  readonly values: Values;
  /** Knobs whose values are all played: none, one, or two that are crossed. */
  readonly sweep: readonly KnobName[];
  /** Runs of each point. */
  readonly seeds: number;
  /** Which ones: the first of them. */
  readonly seed: number;
}

/** Every knob as it is unless somebody turns it. */
export const USUAL_VALUES = Object.fromEntries(
  KNOBS.map(({ name, usual }) => [name, usual]),
) as Values;

/** The article's default sweep, over several seeds. */
export const USUAL_PLAN: Plan = { values: USUAL_VALUES, sweep: ['points'], seeds: 5, seed: 1 };

/** Seeds a point that can be chosen. */
export const SEED_COUNTS = [1, 5, 20];

/** Plans that people start from. */
export const PRESETS: readonly { readonly name: string; readonly plan: Plan }[] = [
  { name: 'The article', plan: USUAL_PLAN },
  {
    name: 'Cross-device',
    plan: {
      ...USUAL_PLAN,
      sweep: ['sampled'],
      values: {
        ...USUAL_VALUES,
        users: '64',
        points: '2',
        every: '10',
        steps: '200',
        skew: '0.5',
        drop: '0.1',
      },
    },
  },
  {
    name: 'Cross-silo',
    plan: {
      ...USUAL_PLAN,
      sweep: ['skew'],
      values: { ...USUAL_VALUES, users: '4', points: '32', every: '20', steps: '400' },
    },
  },
];

/** Plans that an address may name: more would not fit into it. */
export const MAX_PLANS = 6;

const MAX_SEED = 999_999;

/** A knob by its name. */
export function knobOf(name: KnobName): Knob {
  return KNOBS.find((knob) => knob.name === name)!;
}

/** What a value of a knob is called. */
export function valueWords(name: KnobName, value: string): string {
  return knobOf(name).words?.(value) ?? value;
}

/** A point by some of its knobs, such as "points 4, users 16". */
export function pointName(values: Values, knobs: readonly KnobName[]): string {
  return knobs.map((name) => `${SHORT[name]} ${valueWords(name, values[name])}`).join(', ');
}

/** The values of each point of a plan; of two knobs, the second one changes faster. */
export function pointsOf({ values, sweep }: Plan): readonly Values[] {
  return sweep.reduce<readonly Values[]>(
    (points, name) =>
      points.flatMap((point) => knobOf(name).values.map((value) => ({ ...point, [name]: value }))),
    [values],
  );
}

/** What a point is played with. */
export function settingsOf(values: Values): ExperimentSettings {
  const { recipe, hidden } = MODELS[values.model]!;
  return {
    recipe,
    hidden,
    pattern: values.pattern as Pattern,
    users: Number(values.users),
    points: Number(values.points),
    outliers: Number(values.outliers),
    steps: Number(values.steps),
    stepsBetween: Number(values.every),
    learningRate: Number(values.rate),
    hasOwnStarts: values.start === 'different',
    skew: Number(values.skew),
    sampled: Number(values.sampled),
    lineSize: Number(values.line),
    dropRate: Number(values.drop),
    noise: Number(values.noise),
  };
}

/** A point as text: the same for the same numbers. */
export function pointText(values: Values): string {
  return KNOBS.filter(({ name, usual }) => values[name] !== usual)
    .map(({ name }) => `${name}=${values[name]}`)
    .join('&');
}

/** Plans as the lab's address, from `#` on. */
export function formatPlans(plans: readonly Plan[]): string {
  const texts = plans.map(({ values, sweep, seeds, seed }) =>
    [pointText(values), `sweep=${sweep.join(',')}`, `seeds=${seeds}`, `seed=${seed}`]
      .filter((part) => part !== '')
      .join('&'),
  );
  return texts.length === 0 ? '#/lab' : `#/lab?${texts.join('~')}`;
}

/**
 * Reads the plans of an address.
 *
 * @param query - What follows `#/lab?`; empty for the usual plan.
 * @throws RangeError with a sentence for a person.
 */
export function parsePlans(query: string): readonly Plan[] {
  if (query === '') return [USUAL_PLAN];
  const texts = query.split('~');
  if (texts.length > MAX_PLANS) {
    throw new RangeError(`The address has ${texts.length} plans: the lab takes ${MAX_PLANS}.`);
  }
  return texts.map(parsePlan);
}

/** Whether a knob can have a value. */
export function isValue({ values, most = 0 }: Knob, value: string): boolean {
  if (values.includes(value)) return true;
  return /^[1-9]\d{0,5}$/.test(value) && Number(value) <= most;
}

function parsePlan(text: string): Plan {
  const values: Record<KnobName, string> = { ...USUAL_VALUES };
  let { sweep, seeds, seed } = USUAL_PLAN;
  for (const part of text.split('&')) {
    const [name = '', value = ''] = part.split('=');
    const knob = KNOBS.find((candidate) => candidate.name === name);
    if (knob && isValue(knob, value)) values[knob.name] = value;
    else if (name === 'sweep') sweep = parseSweep(value);
    else if (name === 'seeds' && SEED_COUNTS.includes(Number(value))) seeds = Number(value);
    else if (name === 'seed' && /^\d{1,6}$/.test(value)) seed = Number(value);
    else throw new RangeError(mistake(knob, name));
  }
  return { values, sweep, seeds, seed };
}

function parseSweep(text: string): readonly KnobName[] {
  const names = text === '' ? [] : text.split(',');
  const known = KNOBS.map(({ name }) => name).filter((name) => names.includes(name));
  if (known.length !== names.length || names.length > 2) {
    throw new RangeError(
      'The address sweeps what the lab cannot: one knob, or two different ones with a comma between.',
    );
  }
  return names as KnobName[];
}

function mistake(knob: Knob | undefined, name: string): string {
  if (knob) return `The lab has no such value of ${name}: choose one of ${knob.values.join(', ')}.`;
  if (name === 'seeds') return `seeds can be ${SEED_COUNTS.join(', ')}.`;
  if (name === 'seed') return `seed is a whole number up to ${MAX_SEED}.`;
  return `The address has a part that the lab does not know: it knows ${KNOBS.map((one) => one.name).join(', ')}, sweep, seeds, seed.`;
}

/** Knobs in the name of a point. */
const SHORT: Readonly<Record<KnobName, string>> = {
  points: 'points',
  every: 'every',
  outliers: 'outliers',
  noise: 'noise',
  users: 'users',
  steps: 'steps',
  pattern: 'map',
  model: 'model',
  rate: 'rate',
  start: 'weights',
  skew: 'skew',
  sampled: 'sampled',
  line: 'line',
  drop: 'drop',
};
