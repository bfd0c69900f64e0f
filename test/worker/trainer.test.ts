import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { HEAT_MAP_CLIP, HEAT_MAP_MAX_DRIFT, WEIGHT_CAP } from '../../src/config.ts';
import { noiseText, type NoiseSetting } from '../../src/privacy/noise.ts';
import { decodeAggregate } from '../../src/secagg/index.ts';
import { firstParameters, type TaskSettings } from '../../src/task/heat-map.ts';
import { LARGEST_VOTE } from '../../src/task/group-testing.ts';
import { PlainModel } from '../../src/task/plain-training.ts';
import { localReadings, type Reading } from '../../src/task/readings.ts';
import type { Encoding, TrainerReply, TrainerRequest } from '../../src/worker/messages.ts';
import { Trainer } from '../../src/worker/trainer.ts';
import { expectNoise, expectShortened, NOISE, WEAK } from '../privacy/noise-samples.ts';

const task: TaskSettings = { pattern: 'circle', hidden: [8], modelSeed: 'room' };
const encoding: Encoding = { members: 5, clip: HEAT_MAP_CLIP, weightCap: WEIGHT_CAP };
const first = firstParameters(task);
const readings = localReadings('circle', 'peer');

type Asked = TrainerRequest extends infer R
  ? R extends TrainerRequest
    ? Omit<R, 'id'>
    : never
  : never;
type Type = TrainerReply['type'];

function ask<T extends Type>(trainer: Trainer, type: T, asked: Asked): TrainerReply & { type: T } {
  const reply = trainer.answer({ ...asked, id: 1 } as TrainerRequest);
  expect(reply.type).toBe(type);
  return reply as TrainerReply & { type: T };
}

function started(more: Partial<TrainerRequest & { type: 'start' }> = {}): Trainer {
  const trainer = new Trainer();
  ask(trainer, 'started', { type: 'start', task, readings, ...more });
  return trainer;
}

function local(trainer: Trainer): Float32Array {
  return trainer.snapshot().parameters;
}

/** A model of this size, each coordinate within `bound`. */
function model(bound: number): fc.Arbitrary<Float32Array> {
  return fc.float32Array({
    minLength: first.length,
    maxLength: first.length,
    min: -bound,
    max: bound,
    noNaN: true,
  });
}

describe('votes on buckets', () => {
  /** What a peer with so many readings enters after it judged two updates: votes, then who was judged. */
  function entered(copies: number): { readonly values: Float64Array; readonly weight: number } {
    const many = Array.from({ length: copies }, () => readings).flat();
    const trainer = started({ readings: many, votes: 3 });
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    const [nothing, wild] = [
      new Float64Array(first.length),
      new Float64Array(first.length).fill(5),
    ];
    ask(trainer, 'merged', { type: 'apply', global: first, bucketMeans: [nothing, wild] });
    const { update, weight } = ask(trainer, 'contribution', { type: 'contribute', encoding });
    return { values: update.slice(first.length, -1), weight };
  }

  it('count the same in the weighted sum, however many readings their peer has', () => {
    for (const copies of [1, 4]) {
      const { values, weight } = entered(copies);
      expect(weight).toBe(copies * readings.length);
      const [same, worse, none, ...cast] = [...values].map((v) => (v * weight) / HEAT_MAP_CLIP);
      expect(same).toBe(0);
      expect(worse).toBe(-LARGEST_VOTE);
      expect(none).toBe(0);
      expect(cast).toEqual([1, 1, 0]);
    }
  });
});

