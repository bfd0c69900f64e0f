/**
 * The frame that all figures of the story share: a hairline, controls first, the caption last.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles`, in every figure. */
export const figureStyles = css`
  :host {
    display: block;
    margin: 26px 0 48px;
  }
  figure {
    padding-top: 20px;
    border-top: 1px solid var(--hairline);
    font-size: var(--text-s);
    line-height: 1.45;
    font-feature-settings: 'tnum';
  }
  figcaption {
    max-width: 78ch;
    margin-top: 16px;
    color: var(--ink-2);
    min-height: 2.9em;
  }
  .bar {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 10px 18px;
    margin-bottom: 20px;
  }
  .maps {
    display: grid;
    grid-template-columns: repeat(8, minmax(0, 1fr));
    gap: 12px;
  }
  .cell {
    padding: 0;
    border: 0;
    background: none;
    text-align: inherit;
    cursor: pointer;
    min-width: 0;
  }
  .cell span {
    padding-top: 3px;
    font-size: var(--text-xs);
    color: var(--ink-2);
  }
  @media (max-width: 900px) {
    .maps {
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
  }
  @media (max-width: 640px) {
    :host {
      margin: 20px 0 36px;
    }
    .maps {
      gap: 8px;
    }
    .bar .push {
      margin-left: 0;
    }
  }
`;
