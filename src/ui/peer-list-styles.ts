/**
 * How the list of peers looks: a row each, and in a large room the heads of lines that stay in sight.
 *
 * @module
 */
import { css } from 'lit';

/** Styles of `peer-list`. */
export const peerListStyles = css`
  :host {
    display: block;
  }
  li {
    border-top: 1px solid var(--hairline);
  }
  li:first-child {
    border-top: 0;
  }
  .line {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    align-items: center;
    min-height: 40px;
  }
  .peer {
    display: grid;
    grid-template-columns: 26px auto minmax(0, 1fr);
    align-items: center;
    gap: 8px;
    min-height: 40px;
    padding: 0;
    border: 0;
    background: none;
    text-align: left;
    font-size: var(--text-s);
  }
  button.peer {
    cursor: pointer;
  }
  .who {
    white-space: nowrap;
    overflow: hidden;
    text-overflow: ellipsis;
    max-width: 18ch;
  }
  .who b {
    font-weight: 550;
  }
  .tag {
    margin-left: 2px;
    padding: 0 6px;
    border: 1px solid var(--hairline);
    border-radius: var(--r-pill);
    color: var(--ink-2);
    font-size: 11px;
    line-height: 16px;
  }
  .what {
    color: var(--ink-2);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .gone .who b,
  .gone .what {
    color: var(--bad);
  }
  .line .button {
    min-height: 34px;
    color: var(--ink-3);
    font-weight: 400;
  }
  .chevron {
    display: inline-block;
    vertical-align: -2px;
    color: var(--ink-3);
    transition: rotate var(--fast);
  }
  [aria-expanded='true'] .chevron {
    rotate: 180deg;
  }
  .details {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 2px 14px;
    padding: 2px 0 14px 34px;
    font-size: var(--text-s);
  }
  dt {
    color: var(--ink-2);
  }
  code {
    font: 400 var(--text-xs) / 18px var(--mono);
    overflow-wrap: anywhere;
  }
  /* Keeps its height: opening a line scrolls and moves nothing. A few heads pile up at its edges. */
  .lines {
    max-height: 520px;
    overflow-y: auto;
    overscroll-behavior: contain;
    scrollbar-gutter: stable;
    padding-right: 8px;
    border-bottom: 1px solid var(--hairline);
  }
  h3 {
    position: sticky;
    top: calc(var(--before) * 34px);
    bottom: calc(var(--after) * 34px);
    z-index: 1;
    background: var(--ground);
    border-top: 1px solid var(--hairline);
    font: inherit;
  }
  h3:first-child {
    border-top: 0;
  }
  .head {
    display: grid;
    grid-template-columns: 26px auto minmax(0, 1fr);
    gap: 8px;
    align-items: center;
    width: 100%;
    height: 33px;
    padding: 0;
    border: 0;
    background: none;
    text-align: left;
    font-size: var(--text-s);
    cursor: pointer;
  }
  .head b {
    font-weight: 600;
    white-space: nowrap;
  }
  .head .chevron {
    justify-self: center;
  }
  .head:focus-visible {
    outline-offset: -2px;
  }
  .unlinked {
    padding: 10px 0 10px 34px;
    color: var(--ink-2);
    font-size: var(--text-s);
  }
  @media (max-width: 640px) {
    .lines {
      max-height: 600px;
    }
    h3 {
      top: calc(var(--before) * 44px);
      bottom: calc(var(--after) * 44px);
    }
    .head {
      height: 43px;
    }
    .head .what {
      align-self: center;
    }
    .peer {
      grid-template-columns: 26px minmax(0, 1fr);
      column-gap: 8px;
      row-gap: 0;
      min-height: 56px;
      align-content: center;
    }
    .peer > svg {
      grid-row: 1 / 3;
    }
    .who {
      max-width: none;
      align-self: end;
    }
    .what {
      align-self: start;
      line-height: 16px;
    }
    .line .button {
      min-height: 44px;
    }
    .details {
      padding-left: 0;
    }
  }
`;
