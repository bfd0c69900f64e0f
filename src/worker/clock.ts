/**
 * Time and turns of a trainer: what it needs of the clock, so that a test can be the clock.
 *
 * @module
 */

/** Ms, and two ways to be called later; a new call replaces the one that waits. */
export interface Clock {
  /** Ms from any start, never backwards. */
  now(): number;
  /** Calls back after what waits in the queues of messages and timers. */
  soon(run: () => void): void;
  /** Calls back after so many ms, or later. */
  later(run: () => void, ms: number): void;
  /** Calls back no more. */
  close(): void;
}

/**
 * The real clock. `soon` goes through a message channel: timers of 0 ms are held back to 4 ms, and far
 * longer in a hidden page; frames do not come at all.
 */
export function realClock(): Clock {
  const { port1, port2 } = new MessageChannel();
  let next: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const replace = (run: (() => void) | undefined): void => {
    clearTimeout(timer);
    next = run;
  };
  port1.onmessage = () => {
    const run = next;
    next = undefined;
    run?.();
  };
  return {
    now: () => performance.now(),
    soon(run) {
      replace(run);
      port2.postMessage(null);
    },
    later(run, ms) {
      replace(undefined);
      timer = setTimeout(run, ms);
    },
    close() {
      replace(undefined);
      port1.close();
      port2.close();
    },
  };
}
