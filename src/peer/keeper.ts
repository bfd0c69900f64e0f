/**
 * Keeps what a restart must know, as it changes.
 *
 * The mark "contributed" is kept before anything leaves; the result at once; the learning side now and
 * then. Where keeping fails, this peer must not contribute any more: it could give the same update twice.
 *
 * @module
 */
import type { Store } from '../ports.ts';
import type { ResultMessage } from '../round/messages.ts';
import { SPENDING_KEY, type KeptSpending } from './account.ts';
import { keepResult, type Joined, type KeptLearning } from './keeping.ts';
import type { KeptSpam } from './kept-spam.ts';

/** The learning side is kept at most once in this time, ms. */
const KEEP_INTERVAL_MS = 2_000;

/** What a person drew is kept within this time, ms: a drag changes it with every frame. */
const KEEP_EDIT_MS = 100;

/** Asks the learning side what to keep. */
type Look = () => KeptLearning | KeptSpam | undefined;

/** Writes to one store; to none for a peer that cannot come back. */
export class Keeper {
  readonly #store: Store | undefined;
  readonly #onFailure: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The timer runs for something that a person changed. */
  #isEdited = false;
  #hasFailed = false;

  /** @param onFailure - Called once, when something could not be kept. */
  constructor(store: Store | undefined, onFailure: () => void) {
    this.#store = store;
    this.#onFailure = onFailure;
  }

  /** Everything could be kept so far. */
  get isReliable(): boolean {
    return !this.#hasFailed;
  }

  /** Resolves when the mark is durable; rejects when it is not. */
  joined(joined: Joined): Promise<void> {
    return this.#surely('joined', joined);
  }

  /** Resolves when what was spent is durable; rejects when it is not. */
  spending(spending: KeptSpending): Promise<void> {
    return this.#surely(SPENDING_KEY, spending);
  }

  /** Keeps the newest result. */
  result(result: ResultMessage): void {
    if (this.#store !== undefined) void this.#attempt(keepResult(this.#store, result));
  }

  /** Keeps the learning side within `KEEP_INTERVAL_MS`. */
  learningSoon(look: Look): void {
    this.#timer ??= this.#keepAfter(KEEP_INTERVAL_MS, look);
  }

  /** Keeps what a person has just changed, within `KEEP_EDIT_MS`. */
  editSoon(look: Look): void {
    if (this.#isEdited) return;
    clearTimeout(this.#timer);
    this.#isEdited = true;
    this.#timer = this.#keepAfter(KEEP_EDIT_MS, look);
  }

  /** Keeps the learning side. */
  async learningNow(kept: ReturnType<Look>): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isEdited = false;
    if (kept === undefined || this.#store === undefined) return;
    await this.#attempt(this.#store.set('learning', kept));
  }

  #keepAfter(delayMs: number, look: Look): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      void this.learningNow(look());
    }, delayMs);
  }

  async #surely(key: string, value: unknown): Promise<void> {
    try {
      await this.#store?.set(key, value);
    } catch (error) {
      this.#fail();
      throw error;
    }
  }

  #attempt(kept: Promise<void>): Promise<void> {
    return kept.catch(() => {
      this.#fail();
    });
  }

  #fail(): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#onFailure();
  }
}
