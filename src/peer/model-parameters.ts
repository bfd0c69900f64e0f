/**
 * From a model that somebody brings to what peers must have in common to sum its updates.
 *
 * The name of the task ends with a fingerprint of the shapes and the first weights, so that peers who start from
 * different models are told so before their first round.
 *
 * @module
 */
import { concat, toHex, utf8, viewOfFloats } from '../bytes.ts';
import { MAX_MERGE_EVERY_STEPS, MAX_VECTOR_WORDS, MODEL_CLIP, SUM_WEIGHT_CAP } from '../config.ts';
import type { RoomStore, Suite } from '../ports.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import type { RoundParameters } from '../secagg/index.ts';
import type { CustomModel, VectorModel } from '../task/custom-model.ts';
import { dataOf } from './account.ts';
import { readKept, type Kept } from './keeping.ts';
import { settingOf } from './noise-parameters.ts';
import type { SessionOptions } from './session-options.ts';
import type { TrainOptions } from './training.ts';

/** Bytes of the fingerprint: two models that were not made to collide never do. */
const FINGERPRINT_BYTES = 16;

/** A model that was brought to a room, ready for rounds. */
export interface BroughtModel {
  readonly vector: VectorModel;
  /** The first weights, shape [vector.size]. */
  readonly first: Float32Array;
  readonly parameters: RoundParameters;
  /** Where this room keeps what belongs to this model, and what is kept there. */
  readonly store: RoomStore | undefined;
  readonly kept: Kept;
  readonly noise: NoiseSetting | undefined;
}

/**
 * Brings a model to a room.
 *
 * @throws RangeError when the model has too many weights, or noise does not fit it.
 */
export async function broughtModel(
  model: CustomModel,
  options: TrainOptions,
  session: SessionOptions,
): Promise<BroughtModel> {
  const { suite, room, minPeers, storeOf } = session;
  const vector = await vectorOf(model, room.hash);
  const first = await vector.read();
  const parameters = modelParameters(suite, session.parameters, vector, first, options);
  const store = storeOf(parameters.task);
  const kept = await readKept(store, dataOf(parameters.task));
  const noise = options.noise && settingOf(options.noise, vector.size, minPeers - 1);
  return { vector, first, parameters, store, kept, noise };
}

/** A model as a vector; its code, and the tensors', is loaded by whoever trains. */
async function vectorOf(model: CustomModel, roomHash: Uint8Array): Promise<VectorModel> {
  const { vectorModelOf } = await import('../task/custom-model.ts');
  const seed = new DataView(roomHash.buffer, roomHash.byteOffset).getUint32(0);
  const vector = await vectorModelOf(model, seed);
  // One word is for the weight of the mean.
  if (vector.size < 1 || vector.size >= MAX_VECTOR_WORDS) {
    vector.dispose();
    throw new RangeError(
      `The model has ${vector.size} weights: bring one of 1 to ${MAX_VECTOR_WORDS - 1}.`,
    );
  }
  return vector;
}

/** @throws RangeError when an option is out of range. */
export function checkTraining(options: TrainOptions): void {
  const { name = 'model', examples = 1, weightCap = SUM_WEIGHT_CAP, clip = MODEL_CLIP } = options;
  const { everySteps = 1 } = options;
  if (!/^[\w .-]{1,64}$/.test(name)) {
    throw new RangeError(
      `name is "${name}": choose 1 to 64 letters, digits, spaces, dots, dashes or underscores.`,
    );
  }
  if (!(clip > 0 && clip <= 1e30)) {
    throw new RangeError(`clip is ${clip}: choose a bound above 0, such as ${MODEL_CLIP}.`);
  }
  checkWhole('weightCap', weightCap, 2 ** 24);
  checkWhole('examples', examples, weightCap);
  checkWhole('everySteps', everySteps, MAX_MERGE_EVERY_STEPS);
}

/**
 * What peers agree on.
 *
 * @param first - The first weights, shape [model.size].
 */
function modelParameters(
  suite: Suite,
  plain: RoundParameters,
  model: VectorModel,
  first: Float32Array,
  { name = 'model', clip = MODEL_CLIP, weightCap = SUM_WEIGHT_CAP }: TrainOptions,
): RoundParameters {
  const shapes = utf8(model.parts.map((part) => part.name).join(';'));
  const hash = suite.hash(concat(shapes, viewOfFloats(first)));
  const fingerprint = toHex(hash.subarray(0, FINGERPRINT_BYTES));
  const task = `model:${name}:${fingerprint}`;
  return { ...plain, task, dimension: model.size, clip, weightCap };
}

function checkWhole(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(`${name} is ${value}: choose a whole number from 1 to ${most}.`);
}
