/**
 * Private sums of a session, between whoever asks for one and the machine of rounds.
 *
 * @module
 */
import { equalBytes, toHex } from '../bytes.ts';
import { MAX_MEMBERS, MIN_COHORT } from '../config.ts';
import type { FailureReason } from '../errors.ts';
import type { PeerId } from '../ids.ts';
import type { Suite } from '../ports.ts';
import { hasFounded } from '../round/founding.ts';
import { hashOfWords, includedOf } from '../round/result.ts';
import type { RoundReport } from '../round/round.ts';
import { hashOfParameters, type Encoding, type RoundParameters } from '../secagg/index.ts';
import type { Call } from '../round/messages.ts';
import type { Driver } from './driver.ts';
import {
  Summing,
  type AggregateOptions,
  type AggregateResult,
  type Announcement,
} from './summing.ts';

/** What private sums need of their session. */
export interface SumsOptions {
  readonly driver: Driver;
  readonly suite: Suite;
  readonly self: PeerId;
  /** Parameters of a session that is asked for nothing. */
  readonly plain: RoundParameters;
  /** Fewest peers in any sum. */
  readonly minPeers: number;
  /** With whom this person would sum two by two. */
  trusts(): string;
  /** How much a round is wanted has changed. */
  onCall(): void;
}

/** The summing side of a session, as `LearningSide` is that of what learns. */
export class PrivateSums {
  readonly #options: SumsOptions;
  readonly #summing = new Summing();
  #hasBeenAsked = false;

  constructor(options: SumsOptions) {
    this.#options = options;
  }

  /** Somebody has asked for a sum. */
  get hasBeenAsked(): boolean {
    return this.#hasBeenAsked;
  }

  get call(): Call {
    return this.#summing.call;
  }

  get callAfter(): Call {
    return this.#summing.callAfter;
  }

  /** The values of the newest contribution. */
  get sent(): Float64Array | undefined {
    return this.#summing.sent;
  }

  /** See `Session.aggregate`. */
  async aggregate(values: ArrayLike<number>, options: AggregateOptions): Promise<AggregateResult> {
    this.#hasBeenAsked = true;
    const { driver, plain, trusts, onCall } = this.#options;
    const minPeers = Math.max(this.#options.minPeers, checkedLeast(options.minPeers));
    const answer = this.#summing.ask(values, options, minPeers);
    const parameters = this.#summing.parametersOver(plain);
    // Trust in somebody is no consent to a sum of two where more were asked for.
    const needsMore = (options.minPeers ?? 0) >= MIN_COHORT;
    if (needsMore) driver.dispatch({ type: 'trust', trusts: '' });
    driver.dispatch({ type: 'parameters', parameters, minPeers });
    this.noticeMissed();
    onCall();
    const stop = (): void => {
      this.callOff();
    };
    options.signal?.addEventListener('abort', stop, { once: true });
    try {
      return await answer;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      if (needsMore) driver.dispatch({ type: 'trust', trusts: trusts() });
      this.#followAnnounced();
    }
  }

  /** See `Session.announce`. */
  announce(announced: Announcement): () => void {
    checkedLeast(announced.minPeers);
    this.#summing.announce(announced);
    this.#followAnnounced();
    this.#options.onCall();
    return () => {
      this.#summing.takeBack(announced.plan.name);
      this.#followAnnounced();
      this.#options.onCall();
    };
  }

  /** The asker does not want the sum any more: out of the attempt, as long as that is possible. */
  callOff(): void {
    const serial = this.#summing.callOff();
    if (serial !== undefined) {
      this.#options.driver.dispatch({ type: 'no-contribution', serial, reason: 'aborted' });
    }
    this.#options.onCall();
  }

  /** Draws the noise of the next attempt at what is asked for. */
  prepare(): void {
    this.#summing.prepare();
  }

  /** The values as words for an attempt. */
  encode(encoding: Encoding, serial: number): Uint32Array {
    return this.#summing.encode(encoding, serial);
  }

  /** An attempt failed, and nobody learnt the values. */
  release(): void {
    this.#summing.release();
  }

  /** Ends what is asked for without an answer. */
  end(reason: FailureReason, message: string): void {
    this.#summing.end(reason, message);
  }

  /** Takes a result; the answer, where it has the values in it. */
  onResult(report: RoundReport): AggregateResult | undefined {
    const { driver, self } = this.#options;
    const { parameters } = driver.room.setting;
    const aggregate = report.isCopied
      ? undefined
      : this.#summing.resolve(report, driver.summing.serial, self, parameters);
    this.noticeMissed();
    return aggregate;
  }

  /** The newest result may be the very sum that is asked for, made without this peer. */
  noticeMissed(): void {
    const { driver, suite } = this.#options;
    const { result, setting } = driver.room;
    if (result === undefined || result.within !== undefined || hasFounded(result)) return;
    if (!equalBytes(result.done.parameters, hashOfParameters(suite, setting.parameters))) return;
    const { words, roster, done } = result;
    const resultHash = toHex(hashOfWords(suite, words));
    const included = includedOf(result);
    this.#summing.miss(
      { words, roster, included, round: done.round, resultHash },
      setting.parameters,
    );
  }

  /** Takes the terms of what is announced, but never while a sum is under way: that one may need more peers. */
  #followAnnounced(): void {
    const { next } = this.#summing;
    if (next === undefined) return;
    const parameters = this.#summing.parametersOver(this.#options.plain);
    const minPeers = Math.max(this.#options.minPeers, checkedLeast(next.minPeers));
    this.#options.driver.dispatch({ type: 'parameters', parameters, minPeers });
  }
}

function checkedLeast(minPeers = 0): number {
  if (minPeers === 0 || (Number.isInteger(minPeers) && minPeers > 0 && minPeers <= MAX_MEMBERS)) {
    return minPeers;
  }
  throw new RangeError(`minPeers is ${minPeers}: choose a whole number up to ${MAX_MEMBERS}.`);
}
