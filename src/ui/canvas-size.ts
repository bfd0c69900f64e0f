/**
 * The width of an element, now and whenever it changes.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Tells its host's width in CSS px, once it has one and at each change. */
export class CanvasSizeController implements ReactiveController {
  private readonly host: ReactiveControllerHost & HTMLElement;
  private readonly onWidth: (widthPx: number) => void;
  private observer: ResizeObserver | undefined;
  private widthPx = 0;

  constructor(host: ReactiveControllerHost & HTMLElement, onWidth: (widthPx: number) => void) {
    this.host = host;
    this.onWidth = onWidth;
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new ResizeObserver((entries) => {
      const widthPx = entries.at(-1)!.contentRect.width;
      if (widthPx === this.widthPx) return;
      this.widthPx = widthPx;
      this.onWidth(widthPx);
    });
    this.observer.observe(this.host);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
  }
}
