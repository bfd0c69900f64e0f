/**
 * A trainer on a line: answers requests, trains in slices between them, and shows how it goes.
 *
 * Training never blocks the line for longer than a slice, and it yields by message, never by timer or frame:
 * it goes on in a hidden tab, and as fast as the arithmetic goes when no pace is asked for.
 *
 * @module
 */
import { PROGRESS_MS, STEPS_PER_SECOND, TRAIN_SLICE_MS } from '../config.ts';
import { realClock, type Clock } from './clock.ts';
import type { Snapshot, TrainerReply, TrainerRequest } from './messages.ts';
import { Pace } from './pace.ts';
import type { ServedPort } from './port.ts';
import { Trainer } from './trainer.ts';

/** Serves one trainer on a port, until `stop`. */
export function serveTrainer(port: ServedPort, clock: Clock = realClock()): void {
  const trainer = new Trainer();
  let pace: Pace | undefined;
  let stepsPerSecond = 0;
  let shownStep = -1;
  let shownAt = -Infinity;

  const post = (reply: TrainerReply): void => {
    port.postMessage(reply, buffersOf(reply));
  };

  const show = (now: number): void => {
    if (now - shownAt < PROGRESS_MS || trainer.step === shownStep) return;
    shownAt = now;
    shownStep = trainer.step;
    post({ type: 'progress', local: trainer.snapshot() });
  };

  /** Trains until nothing is due or the slice is over, then arranges to be called again. */
  const turn = (): void => {
    if (!trainer.isRunning) return;
    const began = clock.now();
    let now = began;
    while (now - began < TRAIN_SLICE_MS && (pace?.due(now) ?? 1) > 0) {
      trainer.train(1);
      pace?.take(1);
      now = clock.now();
    }
    show(now);
    const wait = pace?.wait(now) ?? 0;
    if (wait > 0) clock.later(turn, wait);
    else clock.soon(turn);
  };

  const setPace = (isResumed: boolean): void => {
    // Without readings there is nothing to hurry for.
    const asked = trainer.stepsPerSecond || (trainer.hasReadings ? 0 : STEPS_PER_SECOND);
    // A pace that stays keeps its count: readings that are dragged must not put off every next step.
    if (isResumed || asked !== stepsPerSecond) {
      stepsPerSecond = asked;
      pace = asked > 0 ? new Pace(asked, clock.now()) : undefined;
    }
    clock.soon(turn);
  };

  port.onmessage = ({ data }: { readonly data: TrainerRequest }) => {
    const wasRunning = trainer.isRunning;
    try {
      post(trainer.answer(data));
      shownStep = trainer.step;
    } catch (error) {
      post({ type: 'failed', id: data.id, message: messageOf(error) });
      return;
    }
    if (data.type === 'stop') {
      port.onmessage = null;
      clock.close();
    } else if (trainer.isRunning) setPace(!wasRunning);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Everything large in a reply: it changes hands instead of being copied. */
function buffersOf(reply: TrainerReply): ArrayBuffer[] {
  const buffers = (snapshot: Snapshot | undefined): ArrayBuffer[] =>
    snapshot ? [bufferOf(snapshot.surface), bufferOf(snapshot.parameters)] : [];
  switch (reply.type) {
    case 'started':
      return [bufferOf(reply.initial), ...buffers(reply.local), ...buffers(reply.federation)];
    case 'merged':
      return [...buffers(reply.local), ...buffers(reply.federation)];
    case 'done':
    case 'progress':
      return buffers(reply.local);
    case 'contribution':
      return [bufferOf(reply.words), bufferOf(reply.update)];
    case 'prepared':
    case 'stopped':
    case 'failed':
      return [];
  }
}

function bufferOf(array: Float32Array | Float64Array | Uint32Array): ArrayBuffer {
  return array.buffer as ArrayBuffer;
}
