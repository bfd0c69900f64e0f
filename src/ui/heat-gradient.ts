/**
 * The heat scale as a strip from cold to hot, for legends.
 *
 * @module
 */
import { css, unsafeCSS } from 'lit';
import { HEAT_STOPS } from './heat-scale.ts';

/** A background. */
export const heatGradient = css`linear-gradient(90deg in oklab, ${unsafeCSS(
  Array.from({ length: HEAT_STOPS }, (_, stop) => `var(--heat-${stop})`).join(', '),
)})`;
