/**
 * A suite that counts its calls and how long they take.
 *
 * @module
 */
import type { Suite } from '../../src/ports.ts';

/** Calls of one kind. */
export interface Calls {
  count: number;
  ms: number;
}

/** What was called since the meter was last emptied, by the name of the function. */
export class Meter {
  readonly calls = new Map<string, Calls>();

  /** All of them together, ms. */
  get ms(): number {
    let total = 0;
    for (const { ms } of this.calls.values()) total += ms;
    return total;
  }

  empty(): void {
    this.calls.clear();
  }

  add(name: string, ms: number): void {
    const calls = this.calls.get(name);
    if (calls === undefined) this.calls.set(name, { count: 1, ms });
    else {
      calls.count += 1;
      calls.ms += ms;
    }
  }
}

/** The same suite, with every call on the meter. */
export function timedSuite(suite: Suite, meter: Meter): Suite {
  const timed =
    <Arguments extends readonly unknown[], Result>(
      name: string,
      call: (...given: Arguments) => Result,
    ) =>
    (...given: Arguments): Result => {
      const began = performance.now();
      try {
        return call(...given);
      } finally {
        meter.add(name, performance.now() - began);
      }
    };
  return {
    name: suite.name,
    agreementKey: timed('agreementKey', suite.agreementKey),
    agree: timed('agree', suite.agree),
    signingKey: timed('signingKey', suite.signingKey),
    sign: timed('sign', suite.sign),
    verify: timed('verify', suite.verify),
    hash: timed('hash', suite.hash),
    derive: timed('derive', suite.derive),
    stream: timed('stream', suite.stream),
    addStreamsInPlace: timed('addStreamsInPlace', suite.addStreamsInPlace),
    seal: timed('seal', suite.seal),
    open: timed('open', suite.open),
  };
}
