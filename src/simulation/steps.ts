/**
 * Work that pauses now and then, so that whoever does it can do something else in between.
 *
 * @module
 */

/** Each pause is a place to stop for a while, or for good. */
export type Steps<Result> = Generator<void, Result>;

/** Does all of it at once. */
export function finish<Result>(work: Steps<Result>): Result {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
