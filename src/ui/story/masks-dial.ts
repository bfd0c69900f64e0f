/**
 * A word or a small number as a dial.
 *
 * @module
 */
import { html, nothing, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { MODULUS, SMALL_MASK, type HeldMasks } from '../../simulation/held-masks.ts';

/** What a whole turn of a dial is. */
export function fullTurn({ numbers, people }: HeldMasks): number {
  return numbers === 'words' ? MODULUS : 2 * SMALL_MASK * people.length;
}

/**
 * A value as an angle; a small number goes from half a turn to the left to half a turn to the right.
 *
 * @param full - What a whole turn is.
 * @param inner - The second colour of a mask: it is of two people.
 */
export function maskDial(
  value: number,
  full: number,
  colour: string,
  inner?: string,
): TemplateResult {
  const turn = value / full;
  const arc = (radius: number, stroke: string) =>
    svg`<circle cx="20" cy="20" r=${radius} fill="none" stroke=${stroke} stroke-width="3.5" pathLength="1"
      stroke-dasharray="${Math.min(1, Math.abs(turn))} 1"
      transform="rotate(-90 20 20)${turn < 0 ? ' translate(0 40) scale(1 -1)' : ''}"></circle>`;
  const angle = turn * 2 * Math.PI;
  const knob = inner ? 13.2 : 16;
  return html`<svg viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
    <circle cx="20" cy="20" r="16" fill="none" stroke="var(--hairline)" stroke-width="3.5"></circle>
    ${arc(16, colour)} ${inner ? arc(10.5, inner) : nothing}
    <circle
      cx=${20 + knob * Math.sin(angle)}
      cy=${20 - knob * Math.cos(angle)}
      r=${inner ? 5 : 3.6}
      fill="var(--ground-raised)"
      stroke="var(--ink)"
      stroke-width="1.75"
    ></circle>
  </svg>`;
}
