/**
 * The page's own icons: a 16-pixel grid, strokes of 1.6 px with round caps. Always beside words or
 * inside a control that has a name, so they are hidden from screen readers.
 *
 * @module
 */
import { html, svg } from 'lit';
import type { TemplateResult } from 'lit';
import { BIRD_POSES } from './bird.ts';

const PATHS = {
  invite:
    'M6.500 9.500l3-3M7 4.500l1-1a3 3 0 0 1 4.500 4.500l-1 1M9 11.500l-1 1A3 3 0 0 1 3.500 8l1-1',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z',
  sun: 'M8 5.200a2.800 2.800 0 1 0 0 5.600 2.800 2.800 0 0 0 0-5.600zM8 1.500v1.300M8 13.200v1.300M1.500 8h1.300M13.200 8h1.300M3.400 3.400l.9.9M11.700 11.700l.9.9M3.400 12.600l.9-.9M11.700 4.300l.9-.9',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  play: 'M5 3.500v9l7-4.500z',
  step: 'M4 3.500v9l6-4.500zM12.500 3.500v9',
  reset: 'M3.500 8a4.500 4.500 0 1 0 1.500-3.400M3.500 2.500v3h3',
  shield: 'M8 2.500 3.500 4v4c0 2.800 1.900 4.600 4.500 5.500 2.600-.9 4.500-2.700 4.500-5.500V4z',
  down: 'M4.500 6.500 8 10l3.500-3.500',
  plus: 'M3 8h10M8 3v10',
  minus: 'M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
} as const;

/** The name of an icon. */
export type IconName = keyof typeof PATHS;

/** An icon of 16 px (or as large as `size` says, px). */
export function icon(name: IconName, size = 16): TemplateResult {
  return html`<svg
    viewBox="0 0 16 16"
    width=${size}
    height=${size}
    fill="none"
    stroke="currentColor"
    stroke-width="1.6"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d=${PATHS[name]}></path>
  </svg>`;
}

/**
 * The bird of a peer in the list, flying to the right.
 *
 * @param colour - Index of the peer's colour; past 11 they repeat with the second pose and a ring.
 */
export function peerBird(colour: number, size = 22): TemplateResult {
  const pose = Math.floor(colour / 12) % 2;
  return html`<svg viewBox="-14 -14 28 28" width=${size} height=${size} aria-hidden="true">
    <path d=${BIRD_POSES[pose]!} fill="var(--peer-${(colour % 12) + 1})"></path>
    ${pose > 0 ? svg`<circle r="13" fill="none" stroke="var(--peer-${(colour % 12) + 1})"></circle>` : ''}
  </svg>`;
}

/** The mark of the project. */
export function mark(size = 22): TemplateResult {
  return html`<svg viewBox="-14 -14 28 28" width=${size} height=${size} aria-hidden="true">
    <path d=${BIRD_POSES[0]!} transform="rotate(-30)" fill="currentColor"></path>
  </svg>`;
}
