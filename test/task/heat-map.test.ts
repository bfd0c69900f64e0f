import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HIDDEN_UNITS } from '../../src/config.ts';
import { floatsToBytes, toHex } from '../../src/bytes.ts';
import {
  checkTask,
  firstParameters,
  layersOf,
  parameterCountOf,
  type TaskSettings,
} from '../../src/task/heat-map.ts';

const task: TaskSettings = { pattern: 'circle', hidden: [8], modelSeed: 'room' };

describe('the flat vector', () => {
  it('of 2-8-1 has 33 parameters, of 2-16-16-1 it has 337', () => {
    expect(parameterCountOf([8])).toBe(33);
    expect(parameterCountOf([16, 16])).toBe(337);
  });

  it('has named runs', () => {
    expect(layersOf([8])).toEqual([
      { name: 'weights in', length: 16 },
      { name: 'biases in', length: 8 },
      { name: 'weights out', length: 8 },
      { name: 'bias out', length: 1 },
    ]);
    expect(layersOf([16, 16]).map(({ name, length }) => `${name} ${length}`)).toEqual([
      'weights in 32',
      'biases in 16',
      'weights 2 256',
      'biases 2 16',
      'weights out 16',
      'bias out 1',
    ]);
  });
});

describe('firstParameters', () => {
  it('are the bits that every version of this project must give', () => {
    expect(toHex(floatsToBytes(firstParameters(task).slice(0, 4)))).toBe(
      '78ad923c7b3628bfc7c8c7bf903a443e',
    );
  });

  it('change with the seed, the pattern and the layers', () => {
    const first = firstParameters(task);
    expect(firstParameters({ ...task })).toEqual(first);
    expect(firstParameters({ ...task, modelSeed: 'another' })).not.toEqual(first);
    expect(firstParameters({ ...task, pattern: 'spiral' })).not.toEqual(first);
    expect(firstParameters({ ...task, hidden: [9] }).slice(0, 4)).not.toEqual(first.slice(0, 4));
  });

  it('are small, and start with nothing hot or cold beforehand', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 3 }),
        (modelSeed, hidden) => {
          const parameters = firstParameters({ ...task, modelSeed, hidden });
          expect(parameters.every((value) => Math.abs(value) <= 2)).toBe(true);
          expect(parameters.at(-1)).toBe(0);
        },
      ),
    );
  });
});

describe('checkTask', () => {
  it('accepts the two models of the project', () => {
    expect(() => checkTask(task)).not.toThrow();
    expect(() => checkTask({ ...task, hidden: [16, 16] })).not.toThrow();
  });

  it.each([
    [{ ...task, pattern: 'square' }, 'pattern is square'],
    [{ ...task, hidden: [] }, 'choose 1 to 3 layers'],
    [{ ...task, hidden: [1, 1, 1, 1] }, 'choose 1 to 3 layers'],
    [{ ...task, hidden: '8' }, 'choose 1 to 3 layers'],
    [{ ...task, hidden: [0] }, 'hidden layer has 0 units'],
    [{ ...task, hidden: [2.5] }, 'hidden layer has 2.5 units'],
    [{ ...task, hidden: [MAX_HIDDEN_UNITS + 1] }, 'units'],
    [{ ...task, modelSeed: 'x'.repeat(257) }, 'modelSeed'],
    [{ ...task, modelSeed: 7 }, 'modelSeed'],
  ])('refuses %j', (settings, message) => {
    expect(() => checkTask(settings as TaskSettings)).toThrow(message);
  });
});
