/**
 * What all charts share: small plain text, faint guides, lines of one width.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles`, in every chart. */
export const chartStyles = css`
  svg {
    width: 100%;
  }
  text {
    font: 400 12px var(--sans);
    font-feature-settings: 'tnum' 1;
    fill: var(--ink-2);
  }
  .guide {
    stroke: var(--hairline);
  }
  .line {
    fill: none;
    stroke-width: 1.75;
  }
`;
