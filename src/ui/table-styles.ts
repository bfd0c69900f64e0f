/**
 * Looks that the parts of "Learn from a table" share.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles`. */
export const tableStyles = css`
  :host {
    display: block;
    font-size: var(--text-s);
    line-height: 1.5;
  }
  h3 {
    font-size: var(--text-s);
    font-weight: 600;
    line-height: 20px;
    margin-bottom: 6px;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
  }
  th {
    font-weight: 550;
    color: var(--ink-2);
    text-align: left;
  }
  th,
  td {
    padding: 6px 12px 6px 0;
    border-bottom: 1px solid var(--hairline);
    vertical-align: middle;
  }
  tbody th {
    color: var(--ink);
    overflow-wrap: anywhere;
  }
  .number {
    text-align: right;
    font-feature-settings: 'tnum' 1;
  }
  select.field,
  input.field {
    height: var(--control);
    color: inherit;
    font-family: inherit;
  }
  .mistake {
    padding: 8px 12px;
    border-radius: var(--r-m);
    background: var(--bad-bg);
    color: var(--bad);
  }
  .note {
    padding: 8px 12px;
    border-radius: var(--r-m);
    background: var(--warn-bg);
    color: var(--warn);
  }
  progress {
    width: 100%;
    height: 4px;
    accent-color: var(--ink);
  }
`;
