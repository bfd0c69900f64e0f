/**
 * Looks of the figure of spam: three phones and a server side by side; one at a time on a phone.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles` and `figureStyles`. */
export const spamStyles = css`
  .ways {
    flex-wrap: wrap;
  }
  .sights {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 10px 20px;
    margin-bottom: 22px;
  }
  .sights div:first-child {
    grid-column: span 2;
  }
  .sights dt {
    font-weight: 600;
  }
  .sights dd {
    color: var(--ink-2);
    text-wrap: pretty;
  }
  .columns {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 22px 20px;
  }
  .column {
    display: grid;
    grid-template-rows: auto 264px auto minmax(0, auto);
    align-content: start;
    gap: 10px;
    min-width: 0;
  }
  .who {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 26px;
    font-size: var(--text-m);
    font-weight: 600;
  }
  .who small {
    margin-left: auto;
    color: var(--ink-2);
    font-size: var(--text-xs);
    font-weight: 400;
  }
  h4 {
    margin: 6px 0 0;
    font-size: var(--text-s);
    font-weight: 600;
  }
  h4 span {
    color: var(--ink-2);
    font-weight: 400;
  }
  .box {
    height: 264px;
    padding: 12px 14px;
    overflow-y: auto;
    scrollbar-width: thin;
    border: 1px dashed var(--hairline-strong);
    border-radius: var(--r-m);
    overflow-wrap: anywhere;
  }
  .box p + p {
    margin-top: 8px;
  }
  .box i {
    font-style: normal;
  }
  .box i.spam {
    color: var(--bad);
    font-weight: 600;
  }
  .box i.lit {
    background: color-mix(in oklab, var(--focus) 24%, transparent);
    border-radius: 3px;
  }
  .sum {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 1px 0;
    margin: 8px 0;
  }
  .sum dd {
    font: 400 var(--text-s) / 1.5 var(--mono);
    text-align: right;
  }
  .sum .total {
    padding-top: 2px;
    border-top: 1px solid var(--hairline-strong);
  }
  .none {
    color: var(--ink-2);
  }
  .rounds {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: 8px 16px;
  }
  .rounds input {
    width: 200px;
    accent-color: var(--ink);
  }
  .below {
    padding-top: 18px;
    border-top: 1px solid var(--hairline);
  }
  .ask h3 {
    margin: 0;
  }
  .ask {
    display: grid;
    gap: 6px;
  }
  .ask textarea {
    width: 100%;
    min-height: 58px;
    padding: 8px 10px;
    border: 1px solid var(--hairline-strong);
    border-radius: var(--r-m);
    background: var(--ground-raised);
    color: var(--ink);
    font: inherit;
    font-size: var(--text-m);
    resize: vertical;
  }
  table {
    width: 100%;
    margin-top: 8px;
    border-collapse: collapse;
  }
  th,
  td {
    height: 26px;
    padding: 0 10px 0 0;
    font-weight: 400;
    text-align: left;
  }
  thead th {
    color: var(--ink-2);
    font-size: var(--text-xs);
  }
  td:last-child,
  th:last-child {
    padding: 0;
    text-align: right;
    white-space: nowrap;
  }
  td.verdict {
    white-space: nowrap;
    font-weight: 600;
  }
  td.verdict.spam {
    color: var(--bad);
  }
  td.meter {
    width: 30%;
  }
  .meter span {
    position: relative;
    display: block;
    height: 10px;
    border-radius: 2px;
    background: var(--ground-sunken);
  }
  .meter span::before {
    content: '';
    position: absolute;
    inset: 0 auto 0 0;
    width: var(--share);
    border-radius: 2px;
    background: var(--ink-3);
  }
  .meter span.spam::before {
    background: var(--bad);
  }
  .meter span::after {
    content: '';
    position: absolute;
    inset: -3px auto -3px 50%;
    width: 1px;
    background: var(--hairline-strong);
  }
  .pick {
    display: none;
  }
  @media (max-width: 1000px) {
    .sights {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .columns {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
    .two {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @media (max-width: 640px) {
    .ways {
      display: grid;
      grid-template-columns: repeat(2, 1fr);
      width: 100%;
    }
    .ways .button {
      margin: -1px 0 0 -1px;
      border-radius: 0;
    }
    .ways .button:nth-child(1) {
      border-top-left-radius: var(--r-m);
    }
    .ways .button:nth-child(2) {
      border-top-right-radius: var(--r-m);
    }
    .ways .button:nth-child(3) {
      border-bottom-left-radius: var(--r-m);
    }
    .ways .button:nth-child(4) {
      border-bottom-right-radius: var(--r-m);
    }
    .sights {
      grid-template-columns: minmax(0, 1fr);
    }
    .sights div:first-child {
      grid-column: auto;
    }
    .pick {
      display: flex;
      margin-bottom: 14px;
    }
    .pick .button {
      flex: 1;
      padding: 0 4px;
    }
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
    .column:not(.picked) {
      display: none;
    }
    td.meter,
    th.meter {
      display: none;
    }
    .rounds input {
      flex: 1;
    }
  }
`;