describe('Trainer', () => {
  it('starts at the first model, which is everybody’s', () => {
    const trainer = new Trainer();
    const reply = ask(trainer, 'started', { type: 'start', task, readings });
    expect(reply.initial).toEqual(first);
    expect(reply.local.parameters).toEqual(first);
    expect(reply.federation).toBeUndefined();
  });

  it('goes on, after a reload, from what was stored', () => {
    const before = started();
    before.train(30);
    const parameters = local(before);
    const trainer = new Trainer();
    const reply = ask(trainer, 'started', {
      type: 'start',
      task,
      readings,
      parameters,
      global: first,
      step: 30,
    });
    expect(reply.local).toEqual(before.snapshot());
    expect(reply.federation?.parameters).toEqual(first);
    trainer.train(1);
    expect(trainer.step).toBe(31);
  });

  it.each([
    [{ parameters: new Float32Array(7) }, 'parameters has 7 numbers: this model has 33'],
    [{ global: new Float32Array(33).fill(NaN) }, 'global holds NaN or Infinity'],
    [{ step: -1 }, 'step is -1'],
    [{ readings: [{ x: 2, y: 0, isHot: true }] }, 'choose a place from 0 to 1'],
    [{ task: { ...task, hidden: [] } }, 'choose 1 to 3 layers'],
  ])('refuses to start from %j', (more, message) => {
    expect(() => started(more)).toThrow(message);
  });

  it('is started once, and before anything else', () => {
    expect(() => new Trainer().answer({ type: 'forget', id: 1 })).toThrow('send start first');
    expect(() => ask(started(), 'started', { type: 'start', task, readings })).toThrow('already');
  });

  it('refuses paces and counts out of range', () => {
    const trainer = started();
    for (const stepsPerSecond of [-1, NaN, Infinity, 1001]) {
      expect(() => trainer.answer({ type: 'run', id: 1, isRunning: true, stepsPerSecond })).toThrow(
        RangeError,
      );
    }
    for (const count of [0, -1, 1.5, 1001, NaN]) {
      expect(() => trainer.answer({ type: 'step', id: 1, count })).toThrow(RangeError);
    }
    expect(trainer.step).toBe(0);
    expect(trainer.isRunning).toBe(false);
  });

  it('counts steps without readings, which change nothing', () => {
    const trainer = started({ readings: [] });
    trainer.train(5);
    expect(trainer.step).toBe(5);
    expect(local(trainer)).toEqual(first);
  });

  it('learns cold when its thermometer breaks, and heat again when it is mended', () => {
    const trainer = started();
    trainer.train(200);
    const hotShare = (): number => trainer.snapshot().surface.filter((logit) => logit > 0).length;
    const before = hotShare();
    const broken: Reading[] = readings.map((reading) => ({ ...reading, isHot: false }));
    ask(trainer, 'done', { type: 'readings', readings: broken });
    trainer.train(200);
    const cold = hotShare();
    expect(cold).toBeLessThan(before / 2);
    ask(trainer, 'done', { type: 'readings', readings });
    trainer.train(400);
    expect(hotShare()).toBeGreaterThan(cold * 2);
  });
});

describe('a contribution', () => {
  it('is local - global, exactly, and its words stand for it', () => {
    const trainer = started();
    trainer.train(20);
    const { words, update, weight } = ask(trainer, 'contribution', {
      type: 'contribute',
      encoding,
    });
    expect(weight).toBe(readings.length);
    expect([...update]).toEqual(
      [...local(trainer)].map((value, i) => value - first[i]!).concat(weight),
    );
    const { mean, totalWeight } = decodeAggregate(words, 1, encoding);
    expect(totalWeight).toBe(weight);
    const step = (encoding.clip * encoding.members * WEIGHT_CAP) / 2 ** 31 / weight;
    mean.forEach((value, i) => expect(Math.abs(value - update[i]!)).toBeLessThan(1.01 * step));
  });

  it('has no weight word, and the weight 1, when weights are off', () => {
    const { words, update, weight } = ask(started(), 'contribution', {
      type: 'contribute',
      encoding: { ...encoding, weightCap: 0 },
    });
    expect([words.length, update.length, weight]).toEqual([33, 33, 1]);
  });

  it('weighs no more than the cap', () => {
    const { weight } = ask(started(), 'contribution', {
      type: 'contribute',
      encoding: { ...encoding, weightCap: 3 },
    });
    expect(weight).toBe(3);
  });

  it('is zero with weight 1 when there are no readings, whatever was learned before', () => {
    const trainer = started();
    trainer.train(20);
    ask(trainer, 'done', { type: 'readings', readings: [] });
    const { words, update, weight } = ask(trainer, 'contribution', {
      type: 'contribute',
      encoding,
    });
    expect(weight).toBe(1);
    expect(words.subarray(0, 33).every((word) => word === 0)).toBe(true);
    expect(update.subarray(0, 33).every((value) => value === 0)).toBe(true);
  });

  it('is rounded by fresh randomness each time', () => {
    const trainer = started();
    trainer.train(20);
    const again = (): Uint32Array =>
      ask(trainer, 'contribution', { type: 'contribute', encoding }).words;
    expect(again()).not.toEqual(again());
  });

  it('larger than agreed is refused, and the model stays', () => {
    const trainer = started();
    trainer.train(50);
    const before = local(trainer);
    expect(() =>
      trainer.answer({ type: 'contribute', id: 1, encoding: { ...encoding, clip: 1e-6 } }),
    ).toThrow(RangeError);
    expect(local(trainer)).toEqual(before);
  });

  it('fits the agreed bound even after a long time alone', () => {
    const trainer = started({ parameters: new Float32Array(33).fill(1e30) });
    trainer.train(50);
    const { update } = ask(trainer, 'contribution', { type: 'contribute', encoding });
    expect(Math.max(...update.subarray(0, 33).map(Math.abs))).toBeLessThanOrEqual(
      HEAT_MAP_MAX_DRIFT + 1e-6,
    );
  });

  it('of a model that diverged fails once, and the model is back at the newest merged one', () => {
    const deep = { ...task, hidden: [4, 4] };
    const start = firstParameters(deep);
    // Small inner values keep every unit off its limits, so that the slope of the last weights overflows.
    const extreme = start.map((_, i) => (i < 12 ? 1e-3 : i < 28 ? 100 : i < 32 ? 0 : 3e38));
    const trainer = started({ task: deep });
    ask(trainer, 'merged', { type: 'copy', global: extreme });
    trainer.train(5);
    expect(local(trainer).some(Number.isNaN)).toBe(true);
    expect(() => trainer.answer({ type: 'contribute', id: 1, encoding })).toThrow(
      /diverged.*next round/,
    );
    expect(local(trainer)).toEqual(extreme);
    ask(trainer, 'merged', { type: 'copy', global: start });
    trainer.train(5);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
  });
});

