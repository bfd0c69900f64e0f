/**
 * Looks of the sections of a page of questions and tables: a heading and a sentence below it.
 *
 * @module
 */
import { css } from 'lit';

/** For an element that is a section. */
export const sectionStyles = css`
  h2 {
    font-size: var(--text-l);
    line-height: 1.3;
    font-weight: 600;
    letter-spacing: -0.01em;
  }
  .lead {
    max-width: 78ch;
    margin: 2px 0 var(--s4);
    color: var(--ink-2);
    font-size: var(--text-m);
  }
  .beside {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: var(--s5) var(--s6);
  }
  @media (max-width: 1000px) {
    .beside {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
