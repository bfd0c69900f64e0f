/**
 * A finished model as files: a TensorFlow.js layers model, and a JavaScript module without any library.
 *
 * `model.json` names dense layers over the encoded inputs, so `tf.loadLayersModel` opens it anywhere; how a row
 * becomes inputs is in its `userDefinedMetadata`, and in the module as code. Weights are float32 in both.
 *
 * @module
 */
import { bytesToFloats, floatsToBytes } from '../../bytes.ts';
import {
  MAX_CATEGORIES,
  MAX_HIDDEN_LAYERS,
  MAX_HIDDEN_UNITS,
  MAX_TABLE_COLUMNS,
} from '../../config.ts';
import type { CategoryInput, Layout, NumberInput } from './layout.ts';
import { TableMistake } from './mistakes.ts';
import { parameterCountOf, widthsOf } from './network.ts';
import type { TableModel } from './prediction.ts';

/** Names of the files. */
export const MODEL_FILES = {
  topology: 'model.json',
  weights: 'weights.bin',
  code: 'model.js',
} as const;

/** A model as files, by content. */
export interface ModelFiles {
  /** `model.json`. */
  readonly topology: string;
  /** `weights.bin`: float32, little-endian, layer by layer. */
  readonly weights: Uint8Array;
  /** `model.js`. */
  readonly code: string;
}

/** Writes a model as files. */
export function filesOfModel(model: TableModel): ModelFiles {
  const weights = Float32Array.from(model.parameters);
  return {
    topology: `${JSON.stringify(topologyOf(model.layout), undefined, 1)}\n`,
    weights: floatsToBytes(weights),
    code: codeOf(model.layout, weights),
  };
}

/**
 * Reads `model.json` and `weights.bin`.
 *
 * @throws TableMistake when they are not the files of one such model.
 */
export function readModelFiles(topology: string, weights: Uint8Array): TableModel {
  const layout = layoutIn(topology);
  if (layout === undefined) {
    throw new TableMistake(
      'model-file',
      'model.json is no model of a table from here: choose the file that was exported with weights.bin.',
    );
  }
  const expected = 4 * parameterCountOf(layout);
  const parameters =
    weights.length === expected ? Float64Array.from(bytesToFloats(weights)) : undefined;
  if (parameters?.every(Number.isFinite) !== true) {
    throw new TableMistake(
      'model-file',
      `weights.bin does not belong to this model.json: it has ${weights.length} bytes of ${expected}, or holds what is no number.`,
    );
  }
  return { layout, parameters };
}

/** What the last layer does to its sums. */
function lastActivation({ kind, outputs }: Layout): 'linear' | 'sigmoid' | 'softmax' {
  if (kind === 'number') return 'linear';
  return outputs === 1 ? 'sigmoid' : 'softmax';
}

function topologyOf(layout: Layout): unknown {
  const widths = widthsOf(layout);
  const names = widths.slice(1).map((_, layer) => `layer_${layer + 1}`);
  const layers = names.map((name, layer) => ({
    class_name: 'Dense',
    config: {
      name,
      trainable: true,
      dtype: 'float32',
      units: widths[layer + 1]!,
      use_bias: true,
      activation: layer === names.length - 1 ? lastActivation(layout) : 'tanh',
      ...(layer === 0 && { batch_input_shape: [null, widths[0]!] }),
    },
  }));
  const weights = names.flatMap((name, layer) => [
    { name: `${name}/kernel`, shape: [widths[layer]!, widths[layer + 1]!], dtype: 'float32' },
    { name: `${name}/bias`, shape: [widths[layer + 1]!], dtype: 'float32' },
  ]);
  return {
    format: 'layers-model',
    generatedBy: 'Murmuration',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 'table', layers },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [{ paths: [MODEL_FILES.weights], weights }],
    userDefinedMetadata: { murmuration: 1, layout },
  };
}

/** The module: what is specific to the model as data, then code that is the same for all. */
function codeOf(layout: Layout, weights: Float32Array): string {
  const data = {
    target: layout.target,
    kind: layout.kind,
    classes: layout.classes,
    numbers: layout.numbers,
    categories: layout.categories,
    widths: widthsOf(layout),
    targetMean: layout.targetMean,
    targetDeviation: layout.targetDeviation,
    // Nine digits name a float32 exactly.
    weights: [...weights].map((weight) => Number(weight.toPrecision(9))),
  };
  // Names of columns are whatever a file had: they must end neither a script nor a line.
  const json = JSON.stringify(data).replaceAll(/[<\u2028\u2029]/g, escaped);
  return `${HEADER}\nconst model = ${json};\n${CODE}`;
}

