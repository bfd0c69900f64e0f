/**
 * Looks of the figure of masks: a row for each person, a column for each mask; on phones a block for each person.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `figureStyles`. */
export const masksStyles = css`
  .people {
    display: flex;
    align-items: center;
    gap: 10px;
  }
  .count {
    min-width: 44px;
    cursor: default;
  }
  .ledger {
    display: grid;
    grid-template-columns:
      112px 136px repeat(var(--columns), minmax(0, 1fr))
      20px minmax(0, 1.1fr);
    gap: 10px 12px;
  }
  .ledger.many {
    grid-template-columns:
      112px 112px repeat(var(--columns), minmax(48px, 1fr))
      14px 164px;
    column-gap: 8px;
  }
  .line {
    display: grid;
    grid-template-columns: subgrid;
    grid-column: 1 / -1;
    align-items: center;
  }
  .head {
    font-size: var(--text-xs);
    line-height: 16px;
    color: var(--ink-2);
    align-items: end;
  }
  .head b {
    color: var(--ink);
    font-weight: 600;
  }
  .who {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 2px 9px;
    font-size: var(--text-m);
    font-weight: 600;
  }
  .who small {
    display: block;
    color: var(--bad);
    font-size: var(--text-xs);
  }
  .piece {
    min-height: 26px;
    padding: 0 8px;
  }
  .hidden {
    display: grid;
    grid-template-columns: 32px 1fr 32px;
    align-items: center;
    height: 60px;
    border-radius: var(--r-m);
    background: var(--ink);
    color: var(--ground);
    text-align: center;
    --focus: var(--ground);
  }
  .hidden :focus-visible {
    outline-offset: -5px;
  }
  .hidden button {
    height: 60px;
    padding: 0;
    border: 0;
    background: none;
    font-size: 1.05rem;
    cursor: pointer;
  }
  .hidden input {
    width: 100%;
    height: 60px;
    padding: 0;
    border: 0;
    background: none;
    text-align: center;
    font-size: 1.5rem;
    font-weight: 500;
  }
  .many .hidden {
    grid-template-columns: 28px 1fr 28px;
  }
  .tile,
  .out {
    display: grid;
    grid-template-columns: 16px 40px minmax(0, 1fr);
    gap: 7px;
    align-items: center;
    height: 60px;
    padding: 0 6px 0 8px;
    border: 1px solid var(--hairline);
    border-radius: var(--r-m);
  }
  .tile {
    background: var(--ground-raised);
    cursor: ew-resize;
    touch-action: pan-y;
    user-select: none;
    -webkit-user-select: none;
  }
  .tile.lit {
    border-color: var(--hairline-strong);
    box-shadow: var(--shadow-pop);
  }
  .tile.loose {
    border: 1px dashed var(--bad);
  }
  .tile[aria-disabled='true'] {
    cursor: default;
  }
  .out {
    grid-template-columns: 40px minmax(0, 1fr);
    border-color: transparent;
    background: var(--ground-sunken);
  }
  .sign {
    font-size: 1.2rem;
    font-weight: 500;
    text-align: center;
  }
  .number {
    font: 400 var(--text-s) / 1.2 var(--mono);
    white-space: nowrap;
  }
  .number small {
    display: none;
  }
  .many .tile {
    position: relative;
    display: flex;
    justify-content: center;
    padding: 0;
  }
  .many .tile .sign {
    position: absolute;
    left: 5px;
    top: 1px;
    font-size: 0.9rem;
  }
  .many .tile .number {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
  }
  .none,
  .equals {
    color: var(--ink-3);
    text-align: center;
  }
  .gone .hidden {
    opacity: 0.55;
  }
  .sum {
    padding-top: 10px;
    border-top: 1.5px solid var(--ink);
    font-size: var(--text-m);
    font-weight: 600;
  }
  .sum .column {
    font-size: var(--text-s);
  }
  .sum .big {
    font-size: 1.5rem;
    line-height: 1.2;
    font-weight: 500;
    letter-spacing: -0.018em;
    white-space: nowrap;
  }
  .sum .big small {
    display: block;
    font-size: var(--text-s);
    letter-spacing: 0;
  }
  .many .sum .big {
    font-size: 1.25rem;
  }
  .sum > .big:nth-child(2) {
    text-align: center;
  }
  .sum .big .on-phones {
    display: none;
  }
  .infer {
    display: flex;
    flex-wrap: wrap;
    gap: 10px 18px;
    align-items: flex-start;
    margin-top: 20px;
    padding-top: 16px;
    border-top: 1px solid var(--hairline);
  }
  .infer p {
    flex: 1 1 340px;
    min-height: 2.9em;
    padding-top: 6px;
    font-size: var(--text-m);
  }
  @media (max-width: 900px) {
    .sum .big small.on-phones {
      display: block;
    }
    .sum .big span.on-phones {
      display: inline;
    }
    .piece {
      min-height: var(--control);
    }
    .hidden,
    .many .hidden {
      grid-template-columns: 44px 1fr 44px;
    }
    .ledger,
    .ledger.many {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 20px 8px;
    }
    .many .line,
    .line {
      grid-template-columns: subgrid;
      row-gap: 8px;
    }
    .head,
    .none,
    .equals,
    .sum .column,
    .sum > span:empty {
      display: none;
    }
    /* Tiles of more than three people are dials with a name. */
    .ledger.many {
      grid-template-columns: repeat(var(--across), minmax(0, 1fr));
      gap: 20px 6px;
    }
    .many .line {
      row-gap: 6px;
    }
    .many .who {
      grid-column: span var(--who);
    }
    .many .hidden {
      grid-column: span var(--hidden);
    }
    .many .tile {
      grid-column: span var(--tile);
      flex-direction: column;
      gap: 1px;
      height: 66px;
    }
    .many .tile .number {
      position: static;
      width: auto;
      height: auto;
      clip-path: none;
      font-size: 0;
    }
    .many .tile .number small {
      font-size: 0.6875rem;
    }
    .many .out {
      grid-column: span var(--out);
      height: 66px;
    }
    .many .gone .out {
      grid-column: 1 / -1;
    }
    .many .sum,
    .sum {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .tile {
      grid-template-columns: 12px 36px minmax(0, 1fr);
      gap: 6px;
      padding: 0 6px;
    }
    .ledger:not(.many) .out {
      grid-column: 1 / -1;
    }
    .number small {
      display: block;
      font: 400 var(--text-xs) / 1.3 var(--sans);
      color: var(--ink-2);
    }
    .sum > span:first-child {
      grid-column: 1 / -1;
    }
    .sum > .big:nth-child(2) {
      text-align: left;
    }
  }
`;
