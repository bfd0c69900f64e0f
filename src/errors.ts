/**
 * Errors that a caller treats in its own way. Everything else is a `RangeError` or a `TypeError`
 * whose text names the value and says what to do.
 *
 * @module
 */

/** Why an attempt ended without a result. */
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
  override readonly name = 'ProtocolViolation';
}

/** A private sum that will not come: see `reason`. */
export class RoundFailed extends Error {
  override readonly name = 'RoundFailed';
  readonly reason: FailureReason;
  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** A mistake of whoever typed the value: shown as it is, without a stack (exit status 2). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
