/**
 * Whether a part of the page is in sight: on the screen, in a tab that is shown.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** What is about to be scrolled into sight counts. */
const MARGIN = { rootMargin: '160px' };

/** Tells when a part of its host comes into sight and goes out of it. */
export class SightController implements ReactiveController {
  private readonly partOf: () => Element | null;
  private readonly onChange: (isInSight: boolean) => void;
  private observer: IntersectionObserver | undefined;
  private observed: Element | undefined;
  private isOnScreen = false;
  private isInSight = false;

  constructor(
    host: ReactiveControllerHost,
    partOf: () => Element | null,
    onChange: (isInSight: boolean) => void,
  ) {
    this.partOf = partOf;
    this.onChange = onChange;
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new IntersectionObserver((entries) => {
      this.isOnScreen = entries.at(-1)!.isIntersecting;
      this.check();
    }, MARGIN);
    document.addEventListener('visibilitychange', this.check);
  }

  hostUpdated(): void {
    const part = this.partOf() ?? undefined;
    if (part === this.observed) return;
    if (this.observed) this.observer?.unobserve(this.observed);
    this.observed = part;
    if (part) this.observer?.observe(part);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.observed = undefined;
    this.isOnScreen = false;
    document.removeEventListener('visibilitychange', this.check);
    this.check();
  }

  private readonly check = (): void => {
    const isInSight = this.isOnScreen && document.visibilityState === 'visible';
    if (isInSight === this.isInSight) return;
    this.isInSight = isInSight;
    this.onChange(isInSight);
  };
}
