/**
 * The bird that stands for a peer: one glyph in two wing poses, beak towards +x.
 *
 * A colour never stands without a name or an initial beside it, so the glyph itself is hidden from
 * readers of the page by ear.
 *
 * @module
 */
import { type SVGTemplateResult, type TemplateResult, html, svg } from 'lit';
import { peerColour } from './bird-colours.ts';

/** Outline of the bird in a square of 28 around the origin: wings open, wings half-closed. */
export const BIRD_POSES: readonly [open: string, half: string] = [
  'M12.5-.5C11-2.2 9-2.8 7-2.3 6.5-8-1-13.5-9-13-4.5-10.5-3-6.5-3.6-2-6.5-1-9.5-1.2-12.5-2.6-11.8-.4-12.2 1.4-13 3.2-9 2.6-5 2.4-1.5 2.6-1 5-2 7.5-4.5 10 2 9 6.2 5.5 7 2 9.3 2 11.3 1 12.5-.5Z',
  'M13-1C11.6-2.8 9.4-3.4 7.4-2.7 4.6-7-2-10.4-10.5-9.6-6.2-7.6-3.8-4.6-3.4-1.2-6.2.2-9.3.7-12.6.3-11.3 1.8-11 3.4-11.5 5-8 4-4.8 3.4-2 3.6-2.6 6.6-1.6 10 1 13.4 3 9.6 6.4 6 7.6 2 9.7 1.6 11.6.5 13-1Z',
];

/** The outline alone, to be placed inside an `svg` whose fill and stroke the caller sets. */
export function birdPath(pose: 0 | 1 = 0): SVGTemplateResult {
  return svg`<path d=${BIRD_POSES[pose]}></path>`;
}

/**
 * A small bird for lists and strips, looking up and to the right.
 *
 * @param colour - Index of the peer's colour, from 0.
 * @param sizePx - Width and height.
 */
export function birdIcon(colour: number, sizePx = 16): TemplateResult {
  return html`<svg
    class="bird"
    width=${sizePx}
    height=${sizePx}
    viewBox="-14 -14 28 28"
    aria-hidden="true"
  >
    <g transform="rotate(-35)" fill=${peerColour(colour)}>${birdPath(0)}</g>
  </svg>`;
}
