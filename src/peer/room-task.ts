/**
 * What a room does, task by task: what its peers must have in common, the first model, and who learns.
 *
 * @module
 */
import { utf8, toHex } from '../bytes.ts';
import {
  BUCKET_SURVIVORS,
  CHECK_VALUES,
  CHECKS_PER_PEER,
  HEAT_MAP_CLIP,
  SPAM_CLIP,
  SUM_CLIP,
  WEIGHT_CAP,
} from '../config.ts';
import { UsageError } from '../errors.ts';
import { publicKeyOf } from '../ids.ts';
import type { RoundState } from '../round/round.ts';
import type { RoundParameters } from '../secagg/index.ts';
import {
  checkTask,
  firstParameters,
  parameterCountOf,
  type TaskSettings,
} from '../task/heat-map.ts';
import { localReadings } from '../task/readings.ts';
import { SPAM_VOCABULARY } from '../task/spam/messages.ts';
import { firstSpamModel } from '../task/spam/model.ts';
import type { HeatMapTask, RoomOptions, World } from './join-room.ts';
import type { Kept } from './keeping.ts';
import { Learner } from './learner.ts';
import type { Room } from './room-key.ts';
import { Searching, VOTE_VALUES } from './searching.ts';
import { SpamLearner } from './spam-learner.ts';

/** What a learner is started with, beside its task. */
export interface LearnerStart {
  readonly kept: Kept;
  /** Where the rounds stand. */
  readonly restored: RoundState;
  readonly onChange: () => void;
  readonly onProblem: (code: string, message: string) => void;
}

/** A task, ready for a session. */
export interface RoomTask {
  readonly parameters: RoundParameters;
  /** Shape [dimension]; empty for a bare sum. */
  readonly model: Float32Array;
  /** Undefined for a bare sum. */
  readonly learner: ((start: LearnerStart) => Promise<Learner | SpamLearner>) | undefined;
  /** Where all search for who spoils the model. */
  readonly searching?: Searching | undefined;
}

/** What a person or a program has chosen for all tasks. */
type Given = Pick<RoundParameters, 'mode' | 'transport'> & { readonly minPeers: number };

/** What all tasks have in common. */
type Common = Pick<
  RoundParameters,
  'noise' | 'step' | 'capacity' | 'weightCap' | 'mode' | 'transport'
>;

/**
 * The task that somebody asks for.
 *
 * @throws UsageError when its settings fit no model.
 */
export function roomTaskOf(
  options: RoomOptions,
  world: World,
  room: Room,
  { minPeers, ...given }: Given,
): RoomTask {
  const task = options.task ?? { type: 'sum' };
  const common = { noise: 'off', step: 0, capacity: 0, weightCap: WEIGHT_CAP, ...given };
  switch (task.type) {
    case 'heat-map':
      return heatMap(task, settingsOf(task, room), options, world, common, minPeers);
    case 'spam':
      return spam(options, world, common);
    case 'sum':
      return {
        parameters: { ...common, task: 'sum', dimension: 0, clip: SUM_CLIP, weightCap: 0 },
        model: new Float32Array(),
        learner: undefined,
      };
  }
}

function heatMap(
  task: HeatMapTask,
  settings: TaskSettings,
  { seed, isOutlier = false, stepsPerSecond }: RoomOptions,
  world: World,
  common: Common,
  minPeers: number,
): RoomTask {
  const { pattern, hidden } = settings;
  const from = seed ?? world.identity.id;
  const searches = task.search === true;
  const plain = {
    ...common,
    task: `heat-map:${pattern}:${hidden.join('-')}`,
    dimension: parameterCountOf(hidden) + CHECK_VALUES,
    clip: HEAT_MAP_CLIP,
  };
  return {
    parameters: inBuckets(plain, task, minPeers),
    searching: searches ? new Searching(plain.dimension) : undefined,
    model: firstParameters(settings),
    learner: ({ kept, restored, ...told }) =>
      Learner.start({
        task: settings,
        readings: localReadings(pattern, from, world.corner),
        isOutlier,
        checks: localReadings(pattern, `checks ${from}`, world.corner, CHECKS_PER_PEER),
        port: world.startTrainer(),
        kept: kept.learning,
        global: mergedOf(restored),
        // Contributed, and no result since, or parameters from before the newest result: either way that
        // update may have been sent, and must never be sent again.
        isSpent:
          restored.joined.round >= restored.round ||
          kept.learning?.round !== (restored.result?.done.round ?? 0),
        searches,
        stepsPerSecond,
        ...told,
      }),
  };
}

/** Peers whose lists of words differ share no round. */
function spam(
  { inbox, stepsPerSecond }: RoomOptions,
  { suite, identity, inbox: turn = publicKeyOf(identity.id)[0]! }: World,
  common: Common,
): RoomTask {
  const list = toHex(suite.hash(utf8(SPAM_VOCABULARY.words.join(' ')))).slice(0, 8);
  const model = firstSpamModel(SPAM_VOCABULARY.size);
  return {
    parameters: {
      ...common,
      task: `spam:${list}`,
      dimension: model.length,
      clip: SPAM_CLIP,
    },
    model,
    learner: ({ kept, restored, onChange }) =>
      Promise.resolve(
        new SpamLearner({
          inbox: inbox ?? turn,
          kept: kept.spam,
          global: mergedOf(restored),
          stepsPerSecond,
          onChange,
        }),
      ),
  };
}

function settingsOf(task: HeatMapTask, room: Room): TaskSettings {
  const settings = { pattern: task.pattern, hidden: task.hidden, modelSeed: room.id };
  try {
    checkTask(settings);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return settings;
}

/**
 * The parameters of a heat-map whose updates are summed in buckets, if they are.
 *
 * @throws UsageError when this peer wants to be hidden among more than a bucket holds.
 */
function inBuckets(
  plain: RoundParameters,
  { combining, search = false }: HeatMapTask,
  minPeers: number,
): RoundParameters {
  if (combining === undefined && !search) return plain;
  if (minPeers > BUCKET_SURVIVORS) {
    throw new UsageError(
      `min-peers is ${minPeers}, but this room opens sums of ${BUCKET_SURVIVORS} peers: choose ${BUCKET_SURVIVORS}, or a room without combining and search.`,
    );
  }
  return {
    ...plain,
    dimension: plain.dimension + (search ? VOTE_VALUES : 0),
    combining: combining ?? 'bucket-mean',
    search: search ? 'votes' : undefined,
  };
}

/** The newest merged model that this peer has had, and its round. */
function mergedOf({
  result,
}: RoundState): { readonly model: Float32Array; readonly round: number } | undefined {
  return result && { model: result.model, round: result.done.round };
}
