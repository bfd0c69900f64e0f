import { describe, expect, it } from 'vitest';
import { MAX_PENDING_REQUESTS, WEIGHT_CAP } from '../../src/config.ts';
import { firstParameters } from '../../src/task/heat-map.ts';
import { localReadings } from '../../src/task/readings.ts';
import type { Snapshot } from '../../src/worker/messages.ts';
import type { TrainerPort } from '../../src/worker/port.ts';
import { serveTrainer } from '../../src/worker/serve.ts';
import { startTrainerInProcess } from '../../src/worker/start-in-process.ts';
import { TrainerClient } from '../../src/worker/trainer-client.ts';
import { HandClock, line } from './line.ts';

const task = { pattern: 'circle', hidden: [8], modelSeed: 'room' } as const;
const readings = localReadings('circle', 'peer');
const encoding = { members: 3, clip: 8, weightCap: WEIGHT_CAP };

/** A port with nobody at the other end. */
function deadPort(): TrainerPort & { closed: number; sent: number } {
  return {
    onmessage: null,
    onbroken: null,
    closed: 0,
    sent: 0,
    postMessage() {
      this.sent += 1;
    },
    close() {
      this.closed += 1;
    },
  };
}

describe('TrainerClient', () => {
  it('goes through a round over a message channel', async () => {
    const client = new TrainerClient(startTrainerInProcess(), () => undefined);
    const { initial } = await client.start({ task, readings });
    expect(initial).toEqual(firstParameters(task));
    expect((await client.step(20)).step).toBe(20);
    const { words, weight } = await client.contribute(encoding);
    expect([words.length, weight]).toEqual([34, readings.length]);
    const global = initial.map((value) => value + 0.25);
    const { local, federation } = await client.apply(global);
    expect(global, 'requests are copied').toHaveLength(33);
    expect(local.parameters).toEqual(global);
    expect(federation.parameters).toEqual(global);
    expect((await client.forget()).parameters).toEqual(global);
    expect((await client.setReadings([])).step).toBe(20);
    expect((await client.copy(initial)).local.parameters).toEqual(initial);
    expect((await client.reset()).parameters).toEqual(initial);
    await client.close();
    await expect(client.reset()).rejects.toThrow('closed');
  });

  it('trains on the real clock until it is stopped', async () => {
    const first = await new Promise<Snapshot>((resolve) => {
      const client = new TrainerClient(startTrainerInProcess(), (local) => {
        resolve(local);
        void client.close();
      });
      void client.start({ task, readings });
      void client.run(true, 0);
    });
    expect(first.step).toBeGreaterThan(0);
    expect(first.parameters).not.toEqual(firstParameters(task));
  });

  it('rejects what failed with the trainer’s message, and goes on', async () => {
    const client = new TrainerClient(startTrainerInProcess(), () => undefined);
    await expect(client.reset()).rejects.toThrow('send start first');
    await client.start({ task, readings });
    await expect(client.apply(new Float32Array(33))).rejects.toThrow('copy it instead');
    await expect(client.run(true, -1)).rejects.toThrow('stepsPerSecond is -1');
    expect((await client.step()).step).toBe(1);
    await client.close();
  });

  it('passes progress on', async () => {
    const { served, page } = line();
    const clock = new HandClock();
    serveTrainer(served, clock);
    const steps: number[] = [];
    const client = new TrainerClient(page, ({ step }) => steps.push(step));
    await client.start({ task, readings });
    await client.run(true, 20);
    clock.pass(300);
    expect(steps).toEqual([1, 3, 5]);
    await client.close();
  });

  it('refuses more requests than it may keep waiting', async () => {
    const port = deadPort();
    const client = new TrainerClient(port, () => undefined);
    const waiting = Array.from({ length: MAX_PENDING_REQUESTS }, () => client.reset());
    await expect(client.reset()).rejects.toThrow('await its replies');
    expect(port.sent).toBe(MAX_PENDING_REQUESTS);
    port.onbroken?.('gone.');
    const outcomes = await Promise.allSettled(waiting);
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
  });

  it('rejects everything once the trainer broke', async () => {
    const port = deadPort();
    const client = new TrainerClient(port, () => undefined);
    const waiting = client.step();
    port.onbroken?.('its script did not load.');
    await expect(waiting).rejects.toThrow('its script did not load');
    await expect(client.step()).rejects.toThrow('Reload the page');
    await client.close();
    expect(port.closed).toBe(1);
  });

  it('ends the line once, however often it is closed', async () => {
    const { served, page, isClosed } = line();
    serveTrainer(served, new HandClock());
    const client = new TrainerClient(page, () => undefined);
    await Promise.all([client.close(), client.close()]);
    expect(isClosed()).toBe(true);
  });
});
