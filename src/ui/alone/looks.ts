/**
 * Looks of an element that stands in somebody else's page: the same properties as in the project's own page,
 * each of which that page may set.
 *
 * The page's own names would collide with somebody's sooner or later, so from outside `--ground` is called
 * `--murmuration-ground`, and so on for every property of `tokens.ts`. Set on any ancestor, it is inherited.
 * The rules have no specificity (`:where`), and are adopted where the element stands, be it the document or
 * somebody's shadow root. An element inside of another of ours finds the properties there, and adopts nothing.
 *
 * @module
 */
import { css, unsafeCSS, type CSSResult, type ReactiveController } from 'lit';
import type { ReactiveControllerHost } from 'lit';
import { controlLooks, darkColours, lightColours, measures } from '../tokens.ts';

/** The elements that may stand alone. */
const ALONE = ['heat-map', 'peer-graph', 'murmuration-room'] as const;

/** Says that the properties are there already. */
const MARK = '--murmuration-is-here';

const where = (suffix: string): CSSResult =>
  unsafeCSS(`:where(${ALONE.map((name) => `${name}${suffix}`).join(', ')})`);

/** The rules of elements that stand alone. */
export const aloneLooks = css`
  ${where('')} {
    ${open(lightColours)}
    ${open(measures)}
    ${controlLooks}
    --murmuration-is-here: yes;
    color: var(--ink);
    font: 400 var(--text-m) / 1.5 var(--sans);
  }
  @media (prefers-color-scheme: dark) {
    ${where(":not([data-theme='light'])")} {
      ${open(darkColours)}
    }
  }
  ${where("[data-theme='dark']")} {
    ${open(darkColours)}
  }
  @media (pointer: coarse), (max-width: 640px) {
    ${where('')} {
      --control: 44px;
    }
  }
  @media (prefers-reduced-motion: reduce) {
    ${where('')} {
      --fast: 0ms;
      --normal: 0ms;
      --merge: 0ms;
      --flight: 0ms;
    }
  }
`;

/** Gives its host the looks, where nothing around it has. */
export class AloneController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    if (getComputedStyle(this.#host).getPropertyValue(MARK) !== '') return;
    const root = this.#host.getRootNode() as Document | ShadowRoot;
    const sheet = aloneLooks.styleSheet!;
    if (root.adoptedStyleSheets.includes(sheet)) return;
    root.adoptedStyleSheets = [sheet, ...root.adoptedStyleSheets];
  }
}

/** Lets a page set each property by its public name. */
function open(block: CSSResult): CSSResult {
  return unsafeCSS(
    block.cssText.replace(/--([\w-]+):\s*([^;]+);/g, '--$1: var(--murmuration-$1, $2);'),
  );
}
