/**
 * Takes turns: work that waits in between, and must not meet other work half done.
 *
 * @module
 */

/** Runs one piece of work after the other, in the order in which they came. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs work once all before it is done, whether that went well or not; settles as the work does. */
  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(work, work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
