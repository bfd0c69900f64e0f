/**
 * Before a peer leaves: the others may need its help until they have the newest result.
 *
 * @module
 */
import type { RoundState } from '../round/round.ts';

/** Leaving waits this long for the others to finish the newest round, ms. */
const LEAVE_TIMEOUT_MS = 2_000;

/**
 * Resolves once no attempt is under way and all linked peers have signed for the newest result, or it took too long.
 *
 * @param summing - The machine that sums the own update.
 * @param subscribe - Calls its listener when something changed; the answer ends it.
 */
export function untilOthersHaveResult(
  summing: () => RoundState,
  subscribe: (listener: () => void) => () => void,
): Promise<void> {
  const isDone = (): boolean => {
    const { current, result, links } = summing();
    if (current !== undefined) return false;
    const roster = result?.roster ?? [];
    return roster.every((peer) => !links.has(peer) || result?.dones.has(peer) === true);
  };
  if (isDone()) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = subscribe(() => {
      if (isDone()) finish();
    });
    const timer = setTimeout(() => {
      finish();
    }, LEAVE_TIMEOUT_MS);
    const finish = (): void => {
      clearTimeout(timer);
      stop();
      resolve();
    };
  });
}
