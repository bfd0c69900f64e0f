/**
 * Work on the page's own thread in slices of a few ms, so that presses, scrolling and frames come in between.
 *
 * A browser calls a task long from 50 ms on. A slice is far shorter, since its last piece may take a while, and a busy
 * machine may take several times as long over it.
 *
 * @module
 */
import type { Steps } from '../simulation/steps.ts';

/** Length of a slice, ms; it ends with the piece of work that goes beyond it. */
const SLICE_MS = 6;

/** Resolves in a later task of the page; a timer would wait for at least 4 ms, or for a second in a hidden tab. */
export function breath(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * Does work from the next task of the page on.
 *
 * @param isWanted - Asked between slices.
 * @returns Its result; undefined when nobody wants it any more.
 */
export async function inSlices<Result>(
  work: Steps<Result>,
  isWanted: () => boolean = () => true,
): Promise<Result | undefined> {
  for (;;) {
    await breath();
    if (!isWanted()) return undefined;
    const end = performance.now() + SLICE_MS;
    do {
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < end);
  }
}

/** What is still to be done in turn, and how much of this task is spent on it, ms. */
const waiting: (() => void)[] = [];
let spentMs = 0;
let isTurnAsked = false;

/** Does something at once if this task has time for it, and in turn in one of the next tasks otherwise. */
export function inTurn(piece: () => void): void {
  if (waiting.length > 0 || spentMs >= SLICE_MS) waiting.push(piece);
  else timed(piece);
  void nextTurn();
}

async function nextTurn(): Promise<void> {
  if (isTurnAsked) return;
  isTurnAsked = true;
  await breath();
  isTurnAsked = false;
  spentMs = 0;
  try {
    while (waiting.length > 0 && spentMs < SLICE_MS) timed(waiting.shift()!);
  } finally {
    // One that fails keeps no other from its turn; a turn with nothing to do is the last.
    if (waiting.length > 0 || spentMs > 0) void nextTurn();
  }
}

function timed(piece: () => void): void {
  const began = performance.now();
  try {
    piece();
  } finally {
    spentMs += performance.now() - began;
  }
}
