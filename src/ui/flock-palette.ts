/**
 * Colours for a canvas, which cannot read custom properties, and the moment at which they change.
 *
 * @module
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { PEER_COLOURS } from './bird-colours.ts';

/** Colours as a canvas takes them. */
export interface Palette {
  readonly ground: string;
  readonly ink: string;
  readonly quiet: string;
  readonly hairline: string;
  readonly hairlineStrong: string;
  /** `--peer-1` and on. */
  readonly peers: readonly string[];
  readonly isDark: boolean;
}

/** Keeps the palette of its host, and whether motion is wanted. Calls back when either changes. */
export class PaletteController implements ReactiveController {
  #palette: Palette | undefined;
  readonly #queries = [
    '(prefers-reduced-motion: reduce)',
    '(forced-colors: active)',
    '(prefers-color-scheme: dark)',
  ].map((query) => matchMedia(query));
  readonly #observer: MutationObserver;

  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #onChange: () => void;

  constructor(host: ReactiveControllerHost & HTMLElement, onChange: () => void) {
    this.#host = host;
    this.#onChange = onChange;
    this.#observer = new MutationObserver(this.#changed);
    host.addController(this);
  }

  /** Motion is to be left out: everything changes in place. */
  get isStill(): boolean {
    return this.#queries[0]!.matches;
  }

  get palette(): Palette {
    return (this.#palette ??= readPalette(this.#host, this.#queries[1]!.matches));
  }

  hostConnected(): void {
    this.#palette = undefined;
    this.#observer.observe(document.documentElement, {
      attributeFilter: ['data-theme', 'class', 'style'],
    });
    for (const query of this.#queries) query.addEventListener('change', this.#changed);
  }

  hostDisconnected(): void {
    this.#observer.disconnect();
    for (const query of this.#queries) query.removeEventListener('change', this.#changed);
  }

  readonly #changed = (): void => {
    this.#palette = undefined;
    this.#onChange();
  };
}

/** Resolves tokens to colours: a custom property may itself be a function of the theme. */
function readPalette(host: HTMLElement, isForced: boolean): Palette {
  const probe = document.createElement('span');
  probe.hidden = true;
  (host.shadowRoot ?? host).append(probe);
  const read = (token: string, forced: string): string => {
    probe.style.color = isForced ? forced : `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const palette = {
    ground: read('--ground', 'Canvas'),
    ink: read('--ink', 'CanvasText'),
    quiet: read('--ink-3', 'GrayText'),
    hairline: read('--hairline', 'GrayText'),
    hairlineStrong: read('--hairline-strong', 'GrayText'),
    peers: Array.from({ length: PEER_COLOURS }, (_, i) => read(`--peer-${i + 1}`, 'CanvasText')),
    isDark: getComputedStyle(host).colorScheme === 'dark',
  };
  probe.remove();
  return palette;
}
