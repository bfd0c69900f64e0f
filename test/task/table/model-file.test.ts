import '@tensorflow/tfjs-backend-cpu';
import { tensor2d, type Tensor } from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { predictFile } from '../../../src/task/table/engine.ts';
import { examplesOf } from '../../../src/task/table/layout.ts';
import { filesOfModel, readModelFiles } from '../../../src/task/table/model-file.ts';
import { predict } from '../../../src/task/table/prediction.ts';
import type { TableSettings } from '../../../src/task/table/schema.ts';
import { federate, fileOf, flats } from './tables.ts';

const FILES = [flats('one', 120), flats('two', 90, 10), flats('three', 80)];
const NEW_FILE = flats('new', 60)
  .replace(/\n[\d.]+,/, '\n?,')
  .replaceAll(',west,', ',island,');

const SETTINGS: readonly TableSettings[] = [
  { target: 'sold', kind: 'class', hidden: [], rounds: 5, steps: 5 },
  { target: 'district', kind: 'class', hidden: [6], rounds: 5, steps: 5 },
  { target: 'price', kind: 'number', hidden: [5, 4], rounds: 5, steps: 5 },
  { target: 'price', kind: 'number', hidden: [], rounds: 5, steps: 5 },
];

/** A module of this text, running. */
async function moduleOf(code: string): Promise<{
  readonly target: string;
  predict(row: Record<string, unknown>): {
    readonly value: number | string;
    readonly probabilities?: Readonly<Record<string, number>>;
  };
}> {
  return import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`) as never;
}

/** The rows of a file as objects, all texts. */
function rowsOf(file: string): Record<string, string>[] {
  const [header = '', ...lines] = file.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) =>
    Object.fromEntries(line.split(',').map((cell, at) => [names[at]!, cell])),
  );
}

describe.each(SETTINGS)('a model of $target ($kind, hidden $hidden)', (settings) => {
  it('predicts the same from its file, as code, and in TensorFlow.js', async () => {
    const { learners, schema, tables } = await federate(FILES, settings);
    const { model } = learners[0]!;
    const { topology, weights, code } = filesOfModel(model);
    const read = readModelFiles(topology, weights);
    expect(read.layout).toEqual(JSON.parse(JSON.stringify(model.layout)));
    const { layout } = model;

    const predicted = await predictFile(read, fileOf(NEW_FILE, 512));
    expect(predicted.rows).toBe(60);
    const running = await moduleOf(code);
    expect(running.target).toBe(settings.target);
    rowsOf(NEW_FILE).forEach((row, at) => {
      const { value, probabilities } = running.predict(row);
      if (settings.kind === 'number') {
        expect(Math.abs((value as number) / predicted.values[at]! - 1)).toBeLessThan(1e-7);
        return;
      }
      expect(value).toBe(layout.classes[predicted.values[at]!]);
      layout.classes.forEach((name, place) => {
        const share = predicted.probabilities[at * layout.classes.length + place]!;
        expect(probabilities![name]).toBeCloseTo(share, 6);
      });
    });

    const examples = examplesOf(schema, layout, tables[0]!, 'all');
    const dense = Array.from({ length: examples.rows }, (_, row) => {
      const inputs = new Array<number>(layout.width).fill(0);
      const width = layout.numbers.length;
      for (let i = 0; i < width; i++) inputs[i] = examples.numbers[row * width + i]!;
      for (let i = 0; i < examples.codesPerRow; i++) {
        const input = examples.codes[row * examples.codesPerRow + i]!;
        if (input >= 0) inputs[input] = 1;
      }
      return inputs;
    });
    const { modelTopology, weightsManifest } = JSON.parse(topology) as {
      modelTopology: object;
      weightsManifest: { weights: { name: string; shape: number[]; dtype: 'float32' }[] }[];
    };
    const loaded = await loadLayersModel({
      load: () =>
        Promise.resolve({
          modelTopology,
          weightSpecs: weightsManifest[0]!.weights,
          weightData: weights.slice().buffer,
        }),
    });
    const input = tensor2d(dense);
    const output = loaded.predict(input) as Tensor;
    const shares = output.dataSync();
    const own = predict(read, examples);
    own.values.forEach((value, row) => {
      if (settings.kind === 'number') {
        const told = shares[row]! * layout.targetDeviation + layout.targetMean;
        expect(Math.abs(told / value - 1)).toBeLessThan(1e-4);
      } else if (layout.outputs === 1) {
        expect(shares[row]).toBeCloseTo(own.probabilities[2 * row + 1]!, 5);
      } else {
        for (let i = 0; i < layout.outputs; i++) {
          const at = row * layout.outputs + i;
          expect(shares[at]).toBeCloseTo(own.probabilities[at]!, 5);
        }
      }
    });
    input.dispose();
    output.dispose();
    loaded.dispose();
    expect(new Set(own.values).size).toBeGreaterThan(1);
  });
});

describe('files of a model', () => {
  it('that do not belong together, or are something else, are refused', async () => {
    const { learners } = await federate(FILES, SETTINGS[0]!);
    const { topology, weights } = filesOfModel(learners[0]!.model);
    expect(() => readModelFiles('{', weights)).toThrow(/model.json is no model/);
    expect(() => readModelFiles('{"format":"layers-model"}', weights)).toThrow(/is no model/);
    expect(() => readModelFiles(topology, weights.slice(4))).toThrow(/does not belong/);
    expect(() =>
      readModelFiles(
        topology,
        weights.map(() => 255),
      ),
    ).toThrow(/does not belong/);
    const change = (from: RegExp, to: string): string => topology.replace(from, to);
    for (const broken of [
      change(/"outputs": 1/, '"outputs": 2'),
      change(/"width": \d+/, '"width": 1'),
      change(/"deviation": [\d.]+/, '"deviation": 0'),
      change(/"kind": "class"/, '"kind": "guess"'),
    ]) {
      expect(broken).not.toBe(topology);
      expect(() => readModelFiles(broken, weights)).toThrow(/is no model/);
    }
  });

  it('hold names of columns as text, whatever is in them', async () => {
    const odd = '</script><b>"\u2028\'`${1}\\';
    const files = FILES.map((file) => file.replace('area', `"${odd.replaceAll('"', '""')}"`));
    const { learners } = await federate(files, SETTINGS[0]!);
    const { code } = filesOfModel(learners[0]!.model);
    expect(code).not.toContain('</script>');
    const { predict: run } = await moduleOf(code);
    const [small, large] = [20, 200].map((area) => run({ [odd]: area, district: 'north' }));
    expect(small!.probabilities!['yes']).not.toBe(large!.probabilities!['yes']);
  });

  it('refuse a new file that lacks a column', async () => {
    const { learners } = await federate(FILES, SETTINGS[0]!);
    const source = fileOf(NEW_FILE.replace('age', 'years'));
    await expect(predictFile(learners[0]!.model, source)).rejects.toThrow(/no column "age"/);
  });
});
