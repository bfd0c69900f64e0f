import { describe, expect, it } from 'vitest';
import { PROGRESS_MS, TRAIN_SLICE_MS, WEIGHT_CAP } from '../../src/config.ts';
import { localReadings } from '../../src/task/readings.ts';
import { SURFACE_POINTS } from '../../src/task/surface.ts';
import type { TrainerReply, TrainerRequest } from '../../src/worker/messages.ts';
import { serveTrainer } from '../../src/worker/serve.ts';
import { NOISE } from '../privacy/noise-samples.ts';
import { HandClock, line } from './line.ts';

const task = { pattern: 'circle', hidden: [8], modelSeed: 'room' } as const;
const readings = localReadings('circle', 'peer');

type Asked = TrainerRequest extends infer R
  ? R extends TrainerRequest
    ? Omit<R, 'id'>
    : never
  : never;

function serve(clock = new HandClock()) {
  const { served, page } = line();
  serveTrainer(served, clock);
  const replies: TrainerReply[] = [];
  let id = 0;
  page.onmessage = ({ data }) => void replies.push(data);
  const ask = (asked: Asked): TrainerReply => {
    page.postMessage({ ...asked, id: ++id } as TrainerRequest, []);
    return replies.findLast((reply) => reply.type !== 'progress')!;
  };
  const step = (): number => {
    const reply = ask({ type: 'run', isRunning: false, stepsPerSecond: 0 });
    return reply.type === 'done' ? reply.local.step : NaN;
  };
  const progress = (): TrainerReply[] => replies.filter(({ type }) => type === 'progress');
  ask({ type: 'start', task, readings });
  return { ask, step, progress, replies, clock };
}

describe('serveTrainer', () => {
  it('answers each request once, with its id', () => {
    const { ask, replies } = serve();
    ask({ type: 'step', count: 3 });
    ask({ type: 'contribute', encoding: { members: 3, clip: 8, weightCap: WEIGHT_CAP } });
    ask({ type: 'apply', global: new Float32Array(33) });
    ask({ type: 'forget' });
    ask({ type: 'reset' });
    ask({ type: 'apply', global: new Float32Array(33) });
    ask({ type: 'prepare', noise: NOISE });
    ask({ type: 'stop' });
    expect(replies.map((reply) => [reply.type, 'id' in reply && reply.id])).toEqual([
      ['started', 1],
      ['done', 2],
      ['contribution', 3],
      ['merged', 4],
      ['done', 5],
      ['done', 6],
      ['failed', 7],
      ['prepared', 8],
      ['stopped', 9],
    ]);
  });

  it('sends whole arrays and goes on with its own', () => {
    const { ask } = serve();
    const once = ask({ type: 'step', count: 1 });
    const twice = ask({ type: 'step', count: 1 });
    for (const reply of [once, twice]) {
      if (reply.type !== 'done') throw new Error(reply.type);
      expect(reply.local.surface).toHaveLength(SURFACE_POINTS);
      expect(reply.local.parameters).toHaveLength(33);
    }
  });

  it('keeps the pace', () => {
    const { ask, step, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    clock.pass(10_000);
    expect(step()).toBe(200);
    clock.pass(10_000);
    expect(step()).toBe(200);
  });

  it('keeps the pace while readings are dragged about', () => {
    const { ask, step, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    for (let i = 0; i < 100; i++) {
      clock.pass(16);
      ask({ type: 'readings', readings });
    }
    expect(step()).toBe(32);
  });

  it('makes up for one second after a sleep, not for all of it', () => {
    const { ask, step, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    clock.pass(1000);
    clock.sleep(3_600_000);
    clock.pass(0);
    expect(step()).toBe(40);
  });

  it('keeps up when it is woken once a second', () => {
    const { ask, step, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    for (let second = 0; second < 10; second++) {
      clock.sleep(1000);
      clock.pass(0);
    }
    expect(step()).toBeGreaterThanOrEqual(199);
  });

  it('goes as fast as it goes for 0, and never longer than a slice at a time', () => {
    const clock = new HandClock(0.125);
    const { ask, step } = serve(clock);
    ask({ type: 'run', isRunning: true, stepsPerSecond: 0 });
    clock.pass(10 * TRAIN_SLICE_MS);
    const made = step();
    expect(made).toBeGreaterThan((9 * TRAIN_SLICE_MS) / 0.125 - 20);
    expect(made).toBeLessThanOrEqual((11 * TRAIN_SLICE_MS) / 0.125);
  });

  it('does not hurry without readings', () => {
    const { ask, step, clock } = serve(new HandClock(0.001));
    ask({ type: 'readings', readings: [] });
    ask({ type: 'run', isRunning: true, stepsPerSecond: 0 });
    clock.pass(1000);
    expect(step()).toBeLessThanOrEqual(21);
  });

  it('shows progress ten times a second while there is any', () => {
    const { ask, progress, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    clock.pass(5000);
    expect(progress()).toHaveLength(5000 / PROGRESS_MS);
    ask({ type: 'run', isRunning: true, stepsPerSecond: 1 });
    const before = progress().length;
    clock.pass(5000);
    expect(progress().length - before).toBe(5);
    ask({ type: 'run', isRunning: false, stepsPerSecond: 20 });
    const paused = progress().length;
    clock.pass(5000);
    expect(progress()).toHaveLength(paused);
    expect(clock.isAwaited).toBe(false);
  });

  it('stops for good', () => {
    const { ask, replies, clock } = serve();
    ask({ type: 'run', isRunning: true, stepsPerSecond: 20 });
    ask({ type: 'stop' });
    const before = replies.length;
    clock.pass(5000);
    ask({ type: 'reset' });
    expect(replies).toHaveLength(before);
    expect(clock.isClosed).toBe(true);
  });
});
