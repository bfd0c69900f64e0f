/**
 * How the story lies on the page: prose in one column, remarks beside it, figures across both.
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `story-page`. */
export const storyStyles = css`
  :host {
    display: block;
  }
  article {
    display: grid;
    grid-template-columns: minmax(0, 640px) minmax(0, 1fr);
    column-gap: 56px;
    max-width: 1136px;
    margin: 0 auto;
    padding: 56px 0 80px;
    --serif: 'Newsreader Variable', Newsreader, Charter, Georgia, serif;
  }
  :host([alone]) article {
    display: block;
    padding: 0 var(--margin);
  }
  article > * {
    grid-column: 1;
  }
  article > [data-figure] {
    grid-column: 1 / -1;
  }
  [data-figure]:not(:defined) {
    display: block;
    min-height: 560px;
  }
  h1,
  h2 {
    margin-bottom: 22px;
    font: 500 var(--text-2xl) / 1.1 var(--serif);
    letter-spacing: -0.022em;
    text-wrap: balance;
  }
  h1 {
    font-size: 3.25rem;
  }
  h2 {
    padding-top: 12px;
  }
  article > p,
  article > ol li {
    margin-bottom: 0.9em;
    font: 400 1.1875rem / 1.56 var(--serif);
    text-wrap: pretty;
    font-feature-settings:
      'onum' 1,
      'tnum' 0;
  }
  article p .button {
    min-height: 28px;
    margin: 0 2px;
    padding: 0 10px;
    font: 550 0.875rem / 1 var(--sans);
    vertical-align: 2px;
  }
  aside {
    grid-column: 2;
    max-width: 32ch;
    padding-top: 4px;
    font-size: var(--text-s);
    line-height: 1.5;
    color: var(--ink-2);
  }
  aside b {
    color: var(--ink);
    font-weight: 600;
  }
  ol.sources {
    padding-left: 1.2em;
    list-style: decimal;
  }
  ol.sources li {
    margin-bottom: 6px;
    font: 400 var(--text-m) / 1.5 var(--sans);
  }
  @media (max-width: 900px) {
    article {
      padding-top: 28px;
      grid-template-columns: minmax(0, 640px);
    }
    aside {
      grid-column: 1;
      max-width: none;
      margin-bottom: 14px;
    }
    h1 {
      font-size: 2.5rem;
    }
    h2 {
      font-size: 2rem;
    }
  }
`;
