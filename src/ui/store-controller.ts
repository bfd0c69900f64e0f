/**
 * Connects one element to the store of the room: it re-renders at each change.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { RoomStore } from './room-store.ts';

/** Subscribes its host to the store while the host is in the document. */
export class StoreController implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly storeOf: () => RoomStore | undefined;
  private unsubscribe: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, storeOf: () => RoomStore | undefined) {
    this.host = host;
    this.storeOf = storeOf;
    host.addController(this);
  }

  hostConnected(): void {
    this.unsubscribe = this.storeOf()?.subscribe(() => this.host.requestUpdate());
  }

  hostDisconnected(): void {
    this.unsubscribe?.();
    this.unsubscribe = undefined;
  }
}
