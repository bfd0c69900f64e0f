/**
 * Which terms explain themselves on a page, panel by panel.
 *
 * @module
 */
import type { Page } from 'playwright-core';

/**
 * Terms by the panel in which they stand: a named section, a dialog, the lead or the footer of the page. In the
 * order of the alphabet.
 */
export function explainedTerms(page: Page): Promise<Record<string, string[]>> {
  return page.locator('explained-term').evaluateAll((terms) => {
    const panelOf = (start: Element): string => {
      let node: Element | null = start;
      while (node) {
        const label = node.getAttribute('aria-label');
        if (label && node.localName === 'section') return label;
        if (['footer', 'wa-dialog', 'ask-form', 'asked-question'].includes(node.localName)) {
          return node.localName;
        }
        if (node.localName === 'learn-from-table') return 'table';
        const root: Node = node.getRootNode();
        node = node.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
      }
      return 'page';
    };
    const panels: Record<string, string[]> = {};
    for (const term of terms) (panels[panelOf(term)] ??= []).push(term.getAttribute('of')!);
    for (const list of Object.values(panels)) list.sort();
    return panels;
  });
}

/** Terms that a panel marks more than once. */
export function marksTwice(panels: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(panels).flatMap(([panel, terms]) =>
    terms.filter((term, at) => terms.indexOf(term) !== at).map((term) => `${term} in ${panel}`),
  );
}
