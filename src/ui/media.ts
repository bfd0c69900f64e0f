/**
 * Whether a media query holds, for what differs in the document and not only in its looks.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Re-renders its host when the query begins or ceases to hold. */
export class MediaController implements ReactiveController {
  private readonly host: ReactiveControllerHost;
  private readonly list: MediaQueryList;

  constructor(host: ReactiveControllerHost, query: string) {
    this.host = host;
    this.list = matchMedia(query);
    host.addController(this);
  }

  /** Whether it holds now. */
  get matches(): boolean {
    return this.list.matches;
  }

  hostConnected(): void {
    this.list.addEventListener('change', this.changed);
  }

  hostDisconnected(): void {
    this.list.removeEventListener('change', this.changed);
  }

  private readonly changed = (): void => {
    this.host.requestUpdate();
  };
}