function escaped(letter: string): string {
  return `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const HEADER = `/**
 * Predicts one column of a table from the others. Learned together with Murmuration; needs nothing else.
 *
 *   import { predict } from './model.js';
 *   predict({ column: value, ... }) // { value, probabilities? }
 */`;

const CODE = `
/** Name of the column that is predicted, and of its classes, if it has any. */
export const target = model.target;
export const classes = model.classes;

const missing = new Set(['', 'NA', 'N/A', 'n/a', 'na', 'NaN', 'nan', 'null', 'NULL', '?']);
const textOf = (cell) => (cell === undefined || cell === null ? '' : String(cell).trim());

function numberOf(cell) {
  const text = textOf(cell).replace(/^([+-]?\\d+),(\\d+)$/, '$1.$2');
  if (text === '' || /^[+-]?0[xob]/i.test(text)) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : NaN;
}

function inputsOf(row) {
  const inputs = new Array(model.widths[0]).fill(0);
  model.numbers.forEach(({ name, mean, deviation, missingAt }, at) => {
    const value = numberOf(row[name]);
    if (!Number.isNaN(value)) inputs[at] = (value - mean) / deviation;
    else if (missingAt !== undefined) inputs[missingAt] = 1;
  });
  for (const { name, categories, at, otherAt, missingAt } of model.categories) {
    const text = textOf(row[name]);
    const value = /,/.test(text) ? NaN : numberOf(text);
    const place = categories.indexOf(Number.isNaN(value) ? text : String(value));
    const input = missing.has(text) ? missingAt : place < 0 ? otherAt : at + place;
    if (input !== undefined) inputs[input] = 1;
  }
  return inputs;
}

/** Predicts one row: an object with a value for each column, by its name. */
export function predict(row) {
  let values = inputsOf(row);
  let start = 0;
  for (let layer = 1; layer < model.widths.length; layer++) {
    const units = model.widths[layer];
    const biases = start + values.length * units;
    const sums = Array.from({ length: units }, (_, unit) =>
      values.reduce(
        (sum, value, i) => sum + value * model.weights[start + i * units + unit],
        model.weights[biases + unit],
      ),
    );
    start = biases + units;
    values = layer < model.widths.length - 1 ? sums.map(Math.tanh) : sums;
  }
  if (model.kind === 'number') {
    return { value: values[0] * model.targetDeviation + model.targetMean };
  }
  const logits = values.length === 1 ? [0, values[0]] : values;
  const largest = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp(logit - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  const probabilities = Object.fromEntries(
    model.classes.map((name, at) => [name, shares[at] / total]),
  );
  return { value: model.classes[shares.indexOf(Math.max(...shares))], probabilities };
}
`;

function layoutIn(topology: string): Layout | undefined {
  try {
    const { userDefinedMetadata } = JSON.parse(topology) as {
      readonly userDefinedMetadata?: { readonly murmuration?: unknown; readonly layout?: unknown };
    };
    if (userDefinedMetadata?.murmuration !== 1) return undefined;
    return isLayout(userDefinedMetadata.layout) ? userDefinedMetadata.layout : undefined;
  } catch {
    return undefined;
  }
}

function isLayout(value: unknown): value is Layout {
  if (typeof value !== 'object' || value === null) return false;
  const layout = value as Readonly<Record<keyof Layout, unknown>>;
  const { kind, classes, hidden, numbers, categories, width, outputs } = layout;
  if (!isWhole(width, 1, 2 * MAX_TABLE_COLUMNS * (MAX_CATEGORIES + 2))) return false;
  const isInput = (at: unknown): boolean => isWhole(at, 0, width - 1);
  const isOptionalInput = (at: unknown): boolean => at === undefined || isInput(at);
  return (
    isText(layout.target) &&
    (kind === 'class' || kind === 'number') &&
    isListOf(classes, isText, 2 * MAX_CATEGORIES) &&
    (kind === 'number' || classes.length >= 2) &&
    isListOf(hidden, (units) => isWhole(units, 1, MAX_HIDDEN_UNITS), MAX_HIDDEN_LAYERS) &&
    outputs === (kind === 'class' && classes.length > 2 ? classes.length : 1) &&
    isFiniteNumber(layout.targetMean) &&
    isFiniteNumber(layout.targetDeviation) &&
    isListOf(
      numbers,
      (one) => {
        const { name, mean, deviation, missingAt } = one as NumberInput;
        return (
          isText(name) &&
          isFiniteNumber(mean) &&
          isFiniteNumber(deviation) &&
          deviation > 0 &&
          isOptionalInput(missingAt)
        );
      },
      Math.min(MAX_TABLE_COLUMNS, width),
    ) &&
    isListOf(
      categories,
      (one) => {
        const { name, categories: names, at, otherAt, missingAt } = one as CategoryInput;
        return (
          isText(name) &&
          isListOf(names, isText, 2 * MAX_CATEGORIES) &&
          isWhole(at, 0, width - names.length) &&
          isOptionalInput(otherAt) &&
          isOptionalInput(missingAt)
        );
      },
      MAX_TABLE_COLUMNS,
    )
  );
}

function isListOf(
  value: unknown,
  isItem: (item: unknown) => boolean,
  most: number,
): value is readonly unknown[] {
  return (
    Array.isArray(value) &&
    value.length <= most &&
    value.every((item) => item !== null && item !== undefined && isItem(item))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isFiniteNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}
