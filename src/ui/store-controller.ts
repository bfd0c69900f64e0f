/**
 * Connects one element to the store of the room: it re-renders at changes, at most once a frame.
 *
 * A round changes the view dozens of times within a frame, and six peers of one tab do six rounds at
 * once: nobody could see what is rendered between two frames.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { RoomStore } from './room-store.ts';

/** A page that is not shown has no frames: it is kept up to date this often, ms. */
const HIDDEN_MS = 500;

/** Subscribes its host to the store while the host is in the document. */
export class StoreController implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly storeOf: () => RoomStore | undefined;
  private unsubscribe: (() => void) | undefined;
  private cancel: (() => void) | undefined;
  /** Something changed since the last rendering. */
  private isStale = false;

  constructor(host: ReactiveControllerHost, storeOf: () => RoomStore | undefined) {
    this.host = host;
    this.storeOf = storeOf;
    host.addController(this);
  }

  hostConnected(): void {
    this.unsubscribe = this.storeOf()?.subscribe(this.changed);
  }

  hostDisconnected(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
    this.cancel?.();
    this.cancel = undefined;
    this.isStale = false;
  }

  /** The first change of a frame shows at once, so that what a person does next meets it; the rest wait. */
  private readonly changed = (): void => {
    if (this.cancel !== undefined) {
      this.isStale = true;
      return;
    }
    this.host.requestUpdate();
    const settle = (): void => {
      this.cancel = undefined;
      if (!this.isStale) return;
      this.isStale = false;
      this.changed();
    };
    if (document.visibilityState === 'hidden') {
      const timer = setTimeout(settle, HIDDEN_MS);
      this.cancel = () => clearTimeout(timer);
    } else {
      const frame = requestAnimationFrame(settle);
      this.cancel = () => cancelAnimationFrame(frame);
    }
  };
}
