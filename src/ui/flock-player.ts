/**
 * Plays the rounds of a view at a pace that eyes can follow, and only while somebody can see it.
 *
 * The pure machine is `flock-playback.ts`; this controller gives it the clock and the frames. Off the
 * screen, or in a hidden page, it asks for no frame at all, and rounds jump to their end.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { SessionView } from '../peer/view.ts';
import { INITIAL_PLAYBACK, shownAt, stepPlayback } from './flock-playback.ts';
import type { Shown } from './flock-shown.ts';

/** Drives one element. */
export class FlockPlayer implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #onFrame: (shown: Shown, nowMs: number) => boolean;
  #state = INITIAL_PLAYBACK;
  #frame = 0;
  #isOnScreen = true;
  #observer: IntersectionObserver | undefined;

  /**
   * @param onFrame - Draws a moment; returns whether it needs another frame of its own.
   */
  constructor(
    host: ReactiveControllerHost & HTMLElement,
    onFrame: (shown: Shown, nowMs: number) => boolean,
  ) {
    this.#host = host;
    this.#onFrame = onFrame;
    host.addController(this);
  }

  /** What is to be shown now. */
  get shown(): Shown {
    return shownAt(this.#state, performance.now());
  }

  /** Takes a new view in. */
  tell(view: SessionView): void {
    this.#state = stepPlayback(this.#state, { type: 'view', view, atMs: performance.now() });
    if (this.#isSeen) this.refresh();
    else this.#jump();
  }

  /** Draws at the next frame, if anybody sees it. */
  refresh(): void {
    if (this.#isSeen && this.#frame === 0) this.#frame = requestAnimationFrame(this.#draw);
  }

  hostConnected(): void {
    this.#observer = new IntersectionObserver((entries) => {
      this.#isOnScreen = entries[entries.length - 1]?.isIntersecting ?? true;
      this.#seenChanged();
    });
    this.#observer.observe(this.#host);
    document.addEventListener('visibilitychange', this.#seenChanged);
    this.refresh();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    document.removeEventListener('visibilitychange', this.#seenChanged);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  get #isSeen(): boolean {
    return this.#isOnScreen && document.visibilityState === 'visible' && this.#host.isConnected;
  }

  readonly #seenChanged = (): void => {
    this.#host.toggleAttribute('unseen', !this.#isSeen);
    if (this.#isSeen) {
      this.refresh();
      return;
    }
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#jump();
  };

  readonly #draw = (): void => {
    this.#frame = 0;
    const nowMs = performance.now();
    const shown = shownAt(this.#state, nowMs);
    const wantsMore = this.#onFrame(shown, nowMs);
    if (wantsMore || shown.isMoving) this.refresh();
  };

  #jump(): void {
    this.#state = stepPlayback(this.#state, { type: 'jump', atMs: performance.now() });
  }
}
