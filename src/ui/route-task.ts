/**
 * What a room learns, as its address says it: `task=heat-map&pattern=circle&hidden=8`, or `task=spam`.
 *
 * @module
 */
import { MAX_HIDDEN_LAYERS, MAX_HIDDEN_UNITS } from '../config.ts';
import type { TaskSettings } from '../task/heat-map.ts';
import { AddressMistake, shortened } from './address-mistake.ts';

/** The map to learn. */
export type Pattern = TaskSettings['pattern'];

/** Every pattern, the first one the default. */
export const PATTERNS: readonly Pattern[] = [
  'circle',
  'diagonal',
  'checkerboard',
  'stripes',
  'spiral',
];

/** A map, the task of most rooms. */
export interface MapTask {
  readonly type?: undefined;
  readonly pattern: Pattern;
  /** Units of each hidden layer. */
  readonly hidden: readonly number[];
  /** How updates of 12 to 15 peers, or of three lines, become one; undefined for their mean. */
  readonly combining?: 'geometric-median' | 'centred-clipping' | undefined;
  /** Whether the room searches for whose updates spoil the map. */
  readonly search?: true | undefined;
}

/** What a room learns: peers with different settings cannot share rounds. */
export type RoomTask = MapTask | { readonly type: 'spam' };

/** The task of an address that names none. */
export const DEFAULT_TASK: MapTask = { pattern: 'circle', hidden: [8] };

/** Parts of an address that are about the task. */
export const TASK_PARTS = ['task', 'pattern', 'hidden', 'combining', 'search'] as const;

const COMBININGS = ['geometric-median', 'centred-clipping'] as const;

/** The parts that say it, defaults left out. */
export function partsOfTask(task: RoomTask): readonly string[] {
  if (task.type === 'spam') return ['task=spam'];
  const hidden = task.hidden.join(',');
  return [
    ...(task.pattern === DEFAULT_TASK.pattern ? [] : [`pattern=${task.pattern}`]),
    ...(hidden === DEFAULT_TASK.hidden.join(',') ? [] : [`hidden=${hidden}`]),
    ...(task.combining === undefined ? [] : [`combining=${task.combining}`]),
    ...(task.search === undefined ? [] : ['search=1']),
  ];
}

/** What the parts of an address say. */
export function readTask(parts: ReadonlyMap<string, string>): RoomTask {
  const task = parts.get('task') ?? 'heat-map';
  if (task === 'spam') {
    const odd = ['pattern', 'hidden', 'combining', 'search'].find((part) => parts.has(part));
    if (odd !== undefined)
      throw new AddressMistake(`The address has a ${odd}, which spam has not: leave it out.`);
    return { type: 'spam' };
  }
  if (task !== 'heat-map')
    throw new AddressMistake(
      `task is "${shortened(task)}": this page learns heat-map and spam only.`,
    );
  return {
    pattern: readPattern(parts.get('pattern')),
    hidden: readHidden(parts.get('hidden')),
    combining: readCombining(parts.get('combining')),
    search: readSearch(parts.get('search')),
  };
}

function readPattern(pattern: string | undefined): Pattern {
  if (pattern === undefined) return DEFAULT_TASK.pattern;
  const known = PATTERNS.find((candidate) => candidate === pattern);
  if (!known)
    throw new AddressMistake(
      `pattern is "${shortened(pattern)}": choose one of ${PATTERNS.join(', ')}.`,
    );
  return known;
}

function readHidden(hidden: string | undefined): readonly number[] {
  if (hidden === undefined) return DEFAULT_TASK.hidden;
  const units = hidden.split(',').map((text) => (/^\d{1,3}$/.test(text) ? Number(text) : 0));
  if (
    units.length > MAX_HIDDEN_LAYERS ||
    units.some((count) => count < 1 || count > MAX_HIDDEN_UNITS)
  )
    throw new AddressMistake(
      `hidden is "${shortened(hidden)}": give 1 to ${MAX_HIDDEN_LAYERS} layers of 1 to ${MAX_HIDDEN_UNITS} units, such as 8 or 16,16.`,
    );
  return units;
}

function readCombining(combining: string | undefined): MapTask['combining'] {
  if (combining === undefined || combining === 'mean') return undefined;
  const known = COMBININGS.find((candidate) => candidate === combining);
  if (!known)
    throw new AddressMistake(
      `combining is "${shortened(combining)}": choose one of mean, ${COMBININGS.join(', ')}.`,
    );
  return known;
}

function readSearch(search: string | undefined): true | undefined {
  if (search === undefined || search === '0') return undefined;
  if (search !== '1') throw new AddressMistake(`search is "${shortened(search)}": choose 0 or 1.`);
  return true;
}