describe('a contribution with noise', () => {
  const noisy = (part: Partial<NoiseSetting> = {}): Encoding => ({
    members: 5,
    clip: 0.5,
    weightCap: 0,
    noise: noiseText({ ...NOISE, ...part }),
  });

  it('of nothing is the noise of one share, fresh each time', () => {
    const trainer = started({ readings: [] });
    const contributions = Array.from({ length: 600 }, (_, i) => {
      // Noise is drawn anew whatever became of the contribution before.
      if (i % 30 === 10) ask(trainer, 'merged', { type: 'copy', global: first });
      if (i % 30 === 20) ask(trainer, 'done', { type: 'forget' });
      return ask(trainer, 'contribution', { type: 'contribute', encoding: noisy() }).words;
    });
    expectNoise(contributions, NOISE.share);
  });

  it.each([
    ['an update', {}],
    ['checks', { checks: readings }],
    ['checks and votes', { checks: readings, votes: 4 }],
  ])('has the noise that was drawn before it, with %s', (_, more) => {
    const trainer = started(more);
    const drawn = vi.spyOn(crypto, 'getRandomValues');
    const draws = (): number => {
      drawn.mockClear();
      ask(trainer, 'contribution', { type: 'contribute', encoding: noisy() });
      return drawn.mock.calls.length;
    };
    const late = draws();
    ask(trainer, 'prepared', { type: 'prepare', noise: NOISE });
    // Which way each value is rounded is still to be drawn.
    expect(draws()).toBe(1);
    expect(late).toBeGreaterThan(1);
    drawn.mockRestore();
  });

  it('has the noise of the newest setting', () => {
    const trainer = started({ readings: [] });
    const of = (share: number): Uint32Array =>
      ask(trainer, 'contribution', { type: 'contribute', encoding: noisy({ share }) }).words;
    const pairs = Array.from({ length: 300 }, () => [of(40), of(9000)] as const);
    expectNoise(
      pairs.map(([small]) => small),
      40,
    );
    expectNoise(
      pairs.map(([, large]) => large),
      9000,
    );
  });

  it('holds the update, shortened to the clip, beside the noise', () => {
    const trainer = started();
    trainer.train(200);
    const { words, update } = ask(trainer, 'contribution', {
      type: 'contribute',
      encoding: noisy(WEAK),
    });
    expectShortened(words, update);
  });

  it('of a model that diverged is noise like any other', () => {
    const start = firstParameters({ ...task, hidden: [4, 4] });
    // As in the test without noise: the slope of the last weights overflows.
    const extreme = start.map((_, i) => (i < 12 ? 1e-3 : i < 28 ? 100 : i < 32 ? 0 : 3e38));
    const contributions = Array.from({ length: 25 }, () => {
      const trainer = started({ task: { ...task, hidden: [4, 4] } });
      ask(trainer, 'merged', { type: 'copy', global: extreme });
      trainer.train(5);
      expect(local(trainer).some(Number.isNaN)).toBe(true);
      return ask(trainer, 'contribution', { type: 'contribute', encoding: noisy() }).words;
    });
    expectNoise(contributions, NOISE.share);
  });
});

