/**
 * How the figure of whole models lies: what stays on the left, what leaves on the right, the sum below.
 *
 * @module
 */
import { css } from 'lit';

/** Beside the styles that all figures share. */
export const modelsStyles = css`
  .line {
    display: grid;
    grid-template-columns: 136px minmax(0, 1fr) minmax(0, 1fr);
    align-items: center;
    gap: 36px;
    padding: 12px 0;
    border-top: 1px solid var(--hairline);
  }
  .line.head {
    padding: 0 0 8px;
    border: 0;
    color: var(--ink-2);
  }
  .line.head b {
    font-weight: 600;
  }
  .line.sum {
    border-top: 1.5px solid var(--ink);
  }
  .who {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    align-items: center;
    gap: 6px 8px;
    font-weight: 550;
  }
  .who .button {
    grid-column: 1 / -1;
    justify-self: start;
  }
  .who .button[aria-pressed='true'] {
    background: var(--pressed);
    border-color: var(--hairline-strong);
  }
  .pair {
    display: grid;
    grid-template-columns: 96px minmax(0, 1fr);
    align-items: center;
    gap: 16px;
  }
  .pair.out {
    grid-template-columns: minmax(0, 1fr) 96px;
  }
  .pair > small {
    display: none;
  }
  .sum .pair {
    grid-template-columns: 140px minmax(0, 1fr);
  }
  .sum .pair.out {
    grid-template-columns: minmax(0, 1fr) 140px;
  }
  .strips {
    display: grid;
    gap: 14px;
    min-width: 0;
  }
  .cells {
    display: block;
    width: 100%;
    overflow: visible;
  }
  /* Room for the frame. */
  .out .cells {
    width: calc(100% - 4px);
    margin-inline: 2px;
  }
  .who b {
    font-weight: 600;
  }
  heat-map.whole {
    outline: 2px solid var(--ink);
    outline-offset: 3px;
    border-radius: var(--r-s);
  }
  .empty {
    aspect-ratio: 1;
    border: 1px dashed var(--hairline-strong);
    border-radius: var(--r-s);
  }
  @media (max-width: 760px) {
    .line {
      grid-template-columns: minmax(0, 1fr);
      gap: 10px;
    }
    .line.head {
      display: none;
    }
    .who {
      grid-template-columns: auto minmax(0, 1fr) auto;
    }
    .who .button {
      grid-column: auto;
      justify-self: end;
    }
    .pair,
    .pair.out {
      grid-template-columns: 72px minmax(0, 1fr);
    }
    .pair > small {
      display: block;
      order: -2;
      grid-column: 1 / -1;
      margin-bottom: -10px;
      color: var(--ink-2);
      font-size: var(--text-xs);
    }
    .pair.out > :is(heat-map, .empty) {
      order: -1;
    }

    .sum .pair,
    .sum .pair.out {
      grid-template-columns: 120px minmax(0, 1fr);
    }
  }
`;
