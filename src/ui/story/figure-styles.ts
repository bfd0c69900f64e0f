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
  .bar .bare {
    margin-inline: -8px;
  }
  .count {
    display: inline-flex;
    align-items: center;
    gap: 8px;
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
    display: flex;
    justify-content: space-between;
    gap: 6px;
    padding-top: 3px;
    font-size: var(--text-xs);
    color: var(--ink-2);
    white-space: nowrap;
  }
  .cell i {
    font-style: normal;
  }
  .cell.lit {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
    border-radius: var(--r-s);
  }
  .cell.out heat-map {
    opacity: 0.28;
    filter: grayscale(1);
  }
  .two {
    display: grid;
    grid-template-columns: minmax(0, var(--left, 1fr)) minmax(0, var(--right, 1fr));
    gap: 24px 40px;
  }
  .two.below {
    margin-top: 28px;
  }
  h3 {
    display: flex;
    justify-content: space-between;
    gap: 12px;
    margin-bottom: 8px;
    font-size: var(--text-s);
    font-weight: 600;
  }
  .facts {
    width: 100%;
    border-collapse: collapse;
  }
  .facts :is(th, td) {
    padding: 7px 0 7px 12px;
    border-top: 1px solid var(--hairline);
    font-weight: 400;
    text-align: right;
  }
  .facts th:first-child {
    padding-left: 0;
    text-align: left;
  }
  .facts thead th {
    border: 0;
    color: var(--ink-2);
  }
  .facts td {
    font-weight: 550;
    white-space: nowrap;
  }
  @media (max-width: 900px) {
    .maps {
      grid-template-columns: repeat(4, minmax(0, 1fr));
    }
  }
  @media (max-width: 760px) {
    .two {
      grid-template-columns: minmax(0, 1fr);
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