describe('personalising', () => {
  it('fits a copy of the merged model to the own readings, and leaves everything that is shared as it is', () => {
    const global = first.map((value, i) => value + 0.3 * Math.sin(i));
    // What rounding adds is another each time, so the numbers are compared before it.
    const told = (isPersonal: boolean) => {
      const trainer = started();
      const look = (): void => {
        if (!isPersonal) return;
        const before = local(trainer);
        const { local: fitted } = ask(trainer, 'done', { type: 'personalise', count: 40 });
        expect(local(trainer)).toEqual(before);
        expect(fitted.parameters).not.toEqual(before);
      };
      trainer.train(10);
      look();
      const merged = ask(trainer, 'merged', { type: 'copy', global });
      look();
      trainer.train(10);
      look();
      const { update } = ask(trainer, 'contribution', { type: 'contribute', encoding });
      look();
      trainer.train(3);
      const after = ask(trainer, 'merged', { type: 'apply', global: merged.local.parameters });
      look();
      const { local: back } = ask(trainer, 'done', { type: 'reset' });
      return { update, local: after.local, federation: after.federation, back: back.parameters };
    };
    const shared = told(true);
    expect(shared).toEqual(told(false));
    expect(shared.federation.parameters).toEqual(global);
    expect(shared.back).toEqual(global);
  });

  it('starts from the merged model, and has learned what the readings say', () => {
    const trainer = started();
    const global = first.map((value) => -value);
    ask(trainer, 'merged', { type: 'copy', global });
    trainer.train(30);
    const { local: fitted } = ask(trainer, 'done', { type: 'personalise', count: 200 });
    const plain = new PlainModel(task.hidden);
    expect(plain.lossOf(readings, fitted.parameters)).toBeLessThan(
      plain.lossOf(readings, global) / 2,
    );
    const once = ask(trainer, 'done', { type: 'personalise', count: 1 }).local.parameters;
    // One step of Adam moves no coordinate farther than its rate: it set out from the merged model.
    once.forEach((value, i) => expect(Math.abs(value - global[i]!)).toBeLessThan(0.1));
  });
});

describe('a result', () => {
  it('with this peer in it: local = new global + (local - sent), in float32', () => {
    fc.assert(
      fc.property(model(3), fc.integer({ min: 0, max: 30 }), (global, stepsDuringRound) => {
        const trainer = started();
        trainer.train(10);
        ask(trainer, 'contribution', { type: 'contribute', encoding });
        const sent = local(trainer);
        trainer.train(stepsDuringRound);
        const now = local(trainer);
        const merged = ask(trainer, 'merged', { type: 'apply', global });
        expect(merged.federation.parameters).toEqual(global);
        const expected = global.map((value, i) => value + Math.fround(now[i]! - sent[i]!));
        expect(merged.local.parameters).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('without this peer: local = new global, and the old update is gone', () => {
    fc.assert(
      fc.property(model(5), fc.boolean(), (global, hadContributed) => {
        const trainer = started();
        trainer.train(10);
        if (hadContributed) ask(trainer, 'contribution', { type: 'contribute', encoding });
        const merged = ask(trainer, 'merged', { type: 'copy', global });
        expect(merged.local.parameters).toEqual(global);
        expect(() => trainer.answer({ type: 'apply', id: 1, global })).toThrow('copy it instead');
        const { update } = ask(trainer, 'contribution', { type: 'contribute', encoding });
        expect(update.subarray(0, 33).every((value) => value === 0)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('that will not come: local = global + (local - sent), and later work alone is contributed', () => {
    const trainer = started();
    trainer.train(10);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    const sent = local(trainer);
    trainer.train(7);
    const now = local(trainer);
    const { local: after } = ask(trainer, 'done', { type: 'forget' });
    expect(after.parameters).toEqual(
      first.map((value, i) => value + Math.fround(now[i]! - sent[i]!)),
    );
    expect(ask(trainer, 'done', { type: 'forget' }).local.parameters).toEqual(after.parameters);
  });

  it('of a second attempt counts from what that attempt was sent', () => {
    const trainer = started();
    trainer.train(10);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    trainer.train(10);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    const merged = ask(trainer, 'merged', { type: 'apply', global: first });
    expect(merged.local.parameters).toEqual(first);
  });

  it('after a reset brings nothing back from before it', () => {
    const trainer = started();
    trainer.train(10);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    trainer.train(10);
    expect(ask(trainer, 'done', { type: 'reset' }).local.parameters).toEqual(first);
    const global = first.map((value) => value + 0.5);
    expect(ask(trainer, 'merged', { type: 'apply', global }).local.parameters).toEqual(global);
    trainer.train(10);
    expect(ask(trainer, 'done', { type: 'reset' }).local.parameters).toEqual(global);
  });

  it.each([
    [new Float32Array(32), '32 numbers'],
    [new Float32Array(33).fill(Infinity), 'NaN or Infinity'],
  ])('that is no model of this task is refused, and nothing changes (%#)', (global, message) => {
    const trainer = started();
    trainer.train(3);
    ask(trainer, 'contribution', { type: 'contribute', encoding });
    const before = local(trainer);
    expect(() => trainer.answer({ type: 'apply', id: 1, global })).toThrow(message);
    expect(() => trainer.answer({ type: 'copy', id: 1, global })).toThrow(message);
    expect(local(trainer)).toEqual(before);
    ask(trainer, 'merged', { type: 'apply', global: first });
  });
});
