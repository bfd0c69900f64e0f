/**
 * Looks of the lab's page.
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `lab-page`. */
export const labStyles = css`
  :host {
    display: block;
    padding: 26px 0 var(--s8);
    font-size: var(--text-s);
    line-height: 1.5;
  }
  h1 {
    font-size: var(--text-xl);
    line-height: 1.18;
    font-weight: 550;
    letter-spacing: -0.018em;
  }
  .lead {
    max-width: 78ch;
    margin: 5px 0 20px;
    color: var(--ink-2);
  }
  .bar {
    padding: 10px 0;
    border-top: 1px solid var(--hairline);
    border-bottom: 1px solid var(--hairline);
  }
  .layout {
    display: grid;
    grid-template-columns: 300px minmax(0, 1fr);
    gap: var(--s6);
    padding-top: var(--s4);
  }
  .knobs {
    display: grid;
    gap: 14px;
    align-content: start;
  }
  .knob {
    display: grid;
    gap: 4px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  .title {
    justify-content: flex-start;
    justify-self: start;
    min-height: 26px;
    padding: 0 8px;
    margin-left: -8px;
  }
  .title[aria-pressed='true'] {
    background: var(--pressed);
    border-color: var(--hairline-strong);
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 4px;
  }
  .chip {
    min-width: 38px;
    min-height: 30px;
    padding: 0 9px;
    font-weight: 500;
  }
  .chip[aria-pressed='true'] {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--ground);
  }
  .chip.swept {
    border-bottom: 3px solid var(--line, var(--ink-3));
  }
  .number {
    width: 78px;
    height: 30px;
  }
  .hint {
    color: var(--ink-2);
    font-size: var(--text-xs);
    line-height: 1.4;
  }
  .play {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--s4);
    align-content: start;
    min-width: 0;
  }
  progress {
    width: 140px;
    height: 4px;
    accent-color: var(--ink);
  }
  h2 {
    font-size: var(--text-s);
    line-height: 20px;
    font-weight: 600;
  }
  .mistake {
    color: var(--bad);
  }
  summary.button {
    display: none;
  }
  @media (pointer: coarse) {
    .chip,
    .title,
    .number {
      min-height: 44px;
    }
  }
  @media (max-width: 860px) {
    .layout {
      grid-template-columns: minmax(0, 1fr);
      gap: var(--s4);
    }
    summary.button {
      display: inline-flex;
    }
    .knobs {
      padding-top: var(--s3);
    }
    .state {
      position: sticky;
      bottom: 0;
      z-index: 1;
      order: 1;
      padding: var(--s2) 0;
      border-top: 1px solid var(--hairline);
      background: var(--ground);
    }
  }
`;
