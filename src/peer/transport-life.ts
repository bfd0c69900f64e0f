/**
 * How a transport lives: it starts once, beats, tells the session what happens, flushes and ends once.
 *
 * @module
 */
import { CLOSE_FLUSH_MS, HEARTBEAT_MS, MAX_REFUSALS_TOLD } from '../config.ts';
import type { TransportEvent } from '../ports.ts';

/** What happens by itself between start and end. */
export interface LifeOptions {
  /** `lastBeat` is when it beat before, ms as `performance.now()`. */
  readonly onBeat: (lastBeat: number) => void;
  /** A page that goes away or is online again, for whoever cares. */
  readonly page?: {
    /** Fires `pagehide` and `online`; unless given, the page itself, if there is one. */
    readonly target: EventTarget | undefined;
    readonly onHide: () => void;
    readonly onOnline: () => void;
  };
}

/** The state of the server, as the session is told it. */
export type ServerState = Extract<TransportEvent, { type: 'server' }>['state'];

/** See the file's header. */
export class TransportLife {
  readonly #options: LifeOptions;
  readonly #page: EventTarget | undefined;
  #onEvent: ((event: TransportEvent) => void) | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #lastBeat = 0;
  #serverState: ServerState | undefined;
  #refusalsTold = 0;
  #stage: 'new' | 'started' | 'closing' | 'closed' = 'new';

  constructor(options: LifeOptions) {
    const { page } = options;
    this.#options = options;
    this.#page =
      page && (page.target ?? (typeof document === 'undefined' ? undefined : globalThis));
  }

  /** Between `start` and `flush`: only then is anything new begun. */
  get isStarted(): boolean {
    return this.#stage === 'started';
  }

  get isClosed(): boolean {
    return this.#stage === 'closed';
  }

  start(onEvent: (event: TransportEvent) => void): void {
    if (this.#stage !== 'new') throw new Error('A transport starts once: create another one.');
    this.#stage = 'started';
    this.#onEvent = onEvent;
    this.#lastBeat = performance.now();
    this.#heartbeat = setInterval(() => {
      this.#options.onBeat(this.#lastBeat);
      this.#lastBeat = performance.now();
    }, HEARTBEAT_MS);
    this.#page?.addEventListener('pagehide', this.#onHide);
    this.#page?.addEventListener('online', this.#onOnline);
  }

  /** Events leave in order and never inside a call of the session. */
  tell(event: TransportEvent): void {
    queueMicrotask(() => {
      if (this.#stage !== 'closed') this.#onEvent?.(event);
    });
  }

  /** Says what was refused and why, `MAX_REFUSALS_TOLD` times at most until `forgive`. */
  refuse(code: string, message: string): void {
    if (this.#refusalsTold >= MAX_REFUSALS_TOLD) return;
    this.#refusalsTold++;
    this.tell({ type: 'refused', code, message });
  }

  /** A new server is told of afresh. */
  forgive(): void {
    this.#refusalsTold = 0;
  }

  tellServer(state: ServerState): void {
    if (state === this.#serverState) return;
    this.#serverState = state;
    this.tell({ type: 'server', state });
  }

  /** Lets what was sent leave, `CLOSE_FLUSH_MS` at most; false when it is ending already. */
  async flush(finish: () => Promise<unknown>): Promise<boolean> {
    if (this.#stage === 'closing' || this.#stage === 'closed') return false;
    this.#stage = 'closing';
    let limit: ReturnType<typeof setTimeout> | undefined;
    await Promise.race([
      finish(),
      new Promise((resolve) => {
        limit = setTimeout(resolve, CLOSE_FLUSH_MS);
      }),
    ]);
    clearTimeout(limit);
    return true;
  }

  /** From here on nothing is told. */
  end(): void {
    this.#stage = 'closed';
    clearInterval(this.#heartbeat);
    this.#page?.removeEventListener('pagehide', this.#onHide);
    this.#page?.removeEventListener('online', this.#onOnline);
  }

  readonly #onHide = (): void => this.#options.page?.onHide();

  readonly #onOnline = (): void => this.#options.page?.onOnline();
}
