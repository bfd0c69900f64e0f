/**
 * Errors that a caller treats in its own way. Everything else is a `RangeError` or a `TypeError`
 * whose text names the value and says what to do.
 *
 * @module
 */

/**
 * Why an attempt ended without a result, or a sum will not come.
 *
 * - `too-few-peers`: fewer were left than anybody's smallest group; nothing was opened.
 * - `timeout`: somebody did not answer in time.
 * - `aborted`: called off, here or by another member; what was given has not been opened.
 * - `spent`: what was given may have been opened without a result: giving it again is a second release.
 * - `parameters-differ`: the others sum with other settings.
 * - `base-differs`: the others stand at another model.
 * - `left-out`: the room has agreed to leave this peer out.
 * - `budget`: the next round would tell more than this peer's person allows.
 */
export type FailureReason =
  | 'too-few-peers'
  | 'timeout'
  | 'aborted'
  | 'spent'
  | 'parameters-differ'
  | 'base-differs'
  | 'left-out'
  | 'budget';

/** Bytes from a peer or a server that no honest one would have sent. The link that brought them is closed. */
export class ProtocolViolation extends Error {
  /** Name of the class. */
  override readonly name = 'ProtocolViolation';
}

/** A private sum that will not come: see `reason`. */
export class RoundFailed extends Error {
  /** Name of the class. */
  override readonly name = 'RoundFailed';
  /** Why, for a program; `message` is for a person. */
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A mistake of whoever typed the value: shown as it is, without a stack (exit status 2). */
export class UsageError extends Error {
  /** Name of the class. */
  override readonly name = 'UsageError';
}
