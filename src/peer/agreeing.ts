/**
 * Which noise this peer adds, what the others ask for, and what its person insists on.
 *
 * A change is a proposal: everybody sees it in the READY of whoever made it. More noise is followed at
 * once. Less is followed when the person says so (a program has no person to ask, and follows down to what
 * it was started to insist on): nobody else may make this peer's updates less hidden.
 *
 * @module
 */
import type { PeerId } from '../ids.ts';
import {
  changedTo,
  isNewer,
  isWeaker,
  readAgreement,
  type Agreement,
} from '../privacy/agreement.ts';
import type { NoiseSetting } from '../privacy/noise.ts';
import { ANYBODY } from '../round/roster.ts';
import { checkFit } from './noise-parameters.ts';

/** Peers whose wishes are remembered: those of a full room. */
const MAX_WISHES = 64;

/** One peer's side of the agreement. */
export class Agreeing {
  #own: Agreement;
  #least: NoiseSetting | undefined;
  readonly #wishes = new Map<PeerId, Agreement>();
  readonly #follows: PeerId | typeof ANYBODY | undefined;

  readonly #dimension: number;

  /**
   * @param dimension - Values of a vector.
   * @param follows - Whose proposals of less noise are followed without asking.
   */
  constructor(own: Agreement, dimension: number, follows: PeerId | typeof ANYBODY | undefined) {
    this.#own = own;
    this.#dimension = dimension;
    this.#least = follows === ANYBODY ? own.setting : undefined;
    this.#follows = follows;
  }

  /** What this peer adds. */
  get own(): Agreement {
    return this.#own;
  }

  /** The least that this peer takes part with; undefined: masks alone will do. */
  get least(): NoiseSetting | undefined {
    return this.#least;
  }

  /** Newer settings of others that this peer has not followed. */
  get wishes(): ReadonlyMap<PeerId, Agreement> {
    return this.#wishes;
  }

  /** Whether a setting hides less than what this peer insists on. */
  isTooWeak(setting: NoiseSetting | undefined): boolean {
    return isWeaker(setting, this.#least, this.#dimension);
  }

  /**
   * Hears which noise another peer adds, as its parameters say.
   *
   * @returns `followed`: it is this peer's too from now on; `asked`: it waits for the person; `behind`: that
   *   peer will follow this one, or was asked to.
   * @throws RangeError when the text is no agreement, or one that does not fit this room.
   */
  hear(peer: PeerId, text: string): 'followed' | 'asked' | 'behind' {
    const theirs = readAgreement(text);
    if (theirs.setting !== undefined) checkFit(theirs.setting, this.#dimension);
    this.#wishes.delete(peer);
    if (!isNewer(theirs, this.#own)) return 'behind';
    const isUnasked =
      this.#follows === ANYBODY ||
      this.#follows === peer ||
      !isWeaker(theirs.setting, this.#own.setting, this.#dimension);
    if (isUnasked && !this.isTooWeak(theirs.setting)) {
      this.#adopt(theirs);
      return 'followed';
    }
    if (this.#wishes.size < MAX_WISHES) this.#wishes.set(peer, theirs);
    return 'asked';
  }

  /** This person's change. A room that was asked for something newer meanwhile is asked again. */
  choose(setting: NoiseSetting | undefined): void {
    const newest = [...this.#wishes.values()].reduce(
      (known, wish) => (wish.revision > known.revision ? wish : known),
      this.#own,
    );
    this.#adopt(changedTo(setting, newest));
  }

  /**
   * Does as another peer asked.
   *
   * @returns Whether it had asked for anything.
   */
  follow(peer: PeerId): boolean {
    const wish = this.#wishes.get(peer);
    if (wish !== undefined) this.#adopt(wish);
    return wish !== undefined;
  }

  /** From now on this peer takes part only with so much noise at least. */
  insist(least: NoiseSetting | undefined): void {
    this.#least = least;
  }

  /** A peer left: its wish left with it. */
  forget(peer: PeerId): void {
    this.#wishes.delete(peer);
  }

  #adopt(agreement: Agreement): void {
    this.#own = agreement;
    for (const [peer, wish] of this.#wishes) {
      if (!isNewer(wish, agreement)) this.#wishes.delete(peer);
    }
  }
}
