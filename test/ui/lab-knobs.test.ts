/** Plans of the lab and its addresses. @module */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runExperiment } from '../../src/simulation/experiment.ts';
import {
  formatPlans,
  KNOBS,
  parsePlans,
  pointsOf,
  PRESETS,
  settingsOf,
  USUAL_PLAN,
  type Plan,
  type Values,
} from '../../src/ui/lab-knobs.ts';
import { differing, globalMarks, localCurve, Runs, spreadOf } from '../../src/ui/lab-runs.ts';
import { parseRoute } from '../../src/ui/route.ts';

const anyValues = fc.record(
  Object.fromEntries(KNOBS.map(({ name, values }) => [name, fc.constantFrom(...values)])),
) as unknown as fc.Arbitrary<Values>;

const anyPlan: fc.Arbitrary<Plan> = fc.record({
  values: anyValues,
  sweep: fc.subarray(
    KNOBS.map(({ name }) => name),
    { maxLength: 2 },
  ),
  seeds: fc.constantFrom(1, 5, 20),
  seed: fc.integer({ min: 0, max: 999_999 }),
});

describe('plans of the lab', () => {
  it('come back from their address as they were', () => {
    fc.assert(
      fc.property(fc.array(anyPlan, { minLength: 1, maxLength: 3 }), (plans) => {
        const route = parseRoute(formatPlans(plans));
        expect(route.type === 'lab' && parsePlans(route.query)).toEqual(plans);
      }),
    );
  });

  it('are refused with a sentence, whatever an address says', () => {
    for (const query of [
      'users=7',
      'steps=0',
      'steps=2001',
      'sweep=a',
      'sweep=users,users',
      'x=1',
      'seeds=2',
      'seed=-1',
      'users=1e1',
    ]) {
      // prettier-ignore
      expect(() => parsePlans(query), query).toThrow(RangeError);
    }
    fc.assert(
      fc.property(fc.string(), (query) => {
        try {
          parsePlans(query);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('have a point for every value, and for every pair of two knobs', () => {
    expect(pointsOf(USUAL_PLAN).map(({ points }) => points)).toEqual(['1', '2', '4', '8', '16', '32']); // prettier-ignore
    const crossed = pointsOf({ ...USUAL_PLAN, sweep: ['points', 'start'] });
    expect(crossed.length).toBe(12);
    expect(differing(crossed.map((values) => ({ values })))).toEqual(['points', 'start']);
  });

  it('can be played, every preset and every value', () => {
    const swept = KNOBS.flatMap(({ name }) => pointsOf({ ...USUAL_PLAN, sweep: [name] }));
    for (const values of [...swept, ...PRESETS.map(({ plan }) => plan.values)]) {
      const settings = { ...settingsOf(values), steps: 2, stepsBetween: 1 };
      expect(runExperiment(settings, '1').moments.length).toBeGreaterThan(2);
    }
  });
});

describe('runs of the lab', () => {
  const plan: Plan = { ...USUAL_PLAN, sweep: ['start'], seeds: 5 };
  const played = new Runs();
  for (const task of played.missing([plan]).slice(0, 3)) {
    played.add(task, runExperiment({ ...settingsOf(task.values), steps: 4 }, String(task.seed)));
  }

  it('are asked for once, all points before the next seed', () => {
    const tasks = new Runs().missing([plan, plan]);
    expect(tasks.length).toBe(10);
    expect(tasks.slice(0, 3).map(({ values, seed }) => [values.start, seed])).toEqual([
      ['same', 1],
      ['different', 1],
      ['same', 2],
    ]);
    expect(played.missing([plan]).length).toBe(7);
  });

  it('are put together by point', () => {
    const [same, different] = played.results([plan]);
    expect([same!.runs.length, different!.runs.length]).toEqual([2, 1]);
    expect(localCurve(same!.runs).at(-1)!.step).toBe(4);
    expect(globalMarks(same!.runs)).toEqual([]);
  });

  it('are a line of CSV each', () => {
    const lines = played.csv([plan]).trim().split('\r\n');
    expect(lines.length).toBe(4);
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
  });

  it('have a mean and a standard deviation', () => {
    expect(spreadOf([0.1, 0.2, 0.6])).toEqual({
      mean: expect.closeTo(0.3, 9),
      deviation: expect.closeTo(0.264575, 6),
    });
    expect(spreadOf([])).toBeUndefined();
  });
});
