/**
 * What all charts share: small plain text, faint guides, and lines that mean the same everywhere.
 *
 * A line of ink is what a figure is about, a dashed one what it is compared with, one in a peer's colour that peer
 * alone, one in the colour of the focus what is pointed at. Rings are models that were merged.
 *
 * @module
 */
import { css } from 'lit';

/** Beside `controlsStyles`, in every chart. */
export const chartStyles = css`
  svg {
    width: 100%;
    height: 100%;
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
    stroke: var(--ink);
    stroke-width: 1.75;
    stroke-linejoin: round;
  }
  .line.dashed {
    stroke: var(--ink-3);
    stroke-dasharray: 5 4;
  }
  .line.lit {
    stroke: var(--focus);
    stroke-width: 2;
  }
  .ring {
    fill: var(--ground);
    stroke: var(--ink);
    stroke-width: 1.75;
  }
  .band {
    fill: color-mix(in srgb, var(--band) 18%, transparent);
  }
  .ahead {
    stroke: var(--hairline-strong);
    stroke-dasharray: 1 4;
    stroke-linecap: round;
  }
  .end {
    font-weight: 600;
    fill: var(--ink);
  }
  .end.quiet {
    font-weight: 400;
    fill: var(--ink-2);
  }
  .end.lit {
    fill: var(--focus);
  }
  @media (forced-colors: active) {
    .line,
    .ring {
      stroke: CanvasText;
    }
  }
`;

/** Beside `chartStyles`, where the chart is an element of its own. */
export const chartBoxStyles = css`
  :host {
    display: block;
    height: 236px;
    contain: strict;
  }
`;
