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
 * longer in a hidden page; frames do not come at all. Node has `setImmediate`, and needs it: it empties a
 * channel of up to a thousand messages at once, so that a training loop would lock everybody else out for
 * seconds.
 */
export function realClock(): Clock {
  const immediate = (globalThis as { setImmediate?: (run: () => void) => unknown }).setImmediate;
  const channel = immediate ? undefined : new MessageChannel();
  let next: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const replace = (run: (() => void) | undefined): void => {
    clearTimeout(timer);
    next = run;
  };
  const turn = (): void => {
    const run = next;
    next = undefined;
    run?.();
  };
  if (channel) channel.port1.onmessage = turn;
  return {
    now: () => performance.now(),
    soon(run) {
      replace(run);
      if (channel) channel.port2.postMessage(null);
      else immediate?.(turn);
    },
    later(run, ms) {
      replace(undefined);
      timer = setTimeout(run, ms);
    },
    close() {
      replace(undefined);
      channel?.port1.close();
      channel?.port2.close();
    },
  };
}
