import { getBackend, memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstParameters, type TaskSettings } from '../../src/task/heat-map.ts';
import { accuracyOf } from '../../src/task/patterns.ts';
import { localReadings, type Reading } from '../../src/task/readings.ts';
import { SURFACE_POINTS, SURFACE_SIDE, placeOf } from '../../src/task/surface.ts';
import { Training, gradientOf, surfaceOf } from '../../src/task/training.ts';

const circle: TaskSettings = { pattern: 'circle', hidden: [8], modelSeed: 'room' };
const layouts = [{ hidden: [8] }, { hidden: [16, 16] }, { hidden: [3, 2, 4] }];

/** Readings of all four corners. */
const everywhere = [0, 1, 2, 3].flatMap((corner) => localReadings('circle', 'everywhere', corner));

/** The network in float64, without tensors: the twin that the tensors are held against. */
function logitAt(
  hidden: readonly number[],
  parameters: Float32Array | Float64Array,
  x: number,
  y: number,
): number {
  let values = [2 * x - 1, 2 * y - 1];
  let at = 0;
  const widths = [...hidden, 1];
  widths.forEach((units, layer) => {
    const biases = at + values.length * units;
    const sums = Array.from({ length: units }, (_, unit) =>
      values.reduce(
        (sum, value, i) => sum + value * parameters[at + i * units + unit]!,
        parameters[biases + unit]!,
      ),
    );
    values = layer === widths.length - 1 ? sums : sums.map(Math.tanh);
    at = biases + units;
  });
  return values[0]!;
}

function lossOf(
  hidden: readonly number[],
  parameters: Float64Array,
  readings: readonly Reading[],
): number {
  const losses = readings.map(({ x, y, isHot }) => {
    const logit = logitAt(hidden, parameters, x, y);
    return Math.log1p(Math.exp(isHot ? -logit : logit));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / readings.length;
}

describe('surfaceOf', () => {
  it.each(layouts)(
    'gives the logits of the network, row by row from the top ($hidden)',
    ({ hidden }) => {
      const parameters = firstParameters({ ...circle, hidden });
      const surface = surfaceOf(hidden, parameters);
      expect(surface).toHaveLength(SURFACE_SIDE * SURFACE_SIDE);
      for (let point = 0; point < SURFACE_POINTS; point += 37) {
        const { x, y } = placeOf(point);
        expect(surface[point]).toBeCloseTo(logitAt(hidden, parameters, x, y), 4);
      }
    },
  );
});

describe('gradientOf', () => {
  it.each(layouts)(
    'is the slope of the cross-entropy, by central differences ($hidden)',
    ({ hidden }) => {
      fc.assert(
        fc.property(fc.string(), (modelSeed) => {
          const parameters = firstParameters({ ...circle, hidden, modelSeed });
          const readings = localReadings('circle', modelSeed);
          const gradient = gradientOf(hidden, parameters, readings);
          for (let i = 0; i < parameters.length; i++) {
            const [above, below] = [1e-5, -1e-5].map((shift) => {
              const moved = Float64Array.from(parameters);
              moved[i]! += shift;
              return lossOf(hidden, moved, readings);
            });
            expect(gradient[i]).toBeCloseTo((above! - below!) / 2e-5, 4);
          }
        }),
        { numRuns: 5 },
      );
    },
  );

  it('is zero without readings', () => {
    expect(gradientOf([8], firstParameters(circle), [])).toEqual(new Float32Array(33));
  });
});

describe('Training', () => {
  it('runs on the plain backend, which every browser and Node has', () => {
    new Training([8], firstParameters(circle));
    expect(getBackend()).toBe('cpu');
  });

  it('learns the circle from readings of the whole square', () => {
    const parameters = firstParameters(circle);
    const training = new Training([8], parameters);
    training.learnFrom(everywhere);
    const before = accuracyOf('circle', surfaceOf([8], parameters));
    for (let i = 0; i < 100; i++) training.step();
    const after = accuracyOf('circle', surfaceOf([8], parameters));
    expect(after).toBeGreaterThan(before + 0.1);
    expect(after).toBeGreaterThan(0.8);
  });

  it('does nothing without readings', () => {
    const parameters = firstParameters(circle);
    new Training([8], parameters).step();
    expect(parameters).toEqual(firstParameters(circle));
  });

  it('makes the same steps from the same start', () => {
    const run = (): Float32Array => {
      const parameters = firstParameters(circle);
      const training = new Training([8], parameters);
      training.learnFrom(everywhere);
      for (let i = 0; i < 50; i++) training.step();
      return parameters;
    };
    expect(run()).toEqual(run());
  });

  it('starts afresh once it forgot its momentum', () => {
    const parameters = firstParameters(circle);
    const training = new Training([8], parameters);
    training.learnFrom(everywhere);
    training.step();
    const first = parameters.slice();
    for (let i = 0; i < 20; i++) training.step();
    parameters.set(firstParameters(circle));
    training.forgetMomentum();
    training.step();
    expect(parameters).toEqual(first);
  });

  it('holds as many tensors after 10,000 steps, a map and a gradient as before: none', () => {
    const training = new Training([8], firstParameters(circle));
    training.learnFrom(everywhere);
    const { numTensors } = memory();
    for (let i = 0; i < 10_000; i++) training.step();
    surfaceOf([8], training.parameters);
    gradientOf([8], training.parameters, everywhere);
    expect(memory().numTensors).toBe(numTensors);
    expect(numTensors).toBe(0);
  });
});
