/**
 * Marks terms in a sentence that comes as text.
 *
 * @module
 */
import { html } from 'lit';
import type { TemplateResult } from 'lit';
import './explained-term.ts';
import type { TermName } from './term-words.ts';

/** A term and how it is written in a sentence, such as `/masks?/`. */
export type Mark = readonly [term: TermName, written: RegExp];

/**
 * A sentence with its terms marked, each where it stands first.
 *
 * @param marks - In the order of the sentence; those that do not stand in the rest of it are left out.
 */
export function explain(sentence: string, ...marks: readonly Mark[]): (string | TemplateResult)[] {
  const parts: (string | TemplateResult)[] = [];
  let rest = sentence;
  for (const [term, written] of marks) {
    const found = written.exec(rest);
    if (!found) continue;
    const [word] = found;
    parts.push(
      rest.slice(0, found.index),
      html`<explained-term of=${term}>${word}</explained-term>`,
    );
    rest = rest.slice(found.index + word.length);
  }
  return [...parts, rest];
}
