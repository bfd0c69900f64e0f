/**
 * Looks of the controls of the section "Privacy".
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `privacy-controls`. */
export const privacyControlsStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
    column-gap: calc(2 * var(--gutter));
    row-gap: 28px;
  }
  .choose {
    display: grid;
    gap: 16px;
    align-content: start;
    min-width: 0;
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
  .figures dd {
    min-height: 84px;
  }
  .figures .button {
    margin-bottom: 2px;
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
  dd > span {
    display: block;
    text-wrap: pretty;
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
  .verdict {
    display: grid;
    gap: 8px;
    max-width: 68ch;
    font-size: var(--text-s);
    line-height: 1.5;
    color: var(--ink-2);
  }
  /* As high as the longest of what may stand here: moving the slider moves nothing else. */
  .of-this {
    display: grid;
    gap: 8px;
    align-content: start;
    min-height: calc(6em + 8px);
  }
  .proposal {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
  }
  .proposal p {
    flex: 1 1 100%;
    min-height: 3em;
    max-width: 68ch;
    font-size: var(--text-s);
    line-height: 1.5;
  }
  .button[aria-disabled='true'],
  .button.primary[aria-disabled='true'] {
    color: var(--ink-3);
    background: none;
    border-color: var(--hairline-strong);
    border-style: dashed;
    cursor: default;
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
  .detail select {
    font-family: inherit;
    color: inherit;
  }
  .detail input[aria-invalid='true'] {
    border-color: var(--bad);
  }
  .detail .mistake {
    grid-column: 1 / -1;
    margin-top: 6px;
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
  @container (max-width: 860px) {
    :host {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  @container (max-width: 560px) {
    .figures {
      grid-template-columns: minmax(0, 1fr);
      gap: 10px;
    }
    .figures > div {
      display: grid;
      grid-template-columns: 124px minmax(0, 1fr);
      align-items: baseline;
      column-gap: 12px;
    }
    .figures dd {
      min-height: 60px;
    }
    .figures > div:last-child dd {
      min-height: 78px;
    }
    .of-this {
      min-height: calc(10.5em + 8px);
    }
    .proposal p {
      min-height: 4.5em;
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
