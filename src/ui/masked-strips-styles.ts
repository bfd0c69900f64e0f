/**
 * How the strips lie: names, cells and numbers side by side, on a phone one over the other.
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `masked-strips`. */
export const maskedStripsStyles = css`
  :host {
    display: block;
    container-type: inline-size;
    font-family: var(--sans);
    color: var(--ink);
    font-feature-settings: 'tnum' 1;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 10px;
  }
  h2 {
    margin: 0;
    font-size: var(--text-m);
    line-height: 1.5;
    font-weight: 600;
    letter-spacing: -0.005em;
  }
  .note,
  .lead,
  .foot {
    font-size: var(--text-s);
    line-height: 1.45;
    color: var(--ink-2);
  }
  .lead {
    max-width: 92ch;
    margin: 6px 0 16px;
  }
  .strips {
    position: relative;
    display: grid;
    grid-template-columns: 208px minmax(0, 1fr) 112px;
    column-gap: var(--gutter);
    row-gap: 3px;
    align-items: center;
  }
  .name {
    display: flex;
    align-items: center;
    gap: 8px;
    min-width: 0;
    font-size: var(--text-s);
    line-height: 20px;
    white-space: nowrap;
  }
  .name > span:not([class]) {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .name b {
    font-weight: 600;
  }
  .bird,
  .own {
    flex: none;
  }
  .sign {
    flex: none;
    width: 12px;
    font-family: var(--mono);
    color: var(--ink-2);
    text-align: center;
  }
  .tag {
    font-size: 11px;
    color: var(--ink-2);
  }
  .stays {
    color: var(--good);
    font-weight: 550;
  }
  .cells {
    display: block;
    width: 100%;
    overflow: visible;
  }
  .word {
    font: 400 var(--text-s) / 17px var(--mono);
    letter-spacing: -0.02em;
    text-align: right;
    white-space: nowrap;
  }
  .word small {
    display: block;
    font-size: 11px;
    line-height: 14px;
    color: var(--ink-2);
  }
  .head {
    align-self: end;
    font-size: var(--text-xs);
    line-height: 18px;
    color: var(--ink-2);
    text-align: right;
  }
  .head span {
    display: block;
    line-height: 14px;
    font-size: 11px;
  }
  .gap {
    grid-column: 1 / -1;
    height: 9px;
  }
  .layers {
    position: relative;
    height: 26px;
    font-size: var(--text-xs);
    line-height: 16px;
    color: var(--ink-2);
  }
  .layers span {
    position: absolute;
    top: 0;
    height: 20px;
    border-bottom: 1px solid var(--hairline-strong);
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .layers span.weight {
    overflow: visible;
    direction: rtl;
  }
  .picker {
    position: absolute;
    grid-column: 2 / 3;
    inset: 0;
    cursor: ew-resize;
    touch-action: pan-y;
  }
  .picker:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
    border-radius: var(--r-s);
  }
  .box {
    position: relative;
  }
  .box::after {
    content: '';
    position: absolute;
    left: var(--pick);
    top: -2px;
    bottom: -2px;
    border-left: 1px dotted var(--hairline-strong);
  }
  .mark {
    position: absolute;
    left: var(--pick);
    bottom: -1px;
    pointer-events: none;
  }
  .mark::before {
    content: '';
    position: absolute;
    left: -5px;
    bottom: 0;
    border: 5px solid transparent;
    border-top: 7px solid var(--ink);
    border-bottom: 0;
  }
  .foot {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 6px 14px;
    margin-top: 16px;
  }
  button {
    height: 34px;
    padding: 0 13px;
    border: 1px solid var(--hairline-strong);
    border-radius: var(--r-m);
    background: var(--ground-raised);
    color: var(--ink);
    font: 550 var(--text-s) / 1 var(--sans);
    cursor: pointer;
  }
  button:focus-visible,
  .table:focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
  }
  .table {
    margin-top: 14px;
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    font-size: var(--text-xs);
    line-height: 18px;
  }
  caption {
    text-align: left;
    padding-bottom: 6px;
    color: var(--ink-2);
  }
  th,
  td {
    padding: 2px 12px 2px 0;
    border-bottom: 1px solid var(--hairline);
    text-align: right;
    white-space: nowrap;
  }
  th {
    font-weight: 550;
  }
  th[scope='row'] {
    position: sticky;
    left: 0;
    background: var(--ground);
    text-align: left;
    font-weight: 400;
  }
  td {
    font-family: var(--mono);
  }
  td small {
    color: var(--ink-2);
    font-size: 11px;
  }
  @media (pointer: coarse) {
    button {
      height: 44px;
    }
  }
  @container (max-width: 1100px) {
    .strips {
      grid-template-columns: 172px minmax(0, 1fr) 112px;
      column-gap: 14px;
    }
  }
  @container (max-width: 640px) {
    .strips {
      grid-auto-flow: dense;
      grid-template-columns: minmax(0, 1fr) auto;
      column-gap: 8px;
      row-gap: 2px;
    }
    .corner {
      display: none;
    }
    .layers,
    .box {
      grid-column: 1 / -1;
    }
    .box {
      margin-bottom: 8px;
    }
    .sent .box {
      margin: 3px 0 10px;
    }
    .gap {
      height: 2px;
    }
    .layers span.weight {
      top: -20px;
      height: 40px;
    }
    .head {
      grid-column: 1 / -1;
      grid-row: 1;
      text-align: left;
    }
    .head span {
      display: inline;
      margin-left: 6px;
    }
    .layers {
      grid-row: 2;
    }
    .picker {
      grid-column: 1 / -1;
    }
    .word {
      font-size: var(--text-xs);
    }
    .word small {
      display: inline;
      margin-left: 6px;
    }
  }
  @media (forced-colors: active) {
    .cells {
      forced-color-adjust: none;
    }
    .mark::before {
      border-top-color: CanvasText;
    }
  }
`;
