/**
 * Shared looks of plain controls: buttons, groups of buttons, fields, quiet text.
 *
 * @module
 */
import { css } from 'lit';

/** Base of every element's styles. */
export const controlsStyles = css`
  :host {
    box-sizing: border-box;
  }
  :host([hidden]),
  [hidden] {
    display: none !important;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  ol,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul,
  ol {
    list-style: none;
  }
  svg {
    display: block;
  }
  a {
    color: var(--link);
  }
  button,
  input {
    font: inherit;
    color: inherit;
    letter-spacing: inherit;
  }
  :focus-visible {
    outline: 2px solid var(--focus);
    outline-offset: 2px;
    border-radius: var(--r-s);
  }
  .quiet {
    color: var(--ink-2);
    font-weight: 400;
  }
  .small {
    font-size: var(--text-s);
    line-height: 1.45;
  }
  .unseen {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 7px;
    min-height: var(--control);
    margin: 0;
    padding: 0 13px;
    border: 1px solid var(--hairline);
    border-radius: var(--r-m);
    background: var(--ground-raised);
    font-size: var(--text-s);
    font-weight: 550;
    cursor: pointer;
    white-space: nowrap;
    transition:
      border-color var(--fast),
      background var(--fast);
  }
  .button:hover {
    border-color: var(--hairline-strong);
  }
  .button.primary {
    background: var(--ink);
    border-color: var(--ink);
    color: var(--ground);
  }
  .button.primary:hover {
    background: color-mix(in oklab, var(--ink) 86%, var(--ground));
  }
  .button.bare {
    border-color: transparent;
    background: none;
    padding: 0 8px;
  }
  .button.bare:hover {
    background: var(--pressed);
  }
  .button.icon {
    width: var(--control);
    padding: 0;
  }
  .button:disabled,
  .button.primary:disabled {
    color: var(--ink-3);
    background: none;
    border-color: var(--hairline-strong);
    border-style: dashed;
    cursor: default;
  }
  .button.bare:disabled,
  .group .button:disabled {
    border-style: solid;
    border-color: var(--hairline);
  }
  .button.bare:disabled {
    border-color: transparent;
  }
  .group {
    display: inline-flex;
  }
  .group .button {
    border-radius: 0;
    margin-left: -1px;
  }
  .group .button:first-child {
    border-radius: var(--r-m) 0 0 var(--r-m);
    margin-left: 0;
  }
  .group .button:last-child {
    border-radius: 0 var(--r-m) var(--r-m) 0;
  }
  .group .button:hover,
  .group .button:focus-visible {
    position: relative;
    z-index: 1;
  }
  .group .button[aria-pressed='true'] {
    position: relative;
    z-index: 1;
    background: var(--pressed);
    border-color: var(--hairline-strong);
  }
  .row {
    display: flex;
    align-items: center;
    flex-wrap: wrap;
    gap: var(--s2);
    min-height: var(--control);
  }
  .push {
    margin-left: auto;
  }
  .field {
    height: var(--control);
    padding: 0 10px;
    border: 1px solid var(--hairline-strong);
    border-radius: var(--r-m);
    background: var(--ground-raised);
    font-size: var(--text-s);
    min-width: 0;
  }
  page-switch {
    font-size: var(--text-s);
    font-weight: 550;
    min-height: 26px;
    justify-content: center;
  }
  page-switch::part(label) {
    margin-inline-start: 9px;
  }
  @media (pointer: coarse) {
    page-switch {
      min-height: 44px;
    }
  }
  @media (forced-colors: active) {
    .group .button[aria-pressed='true'] {
      forced-color-adjust: none;
      background: Highlight;
      color: HighlightText;
    }
  }
`;
