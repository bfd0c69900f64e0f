/**
 * A line between a page and a trainer, delivered at once, and a clock that a test turns by hand.
 *
 * @module
 */
import type { Clock } from '../../src/worker/clock.ts';
import type { TrainerReply, TrainerRequest } from '../../src/worker/messages.ts';
import type { ServedPort, TrainerPort } from '../../src/worker/port.ts';

/** Both ends of one line. Messages are cloned and their arrays transferred, as a browser does it. */
export function line(): { served: ServedPort; page: TrainerPort; isClosed: () => boolean } {
  let isClosed = false;
  const served: ServedPort = {
    onmessage: null,
    postMessage(message, transfer) {
      const data: TrainerReply = structuredClone(message, { transfer });
      page.onmessage?.({ data });
    },
  };
  const page: TrainerPort = {
    onmessage: null,
    onbroken: null,
    postMessage(message, transfer) {
      const data: TrainerRequest = structuredClone(message, { transfer });
      served.onmessage?.({ data });
    },
    close() {
      isClosed = true;
    },
  };
  return { served, page, isClosed: () => isClosed };
}

/** Time that stands still unless it is moved; each reading of it costs `readMs`. */
export class HandClock implements Clock {
  isClosed = false;
  private readonly readMs: number;
  private time = 0;
  private waiting: { readonly at: number; readonly run: () => void } | undefined;

  constructor(readMs = 0) {
    this.readMs = readMs;
  }

  now(): number {
    this.time += this.readMs;
    return this.time;
  }

  soon(run: () => void): void {
    this.waiting = { at: this.time, run };
  }

  later(run: () => void, ms: number): void {
    this.waiting = { at: this.time + ms, run };
  }

  close(): void {
    this.waiting = undefined;
    this.isClosed = true;
  }

  /** Whether somebody waits to be called. */
  get isAwaited(): boolean {
    return this.waiting !== undefined;
  }

  /** Lets time pass, and calls whoever is due, as often as they are. */
  pass(ms: number): void {
    const end = this.time + ms;
    while (this.waiting && this.waiting.at <= end) {
      const { at, run } = this.waiting;
      this.waiting = undefined;
      this.time = Math.max(this.time, at);
      run();
    }
    this.time = Math.max(this.time, end);
  }

  /** Lets time pass while nobody is called: a page that sleeps. */
  sleep(ms: number): void {
    this.time += ms;
  }
}
