/**
 * Looks of the section "Privacy".
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `privacy-panel`. */
export const privacyPanelStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  .section-head {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    column-gap: 10px;
    margin-bottom: 14px;
  }
  h2 {
    font-size: var(--text-m);
    line-height: 24px;
    font-weight: 600;
    letter-spacing: -0.005em;
  }
  h3 {
    font-size: var(--text-s);
    line-height: 20px;
    font-weight: 600;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
    column-gap: calc(2 * var(--gutter));
    row-gap: 28px;
  }
  .choose,
  .spent {
    display: grid;
    gap: 16px;
    align-content: start;
    min-width: 0;
  }
  .spent {
    gap: 10px;
    font-size: var(--text-s);
    line-height: 1.5;
  }
  .slider {
    display: grid;
    gap: 2px;
  }
  .slider input {
    width: 100%;
    height: var(--control);
    margin: 0;
    accent-color: var(--ink);
    cursor: pointer;
  }
  .stops {
    position: relative;
    height: 16px;
    font-size: var(--text-xs);
    line-height: 16px;
    color: var(--ink-2);
  }
  /* Each word stands under the place of the thumb, which is 16 px wide; the outer two end with the track. */
  .stops span {
    position: absolute;
    left: calc(8px + (100% - 16px) * var(--at));
    transform: translateX(-50%);
    white-space: nowrap;
  }
  .stops span:first-child {
    left: 0;
    transform: none;
  }
  .stops span:last-child {
    left: auto;
    right: 0;
    transform: none;
  }
  .stops .now {
    color: var(--ink);
    font-weight: 600;
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: var(--gutter);
  }
  dt {
    font-size: var(--text-s);
    color: var(--ink-2);
  }
  dd b {
    display: block;
    font-size: var(--text-xl);
    line-height: 34px;
    font-weight: 500;
    letter-spacing: -0.018em;
    font-feature-settings: 'tnum';
  }
  dd span {
    font-size: var(--text-xs);
    line-height: 16px;
    color: var(--ink-2);
  }
  dd.buried b {
    color: var(--bad);
  }
  dd.costly b {
    color: var(--warn);
  }
  dd.clear b {
    color: var(--good);
  }
  .verdict {
    min-height: 4.5em;
    max-width: 68ch;
    font-size: var(--text-s);
    line-height: 1.5;
    color: var(--ink-2);
  }
  details {
    border-top: 1px solid var(--hairline);
    padding-top: 8px;
    font-size: var(--text-s);
  }
  summary {
    width: max-content;
    padding: 6px 0;
    font-weight: 550;
    cursor: pointer;
  }
  .details {
    display: grid;
    gap: 10px;
    padding-top: 8px;
    line-height: 1.45;
  }
  .detail {
    display: grid;
    grid-template-columns: 132px 140px minmax(0, 1fr);
    align-items: center;
    column-gap: 12px;
  }
  .details p {
    max-width: 68ch;
  }
  .mistake {
    padding: 6px 12px;
    border-radius: var(--r-m);
    background: var(--bad-bg);
    color: var(--bad);
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th {
    padding: 5px 0;
    text-align: left;
    font-weight: 400;
  }
  td {
    padding: 5px 0;
    text-align: right;
    font-weight: 550;
    font-feature-settings: 'tnum';
    white-space: nowrap;
  }
  tr + tr {
    border-top: 1px solid var(--hairline);
  }
  .bare {
    color: var(--warn);
  }
  .budget {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 10px;
    font-weight: 550;
  }
  .budget input {
    width: 84px;
    text-align: right;
  }
  .budget select {
    width: 132px;
  }
  page-switch {
    justify-content: start;
  }
  @container (max-width: 860px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 560px) {
    .figures {
      gap: 12px;
    }
    dd b {
      font-size: 21px;
      line-height: 28px;
    }
    .detail {
      grid-template-columns: minmax(0, 1fr) 132px;
    }
    .detail .quiet {
      grid-column: 1 / 3;
    }
    .stops span:not(.now) {
      visibility: hidden;
    }
  }
`;
