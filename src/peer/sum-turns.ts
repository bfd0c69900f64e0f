/**
 * Turns for private sums: a session makes one at a time, and several parts of a page may want one.
 *
 * Everybody takes the plan first whose name comes first, whatever was wanted first: else one peer would wait in
 * one sum for another that waits for it in the other. So a sum that still waits for people makes way.
 *
 * @module
 */
import { RoundFailed } from '../errors.ts';

interface Turn {
  readonly plan: string;
  /** Does the work, and settles what `take` gave; rejects where it made way. */
  readonly work: (pause: AbortSignal) => Promise<void>;
}

/** Who sums now, and who waits. */
export class SumTurns {
  readonly #waiting: Turn[] = [];
  #now: { readonly plan: string; readonly pause: AbortController } | undefined;

  /**
   * Runs work once no sum of a plan whose name comes before, or that came before, is under way.
   *
   * @param work - Sums until `pause` is aborted. Called off by that (`RoundFailed`, `aborted`), it runs again later.
   */
  take<Result>(plan: string, work: (pause: AbortSignal) => Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const attempt = async (pause: AbortSignal): Promise<void> => {
        try {
          resolve(await work(pause));
        } catch (error) {
          const madeWay = error instanceof RoundFailed && error.reason === 'aborted';
          if (pause.aborted && madeWay) throw error;
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
      this.#waiting.push({ plan, work: attempt });
      if (this.#now !== undefined && plan < this.#now.plan) this.#now.pause.abort();
      this.#next();
    });
  }

  #next(): void {
    if (this.#now !== undefined) return;
    const [first, ...more] = this.#waiting;
    if (first === undefined) return;
    const turn = more.reduce((least, other) => (other.plan < least.plan ? other : least), first);
    this.#waiting.splice(this.#waiting.indexOf(turn), 1);
    const pause = new AbortController();
    this.#now = { plan: turn.plan, pause };
    turn
      .work(pause.signal)
      .catch(() => {
        this.#waiting.unshift(turn);
      })
      .finally(() => {
        this.#now = undefined;
        this.#next();
      });
  }
}
