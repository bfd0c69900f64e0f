/**
 * Light or dark: the system's choice until the person makes one, which the browser then remembers.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** The two themes. */
export type Theme = 'light' | 'dark';

const KEY = 'murmuration.theme';
const DARK = '(prefers-color-scheme: dark)';

/** The theme that the page shows now. */
export function shownTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return matchMedia(DARK).matches ? 'dark' : 'light';
}

/** Applies the remembered choice, if any; called before the first render. */
export function restoreTheme(): void {
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is switched off: the system's choice holds.
  }
}

/** Shows a theme and remembers it. */
export function chooseTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage is switched off: the choice holds for this page.
  }
}

/** Tells its host when the theme changes, and reads custom properties for what draws on a canvas. */
export class ThemeWatchController implements ReactiveController {
  private readonly host: ReactiveControllerHost & HTMLElement;
  private readonly onChange: () => void;
  private observer: MutationObserver | undefined;
  private readonly dark = matchMedia(DARK);

  constructor(host: ReactiveControllerHost & HTMLElement, onChange: () => void) {
    this.host = host;
    this.onChange = onChange;
    host.addController(this);
  }

  hostConnected(): void {
    this.observer = new MutationObserver(this.onChange);
    this.observer.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    this.dark.addEventListener('change', this.onChange);
  }

  hostDisconnected(): void {
    this.observer?.disconnect();
    this.dark.removeEventListener('change', this.onChange);
  }

  /** The value of a custom property at the host. */
  value(name: string): string {
    return getComputedStyle(this.host).getPropertyValue(name).trim();
  }

  /** A custom property that is a duration, ms. */
  durationMs(name: string): number {
    const text = this.value(name);
    const amount = Number.parseFloat(text) || 0;
    return /\ds$/.test(text) && !text.endsWith('ms') ? amount * 1000 : amount;
  }
}
